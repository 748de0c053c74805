"""A person's own words, quoted as they stand: the sentence some words were read in, shortened around them."""

from __future__ import annotations

import re

# A quotation longer than this is no longer a few words.
CITATION_MAX = 90
_PHRASE = re.compile(r"[^.!?\n]+[.!?]*")


def quote(texte: str, mots: str) -> str:
    """The sentence of a text that holds these words; empty when none does."""
    for phrase in _PHRASE.findall(texte):
        place = phrase.casefold().find(mots.casefold())
        if place >= 0:
            return _around(phrase.strip(), place, len(mots))
    return ""


def _around(phrase: str, place: int, longueur: int) -> str:
    """At most CITATION_MAX signs of a sentence, with these words in them."""
    phrase = phrase.rstrip(". ")
    if len(phrase) <= CITATION_MAX:
        return phrase
    start = max(0, min(place - (CITATION_MAX - longueur) // 2, len(phrase) - CITATION_MAX))
    cut = phrase[start : start + CITATION_MAX]
    head = "… " + cut.partition(" ")[2] if start else cut
    return f"{head.rpartition(' ')[0]} …" if start + CITATION_MAX < len(phrase) else head
