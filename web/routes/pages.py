"""The pages that tell of Cap Soin itself. A route reads, asks the conseiller, renders."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.chiffres import A_SAVOIR, tables
from service.qualite import read_qualite
from web.dependencies import ConseillerDep
from web.rendering import render
from web.routes.metiers import count_by_statut
from web.traces import dots, lines

router = APIRouter(include_in_schema=False)


@router.get("/")
def accueil(request: Request) -> HTMLResponse:
    return render(request, "pages/accueil.html", texte="", erreur=None)


@router.get("/vos-donnees")
def vos_donnees(request: Request) -> HTMLResponse:
    return render(request, "pages/vos_donnees.html")


@router.get("/a-propos")
def a_propos(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    nommes, proposes = count_by_statut(conseiller)
    return render(request, "pages/a_propos.html", nommes=nommes, proposes=proposes)


@router.get("/qualite")
def qualite(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    found = read_qualite()
    titres = {slug: m.titre.double for slug, m in conseiller.connaissances.metiers.items()}
    return render(
        request,
        "pages/qualite.html",
        qualite=found,
        tableaux=tables(found, titres),
        a_savoir=A_SAVOIR,
        points=dots(found.section("registre")),
        lignes=lines(found.courbe) if found.courbe else None,
        a_jour=found.versions["modele"] == conseiller.versions["modele"],
    )
