"""Time as people say it: how long they would study, and what they have already done.

« pas 6 ans d'études », « dix-huit mois d'école maxi »; « caissière 14 ans », against « devenir caissière ».
"""

from __future__ import annotations

import re

from service.profil import EtudesMax

_NOMBRES = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "douze": 12, "quinze": 15, "dix huit": 18, "vingt quatre": 24,
}  # fmt: skip
_NOMBRE = r"(?:\d{1,2}|dix huit|vingt quatre|" + "|".join(n for n in _NOMBRES if " " not in n) + ")"
_UNITE = r"(?:ans?|annees?|mois)"
_ECOLE = r"(?:etudes?|formations?|ecoles?|cours|fac|ifsi|apprendre|forme[er]?s?|diplome)"
# A length counts only next to a word of study: « 14 ans de caisse » is a length of service.
_LENGTH = re.compile(
    rf"(?P<avant>(?:\w+ ){{0,4}}?)(?P<n>{_NOMBRE}) (?P<unite>{_UNITE})(?: (?:d|de|a l|en|a la|au))* "
    rf"(?:l |la )?{_ECOLE}\b"
    rf"|\b{_ECOLE} (?:\w+ ){{0,4}}?(?P<n2>{_NOMBRE}) (?P<unite2>{_UNITE})\b"
)
_LEVE = re.compile(r"\bpas (?:\w+ )?(?:peur|effraie|gene|derange|probleme|souci)\b")
_REFUS = re.compile(r"\b(?:pas|jamais|sans|ni|plus|trop|impossible|moins)\b")


def training_limit(mots: str) -> tuple[EtudesMax, str] | None:
    """The longest training a text of flattened words accepts, and the words that say so."""
    found = _LENGTH.search(mots)
    if found is None:
        return None
    number, unit = found["n"] or found["n2"], found["unite"] or found["unite2"]
    months = (int(number) if number.isdigit() else _NOMBRES[number]) * (1 if unit == "mois" else 12)
    before = found["avant"] or ""
    refused = _REFUS.search(before) is not None and not _LEVE.search(before)
    return _limit(months, refused), f"{number} {unit}"


def _limit(months: int, refused: bool) -> EtudesMax:
    """The contract's step; a refused length leaves the step below it."""
    steps = list(EtudesMax)
    reached = next((s for s in steps if s.mois >= months), EtudesMax.CINQ_ANS)
    return steps[max(0, steps.index(reached) - 1)] if refused else reached


# What says that a job was done, just before its title or just after; and what says it is only wished for.
_BEFORE = re.compile(
    r"\b(?:ancien\w*|ex|[ée]tais|[ée]tait|[ée]t[ée]|travaill\w*|boss\w*|taff\w*|suis|m[ée]tier de"
    r"|ans? d\w*|poste d\w*|comme|stage d\w*|dipl[ôo]me d\w*)"
    r"\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^[^.!?;]{0,25}?(?:\b\d+ ans\b|\b\w+ ans\b|\bdepuis\b|\bpendant\b|\bde m[ée]tier\b|\bretrait[ée]"
    r"|\bau ch[ôo]mage\b|\blicenci|\bdipl[ôo]m)",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:devenir|veu[xt]|voudrais|aimerais|r[êe]v\w+|envie|souhait\w+|pourrais|jveu\w*|[êe]tre|faire"
    r"|m[ée]tier d\w+|aid\w+ les?)\b[^.!?;,]{0,25}$",
    re.IGNORECASE,
)


def is_past(texte: str, debut: int, fin: int) -> bool:
    """Whether what stands between `debut` and `fin` is said of the past, not wished for."""
    before, after = texte[max(0, debut - 40) : debut], texte[fin : fin + 40]
    if _WISHED.search(before):
        return False
    return bool(_BEFORE.search(before) or _AFTER.search(after))
