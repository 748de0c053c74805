"""What to verify in the knowledge before trusting it: `python -m knowledge.check`.

Exit status 1 means a file cannot be used or contradicts another. What is only old, ended or unsure
is listed for the people who review, and does not fail.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel

from knowledge.loading import RACINE, Connaissances, FicheInvalide, load_knowledge
from knowledge.passerelle import Effet, Passerelle
from knowledge.schema import Certification, Confiance, Contact, Diplome, Famille, Source

# Gross monthly minimum for 35 hours since 2026-06-01: 12.31 € × 151.67 h (arrêté du 22 mai 2026,
# read in openfisca-france on 2026-11-21). Salaries are whole euros, hence the floor.
SMIC_MENSUEL = 1867
SMIC_DEPUIS = date(2026, 6, 1)

# The 26 métiers as contrat.md groups them.
METIERS_PAR_FAMILLE = {
    Famille.PETITE_ENFANCE: 6,
    Famille.SANTE: 5,
    Famille.HANDICAP: 5,
    Famille.GRAND_AGE: 4,
    Famille.SOCIAL: 6,
}

# Rules, wages and registrations of this field change at least once a year.
AGE_MAX = timedelta(days=365)


@dataclass(frozen=True)
class Fait:
    """A sourced fact: `fiche` is « certifications/DEAS », `champ` is « rncp »."""

    fiche: str
    champ: str
    source: Source


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    try:
        connaissances = load_knowledge(options.racine)
    except FicheInvalide as erreur:
        print(f"Connaissances inutilisables : {erreur}", file=sys.stderr)
        return 1
    erreurs = list(contradictions(connaissances))
    aujourdhui: date = options.aujourdhui
    faits = list(facts(connaissances))
    _print_section("Erreurs", erreurs)
    _print_section("Enregistrements RNCP terminés, sans successeur", ended(connaissances, aujourdhui))
    _print_section("Sources de plus d'un an", _by_source(stale(faits, aujourdhui)))
    _print_section("Faits de faible confiance", _by_source(unsure(faits)))
    _print_section("Passerelles et dates à confirmer", doubtful(connaissances))
    print(
        f"{len(connaissances.metiers)} métiers, {len(connaissances.certifications)} certifications, "
        f"{len(connaissances.diplomes)} autres diplômes, {len(list(_edges(connaissances)))} passerelles, "
        f"{len(faits)} faits sourcés, version {connaissances.version}."
    )
    return 1 if erreurs else 0


def contradictions(connaissances: Connaissances) -> Iterator[str]:
    """What no single file can show to be wrong."""
    yield from _wrong_counts(connaissances)
    yield from _low_salaries(connaissances)
    yield from _orphans(connaissances)
    yield from _ambiguous_names(connaissances)
    yield from _closed_validations(connaissances)


def ended(connaissances: Connaissances, aujourdhui: date) -> Iterator[str]:
    """Registrations past their last day that nothing known replaces."""
    for cle, certification in connaissances.certifications.items():
        rncp = certification.rncp
        if rncp and rncp.fin and rncp.fin < aujourdhui and not rncp.successeur:
            yield f"certifications/{cle} : {rncp.numero}, terminé le {rncp.fin:%d/%m/%Y}"


def stale(faits: Iterable[Fait], aujourdhui: date) -> list[Fait]:
    return [fait for fait in faits if aujourdhui - fait.source.vu_le > AGE_MAX]


def unsure(faits: Iterable[Fait]) -> list[Fait]:
    return [fait for fait in faits if fait.source.confiance is Confiance.FAIBLE]


def doubtful(connaissances: Connaissances) -> Iterator[str]:
    """Edges and dates nobody could confirm, with what is to be asked."""
    for origine, passerelle in _edges(connaissances):
        if passerelle.doute:
            yield f"passerelles/{origine} vers {passerelle.vers} ({passerelle.effet}) : {passerelle.doute}"
    for cle, calendrier in connaissances.calendriers.items():
        for echeance in calendrier.echeances:
            if echeance.doute:
                yield f"calendriers/{cle}, {echeance.texte} : {echeance.doute}"


def facts(connaissances: Connaissances) -> Iterator[Fait]:
    """Every sourced fact of every collection of the knowledge."""
    for collection in fields(connaissances):
        for cle, fiche in _keyed(getattr(connaissances, collection.name)):
            for champ, source in _sourced(fiche, (), {}):
                yield Fait(f"{collection.name}/{cle}".rstrip("/"), champ, source)


def plain(nom: str) -> str:
    """As contrat.md compares diplomas: no case, accent, space, hyphen, underscore or apostrophe."""
    sans_accents = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9+]", "", sans_accents.lower())


def _wrong_counts(connaissances: Connaissances) -> Iterator[str]:
    found = Counter(metier.famille for metier in connaissances.metiers.values())
    for famille, attendu in METIERS_PAR_FAMILLE.items():
        if found[famille] != attendu:
            yield f"metiers : {found[famille]} dans la famille {famille}, {attendu} attendus"


def _low_salaries(connaissances: Connaissances) -> Iterator[str]:
    for slug, metier in connaissances.metiers.items():
        if metier.salaire.bas < SMIC_MENSUEL:
            yield (
                f"metiers/{slug} : salaire.bas : {metier.salaire.bas} € est sous le SMIC "
                f"({SMIC_MENSUEL} € depuis le {SMIC_DEPUIS:%d/%m/%Y})"
            )


def _orphans(connaissances: Connaissances) -> Iterator[str]:
    used = {cle for metier in connaissances.metiers.values() for cle in metier.acces.certifications}
    for certification in connaissances.certifications.values():
        used.update(certification.requiert)
    for origine, passerelle in _edges(connaissances):
        used.update((origine, passerelle.vers))
    for cle, certification in connaissances.certifications.items():
        if cle not in used and not certification.remarque:
            yield f"certifications/{cle} : rien ne la cite, et aucune remarque ne dit pourquoi"


def _ambiguous_names(connaissances: Connaissances) -> Iterator[str]:
    """Two diplomas one person would write the same way."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    diplomes: list[Certification | Diplome] = [
        *connaissances.certifications.values(),
        *connaissances.diplomes.values(),
    ]
    for diplome in diplomes:
        for nom in (diplome.cle, diplome.titre, *diplome.autres_noms):
            owners[plain(nom)].add(_held(diplome.cle, connaissances.certifications))
    for nom, cles in sorted(owners.items()):
        if len(cles) > 1:
            yield f"autres_noms : « {nom} » désigne à la fois {' et '.join(sorted(cles))}"


def _closed_validations(connaissances: Connaissances) -> Iterator[str]:
    for origine, passerelle in _edges(connaissances):
        vae = passerelle.effet is Effet.VAE
        if vae and connaissances.certifications[passerelle.vers].vae.possible is not True:
            yield f"passerelles/{origine} : vers {passerelle.vers} par la VAE, pas ouverte selon sa fiche"


def _edges(connaissances: Connaissances) -> Iterator[tuple[str, Passerelle]]:
    for origine, fiche in connaissances.passerelles.items():
        yield from ((origine, passerelle) for passerelle in fiche.passerelles)


def _held(cle: str, certifications: Mapping[str, Certification]) -> str:
    return f"certifications/{cle}" if cle in certifications else f"diplomes/{cle}"


def _keyed(collection: object) -> Iterable[tuple[str, object]]:
    if isinstance(collection, dict):
        return collection.items()
    if isinstance(collection, BaseModel):
        return (("", collection),)
    fiches = collection if isinstance(collection, tuple) else ()
    return ((fiche.cle, fiche) for fiche in fiches if isinstance(fiche, Contact))


def _sourced(
    valeur: object, chemin: tuple[str, ...], sources: Mapping[str, Source]
) -> Iterator[tuple[str, Source]]:
    """Walks a file; a `source` is a key of the nearest `sources`, or the Source itself."""
    if isinstance(valeur, BaseModel):
        own = getattr(valeur, "sources", sources)
        cited = getattr(valeur, "source", None)
        if cited is not None:
            yield ".".join(chemin), cited if isinstance(cited, Source) else own[cited]
        for nom, contenu in valeur:
            if nom not in ("source", "sources"):
                yield from _sourced(contenu, (*chemin, nom.rstrip("_")), own)
    elif isinstance(valeur, dict):
        for cle, contenu in valeur.items():
            yield from _sourced(contenu, (*chemin, str(cle)), sources)
    elif isinstance(valeur, list | tuple):
        for rang, contenu in enumerate(valeur):
            yield from _sourced(contenu, (*chemin, str(rang)), sources)


def _by_source(faits: Iterable[Fait]) -> Iterator[str]:
    """One line per file and source, so that a reviewer opens each document once."""
    champs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for fait in faits:
        source = fait.source
        document = f"{source.organisme}, {source.titre} (vu le {source.vu_le:%d/%m/%Y})"
        champs[fait.fiche, document].append(fait.champ)
    for (fiche, document), cites in champs.items():
        yield f"{fiche} : {', '.join(filter(None, cites)) or 'la fiche'}. Source : {document}"


def _print_section(titre: str, lignes: Iterable[str]) -> None:
    lignes = list(lignes)
    print(f"{titre} : {len(lignes) or 'rien à signaler'}")
    for ligne in lignes:
        print(f"  - {ligne}")
    print()


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m knowledge.check", description="Vérifie les fichiers de connaissances."
    )
    parser.add_argument("--aujourdhui", type=date.fromisoformat, default=date.today(), help="AAAA-MM-JJ")
    parser.add_argument("--racine", type=Path, default=RACINE, help="dossier des connaissances")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
