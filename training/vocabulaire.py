"""The teacher cut to French: the same network, with only the pieces that French people type.

The multilingual table holds 250,000 pieces, four fifths of the model. A unigram tokenizer cuts any word with
the pieces that remain, so nothing becomes unreadable.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

import torch
from tokenizers import Tokenizer
from transformers import BertModel, PreTrainedTokenizerFast
from wordfreq import top_n_list

from training.corpus import fold
from training.teacher import SPECIAUX, teacher_folder

MOTS_FREQUENTS = 60_000
# The special pieces come first.
PREMIERS = 4
VUES_MIN = 2
"""Times a piece must be met, over the frequent words and our own texts, to be kept."""


def load_french_teacher(textes: Iterable[str]) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """The teacher and its tokenizer, with the pieces met in frequent French words and in `textes`."""
    folder = teacher_folder()
    model = BertModel.from_pretrained(
        folder,
        add_pooling_layer=False,
        # The fused attention is four times slower backwards on a processor.
        attn_implementation="eager",
        attention_probs_dropout_prob=0.0,
    )
    full = PreTrainedTokenizerFast.from_pretrained(folder)
    kept = _kept_pieces(full, textes)
    table = model.embeddings.word_embeddings.weight.detach()[kept].clone()
    model.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(table, freeze=True, padding_idx=1)
    model.config.vocab_size = len(kept)
    return model, _cut_tokenizer(full, kept)


def _kept_pieces(tokenizer: PreTrainedTokenizerFast, textes: Iterable[str]) -> list[int]:
    mots = top_n_list("fr", MOTS_FREQUENTS)
    spellings = [*mots, *(fold(m) for m in mots), *textes]
    seen: Counter[int] = Counter()
    for ids in tokenizer(spellings, add_special_tokens=False)["input_ids"]:
        seen.update(ids)
    pieces = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["vocab"]
    return [i for i, (piece, _) in enumerate(pieces) if i < PREMIERS or seen[i] >= VUES_MIN or _letter(piece)]


def _letter(piece: str) -> bool:
    """Single characters of a keyboard: the last resort for a word nobody ever wrote."""
    bare = piece.removeprefix("▁")
    return len(bare) <= 1 and bare.isascii()


def _cut_tokenizer(full: PreTrainedTokenizerFast, kept: list[int]) -> PreTrainedTokenizerFast:
    layout = json.loads(full.backend_tokenizer.to_str())
    layout["model"]["vocab"] = [layout["model"]["vocab"][i] for i in kept]
    places = {old: new for new, old in enumerate(kept)}
    layout["added_tokens"] = [
        {**token, "id": places[token["id"]]} for token in layout["added_tokens"] if token["id"] in places
    ]
    tokenizer = Tokenizer.from_str(json.dumps(layout))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **SPECIAUX)
