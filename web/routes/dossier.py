"""The dossier of this browser: what is in it, and all that its person may do with it.

Each act is sent from a page at some version and is made once, on what is kept now (`Dossiers.act`). Whoever
has no dossier open gets what an unknown address gets.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ValidationError

from service.dossiers.codes import is_jeton, is_ref, new_jeton, new_ref
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.dossier import (
    NOTES_MAX,
    Auteur,
    Change,
    Contenu,
    Dossier,
    DossierIntrouvable,
    Duree,
    Etape,
    NotesEntretemps,
)
from web.cookies import drop_cookie
from web.rendering import render
from web.routes.garder import DUREE_ABSENTE, read_duree, show_keys
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
CHANGEMENTS_VUS = 20
TROP_LONG = "Ces notes comptent {} caractères. La limite est de {}."
ETAPE_VIDE = "Écrivez ce qu'il y a à faire, en 200 caractères au plus."
DATE_ILLISIBLE = "Cette date n'a pas pu être lue. Écrivez-la comme 2027-01-31."
ETAPE_LONGUE = "C'est trop long : 200 caractères pour l'étape, 80 pour la personne."
FAITS = {"faite": "Étape faite", "a_faire": "Étape à refaire", "enlever": "Étape enlevée"}
ANNEES = range(2020, 2100)


@dataclass(frozen=True)
class Saisie:
    """What was typed and could not be taken, with the reason; it stays on the page."""

    notes: str | None = None
    notes_erreur: str = ""
    autres_notes: str | None = None
    """What another page wrote meanwhile."""
    texte: str = ""
    le: str = ""
    qui: str = ""
    etape_erreur: str = ""
    duree_erreur: str = ""

    @property
    def refusee(self) -> bool:
        return bool(self.notes_erreur or self.etape_erreur or self.duree_erreur or self.autres_notes)


class Notes(BaseModel):
    notes: str = ""
    lues: str = ""
    """What marks the notes that the page showed."""
    page: str = ""


class NouvelleEtape(BaseModel):
    etape: str = ""
    """Its name, drawn with the page: sent twice, it is added once."""
    texte: str = ""
    le: str = ""
    qui: str = ""
    page: str = ""

    def read(self) -> Etape:
        """Raises ValueError, in French."""
        texte, qui = " ".join(self.texte.split()), " ".join(self.qui.split())
        if not texte:
            raise ValueError(ETAPE_VIDE)
        try:
            name = self.etape if is_ref(self.etape) else new_ref()
            return Etape(id=name, texte=texte, le=_read_date(self.le), qui=qui)
        except ValidationError:
            # Its message would quote what was typed.
            raise ValueError(ETAPE_LONGUE) from None


def get_open(suivi: SuiviDep) -> Dossier:
    """The dossier open in this browser. Raises DossierIntrouvable, CoffreInutilisable."""
    if suivi.appareil is None:
        raise DossierIntrouvable
    return suivi.archives.dossiers.open(suivi.appareil)


OuvertDep = Annotated[Dossier, Depends(get_open)]


@router.get("/dossier")
def dossier(request: Request, suivi: SuiviDep) -> Response:
    if suivi.appareil is None:
        return RedirectResponse("/reprendre", status_code=303)
    try:
        return show(request, suivi, get_open(suivi))
    except DossierIntrouvable:
        return _farewell(request, "fini", status=404)


def show(request: Request, suivi: Suivi, dossier: Dossier, saisie: Saisie | None = None) -> HTMLResponse:
    """The page of a dossier, with what could not be taken if something was refused."""
    saisie = saisie or Saisie()
    contenu, conversation = dossier.contenu, dossier.conversation
    _, personne, _ = suivi.read(conversation.to_json())
    metiers = suivi.conseiller.connaissances.metiers
    changements = suivi.archives.dossiers.changes(dossier.id, after=dossier.version - CHANGEMENTS_VUS)
    return render(
        request,
        "pages/dossier.html",
        status=422 if saisie.refusee else 200,
        dossier=dossier,
        contenu=contenu,
        etat=conversation.to_json(),
        voix=conversation.voix,
        vu=contenu.vus[-1] if contenu.vus else None,
        ecartes=[metiers[slug] for slug in personne.complet.exclus if slug in metiers],
        metiers=metiers,
        changements=changements[::-1],
        partages=suivi.archives.partages.of(dossier.id),
        regards=suivi.archives.partages.looks(dossier.id),
        saisie=saisie,
        notes_max=NOTES_MAX,
        nouvelle=new_ref(),
        graine=new_jeton(),
        durees=tuple(Duree),
    )


@router.post("/dossier/notes")
def noter(request: Request, envoi: Annotated[Notes, Form()], suivi: SuiviDep, ouvert: OuvertDep) -> Response:
    # Browsers send line ends as two characters; people count one.
    notes = envoi.notes.replace("\r\n", "\n").strip()
    if len(notes) > NOTES_MAX:
        refus = Saisie(notes=notes, notes_erreur=TROP_LONG.format(len(notes), NOTES_MAX))
        return show(request, suivi, ouvert, refus)

    def change(contenu: Contenu) -> tuple[Contenu, str]:
        return contenu.noted(notes, envoi.lues), "Notes changées." if notes else "Notes effacées."

    try:
        _act(suivi, ouvert, _gesture(envoi.page, "notes", notes), change)
    except NotesEntretemps as entretemps:
        return show(request, suivi, get_open(suivi), Saisie(notes=notes, autres_notes=entretemps.gardees))
    return _back("notes")


@router.post("/dossier/etapes")
def prevoir(
    request: Request, envoi: Annotated[NouvelleEtape, Form()], suivi: SuiviDep, ouvert: OuvertDep
) -> Response:
    try:
        etape = envoi.read()
        quoi = f"Étape ajoutée : {etape.texte}"
        _act(suivi, ouvert, _gesture("", "etape", etape.id), lambda c: (c.planned(etape), quoi))
    except ValueError as erreur:
        refus = Saisie(texte=envoi.texte, le=envoi.le, qui=envoi.qui, etape_erreur=str(erreur))
        return show(request, suivi, ouvert, refus)
    return _back("etapes")


@router.post("/dossier/etapes/{etape}")
def avancer(
    etape: str,
    suivi: SuiviDep,
    ouvert: OuvertDep,
    faire: Annotated[str, Form()] = "",
    page: Annotated[str, Form()] = "",
) -> Response:
    """Tick a step, take the tick back, or remove it; a step that is gone needs nothing more."""
    found = next((e for e in ouvert.contenu.etapes if e.id == etape), None)
    if found and faire in FAITS:

        def change(contenu: Contenu) -> tuple[Contenu, str]:
            made = contenu.dropped(etape) if faire == "enlever" else contenu.ticked(etape, faire == "faite")
            return made, f"{FAITS[faire]} : {found.texte}"

        _act(suivi, ouvert, _gesture(page, faire, etape), change)
    return _back("etapes")


@router.post("/dossier/duree")
def prolonger(
    request: Request, suivi: SuiviDep, ouvert: OuvertDep, duree: Annotated[str, Form()] = ""
) -> Response:
    chosen = read_duree(duree)
    if chosen is None:
        return show(request, suivi, ouvert, Saisie(duree_erreur=DUREE_ABSENTE))
    suivi.archives.dossiers.extend(ouvert, chosen)
    return _back("duree")


@router.post("/dossier/code")
def changer_de_code(request: Request, suivi: SuiviDep, graine: Annotated[str, Form()] = "") -> Response:
    """New keys; the form sent twice shows the same ones."""
    seed = graine if is_jeton(graine) else new_jeton()
    dossiers = suivi.archives.dossiers
    try:
        ouvert = get_open(suivi)
    except DossierIntrouvable:
        ouvert, cles = dossiers.renewed_by(seed)
        return show_keys(request, ouvert, cles, nouvelles=True)
    return show_keys(request, ouvert, dossiers.renew_keys(ouvert, graine=seed), nouvelles=True)


@router.post("/dossier/fermer")
def fermer(request: Request, suivi: SuiviDep) -> Response:
    """On this device only."""
    if suivi.appareil is not None:
        suivi.archives.dossiers.leave(suivi.appareil)
    return _farewell(request, "ferme")


@router.post("/dossier/effacer")
def effacer(request: Request, suivi: SuiviDep, ouvert: OuvertDep) -> Response:
    """Then the page reads the base again, and tells what it found."""
    dossiers = suivi.archives.dossiers
    try:
        dossiers.erase(ouvert.id)
    except CoffreInutilisable:
        if dossiers.version(ouvert.id) is not None:
            raise
        return _farewell(request, "presque")
    return _farewell(request, "efface" if dossiers.version(ouvert.id) is None else "presque")


def _farewell(request: Request, fin: str, *, status: int = 200) -> HTMLResponse:
    """Nothing of the dossier stays in this browser."""
    response = render(request, "pages/dossier_fin.html", status=status, fin=fin, mon_dossier=False)
    drop_cookie(request, response)
    # « cookies » would close the session of a counsellor on the same screen: ours is dropped by its name.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _act(suivi: Suivi, dossier: Dossier, geste: str, change: Change) -> None:
    suivi.archives.dossiers.act(dossier.id, geste, Auteur.PERSONNE, change)


def _gesture(*parts: str) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _back(ancre: str) -> Response:
    return RedirectResponse(f"/dossier#{ancre}", status_code=303)


def _read_date(ecrite: str) -> date | None:
    """Raises ValueError, in French."""
    if not ecrite.strip():
        return None
    try:
        jour = date.fromisoformat(ecrite.strip())
    except ValueError:
        raise ValueError(DATE_ILLISIBLE) from None
    if jour.year not in ANNEES:
        raise ValueError(DATE_ILLISIBLE)
    return jour
