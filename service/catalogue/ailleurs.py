"""Where else to look, on official sites: nobody whose search finds nothing is left there."""

from __future__ import annotations

from dataclasses import dataclass

from service.catalogue.fiches import Genre


@dataclass(frozen=True)
class Ailleurs:
    """One official site, and what it is for."""

    nom: str
    url: str
    pour: str


_ALTERNANCE = Ailleurs(
    "La bonne alternance",
    "https://labonnealternance.apprentissage.beta.gouv.fr/",
    "Travailler et se former en même temps, avec un salaire.",
)

AILLEURS: dict[Genre, tuple[Ailleurs, ...]] = {
    Genre.OFFRE: (
        Ailleurs(
            "France Travail",
            "https://candidat.francetravail.fr/offres/recherche",
            "Les offres d'emploi de tout le pays.",
        ),
        _ALTERNANCE,
    ),
    Genre.FORMATION: (
        Ailleurs(
            "Parcoursup",
            "https://www.parcoursup.fr/",
            "Les formations après le bac. Il sert aussi à s'y inscrire.",
        ),
        Ailleurs(
            "Mon compte formation",
            "https://www.moncompteformation.gouv.fr/",
            "Les formations pour adultes, et l'argent disponible pour les payer.",
        ),
        _ALTERNANCE,
    ),
    Genre.EVENEMENT: (
        Ailleurs(
            "Mes événements emploi",
            "https://mesevenementsemploi.francetravail.fr/mes-evenements-emploi/evenements",
            "Forums, réunions d'information, rencontres avec des employeurs.",
        ),
    ),
}
"""The first of each is the one to try first."""
