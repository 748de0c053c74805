"""What a person takes away from their dossier: a page to print, files, their dates in a diary."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from knowledge.schema import Metier
from service.conversation import Conversation, Parole
from service.dossiers.calendrier import make_calendar
from service.dossiers.dossier import Dossier
from service.dossiers.export import Export, export
from web.pdf import PdfIndisponible, pdf_response, to_pdf
from web.rendering import environment, render
from web.routes.conversation import answered
from web.routes.dossier import OuvertDep
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
TITRE = "Mon dossier Cap Soin"
NOM = "cap-soin-dossier"


@dataclass(frozen=True)
class Papier:
    """All that is kept, for someone to read."""

    rendu: Export
    reponses: list[tuple[str, str, str]]
    """Each question, its words, the words of the choice."""
    paroles: list[str]
    ecartes: list[Metier]
    metiers: dict[str, Metier]

    @classmethod
    def of(cls, suivi: Suivi, dossier: Dossier) -> Papier:
        conversation, personne, _ = suivi.read(dossier.conversation.to_json())
        metiers = suivi.conseiller.connaissances.metiers
        return cls(
            export(suivi.archives, dossier),
            answered(suivi.conseiller, conversation),
            _words(conversation),
            [metiers[slug] for slug in personne.complet.exclus if slug in metiers],
            metiers,
        )


@router.get("/dossier/papier")
def papier(request: Request, suivi: SuiviDep, ouvert: OuvertDep) -> HTMLResponse:
    return _paper(request, suivi, ouvert)


@router.get("/dossier/export.pdf")
def export_pdf(request: Request, suivi: SuiviDep, ouvert: OuvertDep) -> Response:
    """Where no PDF can be made, the page to print instead."""
    corps = environment().get_template("components/dossier_papier.html")
    try:
        return pdf_response(to_pdf(corps.render(papier=Papier.of(suivi, ouvert)), TITRE), f"{NOM}.pdf")
    except PdfIndisponible as panne:
        return _paper(request, suivi, ouvert, str(panne))


@router.get("/dossier/export.json")
def export_json(suivi: SuiviDep, ouvert: OuvertDep) -> Response:
    contenu = export(suivi.archives, ouvert).model_dump_json(indent=2)
    return _file(contenu.encode(), "application/json", f"{NOM}.json")


@router.get("/dossier/rappels")
def rappels(request: Request, ouvert: OuvertDep) -> HTMLResponse:
    dated = [etape for etape in ouvert.contenu.agenda if etape.le and not etape.faite]
    undated = [etape for etape in ouvert.contenu.agenda if not etape.le and not etape.faite]
    voix = ouvert.conversation.voix
    return render(request, "pages/dossier_rappels.html", dated=dated, undated=undated, voix=voix)


@router.get("/dossier/rappels.ics")
def calendrier(suivi: SuiviDep, ouvert: OuvertDep) -> Response:
    contenu = make_calendar(ouvert.contenu.agenda, maintenant=suivi.archives.coffre.horloge())
    return _file(contenu, "text/calendar; charset=utf-8", "cap-soin-rappels.ics")


def _paper(request: Request, suivi: Suivi, ouvert: Dossier, panne: str = "") -> HTMLResponse:
    papier = Papier.of(suivi, ouvert)
    return render(
        request,
        "pages/dossier_papier.html",
        status=503 if panne else 200,
        panne=panne,
        papier=papier,
        voix=ouvert.conversation.voix,
    )


def _words(conversation: Conversation) -> list[str]:
    return [tour.texte for tour in conversation.tours if isinstance(tour, Parole)]


def _file(contenu: bytes, genre: str, nom: str) -> Response:
    """Under a fixed name: nothing of the person is in it."""
    return Response(
        contenu, media_type=genre, headers={"Content-Disposition": f'attachment; filename="{nom}"'}
    )
