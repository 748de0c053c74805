"""How facts are put into French: names in both genders, amounts, lists, sigles. Words only, no fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.schema import uncapitalised
from knowledge.theme import SigleConnu

MOTS_MAX = 20
"""The longest sentence we say."""
_FINES = "\u202f"
# These keep their capital inside a sentence.
_PROPRES = frozenset({"Parcoursup"})
_MOT = re.compile(r"[\w'-]+")


def lower(texte: str) -> str:
    """As it stands inside a sentence."""
    first = texte.split(maxsplit=1)[0].rstrip(".,:;")
    proper = first in _PROPRES or (first.isupper() and len(first) > 1)
    return texte if proper else uncapitalised(texte)


def upper(texte: str) -> str:
    return texte[0].upper() + texte[1:]


def sentence(texte: str) -> str:
    """Ended as a sentence, begun as one, and cut where a semicolon joins two."""
    whole = ". ".join(upper(part.strip()) for part in texte.split(" ; "))
    return whole if whole[-1] in ".?!" else f"{whole}."


def after(debut: str, texte: str) -> str:
    """« Pour entrer : un dossier et un entretien. », in two sentences where one would be too long."""
    joined = f"{debut} : {lower(texte)}"
    first = re.split(r"[.?!]", joined)[0]
    short = len(_MOT.findall(first)) <= MOTS_MAX
    return sentence(joined if short else f"{debut}, voici la règle. {sentence(texte)}")


def euros(montant: int) -> str:
    """« 1 867 € », with spaces that never break."""
    return f"{montant:,d}".replace(",", _FINES) + "\u00a0€"


def listed(items: Sequence[str], lien: str = "et") -> str:
    """« le matin, le midi et le soir »."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {lien} {items[-1]}"


def unexplained(texte: str, sigles: Iterable[SigleConnu]) -> list[SigleConnu]:
    """The sigles a text uses without saying what they mean."""
    present = (s for s in sigles if s.sigle in texte)
    return [s for s in present if _is_used(s.sigle, texte) and not _is_explained(s, texte)]


def _is_used(sigle: str, texte: str) -> bool:
    return re.search(rf"(?<![\w(]){re.escape(sigle)}(?![\w-])", texte) is not None


def _is_explained(sigle: SigleConnu, texte: str) -> bool:
    """In brackets after it, or the other way round, or in full words."""
    beside = f"{sigle.sigle} (" in texte or f"({sigle.sigle}" in texte
    return beside or sigle.sens.lower() in texte.lower()
