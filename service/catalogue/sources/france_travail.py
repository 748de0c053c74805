"""Job offers of France Travail (Offres d'emploi v2): from a file, near a commune, or all of our métiers.

The API shows no more than the first 3,150 offers of a search. `collect` therefore slices: by métier, then by
département, then by date of creation, until a slice can be read whole; what still cannot is told by a Refus.
Recruiters and agencies (`contact`, `agence`) are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import quote

from service.catalogue.fiches import CLE_MAX, Contrat, Fiche, FormatInattendu, Genre, Lieu, Lu, Offre, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation, clean_text, clean_title, clean_url, read_date
from service.catalogue.sources import Autour
from service.catalogue.sources.champs import as_text, dig, listed
from service.catalogue.sources.fichier_json import items
from service.catalogue.sources.jeton import Cles, Jeton
from service.catalogue.sources.reseau import Client, Parametre, SourceEnPanne
from service.geographie import DEPARTEMENTS, fold

URL_API = "https://api.francetravail.io/partenaire/offresdemploi/v2"
URL_OFFRE = "https://candidat.francetravail.fr/offres/recherche/detail/"
PORTEES = "api_offresdemploiv2 o2dsoffre"
CODES_MAX = 200
# No offer still open was created before.
PREMIER_JOUR = date(2010, 1, 1)

# The API does not know the code of the whole city; any arrondissement stands for all of Paris or Lyon.
ARRONDISSEMENTS = {"75056": "75101", "69123": "69381", "13055": "13201"}
# Not départements, and not among those that the API documents.
TERRITOIRES = frozenset({"975", "977", "978", "986", "987", "988"})
CONTRATS = {
    "CDI": Contrat.CDI,
    "CDD": Contrat.CDD,
    "DDI": Contrat.CDD,  # of insertion
    "DDT": Contrat.CDD,  # in an entreprise adaptée
    "MIS": Contrat.INTERIM,
    "TTI": Contrat.INTERIM,  # of insertion
    "DIN": Contrat.INTERIM,  # CDI with a temp agency
    "SAI": Contrat.SAISONNIER,
}
# Below, the figure is per hour or in thousands, whatever the label says (« Annuel de 12,00 Euros »).
SALAIRES_MIN = {"annuel": 1000.0, "mensuel": 100.0}

_ROME = re.compile(r"[A-Z]\d{4}", re.ASCII)
_ETENDUE = re.compile(r"\s*offres\s+(\d{1,9})-(\d{1,9})/(\d{1,9})\s*", re.ASCII)
_SALAIRE = re.compile(r"(annuel|mensuel)\D*(\d+)", re.IGNORECASE | re.ASCII)
# Families hire carers under their own name.
_PERSONNE = re.compile(r"(m|mr|mme|mlle|monsieur|madame|mademoiselle)\b[. ]", re.IGNORECASE)


@dataclass(frozen=True)
class FranceTravail:
    """`page` and `debut_max` are limits of the API: offers in an answer, and the last rank it starts at."""

    reparation: Reparation
    perimetre: Perimetre
    cles: Cles | None = None
    _: KW_ONLY
    jour: date
    base: str = URL_API
    page: int = 150
    debut_max: int = 3000
    bac_a_sable: bool = False
    jeton: Jeton | None = field(default=None, repr=False, compare=False)
    """Made from `cles` unless it is given; `replace(source, jour=…)` hands it on."""

    nom = "france_travail"
    libelle = "France Travail"
    genres = frozenset({Genre.OFFRE})

    def __post_init__(self) -> None:
        if self.cles and not self.jeton:
            object.__setattr__(self, "jeton", Jeton(self.cles, PORTEES, bac_a_sable=self.bac_a_sable))

    def read(self, fichier: Path) -> Iterator[Lu]:
        """A page as the API gives it, a list of offers, or an offer a line; packed (zip, gzip) or not."""
        for rang, brut in enumerate(items(fichier, "resultats"), 1):
            yield brut if isinstance(brut, Refus) else self._lu(brut, f"n° {rang}")

    def near(self, autour: Autour, client: Client) -> Sequence[Fiche]:
        """The closest first, as far as one answer goes. The API goes up to 30 % too far, and gives all of
        Paris for one arrondissement: what is known to be beyond the distance is left out."""
        codes = [code for code in autour.codes if _ROME.fullmatch(code)][:CODES_MAX]
        if not codes:
            return ()
        commune = autour.commune.code
        params: dict[str, Parametre] = {
            "codeROME": ",".join(codes),
            "commune": ARRONDISSEMENTS.get(commune, commune),
            "distance": autour.rayon_km,
            "sort": 2,
        }
        page = self._page(client, params, 0)
        if page is None:
            raise SourceEnPanne("France Travail refuse cette recherche", statut=400)
        lus = (self._lu(brut, "") for brut in page.offres)
        return [lu for lu in lus if isinstance(lu, Offre) and autour.holds(lu)]

    def collect(self, client: Client) -> Iterator[Lu]:
        """Every offer once. One that names no département is found only while its métier has few.

        What cannot be had does not stop the rest; SourceEnPanne is then raised at the end, for what was not
        seen is not known to be gone.
        """
        seen: set[str] = set()
        missing = 0
        for code in sorted(self._codes):
            for rang, brut in enumerate(self._slice(client, _Tranche(code)), 1):
                if isinstance(brut, Refus):
                    missing += 1
                    yield brut
                elif (cle := as_text(dig(brut, "id")) or f"{code} n° {rang}") not in seen:
                    seen.add(cle)
                    yield self._lu(brut, cle)
        if missing:
            raise SourceEnPanne("France Travail n'a pas tout donné : voir ce qui est refusé")

    def _slice(self, client: Client, tranche: _Tranche) -> Iterator[object]:
        """Offers of a slice as received, or of what it is cut into."""
        page = self._page(client, tranche.params, 0)
        if page is None:
            yield Refus(f"recherche {tranche.nom}", "recherche refusée par France Travail")
            return
        parts = () if page.total <= self._reachable else tranche.cut(self.jour)
        if not parts:
            yield from self._pages(client, tranche, page)
        for part in parts:
            yield from self._slice(client, part)

    def _pages(self, client: Client, tranche: _Tranche, page: _Page) -> Iterator[object]:
        while True:
            yield from page.offres
            debut = page.fin + 1
            if debut >= page.total:
                return
            suite = self._page(client, tranche.params, debut) if debut <= self.debut_max else None
            if suite is None:
                yield Refus(f"suite de {tranche.nom}", f"{page.total - debut} offres hors d'atteinte")
                return
            page = suite

    @property
    def _reachable(self) -> int:
        return self.debut_max // self.page * self.page + self.page

    def _page(self, client: Client, params: Mapping[str, Parametre], debut: int) -> _Page | None:
        """One answer of the search; None when the API refuses the question (400)."""
        if self.jeton is None:
            raise SourceEnPanne("aucune clé n'est donnée pour France Travail")
        asked = {**params, "range": f"{debut}-{debut + self.page - 1}"}
        reponse = self.jeton.send(
            client, lambda headers: client.get(f"{self.base}/offres/search", params=asked, headers=headers)
        )
        if reponse.statut >= 400:
            return None
        if reponse.statut == 204:
            return _Page((), debut - 1, debut)
        offres = listed(reponse.json(), "resultats")
        if offres is None:
            raise FormatInattendu("la réponse de France Travail ne contient pas de liste d'offres")
        return _page_of(
            offres, debut, reponse.entetes.get("content-range", ""), partial=reponse.statut == 206
        )

    @cached_property
    def _codes(self) -> frozenset[str]:
        return self.perimetre.codes(Genre.OFFRE)

    def _lu(self, brut: object, rang: str) -> Offre | Refus:
        """`rang`: what to call it when it has no identifier."""
        cle = as_text(dig(brut, "id"))
        if not cle or len(cle) > CLE_MAX:
            return Refus(rang, "sans identifiant")
        # First, for a file may hold ten times more offers than our métiers have.
        code = self.reparation.codes.current(dig(brut, "romeCode"), as_text(dig(brut, "intitule")))
        if code is None or code not in self._codes:
            return Refus(cle, "code ROME hors de nos métiers")
        titre = clean_title(dig(brut, "intitule"))
        if not titre:
            return Refus(cle, "sans titre")
        lieu = self._lieu(dig(brut, "lieuTravail"))
        if lieu is None:
            return Refus(cle, "sans lieu")
        return _offre(brut, cle=cle, code=code, titre=titre, lieu=lieu)

    def _lieu(self, brut: object) -> Lieu | None:
        return self.reparation.lieux.place(
            libelle=dig(brut, "libelle"),
            commune=dig(brut, "commune"),
            code_postal=dig(brut, "codePostal"),
            latitude=dig(brut, "latitude"),
            longitude=dig(brut, "longitude"),
        )


@dataclass(frozen=True)
class _Tranche:
    """A part of all offers; a bound of two windows belongs to both, so that no offer falls between them."""

    code: str
    departement: str | None = None
    fenetre: tuple[datetime, datetime] | None = None

    @property
    def params(self) -> dict[str, Parametre]:
        # The newest first: an offer added meanwhile repeats one already read and hides none.
        params: dict[str, Parametre] = {"codeROME": self.code, "sort": 1}
        if self.departement:
            params["departement"] = self.departement
        if self.fenetre:
            debut, fin = (f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in self.fenetre)
            params |= {"minCreationDate": debut, "maxCreationDate": fin}
        return params

    @property
    def nom(self) -> str:
        return " ".join(str(value) for cle, value in self.params.items() if cle != "sort")

    def cut(self, jour: date) -> tuple[_Tranche, ...]:
        """Smaller parts; none once a part is a second."""
        if self.departement is None:
            return tuple(replace(self, departement=code) for code in DEPARTEMENTS if code not in TERRITOIRES)
        minuit = datetime.min.time()
        debut, fin = self.fenetre or (
            datetime.combine(PREMIER_JOUR, minuit),
            # Tomorrow has begun overseas before it has here.
            datetime.combine(jour + timedelta(days=2), minuit),
        )
        if fin - debut <= timedelta(seconds=1):
            return ()
        milieu = (debut + (fin - debut) / 2).replace(microsecond=0)
        return replace(self, fenetre=(debut, milieu)), replace(self, fenetre=(milieu, fin))


@dataclass(frozen=True)
class _Page:
    """One answer of a search; `fin` is the rank of its last offer, before the first one when it is empty."""

    offres: Sequence[object]
    fin: int
    total: int


def _page_of(offres: list[object], debut: int, etendue: str, *, partial: bool) -> _Page:
    """An answer that is not partial needs no `Content-Range` to be understood."""
    read = _ETENDUE.fullmatch(etendue)
    if read is None and partial:
        raise FormatInattendu("la réponse de France Travail ne dit pas de combien d'offres elle fait partie")
    fin, total = (int(read[2]), int(read[3])) if read else (debut + len(offres) - 1, debut + len(offres))
    if fin < debut and fin + 1 < total:
        raise FormatInattendu("la réponse de France Travail n'est pas celle de la page demandée")
    return _Page(offres, fin, total)


def _offre(brut: object, *, cle: str, code: str, titre: str, lieu: Lieu) -> Offre:
    publie_le = read_date(dig(brut, "dateCreation"))
    return Offre(
        source=FranceTravail.nom,
        cle=cle,
        url=clean_url(dig(brut, "origineOffre", "urlOrigine")) or URL_OFFRE + quote(cle, safe=""),
        titre=titre,
        texte=clean_text(dig(brut, "description")),
        lieu=lieu,
        codes=(code,),
        publie_le=publie_le,
        mis_a_jour_le=read_date(dig(brut, "dateActualisation")) or publie_le,
        employeur=_employeur(brut),
        contrat=_contrat(brut),
        duree=_duree(brut),
        temps_plein=_temps_plein(brut),
        debutant={"D": True, "S": False, "E": False}.get(as_text(dig(brut, "experienceExige"))),
        handicap=_handicap(brut),
        salaire=_salaire(brut),
        reference=cle,
    )


@lru_cache(maxsize=8192)
def _label(brut: str) -> str:
    """Employers, pay and lengths of contract are the same few thousand texts over and over."""
    return clean_text(brut, 120)


def _employeur(brut: object) -> str | None:
    nom = as_text(dig(brut, "entreprise", "nom"))
    return None if _PERSONNE.match(nom) else _label(nom) or None


def _contrat(brut: object) -> Contrat | None:
    """The nature is a label in offers, a code elsewhere; an alternance has the type of a CDD or a CDI too."""
    nature, code = as_text(dig(brut, "natureContrat")), as_text(dig(brut, "typeContrat")).upper()
    labels = fold(f"{nature} {as_text(dig(brut, 'typeContratLibelle'))}")
    if nature == "E2" or "apprenti" in labels:
        return Contrat.APPRENTISSAGE
    if nature == "FS" or "professionnalisation" in labels:
        return Contrat.PROFESSIONNALISATION
    return CONTRATS.get(code, Contrat.AUTRE) if code else None


def _duree(brut: object) -> str | None:
    """« CDD - 6 Mois, 35 H »; the label of a contract without a length adds nothing to `contrat`."""
    labels = (_label(as_text(dig(brut, cle))) for cle in ("typeContratLibelle", "dureeTravailLibelle"))
    return ", ".join(label for label in labels if any(c.isdigit() for c in label)) or None


def _temps_plein(brut: object) -> bool | None:
    return {"temps plein": True, "temps partiel": False}.get(
        fold(as_text(dig(brut, "dureeTravailLibelleConverti")))
    )


def _handicap(brut: object) -> bool | None:
    """Never False: an employer who ticked nothing has not said that the post is closed to anyone."""
    chemins = (
        ("accessibleTH",),
        ("entrepriseAdaptee",),
        ("employeurHandiEngage",),
        ("entreprise", "entrepriseAdaptee"),
    )
    return True if any(dig(brut, *chemin) is True for chemin in chemins) else None


def _salaire(brut: object) -> str | None:
    """None for « Annuel de » without a figure, and for a figure that cannot be."""
    libelle = _label(as_text(dig(brut, "salaire", "libelle")))
    figure = _SALAIRE.match(libelle)
    likely = figure is None or float(figure[2]) >= SALAIRES_MIN[figure[1].lower()]
    return libelle if likely and any(c.isdigit() for c in libelle) else None
