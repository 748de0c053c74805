"""Measures the shipped service on our own material kept apart: `python -m training.qualite --date DAY`.

Writes `models/artefacts/qualite.json` and, from it, `docs/qualite.md`. The service is asked in process, as
the web asks it, with the text alone. `--courbe` also makes the learning curve again (minutes), `--melo DIR`
the job-title task; without them, what was measured before is kept, with its own date and version.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from knowledge.loading import RACINE
from models import comprehension, index, lineaire
from models.manifest import Manifest
from models.ranker import Poids
from service.conseiller import Conseiller
from service.orientation import Orientation
from service.profil import Profil
from service.qualite import FICHIER, Alarme, Garde, Ligne, Modele, Qualite, Section
from training import rapport
from training.courbe import learning_curve
from training.judgements_files import Enonce, read_test, read_twice
from training.mesures import Notes, agreement, confusions, coverage, rate, share, signs, summarise
from training.reperes import compare, row, speed

PERSONAS = RACINE.parent / "tests" / "personas"
DOCUMENT = RACINE.parent / "docs" / "qualite.md"
COMMANDE = "python -m training.qualite"
CHRONOMETRES = 100
"""Texts the whole service answers when its speed is measured."""

Axe = tuple[str, str, Callable[[Enonce], str], Mapping[str, str]]


@dataclass(frozen=True)
class Choix:
    """What is measured this time, and what was before."""

    jour: date
    avant: Qualite | None = None
    melo: Path | None = None
    courbe: bool = False
    leger: bool = False
    """The service without its transformer."""


def measure_service(conseiller: Conseiller, choix: Choix) -> Qualite:
    """Everything that can be said of this service."""
    enonces = read_test()
    orientations = _ask(conseiller, enonces)
    classements = [_slugs(o) for o in orientations]
    notes = rate(classements, enonces)
    return Qualite(
        date=choix.jour,
        commande=COMMANDE,
        versions=_versions(conseiller, choix),
        ensemble=_line("ensemble", "Toutes les phrases", notes),
        personas=_line("personas", "Personnes imaginées", _rate_personas(conseiller)),
        sections=tuple(_sections(conseiller, enonces, notes)),
        sans_reponse=sum(not c for c in classements),
        confusions=tuple(confusions(classements, enonces)),
        couverture=coverage(classements, enonces, sorted(conseiller.connaissances.metiers)),
        gardes=tuple(_guards(choix)),
        alarmes=tuple(_alarms(orientations)),
        accord=agreement(*zip(*read_twice(), strict=True)),
        modeles=_with_earlier(_rows(conseiller, choix, enonces, notes), choix.avant),
        courbe=learning_curve(conseiller, choix.jour) if choix.courbe else choix.avant and choix.avant.courbe,
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True, type=date.fromisoformat, help="written with the figures")
    arguments.add_argument("--courbe", action="store_true", help="make the learning curve again")
    arguments.add_argument("--melo", type=Path, help="folder of MELO-FR")
    arguments.add_argument("--sortie", type=Path, default=FICHIER)
    arguments.add_argument("--document", type=Path, default=DOCUMENT)
    arguments.add_argument("--leger", action="store_true", help="the service without its transformer")
    options = arguments.parse_args()
    avant = None
    if options.sortie.exists():
        avant = Qualite.model_validate_json(options.sortie.read_text(encoding="utf-8"))
    conseiller = Conseiller.load(transformer=not options.leger)
    choix = Choix(options.date, avant, options.melo, options.courbe, options.leger)
    qualite = measure_service(conseiller, choix)
    options.sortie.write_text(qualite.model_dump_json(indent=1) + "\n", encoding="utf-8")
    titres = {slug: m.titre.double for slug, m in conseiller.connaissances.metiers.items()}
    options.document.write_text(rapport.write(qualite, titres), encoding="utf-8")
    for modele in qualite.modeles:
        print(f"{modele.cle:<12}", *(f"{m} {c.valeur:.3f}" for m, c in modele.mesures.items()))


# --- the service ---------------------------------------------------------------------------------------


def _ask(conseiller: Conseiller, enonces: Sequence[Enonce]) -> list[Orientation]:
    return [conseiller.orienter(Profil(envies=e.texte), 26) for e in enonces]


def _slugs(orientation: Orientation) -> list[str]:
    return [r.metier.slug for r in orientation.recommandations]


def _versions(conseiller: Conseiller, choix: Choix) -> dict[str, str]:
    folders = [lineaire.AFFINITE, lineaire.DETRESSE, lineaire.HORS_SUJET, index.ARTEFACT]
    folders += [] if choix.leger else [comprehension.ARTEFACT]
    manifests = {dossier.name: Manifest.read(dossier).version for dossier in folders}
    poids = Poids.load().version
    return {**conseiller.versions, "encodeur": conseiller.encodeur.version, **manifests, "poids": poids}


def _rate_personas(conseiller: Conseiller) -> Notes:
    personas = [yaml.safe_load(f.read_text(encoding="utf-8")) for f in sorted(PERSONAS.glob("*.yaml"))]
    labels = [
        Enonce(p["prenom"], "", "", "", tuple(p["ideal"]), tuple(p["bon"]), tuple(p["interdits"]))
        for p in personas
    ]
    rankings = [_slugs(conseiller.orienter(Profil.model_validate(p["profil"]), 26)) for p in personas]
    return rate(rankings, labels)


def _guards(choix: Choix) -> Iterator[Garde]:
    """What the manifests say: these texts are learned from, so only figures made apart are worth showing."""
    for cle, libelle in GARDES.items():
        light = Manifest.read(lineaire.AFFINITE.parent / cle)
        yield _guard(cle, f"{libelle}, modèle léger", light, "croisee")
        if not choix.leger:
            yield _guard(cle, f"{libelle}, réseau", Manifest.read(comprehension.ARTEFACT), cle)


def _guard(cle: str, libelle: str, manifest: Manifest, prefixe: str) -> Garde:
    found = manifest.mesures
    return Garde(
        cle=cle,
        libelle=libelle,
        version=manifest.version,
        rappel=found[f"{prefixe}.rappel"],
        sosies=found[f"{prefixe}.sosies"],
    )


def _alarms(orientations: Sequence[Orientation]) -> Iterator[Alarme]:
    raised = {
        "detresse": [o.alerte is not None for o in orientations],
        "hors_sujet": [o.hors_sujet for o in orientations],
    }
    for cle, libelle in GARDES.items():
        yield Alarme(cle=cle, libelle=libelle, part=share(np.array(raised[cle], dtype=np.float64)))


def _rows(conseiller: Conseiller, choix: Choix, enonces: Sequence[Enonce], notes: Notes) -> Iterator[Modele]:
    """From chance to the service as it is shipped."""
    yield from compare(conseiller, enonces, choix.jour, choix.melo)
    if not choix.leger:
        light = Conseiller.load(transformer=False)
        found = rate([_slugs(o) for o in _ask(light, enonces)], enonces)
        yield _service_row("leger", "Cap Soin sans son réseau", light, choix, found)
    yield _service_row("service", "Cap Soin", conseiller, choix, notes)


def _service_row(cle: str, libelle: str, conseiller: Conseiller, choix: Choix, notes: Notes) -> Modele:
    textes = [e.texte for e in read_test()[:CHRONOMETRES]]
    line = row(cle, libelle, conseiller.versions["modele"], choix.jour, notes)
    fast = speed(lambda lot: [conseiller.orienter(Profil(envies=t)) for t in lot], textes)
    return line.model_copy(update={"textes_par_seconde": fast})


def _with_earlier(mesures: Iterable[Modele], avant: Qualite | None) -> tuple[Modele, ...]:
    """What is measured now, then rows measured elsewhere; a MELO figure lasts as long as its model."""
    earlier = {m.cle: m for m in avant.modeles} if avant else {}
    rows = []
    for line in mesures:
        known = earlier.pop(line.cle, None)
        if known and line.melo_map is None and known.version == line.version:
            line = line.model_copy(update={"melo_map": known.melo_map})
        rows.append(line)
    return (*rows, *earlier.values())


# --- the same texts, cut several ways ------------------------------------------------------------------


def _line(cle: str, libelle: str, notes: Notes) -> Ligne:
    return Ligne(cle=cle, libelle=libelle, n=len(notes), mesures=summarise(notes))


def _sections(conseiller: Conseiller, enonces: Sequence[Enonce], notes: Notes) -> Iterator[Section]:
    for axe, libelle, key, words in _axes(conseiller):
        keys = np.array([key(e) for e in enonces])
        lines = [_line(cle, mots, notes[keys == cle]) for cle, mots in words.items() if (keys == cle).any()]
        yield Section(axe=axe, libelle=libelle, lignes=tuple(lines))


def _axes(conseiller: Conseiller) -> tuple[Axe, ...]:
    metiers = conseiller.connaissances.metiers
    return (
        ("registre", "Selon la façon d'écrire", lambda e: e.registre, REGISTRES),
        ("public", "Selon la situation", lambda e: e.public or "inconnu", PUBLICS),
        ("type", "Selon ce qui est raconté", lambda e: e.type, TYPES),
        ("famille", "Selon la famille du métier attendu", lambda e: metiers[e.ideal[0]].famille, FAMILLES),
        ("limite", "Selon qu'une limite est posée ou non", _limit, LIMITES),
        ("refus", "Selon qu'un refus est dit ou non", _refusal, REFUS),
    )


REGISTRES = {
    "courant": "Langue de tous les jours",
    "sms": "Style SMS",
    "peu_lettre": "Orthographe difficile",
    "seconde_langue": "Français appris plus tard",
    "hesitant": "Phrases hésitantes",
    "soutenu": "Langue soignée",
}
GARDES = {"detresse": "Détresse", "hors_sujet": "Hors sujet"}
PUBLICS = {"jeune": "Jeunes", "reconversion": "En reconversion", "inconnu": "Le texte ne le dit pas"}
TYPES = {"envie": "Une envie", "experience": "Une expérience", "mixte": "Les deux"}
FAMILLES = {
    "petite_enfance": "Petite enfance",
    "sante": "Santé",
    "handicap": "Handicap",
    "grand_age": "Grand âge",
    "social": "Social",
}
LIMITES = {"oui": "Une limite : durée, horaires, permis, salaire", "non": "Aucune limite"}
REFUS = {"oui": "Au moins un refus", "non": "Aucun refus"}
CHAMPS_LIMITES = ("contraintes", "etudes_max", "permis", "revenu_pendant_formation")


def _limit(enonce: Enonce) -> str:
    return "oui" if any(enonce.champs.get(c) not in (None, {}) for c in CHAMPS_LIMITES) else "non"


def _refusal(enonce: Enonce) -> str:
    return "oui" if any(signe < 0 for signe in signs(enonce.champs).values()) else "non"


if __name__ == "__main__":
    main()
