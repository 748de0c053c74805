"""What a structure may know of its own work: whole months, tens, nobody."""

from __future__ import annotations

import csv
import io

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from service.dossiers.compteurs import Mois
from web.dependencies import ArchivesDep
from web.rendering import MOIS, render
from web.routes.atelier import structure_of
from web.routes.seance import CompteDep

router = APIRouter(include_in_schema=False)
ENTETE = ("mois", "mesure", "valeur", "nombre")
FICHIER = {"Content-Disposition": 'attachment; filename="cap-soin-chiffres.csv"'}


@router.get("/structure")
def structure(request: Request, archives: ArchivesDep, compte: CompteDep) -> HTMLResponse:
    months = archives.compteurs.months(structure_of(compte))
    return render(
        request,
        "pages/structure.html",
        compte=compte,
        mois=[(_name(un_mois), un_mois) for un_mois in months],
    )


@router.get("/structure/chiffres.csv")
def chiffres(archives: ArchivesDep, compte: CompteDep) -> Response:
    written = io.StringIO()
    sheet = csv.writer(written, delimiter=";")
    sheet.writerow(ENTETE)
    for un_mois in archives.compteurs.months(structure_of(compte)):
        sheet.writerows((f"{un_mois.premier:%Y-%m}", *line) for line in un_mois.lines())
    # With its mark, French spreadsheets read the accents right.
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=FICHIER)


def _name(un_mois: Mois) -> str:
    return f"{MOIS[un_mois.premier.month - 1]} {un_mois.premier.year}"
