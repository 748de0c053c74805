"""LHÉO 2.x, the language of the Carif-Oref for training courses: XML, plain, .gz, or a .zip of them.

A national file holds millions of elements: one course at a time is in memory. The namespace changed
with the versions (`http://www.lheo.org/2.2`, `http://lheo.gouv.fr/2.3`): only local names are looked at.
`modalites-alternance` is free text and says nothing we could rely on, so `alternance` is left unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from service.catalogue.fiches import FormatInattendu, Formation, Lieu, Refus, Session
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation, clean_text, clean_title, clean_url, read_date, read_rncp
from service.catalogue.sources.fichiers import amount, digest, key, parts, readable, siret

RACINES = frozenset({"lheo", "lheo-plus"})
A_DISTANCE = "2"
ENTREES_PERMANENTES = "1"
CLOS = "2"
OUVERTE = {"1": True, CLOS: False, "3": False}
OUI_NON = {"1": True, "0": False}
# « 99999999 », « 29991231 »: it does not end.
SANS_FIN = "2100"
MORCEAU = 1 << 16
ORGANISME = "organisme-formation-responsable"


@dataclass(frozen=True)
class Lheo:
    """Reads the files of the Carif-Oref, of Onisep and of regional portals."""

    reparation: Reparation
    perimetre: Perimetre
    jour: date

    nom = "lheo"
    libelle = "Carif-Oref"

    def read(self, fichier: Path) -> Iterator[Formation | Refus]:
        """A Formation for each course, action and place; a file that is cut raises at its end."""
        empty = True
        with readable():
            for flux in parts(fichier, "*.xml"):
                for formation in _formations(flux):
                    empty = False
                    yield from self._read(formation)
        if empty:
            raise FormatInattendu("Le fichier LHÉO ne contient aucune formation.")

    def _read(self, formation: Element) -> Iterator[Formation | Refus]:
        titre = clean_title(_said(formation, "intitule-formation"))
        cle = formation.get("numero") or digest(titre, _said(formation, f"{ORGANISME}/*/SIRET"))
        codes = self._codes(formation, titre)
        if not codes:
            yield Refus(cle, "certification ou code ROME hors de nos métiers")
        elif not titre:
            yield Refus(cle, "sans titre")
        elif formation.find("action") is None:
            yield Refus(cle, "sans session")
        else:
            commun = self._common(formation, cle, titre, codes)
            for rang, action in enumerate(formation.iterfind("action")):
                cle_action = key(cle, action.get("numero") or f"action {rang}")
                yield from self._action(formation, action, replace(commun, cle=cle_action))

    def _codes(self, formation: Element, titre: str) -> tuple[str, ...]:
        """Our RNCP numbers when it leads to a certification, else our ROME codes."""
        numeros = [read_rncp(e.text) for e in formation.iterfind("certification/code-RNCP")]
        codes = [numero for numero in numeros if numero]
        if not codes:
            vus = (e.text for e in formation.iterfind("domaine-formation/code-ROME"))
            codes = [code for vu in vus if (code := self.reparation.codes.current(vu or "", titre))]
        return tuple(code for code in dict.fromkeys(codes) if self.perimetre.keeps((code,)))

    def _common(self, formation: Element, cle: str, titre: str, codes: tuple[str, ...]) -> Formation:
        """What the actions of a course share; place, page and sessions are still to be said."""
        organisme = _said(formation, f"{ORGANISME}/nom-organisme", f"{ORGANISME}/raison-sociale")
        return Formation(
            source=self.nom,
            cle=cle,
            url="",
            titre=titre,
            texte=clean_text(_said(formation, "objectif-formation", "contenu-formation")),
            lieu=Lieu("À distance"),
            codes=codes,
            publie_le=read_date(formation.get("datecrea")),
            mis_a_jour_le=read_date(formation.get("datemaj")),
            organisme=clean_text(organisme, 200) or None,
            siret=siret(_said(formation, f"{ORGANISME}/SIRET-organisme-formation/SIRET")),
            rncp=codes[0] if codes[0].startswith("RNCP") else None,
        )

    def _action(self, formation: Element, action: Element, base: Formation) -> Iterator[Formation | Refus]:
        url = _page(formation, action)
        dates = _dates(action, self.jour)
        lieux = self._lieux(action)
        a_distance = _said(action, "modalites-enseignement") == A_DISTANCE
        if url is None:
            yield Refus(base.cle, "sans adresse de page")
        elif dates.refus:
            yield Refus(base.cle, dates.refus)
        elif not lieux and not a_distance:
            yield Refus(base.cle, "sans lieu")
        else:
            changes = [d for d in (base.mis_a_jour_le, read_date(action.get("datemaj"))) if d]
            fiche = replace(
                base,
                url=url,
                mis_a_jour_le=max(changes, default=None),
                jusqu_au=dates.jusqu_au,
                a_distance=a_distance,
                financable=OUI_NON.get(_said(action, "prise-en-charge-frais-possible")),
                heures=amount(_said(action, "nombre-heures-total")),
                cout=amount(_said(action, "prix-total-TTC")),
                sessions=dates.sessions,
            )
            for cle, lieu in (lieux or {"": fiche.lieu}).items():
                yield replace(fiche, cle=key(*filter(None, (base.cle, cle))), lieu=lieu)

    def _lieux(self, action: Element) -> dict[str, Lieu]:
        """Where it is given, by what identifies each place."""
        lieux = {}
        for element in action.iterfind("lieu-de-formation"):
            adresse = element.find("coordonnees/adresse")
            lieu = None if adresse is None else self._place(adresse)
            if lieu and adresse is not None:
                lieux[_number(element) or digest(_said(adresse, "ligne"), lieu.libelle)] = lieu
        return lieux

    def _place(self, adresse: Element) -> Lieu | None:
        return self.reparation.lieux.place(
            libelle=_said(adresse, "ville"),
            commune=_said(adresse, "code-INSEE-commune"),
            code_postal=_said(adresse, "codepostal"),
            departement=_said(adresse, "departement"),
            latitude=_said(adresse, "geolocalisation/latitude"),
            longitude=_said(adresse, "geolocalisation/longitude"),
        )


class _Dates(NamedTuple):
    """The sessions one may still join, or why there is none."""

    sessions: tuple[Session, ...]
    jusqu_au: date | None
    refus: str | None


def _formations(flux: IO[bytes]) -> Iterator[Element]:
    """Each course as soon as it is whole; of a broken file, those before the break."""
    courses = _Courses()
    parser = DefusedXMLParser(target=courses)
    while morceau := flux.read(MORCEAU):
        erreur = _fed(partial(parser.feed, morceau))
        yield from courses.take()
        if erreur:
            raise erreur
    if erreur := _fed(parser.close):
        raise erreur


def _fed(step: Callable[[], object]) -> FormatInattendu | None:
    """What is wrong with the XML just given, if anything."""
    try:
        step()
    except FormatInattendu as erreur:
        return erreur
    except DefusedXmlException:
        return FormatInattendu("Le fichier XML déclare des entités : il est refusé.")
    except (ParseError, ValueError, LookupError):
        return FormatInattendu("Le fichier XML est mal formé ou coupé.")
    return None


class _Courses:
    """What the parser speaks to: keeps the elements of courses, without namespace, and of nothing else."""

    def __init__(self) -> None:
        self._whole: list[Element] = []
        self._builder: TreeBuilder | None = None
        self._depth = 0
        """Elements open in the course being built."""
        self._begun = False

    def take(self) -> list[Element]:
        whole, self._whole = self._whole, []
        return whole

    def start(self, tag: str, attributs: dict[str, str]) -> None:
        nom = _local(tag)
        if not self._begun and nom not in RACINES:
            raise FormatInattendu("Ce fichier XML n'est pas un fichier LHÉO complet.")
        self._begun = True
        if self._builder is None and nom == "formation":
            self._builder, self._depth = TreeBuilder(), 0
        if self._builder:
            self._depth += 1
            self._builder.start(nom, attributs)

    def data(self, texte: str) -> None:
        if self._builder:
            self._builder.data(texte)

    def end(self, tag: str) -> None:
        if self._builder:
            self._builder.end(_local(tag))
            self._depth -= 1
            if self._depth == 0:
                self._whole.append(self._builder.close())
                self._builder = None


@lru_cache(maxsize=512)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _said(element: Element, *chemins: str) -> str:
    """The first of these that says something: a compulsory field without a value holds « - »."""
    for chemin in chemins:
        texte = (element.findtext(chemin) or "").strip()
        if any(c.isalnum() for c in texte):
            return texte
    return ""


def _number(lieu: Element) -> str | None:
    """The identifier of a place, written on it or on its address."""
    holders = (lieu, lieu.find("coordonnees"), lieu.find("coordonnees/adresse"))
    return next((n for holder in holders if holder is not None and (n := holder.get("numero"))), None)


def _page(formation: Element, action: Element) -> str | None:
    """The nearest to what is asked: of the action, of the course, of a session."""
    written = (
        *action.iterfind("url-action/urlweb"),
        *formation.iterfind("url-formation/urlweb"),
        *action.iterfind("session/url-session/urlweb"),
    )
    return next(filter(None, (_url(element.text or "") for element in written)), None)


def _url(brut: str) -> str | None:
    """Addresses come without their start: « lycee-exemple.fr »."""
    return clean_url(brut) or (None if ":" in brut else clean_url(f"https://{brut.strip()}"))


def _dates(action: Element, jour: date) -> _Dates:
    permanente = _said(action, "modalites-entrees-sorties") == ENTREES_PERMANENTES
    lues = [(e, *_session(e, permanente=permanente)) for e in action.iterfind("session")]
    futures = [(e, session, last) for e, session, last in lues if last is None or last >= jour]
    if lues and not futures:
        return _Dates((), None, "sessions terminées")
    kept = [(session, last) for e, session, last in futures if _said(e, "etat-recrutement") != CLOS]
    if lues and not kept:
        return _Dates((), None, "inscriptions closes")
    lasts = [last for _, last in kept]
    known = [last for last in lasts if last]
    # Of one that is not dated we do not know the end.
    jusqu_au = max(known) if known and len(known) == len(lasts) else None
    return _Dates(tuple(session for session, _ in kept), jusqu_au, None)


def _session(element: Element, *, permanente: bool) -> tuple[Session, date | None]:
    """A session and its last day: its end, else its start, unless it is said to go on."""
    ecrite = _said(element, "periode/fin")
    debut, fin = read_date(_said(element, "periode/debut")), read_date(ecrite)
    session = Session(debut, fin, OUVERTE.get(_said(element, "etat-recrutement")))
    if fin:
        return session, max(fin, debut or fin)
    endless = permanente or (ecrite.isdecimal() and ecrite >= SANS_FIN)
    return session, None if endless else debut
