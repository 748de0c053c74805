"""Wrong spellings of French words, as people type them, to teach the encoder's word pieces.

Works on folded words (lower case, no accent): accents are the tokenizer's affair.
"""

from __future__ import annotations

import random
import re

# What sounds the same, and slips of the pen that are common in French (pattern, what is typed).
CONFUSIONS = (
    ("ph", "f"), ("qu", "k"), ("eau", "o"), ("au", "o"), ("ai", "e"), ("ei", "e"),
    ("an", "en"), ("en", "an"), ("am", "em"), ("em", "am"), ("ain", "in"), ("in", "ain"),
    ("ss", "s"), ("(?<=[aeiou])s(?=[aeiou])", "z"), ("c(?=[ei])", "s"), ("s(?=[ei])", "c"),
    ("tion", "sion"), ("ssion", "tion"), ("tr", "rt"), ("th", "t"), ("h", ""), ("y", "i"),
    ("e$", ""), ("s$", ""), ("er$", "e"), ("ez$", "er"), ("ent$", "e"), ("t$", ""), ("x$", "s"),
    ("(ll|nn|mm|tt|pp|rr|ff|cc)", lambda m: m.group()[0]), ("([lnmtprfc])", r"\1\1"),
)  # fmt: skip


def misspell(mot: str, hasard: random.Random) -> str:
    """One plausible mistake: half the time a confusion of sounds, else a slip of the finger."""
    possible = [(p, r) for p, r in CONFUSIONS if re.search(p, mot)]
    if possible and hasard.random() < 0.5:
        motif, remplacement = hasard.choice(possible)
        return re.sub(motif, remplacement, mot, count=1)
    return _slip(mot, hasard)


def _slip(mot: str, hasard: random.Random) -> str:
    """A letter dropped, doubled or swapped with the next; the first one is seldom missed."""
    i = hasard.randrange(1, len(mot) - 1)
    return hasard.choice(
        [
            mot[:i] + mot[i + 1 :],
            mot[:i] + mot[i] + mot[i:],
            mot[:i] + mot[i + 1] + mot[i] + mot[i + 2 :],
        ]
    )
