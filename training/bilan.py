"""What the simulation of the questionnaire found, and its section of `docs/qualite.md`, in French.

`training/simulation.py` writes the figures; `training/rapport.py` puts the section in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.lineaire import AFFINITE
from service.chiffres import Tableau, decimal, percent

FICHIER = AFFINITE.parent / "simulation.json"
FIGURE = Path(__file__).parent.parent / "docs" / "figures" / "questions.svg"
Ordre = Literal["adaptatif", "fichier", "hasard"]
ORDRES: tuple[Ordre, ...] = ("adaptatif", "fichier", "hasard")
NOMS: Mapping[Ordre, str] = {"adaptatif": "Cap Soin", "fichier": "Ordre fixe", "hasard": "Au hasard"}
GROUPES = {
    "metiers": "Personnes tirées des 26 métiers",
    "double": "Les mêmes, avec deux fois plus de réponses hésitantes",
    "personas": "Personnes imaginées de nos tests",
}
LEGENDE = "Part des trois métiers retrouvés selon le nombre de questions, pour trois ordres"
MONTREES = (1, 2, 3, 4, 6, 8, 10, 12, 15, 20)


class _Forme(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reste(_Forme):
    """How true « encore environ N questions » is."""

    erreur: float
    """Mean distance to the number really asked."""
    remontees: float
    """Share of answers after which the number goes up by more than two."""


class Groupe(_Forme):
    """One group of made-up people; shares are of the first three, against everything answered."""

    cle: str
    silence: float
    ecart: float
    personnes: int
    questions: tuple[float, float, float]
    """First quartile, median and third quartile of the questions asked until stable."""
    accord: dict[Ordre, list[float]]
    """By number of questions, from none."""
    meme_premier: dict[Ordre, list[float]]
    accord_stable: dict[Ordre, float]
    """At the number of questions each person needed."""
    tenus: list[float]
    """By number of questions, share of the first three still there at the end of the adaptive order."""
    tenus_stable: float
    """The same, when the first three are said to be stable."""
    repete: float
    """The same person asked everything twice: what no short questionnaire can beat."""
    toutes: float
    """Median of the questions the adaptive order asks when nobody stops it."""
    reste: Reste


class Bilan(_Forme):
    """All that was simulated at once."""

    date: date
    graine: int
    versions: dict[str, str]
    groupes: tuple[Groupe, ...]

    def groupe(self, cle: str) -> Groupe:
        return next(g for g in self.groupes if g.cle == cle)


def read_bilan(fichier: Path = FICHIER) -> Bilan:
    """The figures last written. Raises OSError or ValidationError."""
    return Bilan.model_validate_json(fichier.read_text(encoding="utf-8"))


# --- in words ------------------------------------------------------------------------------------------


def opening(bilan: Bilan) -> Iterator[str]:
    """What the figures mean, and what they are worth, before the tables."""
    people = bilan.groupe("metiers")
    _, median, last = people.questions
    yield f"Mesuré le {bilan.date:%d/%m/%Y} avec `python -m training.simulation --date JOUR`."
    yield "Ces personnes n'existent pas. Un programme les tire au sort autour des 26 métiers."
    yield (
        f"Elles hésitent : {percent(people.silence)} de « je ne sais pas », "
        f"{percent(people.ecart)} de réponses à côté d'un cran."
    )
    yield "Cap Soin imagine leurs réponses avec les mêmes hypothèses. Ces chiffres sont donc optimistes."
    yield (
        f"Une personne sur deux a trois métiers stables après {median:.0f} questions, "
        f"trois sur quatre après {last:.0f}."
    )
    yield (
        f"Si elle répond à toute la suite, elle garde {percent(people.tenus_stable)} de ces trois métiers."
    )
    yield from _against_everything(people)
    yield (
        f"Le nombre « encore environ N questions » se trompe de {decimal(people.reste.erreur)} en moyenne. "
        f"Il remonte de plus de deux après {_rare(people.reste.remontees)} des réponses."
    )


def _rare(share: float) -> str:
    return percent(share) if share >= 0.01 or not share else "moins de 1\u00a0%"


def _against_everything(people: Groupe) -> Iterator[str]:
    yield (
        "Le questionnaire complet pose toutes les questions, une par une. "
        f"Avec lui, {percent(people.accord_stable['adaptatif'])} des trois métiers sont les mêmes."
    )
    yield (
        f"Au même nombre de questions, l'ordre fixe en trouve {percent(people.accord_stable['fichier'])}, "
        f"le hasard {percent(people.accord_stable['hasard'])}."
    )
    yield "Nous visions 90 %. Ce but n'est pas atteint."
    yield (
        "Une même personne qui répond à tout, deux jours différents, retrouve "
        f"{percent(people.repete)} de ses trois métiers. "
        "Hésiter change donc presque autant que répondre court."
    )
    if people.accord["fichier"][-1] >= people.accord["adaptatif"][-1]:
        yield (
            f"Après {len(people.accord['fichier']) - 1} questions, l'ordre fixe fait aussi bien. "
            "Nos questions larges font gagner du temps, mais elles restent moins précises."
        )


def tableaux(bilan: Bilan) -> tuple[Tableau, ...]:
    """By number of questions, then by group of people."""
    return _by_number(bilan.groupe("metiers")), _by_group(bilan)


def _by_number(people: Groupe) -> Tableau:
    rows = [
        (
            str(n),
            *(percent(people.accord[o][n]) for o in ORDRES),
            percent(people.meme_premier["adaptatif"][n]),
            percent(people.tenus[n]),
        )
        for n in MONTREES
    ]
    return Tableau(
        "questions",
        "Accord après chaque nombre de questions",
        (
            "La part des trois métiers qui sont aussi ceux du questionnaire complet.",
            "La dernière colonne compare à la fin du questionnaire de Cap Soin, sans question répétée.",
        ),
        ("Questions", *NOMS.values(), "Même premier, Cap Soin", "Encore là à la fin, Cap Soin"),
        tuple(rows),
    )


def _by_group(bilan: Bilan) -> Tableau:
    rows = [
        (
            GROUPES[g.cle],
            str(g.personnes),
            " / ".join(f"{q:.0f}" for q in g.questions),
            percent(g.tenus_stable),
            *(percent(g.accord_stable[o]) for o in ORDRES),
            percent(g.repete),
            decimal(g.reste.erreur),
        )
        for g in bilan.groupes
    ]
    return Tableau(
        "groupes",
        "Quand les trois métiers sont stables",
        (
            "Questions posées : un quart, la moitié et les trois quarts des personnes en ont eu moins.",
            "Les personnes de nos tests disent d'abord leurs diplômes et leur expérience.",
        ),
        (
            "Personnes", "Nombre", "Questions", "Encore là à la fin", *NOMS.values(), "Deux fois tout",
            "Erreur sur « encore N »",
        ),
        tuple(rows),
    )  # fmt: skip
