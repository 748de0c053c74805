"""The plot of the simulation: agreement against the number of questions, as an SVG file written by hand.

Three lines told apart by their stroke as well as by their colour, legible on a light or a dark page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from service.chiffres import percent
from training.bilan import LEGENDE, NOMS, ORDRES, Bilan, Groupe, Ordre

LARGEUR, HAUTEUR = 640, 400
GAUCHE, DROITE, HAUT, BAS = 60, 500, 30, 340
TRAITS: Mapping[Ordre, str] = {"adaptatif": "", "fichier": "7 4", "hasard": "2 4"}
STYLE = """
  text { font: 15px system-ui, sans-serif; fill: #1f2430; }
  .grille { stroke: #c9ced8; stroke-width: 1; }
  .limite { stroke: #5b6372; stroke-width: 1.5; stroke-dasharray: 1 5; stroke-linecap: round; }
  .trait { fill: none; stroke-width: 3; stroke-linejoin: round; }
  .adaptatif { stroke: #0b5c6b; } .fichier { stroke: #a3461f; } .hasard { stroke: #6b4fa0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #eceff4; }
    .grille { stroke: #4a5160; } .limite { stroke: #aab2c0; }
    .adaptatif { stroke: #6fd0df; } .fichier { stroke: #f0a27f; } .hasard { stroke: #c0a8f0; }
  }
"""


def draw_lines(bilan: Bilan) -> str:
    """The whole file."""
    people = bilan.groupe("metiers")
    return "\n".join((*_head(people), *_grid(people), *_lines(people), "</svg>")) + "\n"


def _head(people: Groupe) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LARGEUR} {HAUTEUR}" role="img" '
        'aria-labelledby="titre description">'
    )
    yield f'<title id="titre">{escape(LEGENDE)}</title>'
    yield f'<desc id="description">{escape(" ".join(_told(people)))}</desc>'
    yield f"<style>{STYLE}</style>"


def _told(people: Groupe) -> Iterator[str]:
    """The plot in words, for who does not see it."""
    for ordre in ORDRES:
        after = ", ".join(f"{percent(people.accord[ordre][n])} après {n}" for n in (4, 8, 12, 20))
        yield f"{NOMS[ordre]} : {after} questions."
    yield f"Tout répondre deux fois : {percent(people.repete)}."


def _grid(people: Groupe) -> Iterator[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _up(share)
        yield f'<line class="grille" x1="{GAUCHE}" x2="{DROITE}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{GAUCHE - 8}" y="{y + 5}" text-anchor="end">{percent(share)}</text>'
    last = len(people.accord["adaptatif"]) - 1
    for n in range(0, last + 1, 4):
        yield f'<text x="{_across(n, last)}" y="{BAS + 22}" text-anchor="middle">{n}</text>'
    yield f'<text x="{(GAUCHE + DROITE) / 2}" y="{BAS + 46}" text-anchor="middle">Questions posées</text>'
    y = _up(people.repete)
    yield f'<line class="limite" x1="{GAUCHE}" x2="{DROITE}" y1="{y}" y2="{y}"/>'
    yield f'<text x="{DROITE + 8}" y="{y - 4}">Tout, deux fois</text>'


def _lines(people: Groupe) -> Iterator[str]:
    heights = _apart([_up(people.accord[o][-1]) for o in ORDRES], _up(people.repete) + 14)
    for ordre, y in zip(ORDRES, heights, strict=True):
        shares = people.accord[ordre]
        points = " ".join(f"{_across(n, len(shares) - 1)},{_up(s)}" for n, s in enumerate(shares))
        dash = f' stroke-dasharray="{TRAITS[ordre]}"' if TRAITS[ordre] else ""
        yield f'<polyline class="trait {ordre}"{dash} points="{points}"/>'
        yield f'<path class="trait {ordre}"{dash} d="M{DROITE + 8} {y}h28"/>'
        yield f'<text x="{DROITE + 42}" y="{y + 5}">{escape(NOMS[ordre])}</text>'


def _apart(heights: Sequence[float], first: float) -> list[float]:
    """Where the names stand, at least a line of text from one another, the highest line named first."""
    placed: dict[int, float] = {}
    free = first
    for i in sorted(range(len(heights)), key=lambda i: heights[i]):
        placed[i] = max(heights[i], free)
        free = placed[i] + 20
    return [placed[i] for i in range(len(heights))]


def _across(n: int, last: int) -> float:
    return round(GAUCHE + n / last * (DROITE - GAUCHE), 1)


def _up(share: float) -> float:
    return round(BAS - share * (BAS - HAUT), 1)
