"""What the map of results shows of a list: the items whose place is known, under their number in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.catalogue.recherche import Trouvaille


@dataclass(frozen=True)
class Point:
    """One marker, as components/plan.html takes it."""

    latitude: float
    longitude: float
    titre: str
    rang: int
    """Number in the list, from 1."""
    ancre: str
    """Id of the item of the list."""
    demonstration: bool


def points(trouvailles: Iterable[Trouvaille], premier: int = 1) -> tuple[Point, ...]:
    """In the order of the list, whose first has the number `premier`.

    What has no place, or need not be gone to, is in the list alone.
    """
    numbered = ((rang, t, t.fiche.lieu) for rang, t in enumerate(trouvailles, start=premier))
    return tuple(
        Point(lieu.latitude, lieu.longitude, t.fiche.titre, rang, f"annonce-{rang}", t.demonstration)
        for rang, t, lieu in numbered
        if lieu.latitude is not None and lieu.longitude is not None and not t.fiche.a_distance
    )
