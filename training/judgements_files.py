"""Reads the labelled phrasings of `training/judgements`, the métiers' own `paroles` among them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from knowledge.schema import Metier

DOSSIER = Path(__file__).parent / "judgements"


@dataclass(frozen=True)
class Enonce:
    """One phrasing and what an experienced counsellor would make of it."""

    id: str
    texte: str
    auteur: str
    registre: str
    ideal: tuple[str, ...]
    bon: tuple[str, ...] = ()
    interdits: tuple[str, ...] = ()
    champs: dict[str, Any] = field(default_factory=dict)
    public: str | None = None
    type: str = ""


def read_phrasings(dossier: Path = DOSSIER) -> tuple[Enonce, ...]:
    """The phrasings written by many hands, `phrases_*.jsonl`."""
    return tuple(e for f in sorted(dossier.glob("phrases_*.jsonl")) for e in _read(f))


def read_test(dossier: Path = DOSSIER) -> tuple[Enonce, ...]:
    """The phrasings kept for measuring, never for fitting: `enonces.jsonl`."""
    return tuple(e for e in _read(dossier / "enonces.jsonl") if e.ideal)


def read_twice(dossier: Path = DOSSIER) -> tuple[tuple[Enonce, Enonce], ...]:
    """The phrasings labelled a second time without seeing the first labels: both readings of each."""
    known = {e.id: e for e in (*read_phrasings(dossier), *read_test(dossier))}
    with (dossier / "seconde_lecture.jsonl").open(encoding="utf-8") as lignes:
        second = [json.loads(ligne) for ligne in lignes]
    return tuple((known[raw["id"]], _labelled(known[raw["id"]], raw)) for raw in second if raw["id"] in known)


def paroles(metiers: Iterable[Metier]) -> tuple[Enonce, ...]:
    """What the métier files have people say."""
    return tuple(
        Enonce(f"{m.slug}-{i}", texte, f"fiche {m.slug}", "courant", (m.slug,))
        for m in metiers
        for i, texte in enumerate(m.paroles)
    )


def _read(fichier: Path) -> Iterator[Enonce]:
    with fichier.open(encoding="utf-8") as lignes:
        for ligne in lignes:
            raw = json.loads(ligne)
            if raw["type"] == "question":
                continue
            yield Enonce(
                raw["id"],
                raw["texte"],
                raw.get("auteur", fichier.stem),
                raw["registre"],
                tuple(raw["ideal"]),
                tuple(raw.get("bon", ())),
                tuple(raw.get("interdits", ())),
                raw.get("champs", {}),
                raw.get("public"),
                raw["type"],
            )


def _labelled(enonce: Enonce, raw: dict[str, Any]) -> Enonce:
    """The same phrasing, as this reading labels it."""
    return replace(
        enonce,
        ideal=tuple(raw["ideal"]),
        bon=tuple(raw["bon"]),
        interdits=tuple(raw["interdits"]),
        champs=raw.get("champs", {}),
    )
