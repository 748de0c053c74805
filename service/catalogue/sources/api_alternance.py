"""Apprenticeships, and the courses that go with them: the API of La bonne alternance.

Offers come from several partners, France Travail first: `reference` lets those be known again. A search of
offers has no pages, and gives at most 150 of each kind of partner: `collect` asks by département, then by
métier where that is not enough. Courses have pages. Who to call or write to (`contact`, `apply.phone`,
`recipient_id`), and firms without an offer (`recruiters`), are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from service.catalogue.fiches import (
    Contrat,
    Fiche,
    FormatInattendu,
    Formation,
    Genre,
    Lieu,
    Lu,
    Offre,
    Refus,
    Session,
)
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import (
    Reparation,
    clean_text,
    clean_title,
    clean_url,
    read_date,
    read_rncp,
)
from service.catalogue.sources import Autour
from service.catalogue.sources.champs import as_number, as_text, as_texts, dig, listed
from service.catalogue.sources.fichier_json import items
from service.catalogue.sources.fichiers import key, siret
from service.catalogue.sources.reseau import Client, Parametres, SourceEnPanne
from service.geographie import DEPARTEMENTS, fold

# The specification leaves out `/api`, without which nothing answers.
BASE = "https://api.apprentissage.beta.gouv.fr/api"
HOTES = frozenset({"api.apprentissage.beta.gouv.fr"})
"""All that the Client needs to reach."""
PAGE_FORMATION = "https://labonnealternance.apprentissage.beta.gouv.fr/formation/"
FRANCE_TRAVAIL = "france travail"
# An answer with fewer offers is whole.
OFFRES_MAX = 150
RAYON_MAX_KM = 200
# A page is about a megabyte, and a person is waiting.
PAGES_EN_DIRECT = 2
A_DISTANCE = Lieu("À distance")
CONTRATS = {
    "apprentissage": Contrat.APPRENTISSAGE,
    "professionnalisation": Contrat.PROFESSIONNALISATION,
}

_ROME = re.compile(r"[A-Z]\d{4}", re.ASCII)
_PERSONNE = re.compile(r"(m|mr|mme|mlle|monsieur|madame|mademoiselle)\b[. ]", re.IGNORECASE)


@dataclass(frozen=True)
class ApiAlternance:
    """`page`: courses per answer, at most 1000; with their certification they weigh up to 10 kB each."""

    reparation: Reparation
    perimetre: Perimetre
    cle: str | None = field(default=None, repr=False)
    _: KW_ONLY
    jour: date
    base: str = BASE
    page: int = 100

    nom = "api_alternance"
    libelle = "La bonne alternance"
    genres = frozenset({Genre.OFFRE, Genre.FORMATION})

    def read(self, fichier: Path) -> Iterator[Lu]:
        """An answer of one of the two searches, a list, or an item a line; compressed or not."""
        own = frozenset({"identifier", "identifiant"})
        for rang, brut in enumerate(items(fichier, "jobs", "data", cles=own), 1):
            yield brut if isinstance(brut, Refus) else self._lu(brut, f"n° {rang}")

    def near(self, autour: Autour, client: Client) -> Sequence[Fiche]:
        """The closest first, as far as one question goes."""
        params: dict[str, str | int | float] = {
            "latitude": autour.commune.latitude,
            "longitude": autour.commune.longitude,
            "radius": min(autour.rayon_km, RAYON_MAX_KM),
        }
        codes = frozenset(autour.codes)
        if autour.genre is Genre.OFFRE:
            if not (romes := _romes(codes)):
                return ()
            bruts: Iterator[object] = iter(self._jobs(client, {**params, "romes": ",".join(romes)}))
        else:
            question = next(iter(self._questions(autour.codes)), None)
            if question is None:
                return ()
            bruts = self._formations(client, {**params, **question}, PAGES_EN_DIRECT)
        lus = {lu.cle: lu for brut in bruts if isinstance(lu := self._lu(brut, ""), Offre | Formation)}
        return [lu for lu in lus.values() if not codes.isdisjoint(lu.codes) and autour.holds(lu)]

    def collect(self, client: Client) -> Iterator[Lu]:
        """All offers of each département, then all courses of each certification; each once."""
        seen: set[str] = set()
        for rang, brut in enumerate(self._everything(client), 1):
            lu = brut if isinstance(brut, Refus) else self._lu(brut, f"n° {rang}")
            if lu.cle not in seen:
                seen.add(lu.cle)
                yield lu

    def _everything(self, client: Client) -> Iterator[object]:
        codes = _romes(self.perimetre.codes(Genre.OFFRE))
        for departement in DEPARTEMENTS:
            yield from self._in_departement(client, departement, codes)
        for question in self._questions(sorted(self.perimetre.codes(Genre.FORMATION))):
            yield from self._formations(client, question, None)

    def _in_departement(self, client: Client, departement: str, codes: Sequence[str]) -> Iterator[object]:
        """By métier where one answer cannot hold them all."""
        jobs = self._jobs(client, {"departements": departement, "romes": ",".join(codes)})
        if len(jobs) >= OFFRES_MAX and len(codes) > 1:
            for code in codes:
                yield from self._in_departement(client, departement, (code,))
            return
        yield from jobs
        if len(jobs) >= OFFRES_MAX:
            yield Refus(f"{departement} {codes[0]}", "offres au-delà de ce que donne une recherche")

    def _questions(self, codes: Sequence[str]) -> Iterator[dict[str, str]]:
        """What to ask so as to find all courses of these codes: « or » stands between `romes` and `rncp`,
        and a question has one number. Certifications still bear codes of V3."""
        numeros = [code for code in codes if code.startswith("RNCP")]
        current = _romes(codes)
        former = (old for code in current for old in self.reparation.codes.former(code))
        romes = ",".join(dict.fromkeys((*current, *former)))
        if romes:
            yield {"romes": romes, **({"rncp": numeros[0]} if numeros else {})}
            numeros = numeros[1:]
        yield from ({"rncp": numero} for numero in numeros)

    def _jobs(self, client: Client, params: Parametres) -> list[object]:
        return _list(self._ask(client, "job/v1/search", params), "jobs")

    def _formations(self, client: Client, params: Parametres, pages: int | None) -> Iterator[object]:
        """All pages, or the first few."""
        rang = 0
        while pages is None or rang < pages:
            asked = {**params, "page_size": self.page, "page_index": rang}
            answer = self._ask(client, "formation/v1/search", asked)
            formations = _list(answer, "data")
            yield from formations
            rang += 1
            if not formations or rang >= (as_number(dig(answer, "pagination", "page_count")) or 0):
                return

    def _ask(self, client: Client, chemin: str, params: Parametres) -> object:
        if not self.cle:
            raise SourceEnPanne("aucune clé n'est donnée pour La bonne alternance")
        headers = {"authorization": f"Bearer {self.cle}"}
        reponse = client.get(f"{self.base}/{chemin}", params=params, headers=headers)
        if reponse.statut >= 400:
            raise SourceEnPanne("La bonne alternance refuse cette recherche", statut=reponse.statut)
        return reponse.json()

    @cached_property
    def _codes_offre(self) -> frozenset[str]:
        return self.perimetre.codes(Genre.OFFRE)

    @cached_property
    def _codes_formation(self) -> frozenset[str]:
        return self.perimetre.codes(Genre.FORMATION)

    def _lu(self, brut: object, rang: str) -> Offre | Formation | Refus:
        """`rang`: what to call it when it has no identifier."""
        if dig(brut, "offer") is not None:
            return self._offre(brut, rang)
        if dig(brut, "certification") is not None:
            return self._formation(brut, rang)
        return Refus(rang, "ni offre ni formation")

    def _offre(self, brut: object, rang: str) -> Offre | Refus:
        cle, reference = _offer_keys(dig(brut, "identifier"))
        if not cle:
            return Refus(rang, "sans identifiant")
        offre = dig(brut, "offer")
        codes = self._romes_of(as_texts(dig(offre, "rome_codes")), as_text(dig(offre, "title")))
        expiration = read_date(dig(offre, "publication", "expiration"))
        if self._codes_offre.isdisjoint(codes):
            return Refus(cle, "code ROME hors de nos métiers")
        if as_text(dig(offre, "status")) not in ("Active", "") or (expiration and expiration < self.jour):
            return Refus(cle, "offre terminée")
        titre, url = clean_title(dig(offre, "title")), clean_url(dig(brut, "apply", "url"))
        a_distance = dig(brut, "contract", "remote") == "remote"
        lieu = self._place_of_work(dig(brut, "workplace", "location")) or (A_DISTANCE if a_distance else None)
        if not titre or url is None or lieu is None:
            return Refus(cle, _missing(titre, url))
        return Offre(
            source=self.nom,
            cle=cle,
            url=url,
            titre=titre,
            texte=clean_text(dig(offre, "description")),
            lieu=lieu,
            codes=codes,
            publie_le=read_date(dig(offre, "publication", "creation")),
            jusqu_au=expiration,
            a_distance=a_distance,
            employeur=_employer(dig(brut, "workplace")),
            contrat=_contract(dig(brut, "contract", "type")),
            duree=_length(dig(brut, "contract", "duration")),
            debut=read_date(dig(brut, "contract", "start")),
            reference=reference,
        )

    def _formation(self, brut: object, rang: str) -> Formation | Refus:
        cle = as_text(dig(brut, "identifiant", "cle_ministere_educatif"))
        if not cle.isprintable() or not cle:
            return Refus(rang, "sans identifiant")
        certification = dig(brut, "certification", "valeur")
        rncp, intitule = read_rncp(dig(certification, "identifiant", "rncp")), _certified(certification)
        titre = clean_title(dig(brut, "onisep", "intitule")) or intitule
        codes = self._codes_of(certification, rncp, f"{titre} {intitule}")
        sessions = self._sessions(dig(brut, "sessions"))
        if self._codes_formation.isdisjoint(codes):
            return Refus(cle, "certification hors de nos métiers")
        if sessions is None or fold(as_text(dig(brut, "statut", "catalogue"))) not in ("publie", ""):
            return Refus(cle, "formation terminée")
        a_distance = dig(brut, "modalite", "entierement_a_distance") is True
        lieu = self._place_of_training(dig(brut, "lieu")) or (A_DISTANCE if a_distance else None)
        if not titre or lieu is None:
            return Refus(cle, _missing(titre, PAGE_FORMATION))
        return Formation(
            source=self.nom,
            cle=key(cle),
            url=f"{PAGE_FORMATION}{quote(cle, safe='')}/{_slug(titre)}",
            titre=titre,
            texte=_content(dig(brut, "contenu_educatif")),
            lieu=lieu,
            codes=codes,
            jusqu_au=_last_day(sessions),
            a_distance=a_distance,
            organisme=_school(brut),
            siret=siret(as_text(dig(brut, "formateur", "organisme", "identifiant", "siret"))),
            rncp=rncp,
            certification=intitule or None,
            alternance=True,
            # An apprentice pays nothing, the employer's fund does (Code du travail, L6211-1).
            financable=True,
            sessions=sessions,
        )

    def _codes_of(self, certification: object, rncp: str | None, titre: str) -> tuple[str, ...]:
        listed = dig(certification, "domaines", "rome", "rncp")
        romes = [as_text(dig(rome, "code")) for rome in listed] if isinstance(listed, list) else []
        return (*((rncp,) if rncp else ()), *self._romes_of(romes, titre))

    def _romes_of(self, bruts: Sequence[str], titre: str) -> tuple[str, ...]:
        codes = (self.reparation.codes.current(brut, titre) for brut in bruts)
        return tuple(dict.fromkeys(code for code in codes if code))

    def _place_of_work(self, brut: object) -> Lieu | None:
        longitude, latitude = _position(dig(brut, "geopoint"))
        return self.reparation.lieux.place(
            libelle=as_text(dig(brut, "address")), latitude=latitude, longitude=longitude
        )

    def _place_of_training(self, brut: object) -> Lieu | None:
        longitude, latitude = _position(dig(brut, "geolocalisation"))
        return self.reparation.lieux.place(
            commune=dig(brut, "adresse", "commune", "code_insee"),
            code_postal=dig(brut, "adresse", "code_postal"),
            libelle=as_text(dig(brut, "adresse", "commune", "nom")),
            departement=dig(brut, "adresse", "departement", "code_insee"),
            latitude=latitude,
            longitude=longitude,
        )

    def _sessions(self, brut: object) -> tuple[Session, ...] | None:
        """Those that are not over; None when all are."""
        listed = brut if isinstance(brut, list) else []
        read = [Session(read_date(dig(s, "debut")), read_date(dig(s, "fin"))) for s in listed]
        kept = [s for s in read if (s.debut or s.fin) and (s.fin is None or s.fin >= self.jour)]
        return tuple(sorted(kept, key=lambda s: s.debut or date.max)) if kept or not listed else None


def _romes(codes: Sequence[str] | frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(code for code in codes if _ROME.fullmatch(code)))


def _list(answer: object, champ: str) -> list[object]:
    found = listed(answer, champ)
    if found is None:
        raise FormatInattendu("la réponse de La bonne alternance ne contient pas la liste attendue")
    return found


def _missing(titre: str, url: str | None) -> str:
    if not titre:
        return "sans titre"
    return "sans lieu" if url else "sans page où la voir"


def _offer_keys(identifier: object) -> tuple[str, str | None]:
    """Its key here, and its number at France Travail; `id` comes and goes, what the partner gives stays."""
    partenaire = as_text(dig(identifier, "partner_label"))
    numero = as_text(dig(identifier, "partner_job_id"))
    cle = key(partenaire, numero) if numero else as_text(dig(identifier, "id"))
    if not cle.isprintable():
        return "", None
    return cle, numero if numero and fold(partenaire) == FRANCE_TRAVAIL else None


def _last_day(sessions: Sequence[Session]) -> date | None:
    """None as soon as one does not say."""
    ends = [session.fin for session in sessions]
    return max(fin for fin in ends if fin) if ends and all(ends) else None


def _position(brut: object) -> tuple[object, object]:
    """GeoJSON: longitude, then latitude."""
    coordinates = dig(brut, "coordinates")
    if isinstance(coordinates, list) and len(coordinates) == 2:
        return coordinates[0], coordinates[1]
    return None, None


def _employer(workplace: object) -> str | None:
    """The name people know: the sign over the door before the register's. A person's name is left out."""
    noms = (clean_text(dig(workplace, cle), 120) for cle in ("brand", "name", "legal_name"))
    nom = next(filter(None, noms), "")
    return None if _PERSONNE.match(nom) else nom or None


def _contract(brut: object) -> Contrat | None:
    """The source names both for « not said », and apprenticeship is by far the usual."""
    said = {CONTRATS.get(fold(texte)) for texte in as_texts(brut)}
    return next((contrat for contrat in CONTRATS.values() if contrat in said), None)


def _length(brut: object) -> str | None:
    mois = as_number(brut)
    return f"{round(mois)} mois" if mois and 1 <= mois <= 60 else None


def _certified(certification: object) -> str:
    chemins = (("rncp",), ("cfd", "long"), ("cfd", "court"))
    titres = (clean_title(dig(certification, "intitule", *chemin)) for chemin in chemins)
    return next(filter(None, titres), "")


def _content(brut: object) -> str:
    parts = (clean_text(dig(brut, cle)) for cle in ("objectif", "contenu"))
    return clean_text(" ".join(filter(None, parts)))


def _school(brut: object) -> str | None:
    """Where it is taught, else who answers for it."""
    for role in ("formateur", "responsable"):
        organisme = dig(brut, role, "organisme")
        enseigne = clean_text(dig(organisme, "etablissement", "enseigne"), 160)
        if nom := enseigne or clean_text(dig(organisme, "unite_legale", "raison_sociale"), 160):
            return nom
    return None


def _slug(titre: str) -> str:
    """The site wants some words there, whichever they are."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(titre))) or "formation"
