"""Reads the reviewed files into one frozen value, `Connaissances`.

A wrong file raises `FicheInvalide`, which names the file and the field. Nothing is guessed or repaired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from knowledge.schema import Certification, Contact, Diplome, Metier, Numero, Question, Secours

RACINE = Path(__file__).parent

F = TypeVar("F", bound=BaseModel)


class FicheInvalide(ValueError):
    """A knowledge file cannot be used; the message names the file and the field."""


@dataclass(frozen=True)
class Connaissances:
    """All we know, keyed as the contract names it; `version` is a digest of the files."""

    metiers: dict[str, Metier]
    certifications: dict[str, Certification]
    diplomes: dict[str, Diplome]
    questions: tuple[Question, ...]
    numeros: dict[str, Numero]
    secours: dict[str, Secours]
    contacts: tuple[Contact, ...]
    version: str


def load_knowledge(racine: Path = RACINE) -> Connaissances:
    """Read every file below `racine`. Raises FicheInvalide."""
    metiers = {m.slug: m for m in _read_folder(racine / "metiers", Metier, "slug")}
    certifications = {c.cle: c for c in _read_folder(racine / "certifications", Certification, "cle")}
    secours = read_yaml(racine / "secours.yaml")
    connaissances = Connaissances(
        metiers=metiers,
        certifications=certifications,
        diplomes={d.cle: d for d in read_as(racine / "diplomes.yaml", list[Diplome])},
        questions=tuple(read_as(racine / "questions.yaml", list[Question]))
        + tuple(read_as(racine / "situations.yaml", list[Question]))
        + tuple(read_as(racine / "carrefours.yaml", list[Question])),
        numeros=_validate(racine / "secours.yaml", dict[str, Numero], secours["numeros"]),
        secours={s.type: s for s in _validate(racine / "secours.yaml", list[Secours], secours["situations"])},
        contacts=tuple(read_as(racine / "contacts.yaml", list[Contact])),
        version=_digest(racine),
    )
    _check_links(connaissances)
    return connaissances


def read_yaml(chemin: Path) -> Any:
    """The parsed YAML of one file (Any: its shape is checked by the caller)."""
    try:
        return yaml.load(chemin.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as erreur:
        raise FicheInvalide(f"{_name(chemin)} : {erreur}") from erreur


def read_as(chemin: Path, forme: Any) -> Any:
    """One file validated as `forme` (a pydantic-compatible type)."""
    return _validate(chemin, forme, read_yaml(chemin))


def _read_folder(dossier: Path, forme: type[F], cle: str) -> Iterator[F]:
    for chemin in sorted(dossier.glob("*.yaml")):
        fiche = _validate(chemin, forme, read_yaml(chemin))
        if getattr(fiche, cle) != chemin.stem:
            raise FicheInvalide(f"{_name(chemin)} : {cle} doit être « {chemin.stem} »")
        yield fiche


def _validate(chemin: Path, forme: Any, valeur: object) -> Any:
    try:
        return TypeAdapter(forme).validate_python(valeur)
    except ValidationError as erreur:
        premiere = erreur.errors()[0]
        champ = ".".join(str(p) for p in premiere["loc"])
        raise FicheInvalide(f"{_name(chemin)} : {champ} : {premiere['msg']}") from erreur


def _check_links(connaissances: Connaissances) -> None:
    for metier in connaissances.metiers.values():
        fichier = f"metiers/{metier.slug}.yaml"
        for cle in metier.acces.certifications:
            if cle not in connaissances.certifications:
                raise FicheInvalide(f"{fichier} : acces.certifications : {cle} est inconnue")
        for suite in metier.suites:
            if suite.vers and suite.vers not in connaissances.metiers:
                raise FicheInvalide(f"{fichier} : suites : {suite.vers} est inconnu")
    for certification in connaissances.certifications.values():
        cited = [*certification.requiert, *(a.depuis for a in certification.allegements)]
        for cle in cited:
            if cle not in connaissances.certifications:
                raise FicheInvalide(f"certifications/{certification.cle}.yaml : {cle} est inconnue")
    for diplome in connaissances.diplomes.values():
        if diplome.equivaut and diplome.equivaut not in connaissances.certifications:
            raise FicheInvalide(f"diplomes.yaml : {diplome.cle} : {diplome.equivaut} est inconnue")


def _digest(racine: Path) -> str:
    digest = hashlib.sha256()
    for chemin in sorted(racine.rglob("*.yaml")):
        digest.update(chemin.relative_to(racine).as_posix().encode())
        digest.update(chemin.read_bytes())
    return digest.hexdigest()[:12]


def _name(chemin: Path) -> str:
    return "/".join(chemin.parts[-2:])
