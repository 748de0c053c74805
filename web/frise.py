"""Where the bars of a parcours stand: a row a step, months to the right.

Drawn next to the list that says the same, which is the real content. Across, in hundredths of the width;
down, in heights of letter: words keep the size one reads at, on a phone as on a large screen. Every row
carries its words, since the widths alone say nothing when a length is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from knowledge.schema import Metier
from service.libelles import duration
from service.parcours import Nature
from service.recit import ParcoursDit

# The mark of the first post stands on the end of the last bar, and must not be cut.
LARGEUR = 97.0
# Under this, one no longer sees that there is a bar.
BARRE_MIN = 2.0
# An unknown length takes this share of the width, hatched: neither short nor long; some room is left.
INCONNUE, INCONNUES_MAX = 0.25, 0.75
# Next to the longest way, a short one stays shorter, and wide enough to be read.
RETRECI_MAX = 3
RANGEE_EM = 3.2
"""A step: its words, then its bar."""
AXE_EM = 1.6
PAS_MOIS = (1, 3, 6, 12, 24)
PAS_MAX = 4
"""Marks on the axis, the first one left out; more of them would touch each other on a phone."""
PRES_DU_BORD = 85.0

NATURES: dict[str, str] = {
    Nature.POSTE: "Emploi",
    Nature.FORMATION: "Formation",
    Nature.APPRENTISSAGE: "Apprentissage",
    Nature.VAE: "VAE",
    "accord": "Attente de l'accord",
}
ATTENTE = "accord"


@dataclass(frozen=True)
class Rangee:
    """One thing that takes time: a step of the parcours, or the wait before the post."""

    nature: str
    titre: str
    duree: str
    """As the list says it."""
    mois: int | None
    au_plus: bool = False


@dataclass(frozen=True)
class Barre:
    nature: str
    texte: str
    y: float
    """Top of its row."""
    x: float
    largeur: float
    connue: bool
    au_plus: bool


@dataclass(frozen=True)
class Graduation:
    x: float
    libelle: str

    @property
    def ancre(self) -> str:
        """Which end of its words stands there, so that none leaves the drawing."""
        if self.x == 0:
            return "start"
        return "end" if self.x > PRES_DU_BORD else "middle"


@dataclass(frozen=True)
class Frise:
    barres: tuple[Barre, ...]
    graduations: tuple[Graduation, ...]
    """Empty where a length is not known: what follows it has no date."""
    arrivee: float
    """Where the first post starts."""
    titre: str
    description: str

    @property
    def y_arrivee(self) -> float:
        return _top(len(self.barres))

    @property
    def hauteur(self) -> float:
        return _top(len(self.barres) + 1) + (AXE_EM if self.graduations else 0)


def rows(dit: ParcoursDit) -> tuple[Rangee, ...]:
    """What takes time on this way, in order."""
    steps = [
        Rangee(etape.nature, etape.titre, etape.duree, etape.mois, fait.au_plus)
        for etape, fait in zip(dit.etapes, dit.parcours.etapes, strict=True)
    ]
    attente = dit.parcours.attente
    if attente:
        steps.append(Rangee(ATTENTE, NATURES[ATTENTE], f"{duration(attente)} environ", attente))
    return tuple(steps)


def longest(ways: Iterable[ParcoursDit]) -> int:
    """Months of the longest of several ways."""
    return max((_known(rows(way)) for way in ways), default=0)


def draw(dit: ParcoursDit, metier: Metier, plus_long: int) -> Frise | None:
    """The bars of one way next to one of `plus_long` months; None when nothing takes as long as a month."""
    shown = rows(dit)
    if all(row.mois == 0 for row in shown):
        return None
    months = _known(shown)
    echelle = max(1, min(plus_long, months * RETRECI_MAX))
    unknown = sum(row.mois is None for row in shown)
    widths = list(_widths(shown, echelle, unknown))
    starts = [round(x, 1) for x in accumulate(widths, initial=0.0)]
    barres = tuple(
        Barre(row.nature, _label(rang, row), _top(rang - 1), x, width, row.mois is not None, row.au_plus)
        for rang, (row, x, width) in enumerate(zip(shown, starts, widths, strict=False), 1)
    )
    graduations = () if unknown else tuple(_scale(months, echelle))
    return Frise(barres, graduations, starts[-1], f"{dit.titre} : la durée", _description(shown, metier))


def _known(shown: Iterable[Rangee]) -> int:
    return sum(row.mois or 0 for row in shown)


def _top(rang: int) -> float:
    return round(RANGEE_EM * rang, 1)


def _widths(shown: Iterable[Rangee], echelle: int, unknown: int) -> Iterator[float]:
    for_unknown = min(INCONNUE * unknown, INCONNUES_MAX)
    for row in shown:
        if row.mois is None:
            yield round(LARGEUR * for_unknown / unknown, 1)
        else:
            yield round(max(BARRE_MIN, LARGEUR * (1 - for_unknown) * row.mois / echelle), 1)


def _label(rang: int, row: Rangee) -> str:
    """Short enough for the width of a phone; the list has the title."""
    known = duration(row.mois) if row.mois else "moins d'un mois"
    duree = "durée inconnue" if row.mois is None else known
    return f"{rang}. {NATURES[row.nature]}, {duree}{' au plus' if row.au_plus else ''}"


def _description(shown: Iterable[Rangee], metier: Metier) -> str:
    steps = (
        f"{rang}. {NATURES[row.nature]} : {row.titre}, {row.duree.rstrip('.')}."
        for rang, row in enumerate(shown, 1)
    )
    return " ".join((*steps, f"Puis un premier poste {metier.titre.apres_de}."))


def _scale(mois: int, echelle: int) -> Iterator[Graduation]:
    """Round marks up to the end of this way."""
    step = next((pas for pas in PAS_MOIS if echelle // pas <= PAS_MAX), PAS_MOIS[-1])
    for month in range(0, mois + 1, step):
        yield Graduation(round(LARGEUR * month / echelle, 1), duration(month) if month else "0")
