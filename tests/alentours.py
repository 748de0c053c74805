"""What is near, made up for the tests of pages: the commune asked for decides of the state met.

What the real catalogue finds is tested with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from service.catalogue.catalogue import Catalogue
from service.catalogue.fiches import (
    DEMONSTRATION,
    Contrat,
    Evenement,
    Fiche,
    Formation,
    Genre,
    Lieu,
    Offre,
    Session,
)
from service.catalogue.recherche import Demande, Diplome, Origine, Resultats, Trouvaille

SAINT_DENIS = "93066"
"""Everything is there."""
GUERET = "23096"
"""Nothing within the distance asked for, something further."""
ROCHEFOURCHAT = "26274"
"""Nothing at all."""
OUESSANT = "29155"
"""The source does not answer."""
LILLE = "59350"
"""Only invented examples."""
TOTAL = 45
"""More than two pages."""
JOUR = date.today()


class Alentours(Catalogue):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.demandes: list[Demande] = []
        self.vecteurs: list[NDArray[np.float32] | None] = []

    def search(self, demande: Demande, vecteur: NDArray[np.float32] | None = None) -> Resultats:
        self.demandes.append(demande)
        self.vecteurs.append(vecteur)
        code = demande.commune.code if demande.commune else None
        if code == OUESSANT:
            avis = "France Travail ne répond pas pour le moment."
            return Resultats((), 0, None, False, Origine.INDISPONIBLE, None, avis)
        if code == ROCHEFOURCHAT or demande.filtres.a_partir_du == FIN_DES_TEMPS:
            return Resultats((), 0, demande.rayon_km, False, Origine.IMPORTE, JOUR)
        rayon = 40 if code == GUERET else demande.rayon_km
        found = _page(demande, invented=code == LILLE)
        origine = Origine.DEMONSTRATION if code == LILLE else Origine.IMPORTE
        return Resultats(found, TOTAL, rayon, rayon != demande.rayon_km, origine, JOUR)

    def close(self) -> None:
        """There is nothing to close."""

    def search_all(
        self, demandes: Sequence[Demande], vecteur: NDArray[np.float32] | None = None
    ) -> list[Resultats]:
        return [self.search(demande, vecteur) for demande in demandes]


FIN_DES_TEMPS = date(2039, 12, 31)
"""A filter that nothing passes."""


def _page(demande: Demande, *, invented: bool) -> tuple[Trouvaille, ...]:
    all_of_it = [*_found(demande.genre)]
    first = (demande.page - 1) * demande.limite
    shown = range(first, min(first + demande.limite, TOTAL))
    found = (all_of_it[rang % len(all_of_it)] for rang in shown)
    return tuple(_invented(t) if invented else t for t in found)


def _invented(t: Trouvaille) -> Trouvaille:
    fiche: Fiche = replace(t.fiche, source=DEMONSTRATION, url="/a-propos#demonstration")
    return replace(t, fiche=fiche, source="Catalogue de démonstration")


def _found(genre: Genre) -> Sequence[Trouvaille]:
    match genre:
        case Genre.OFFRE:
            return OFFRES
        case Genre.FORMATION:
            return FORMATIONS
        case Genre.EVENEMENT:
            return EVENEMENTS


PARIS = Lieu("Paris 18e Arrondissement (75)", "75118", "75", 48.8925, 2.3444)
AUBERVILLIERS = Lieu("Aubervilliers (93)", "93001", "93", 48.9121, 2.3843)
QUELQUE_PART = Lieu("Seine-Saint-Denis (93)", departement="93")

OFFRES = (
    Trouvaille(
        Offre(
            source="france_travail",
            cle="1",
            url="https://offres.example.org/1",
            titre="Aide-soignante / Aide-soignant de jour",
            texte="Dans une équipe de douze personnes, vous accompagnez les résidents du lever au coucher. "
            "Vous participez aux transmissions et vous accueillez les familles. Formation à l'arrivée.",
            lieu=AUBERVILLIERS,
            codes=("J1501",),
            mis_a_jour_le=JOUR - timedelta(days=3),
            employeur="Résidence des Tilleuls",
            contrat=Contrat.CDI,
            duree="35 h par semaine, un week-end sur deux",
            temps_plein=True,
            debutant=True,
            handicap=True,
            debut=JOUR + timedelta(days=20),
            salaire="Mensuel de 1 950 à 2 100 euros sur 12 mois",
        ),
        "France Travail",
        4.2,
    ),
    Trouvaille(
        Offre(
            source="france_travail",
            cle="2",
            url="https://offres.example.org/2",
            titre="Aide-soignant de nuit (H/F)",
            lieu=QUELQUE_PART,
            codes=("J1501",),
        ),
        "France Travail",
        None,
    ),
    Trouvaille(
        Offre(
            source="france_travail",
            cle="3",
            url="https://offres.example.org/3",
            titre="Apprentie aide-soignante / Apprenti aide-soignant",
            lieu=PARIS,
            codes=("J1501",),
            publie_le=JOUR - timedelta(days=12),
            employeur="Hôpital de la Colline",
            contrat=Contrat.APPRENTISSAGE,
        ),
        "La bonne alternance",
        0.6,
    ),
)
FORMATIONS = (
    Trouvaille(
        Formation(
            source="lheo",
            cle="1",
            url="https://formations.example.org/1",
            titre="Diplôme d'État d'aide-soignant",
            lieu=AUBERVILLIERS,
            codes=("RNCP35830", "J1501"),
            mis_a_jour_le=JOUR - timedelta(days=30),
            organisme="Institut de formation des Lilas",
            rncp="RNCP35830",
            financable=True,
            heures=1540,
            cout=7800,
            sessions=(
                Session(JOUR - timedelta(days=60), JOUR + timedelta(days=240), ouverte=False),
                Session(JOUR + timedelta(days=70), JOUR + timedelta(days=400), ouverte=True),
            ),
        ),
        "Carif-Oref",
        12.4,
        Diplome("RNCP40692", "Diplôme d'État d'aide-soignant", None, True, "RNCP35830"),
    ),
    Trouvaille(
        Formation(
            source="lheo",
            cle="2",
            url="https://formations.example.org/2",
            titre="Assistant de soins en gérontologie",
            lieu=PARIS,
            codes=("RNCP1234",),
            organisme="Centre des Acacias",
            rncp="RNCP1234",
            alternance=True,
        ),
        "Carif-Oref",
        7.9,
        Diplome("RNCP1234", "Assistante ou assistant de soins", date(2024, 8, 31), False),
    ),
)
EVENEMENTS = (
    Trouvaille(
        Evenement(
            source="evenements",
            cle="1",
            url="https://evenements.example.org/1",
            titre="Les métiers du grand âge : venez poser vos questions",
            lieu=AUBERVILLIERS,
            codes=("J1501",),
            mis_a_jour_le=JOUR - timedelta(days=1),
            type="Réunion d'information",
            debut=datetime.combine(JOUR + timedelta(days=9), time(14)),
            fin=datetime.combine(JOUR + timedelta(days=9), time(16, 30)),
        ),
        "Mes événements emploi",
        4.2,
    ),
    Trouvaille(
        Evenement(
            source="evenements",
            cle="2",
            url="https://evenements.example.org/2",
            titre="Forum en ligne des métiers du soin",
            lieu=Lieu("En ligne"),
            codes=("J1501",),
            type="Forum",
            a_distance=True,
        ),
        "Mes événements emploi",
        None,
    ),
)
