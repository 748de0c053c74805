"""Reads the reviewed files into one frozen value, `Connaissances`.

A wrong file raises `FicheInvalide`, which names the file and the field. Nothing is guessed or repaired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from knowledge.financement import Financement, Smic
from knowledge.passerelle import ORIGINES_GENERALES, Calendrier, Passerelles
from knowledge.schema import Certification, Contact, Diplome, Metier, Numero, Question, Secours

RACINE = Path(__file__).parent

F = TypeVar("F", bound=BaseModel)


class FicheInvalide(ValueError):
    """A knowledge file cannot be used; the message names the file and the field."""


@dataclass(frozen=True, eq=False)
class Connaissances:
    """All we know, keyed as the contract names it; `version` is a digest of the files.

    Two readings are two values, so that what is built on one may be kept beside it.
    """

    metiers: dict[str, Metier]
    certifications: dict[str, Certification]
    passerelles: dict[str, Passerelles]
    """By origin: a certification, a métier, or one of ORIGINES_GENERALES."""
    calendriers: dict[str, Calendrier]
    diplomes: dict[str, Diplome]
    questions: tuple[Question, ...]
    numeros: dict[str, Numero]
    secours: dict[str, Secours]
    contacts: tuple[Contact, ...]
    financements: dict[str, Financement]
    smic: Smic
    version: str


def load_knowledge(racine: Path = RACINE) -> Connaissances:
    """Read every file below `racine`. Raises FicheInvalide."""
    metiers = {m.slug: m for m in _read_folder(racine / "metiers", Metier, "slug")}
    certifications = {c.cle: c for c in _read_folder(racine / "certifications", Certification, "cle")}
    secours = read_yaml(racine / "secours.yaml")
    connaissances = Connaissances(
        metiers=metiers,
        certifications=certifications,
        passerelles={p.origine: p for p in _read_folder(racine / "passerelles", Passerelles, "origine")},
        calendriers={c.cle: c for c in read_as(racine / "calendriers.yaml", list[Calendrier])},
        diplomes={d.cle: d for d in read_as(racine / "diplomes.yaml", list[Diplome])},
        questions=tuple(read_as(racine / "questions.yaml", list[Question]))
        + tuple(read_as(racine / "situations.yaml", list[Question]))
        + tuple(read_as(racine / "carrefours.yaml", list[Question])),
        numeros=_validate(racine / "secours.yaml", dict[str, Numero], secours["numeros"]),
        secours={s.type: s for s in _validate(racine / "secours.yaml", list[Secours], secours["situations"])},
        contacts=tuple(read_as(racine / "contacts.yaml", list[Contact])),
        financements={f.cle: f for f in _read_folder(racine / "financements", Financement, "cle")},
        smic=read_as(racine / "smic.yaml", Smic),
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
    for fichier, champ, cle, known in _links(connaissances):
        if cle not in known:
            raise FicheInvalide(f"{fichier} : {champ} : « {cle} » n'existe pas")


def _links(connaissances: Connaissances) -> Iterator[tuple[str, str, str, Container[str]]]:
    """File, field, key cited there, and where that key must be."""
    metiers, certifications = connaissances.metiers, connaissances.certifications
    for metier in metiers.values():
        fichier = f"metiers/{metier.slug}.yaml"
        yield from ((fichier, "acces.certifications", c, certifications) for c in metier.acces.certifications)
        yield from ((fichier, "suites", s.vers, metiers) for s in metier.suites if s.vers)
    for certification in certifications.values():
        fichier = f"certifications/{certification.cle}.yaml"
        yield from ((fichier, "requiert", c, certifications) for c in certification.requiert)
        if certification.calendrier:
            yield fichier, "calendrier", certification.calendrier, connaissances.calendriers
    for diplome in connaissances.diplomes.values():
        if diplome.equivaut:
            yield "diplomes.yaml", f"{diplome.cle}.equivaut", diplome.equivaut, certifications
    contacts = {contact.cle for contact in connaissances.contacts}
    for financement in connaissances.financements.values():
        if financement.contact:
            yield f"financements/{financement.cle}.yaml", "contact", financement.contact, contacts
    yield from _passerelle_links(connaissances)


def _passerelle_links(connaissances: Connaissances) -> Iterator[tuple[str, str, str, Container[str]]]:
    metiers, certifications = connaissances.metiers, connaissances.certifications
    origines = {*ORIGINES_GENERALES, *metiers, *certifications}
    for fiche in connaissances.passerelles.values():
        fichier = f"passerelles/{fiche.origine}.yaml"
        yield fichier, "origine", fiche.origine, origines
        for passerelle in fiche.passerelles:
            yield fichier, "vers", passerelle.vers, metiers if passerelle.vers_un_metier else certifications


def _digest(racine: Path) -> str:
    digest = hashlib.sha256()
    for chemin in sorted(racine.rglob("*.yaml")):
        digest.update(chemin.relative_to(racine).as_posix().encode())
        digest.update(chemin.read_bytes())
    return digest.hexdigest()[:12]


def _name(chemin: Path) -> str:
    return "/".join(chemin.parts[-2:])
