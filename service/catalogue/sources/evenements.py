"""Events of France Travail (« Mes événements emploi »): forums, job datings, open days, workshops.

They say what they are about by the first letter of ROME codes only (J: health, K: services to people), so the
`codes` of an Evenement are such letters: those of our métiers among its own, or all of ours when it is
`multisectoriel`. Numbers of places are not kept: they are wrong an hour later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from service.catalogue.fiches import CLE_MAX, Evenement, Fiche, FormatInattendu, Genre, Lieu, Lu, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation, clean_text, clean_title, clean_url, read_date
from service.catalogue.sources import Autour
from service.catalogue.sources.champs import as_number, as_text, as_texts, dig, listed
from service.catalogue.sources.fichier_json import items
from service.catalogue.sources.jeton import Cles, Jeton
from service.catalogue.sources.reseau import Client, SourceEnPanne
from service.geographie import fold

URL_API = "https://api.francetravail.io/partenaire/evenements/v1"
URL_EVENEMENT = "https://mesevenementsemploi.francetravail.fr/mes-evenements-emploi/evenement/"
PORTEES = "api_evenementsv1 evenements"
# The answer gives a label; the codes are those of the question, kept in case one comes back.
TYPES = {
    "13": "Réunion d'information",
    "14": "Forum",
    "15": "Conférence",
    "16": "Atelier",
    "17": "Salon en ligne",
    "18": "Job dating",
    "31": "Visite d'entreprise",
    "32": "Portes ouvertes",
}
TYPE_INCONNU = "Événement"


@dataclass(frozen=True)
class Evenements:
    """`taille`: events in an answer; the API gives at most 100."""

    reparation: Reparation
    perimetre: Perimetre
    cles: Cles | None = None
    _: KW_ONLY
    jour: date
    base: str = URL_API
    taille: int = 100
    bac_a_sable: bool = False
    jeton: Jeton | None = field(default=None, repr=False, compare=False)
    """Made from `cles` unless it is given; `replace(source, jour=…)` hands it on."""

    nom = "evenements"
    libelle = "France Travail, Mes événements emploi"
    genres = frozenset({Genre.EVENEMENT})

    def __post_init__(self) -> None:
        if self.cles and not self.jeton:
            object.__setattr__(self, "jeton", Jeton(self.cles, PORTEES, bac_a_sable=self.bac_a_sable))

    def read(self, fichier: Path) -> Iterator[Lu]:
        """An answer of the API as it is, a list of events, or an event a line."""
        for rang, brut in enumerate(items(fichier, "content"), 1):
            yield brut if isinstance(brut, Refus) else self._lu(brut, f"n° {rang}")

    def near(self, autour: Autour, client: Client) -> Sequence[Fiche]:
        """One question, for a person waits: the API takes one sector or all, so that of a métier of two
        sectors is sorted here, among the first to come."""
        lettres = _letters(autour.codes)
        if not lettres:
            return ()
        question: dict[str, object] = {
            "latitude": autour.commune.latitude,
            "longitude": autour.commune.longitude,
            "rayon": autour.rayon_km,
        }
        if len(lettres) == 1:
            question["secteurActivite"] = min(lettres)
        contenu, _ = self._page(client, question, 0)
        lus = (self._lu(brut, "") for brut in contenu)
        return [
            lu
            for lu in lus
            if isinstance(lu, Evenement) and not lettres.isdisjoint(lu.codes) and autour.holds(lu)
        ]

    def collect(self, client: Client) -> Iterator[Lu]:
        """All sectors at once, for it is not known whether the filter lets `multisectoriel` through.

        SourceEnPanne is raised at the end when some could not be had: they are not known to be gone.
        """
        seen: set[str] = set()
        rang, page = 0, 0
        former: list[object] = []
        while True:
            contenu, total = self._page(client, {}, page)
            if rang < total and contenu in ([], former):
                yield Refus(f"page {page + 1}", f"{total - rang} événements hors d'atteinte")
                raise SourceEnPanne("France Travail n'a pas donné tous les événements")
            for rang, brut in enumerate(contenu, rang + 1):  # noqa: B020 (goes on from the page before)
                if (cle := as_text(dig(brut, "id")) or f"n° {rang}") not in seen:
                    seen.add(cle)
                    yield self._lu(brut, cle)
            if rang >= total:
                return
            former, page = contenu, page + 1

    def _page(self, client: Client, question: dict[str, object], page: int) -> tuple[list[object], int]:
        """Events of one answer as received, and how many there are over all pages."""
        if self.jeton is None:
            raise SourceEnPanne("aucune clé n'est donnée pour France Travail")
        url = f"{self.base}/mee/evenements?" + urlencode(
            {"page": page, "size": self.taille, "sort": "dateEvenement"}
        )
        # Without `dateDebut`, past events come too.
        asked = {"dateDebut": self.jour.isoformat(), **question}
        reponse = self.jeton.send(client, lambda headers: client.post(url, json=asked, headers=headers))
        if reponse.statut >= 400:
            raise SourceEnPanne("France Travail refuse cette recherche d'événements", statut=reponse.statut)
        if reponse.statut == 204:
            return [], 0
        recu = reponse.json()
        contenu, total = listed(recu, "content"), as_number(dig(recu, "totalElements"))
        if contenu is None or total is None:
            raise FormatInattendu("la réponse de France Travail ne contient pas de liste d'événements")
        return contenu, int(total)

    @cached_property
    def _lettres(self) -> frozenset[str]:
        return _letters(self.perimetre.codes(Genre.EVENEMENT))

    def _lu(self, brut: object, rang: str) -> Evenement | Refus:
        """`rang`: what to call it when it has no identifier."""
        cle = as_text(dig(brut, "id"))
        if not cle or len(cle) > CLE_MAX:
            return Refus(rang, "sans identifiant")
        lettres = _letters(as_texts(dig(brut, "codesRome"))) & self._lettres
        if dig(brut, "multisectoriel") is True:
            lettres = self._lettres
        if not lettres:
            return Refus(cle, "secteur hors de nos métiers")
        titre = clean_title(dig(brut, "titre"))
        if not titre:
            return Refus(cle, "sans titre")
        horaire = _read_horaire(brut)
        if horaire is None:
            return Refus(cle, "sans date")
        if horaire.jour < self.jour:
            return Refus(cle, "déjà passé")
        lieu = self._lieu(brut) or (Lieu("À distance") if _is_remote(brut) else None)
        if lieu is None:
            return Refus(cle, "sans lieu")
        return _evenement(brut, cle=cle, titre=titre, lieu=lieu, lettres=lettres, horaire=horaire)

    def _lieu(self, brut: object) -> Lieu | None:
        return self.reparation.lieux.place(
            libelle=dig(brut, "ville"),
            commune=dig(brut, "codeInsee"),
            code_postal=dig(brut, "codePostal"),
            latitude=dig(brut, "latitude"),
            longitude=dig(brut, "longitude"),
        )


@dataclass(frozen=True)
class _Horaire:
    """In the local time of the place."""

    jour: date
    debut: datetime | None = None
    fin: datetime | None = None


def _evenement(
    brut: object, *, cle: str, titre: str, lieu: Lieu, lettres: frozenset[str], horaire: _Horaire
) -> Evenement:
    return Evenement(
        source=Evenements.nom,
        cle=cle,
        url=clean_url(dig(brut, "urlDetailEvenement")) or URL_EVENEMENT + quote(cle, safe=""),
        titre=titre,
        texte=clean_text(dig(brut, "description")) or clean_text(dig(brut, "deroulement")),
        lieu=lieu,
        codes=tuple(sorted(lettres)),
        jusqu_au=horaire.jour,
        a_distance=_is_remote(brut),
        type=_type(brut),
        debut=horaire.debut,
        fin=horaire.fin,
    )


def _letters(codes: Sequence[str] | frozenset[str]) -> frozenset[str]:
    """Of ROME codes, whole or already cut to their letter; an RNCP number has none."""
    return frozenset(code[0].upper() for code in codes if len(code) == 1 or code[1:2].isdecimal())


def _type(brut: object) -> str:
    said = as_text(dig(brut, "type"))
    return TYPES.get(said) or clean_title(said) or TYPE_INCONNU


def _is_remote(brut: object) -> bool:
    """Also when one may come or follow it from home."""
    said = fold(" ".join((*as_texts(dig(brut, "modalites")), _type(brut))))
    return any(mot in said for mot in ("distance", "adist", "en ligne"))


def _read_horaire(brut: object) -> _Horaire | None:
    """None without a day; hours that cannot be told in local time are left out.

    The day is written as an instant, whose offset says in which time the hours are: « +00:00 » is universal
    time, to be read in `timezone` (seen live: 07:30 for half past nine in Paris). Another offset is not to be
    trusted, and the hours are then taken as they are.
    """
    ecrit = as_text(dig(brut, "dateEvenement"))
    jour = read_date(ecrit[:10])
    if jour is None:
        return None
    debut, fin = (_hour(dig(brut, cle), jour) for cle in ("heureDebut", "heureFin"))
    if ecrit.endswith(("Z", "+00:00", "+0000")):
        zone = _zone(as_text(dig(brut, "timezone")))
        debut, fin = _local(debut, zone), _local(fin, zone)
    if debut is None:
        return _Horaire(jour)
    return _Horaire(debut.date(), debut, fin if fin and fin > debut else None)


def _hour(brut: object, jour: date) -> datetime | None:
    try:
        return datetime.combine(jour, time.fromisoformat(as_text(brut)).replace(tzinfo=None))
    except ValueError:
        return None


def _local(instant: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    if instant is None or zone is None:
        return None
    return instant.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def _zone(nom: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(nom)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None
