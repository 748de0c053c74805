"""The catalogue shown when there is no other: invented offres, formations and événements in real communes.

Everything is made from one seed: the same day gives the same entries, another day the same ones with other
dates. Nothing in it may be taken for real: each title, name and text says that it is invented, no pay is
told, and the address is a page of ours (a path, where the other sources give http(s)), so that nobody is sent
to an offer that does not exist. Only the places and the diplomas are real.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, takewhile
from pathlib import Path
from random import Random
from typing import TypedDict

from knowledge.loading import Connaissances
from knowledge.schema import Titre
from service.catalogue.fiches import (
    ALTERNANCE,
    DEMONSTRATION,
    Contrat,
    Evenement,
    Fiche,
    FormatInattendu,
    Formation,
    Genre,
    Lieu,
    Lu,
    Offre,
    Session,
)
from service.catalogue.perimetre import Perimetre
from service.geographie import METROPOLE, Commune, Communes, distance_km, zone

URL = "/a-propos#demonstration"
GRAINE = 26
# Jobs and courses are in towns; below this, a commune has none of either often enough.
POPULATION_MIN = 5_000
VILLES = ("75056", "69123", "13055", "59350", "31555", "44109", "97411")
"""Paris, Lyon, Marseille, Lille, Toulouse, Nantes, Saint-Denis de La Réunion: whoever tries the service tries
one of these."""
VILLE_ENTIERE = ("75056", "69123", "13055")
"""Their arrondissements stand for them, which spreads the points on a map."""
AUTOUR_KM = 15
TERRITOIRES = (("2A", "2B"), ("971",), ("972",), ("973",), ("974",), ("976",))
"""Where the mainland is across the sea: whoever lives there must find something too."""

# For each métier: so many around each of VILLES, in each of TERRITOIRES, and in the rest of the country.
PAR_VILLE = {Genre.OFFRE: 2, Genre.FORMATION: 1, Genre.EVENEMENT: 1}
PAR_TERRITOIRE = {Genre.OFFRE: 1, Genre.FORMATION: 1, Genre.EVENEMENT: 1}
AILLEURS = {Genre.OFFRE: 4, Genre.FORMATION: 4, Genre.EVENEMENT: 3}

CONTRATS = {
    Contrat.CDI: ("CDI", 5),
    Contrat.CDD: ("6 mois", 4),
    Contrat.APPRENTISSAGE: ("12 mois", 3),
    Contrat.PROFESSIONNALISATION: ("12 mois", 1),
    Contrat.INTERIM: ("Mission de 3 mois", 2),
    Contrat.SAISONNIER: ("De juin à août", 1),
}
"""How long each lasts, and how often it comes."""
TYPES = ("Portes ouvertes", "Forum des métiers", "Réunion d'information", "Rencontre avec des employeurs")


class _Commun(TypedDict):
    """The fields that the three genres share."""

    source: str
    cle: str
    url: str
    titre: str
    texte: str
    lieu: Lieu
    codes: tuple[str, ...]
    publie_le: date
    mis_a_jour_le: date


@dataclass(frozen=True)
class Demonstration:
    """Every métier around large towns, in Corsica and overseas, and here and there in the rest of France."""

    perimetre: Perimetre
    connaissances: Connaissances
    communes: Communes
    jour: date

    nom = DEMONSTRATION
    libelle = "Catalogue de démonstration"

    def entries(self) -> Iterator[Fiche]:
        hasard = Random(GRAINE)  # noqa: S311 - seeded chance, never a secret
        places = _places(self.communes)
        for slug in self.perimetre.rome:
            for towns, combien in places:
                for genre, nombre in combien.items():
                    for commune in towns.some(nombre, hasard):
                        yield self._entry(genre, slug, commune, hasard)

    def read(self, fichier: Path) -> Iterator[Lu]:  # noqa: ARG002 - asked for by the protocol, refused here
        raise FormatInattendu("Le catalogue de démonstration ne se lit pas dans un fichier : il est inventé.")

    def _entry(self, genre: Genre, slug: str, commune: Commune, hasard: Random) -> Fiche:
        match genre:
            case Genre.OFFRE:
                return self._offre(slug, commune, hasard)
            case Genre.FORMATION:
                return self._formation(slug, commune, hasard)
            case Genre.EVENEMENT:
                return self._evenement(slug, commune, hasard)

    def _offre(self, slug: str, commune: Commune, hasard: Random) -> Offre:
        poids = [frequence for _, frequence in CONTRATS.values()]
        contrat = hasard.choices(list(CONTRATS), poids)[0]
        numero = hasard.randint(1, 99)
        return Offre(
            **self._commun("d'offre", slug, commune, hasard),
            employeur=f"Employeur inventé n° {numero}",
            contrat=contrat,
            duree=CONTRATS[contrat][0],
            temps_plein=hasard.choice((True, True, False)),
            debutant=contrat in ALTERNANCE or hasard.choice((True, False)),
            handicap=hasard.choice((True, None, None, None)),
            debut=self._in(hasard, 7, 75),
            jusqu_au=self._in(hasard, 20, 60),
        )

    def _formation(self, slug: str, commune: Commune, hasard: Random) -> Formation:
        certifications = self.connaissances.metiers[slug].acces.certifications
        cle = hasard.choice(certifications) if certifications else None
        diplome = self.connaissances.certifications[cle] if cle else None
        rncp = diplome.rncp.numero if diplome and diplome.rncp else None
        sessions = tuple(self._session(rang, hasard) for rang in range(hasard.randint(1, 3)))
        return Formation(
            **self._commun("de formation", slug, commune, hasard, rncp),
            organisme=f"Organisme inventé n° {hasard.randint(1, 99)}",
            rncp=rncp,
            certification=diplome.titre if diplome else None,
            alternance=hasard.choice((True, False, None)),
            financable=hasard.choice((True, True, None)),
            sessions=sessions,
            jusqu_au=sessions[-1].fin,
        )

    def _session(self, rang: int, hasard: Random) -> Session:
        debut = self._in(hasard, 15 + 120 * rang, 100 + 120 * rang)
        fin = debut + timedelta(days=hasard.choice((90, 180, 300)))
        return Session(debut, fin, ouverte=hasard.choice((True, True, None)))

    def _evenement(self, slug: str, commune: Commune, hasard: Random) -> Evenement:
        genre = hasard.choice(TYPES)
        jour = self._in(hasard, 2, 60)
        debut = datetime.combine(jour, time(hasard.choice((9, 10, 14, 17))))
        return Evenement(
            **self._commun(f"de {genre.lower()}", slug, commune, hasard),
            type=genre,
            debut=debut,
            fin=debut + timedelta(hours=hasard.choice((2, 3))),
            jusqu_au=jour,
        )

    def _commun(
        self, quoi: str, slug: str, commune: Commune, hasard: Random, rncp: str | None = None
    ) -> _Commun:
        """`quoi` completes « Exemple … » in the title."""
        publie_le = self.jour - timedelta(days=hasard.randint(3, 25))
        metier = _named(self.connaissances.metiers[slug].titre)
        return _Commun(
            source=DEMONSTRATION,
            cle=f"{slug}-{hasard.getrandbits(48):012x}",
            url=URL,
            titre=f"Exemple {quoi} : {metier}",
            texte="Exemple inventé pour montrer comment Cap Soin fonctionne : il n'y a rien derrière.",
            lieu=Lieu(
                libelle=commune.libelle,
                commune=commune.code,
                departement=commune.departement,
                latitude=commune.latitude,
                longitude=commune.longitude,
            ),
            codes=(self.perimetre.rome[slug][0], *([rncp] if rncp else [])),
            publie_le=publie_le,
            mis_a_jour_le=publie_le + timedelta(days=hasard.randint(0, 3)),
        )

    def _in(self, hasard: Random, au_moins: int, au_plus: int) -> date:
        return self.jour + timedelta(days=hasard.randint(au_moins, au_plus))


class _Towns:
    """Communes to draw from, the most inhabited more often."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self._communes = list(communes)
        self._cumul = list(accumulate(commune.population for commune in self._communes))

    def some(self, nombre: int, hasard: Random) -> list[Commune]:
        return hasard.choices(self._communes, cum_weights=self._cumul, k=nombre)


def _places(communes: Communes) -> list[tuple[_Towns, Mapping[Genre, int]]]:
    """Where the entries of one métier are, and how many of each genre."""
    towns = takewhile(lambda commune: commune.population >= POPULATION_MIN, communes)
    assez = [commune for commune in towns if commune.code not in VILLE_ENTIERE]
    villes = [_around(communes.get(code), assez) for code in VILLES]
    taken = {commune.code for autour in villes for commune in autour}
    reste = [c for c in assez if c.code not in taken and zone(c.departement) == METROPOLE]
    return [
        *((_Towns(autour), PAR_VILLE) for autour in villes),
        *((_Towns(c for c in assez if c.departement in t), PAR_TERRITOIRE) for t in TERRITOIRES),
        (_Towns(reste), AILLEURS),
    ]


def _around(centre: Commune, communes: Iterable[Commune]) -> list[Commune]:
    return [commune for commune in communes if distance_km(commune, centre) <= AUTOUR_KM]


def _named(titre: Titre) -> str:
    """« aide-soignante ou aide-soignant »; « sage-femme », which is said of both."""
    feminin, masculin = (t[0].lower() + t[1:] for t in (titre.feminin, titre.masculin))
    return feminin if feminin == masculin else f"{feminin} ou {masculin}"
