"""The interview sheet: shown, corrected, printed, given as a PDF.

Only what a counsellor writes is kept, in the interview; the sheet is made anew from the answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from service.catalogue.catalogue import Catalogue
from service.catalogue.fiches import CLE_MAX, Genre
from service.catalogue.recherche import Demande, Trouvaille
from service.dossiers.codes import digest
from service.dossiers.comptes import Compte
from service.dossiers.compteurs import Mesure
from service.dossiers.dossier import Auteur, Contenu, TropDEtapes
from service.dossiers.entretiens import Carnet
from service.dossiers.partages import Quoi
from service.fiche import (
    ACTION_MAX,
    ACTIONS_MAX,
    BLOC_MAX,
    CHOISIES_MAX,
    QUI_MAX,
    TEXTE_MAX,
    Action,
    Choisie,
    Fiche,
    Partie,
    Retouches,
    mark,
)
from service.preparation import make_fiche
from web.dependencies import CatalogueDep
from web.pdf import PdfIndisponible, pdf_response, to_pdf
from web.rendering import environment, render
from web.routes.entretien import EntretienDep, Ouvert

router = APIRouter(prefix="/entretiens/{ref}", include_in_schema=False)
PROPOSEES = {Genre.OFFRE: 2, Genre.FORMATION: 2}
"""How many of each are offered for each of the first métiers."""
NOM_PDF = "fiche-entretien.pdf"
TITRE_PDF = "Fiche d'entretien du {le:%d/%m/%Y}"
LIGNES_VIDES = 2
TROP_LONG = "Ce texte est trop long : {max} signes au plus, et il en a {nombre}."
SANS_ACTION = "Écrivez ce qui est à faire, ou videz toute la ligne."
DATE_ILLISIBLE = "Écrivez la date comme ceci : 2026-12-31."
TROP_CHOISIES = f"Gardez {CHOISIES_MAX} offres et formations au plus."


@dataclass(frozen=True)
class Ligne:
    """An action as the form shows it."""

    quoi: str = ""
    qui: str = ""
    le: str = ""

    @property
    def vide(self) -> bool:
        return not (self.quoi.strip() or self.qui.strip() or self.le.strip())


class FicheSaisie(BaseModel):
    """The form of the sheet, all text; `vu_…` marks each part as it was shown."""

    forces: str = ""
    contradictions: str = ""
    manques: str = ""
    sondes: str = ""
    vigilances: str = ""
    routes: str = ""
    vu: list[str] = []
    """One mark for each part, in their order."""
    quoi: list[str] = []
    qui: list[str] = []
    le: list[str] = []
    choisie: list[str] = []
    refaire: str = ""
    """The part to be computed again, when that was asked for."""

    @property
    def textes(self) -> dict[Partie, str]:
        return {partie: str(getattr(self, partie.value)) for partie in Partie}

    @property
    def lignes(self) -> list[Ligne]:
        rows = [Ligne(*row) for row in zip_longest(self.quoi, self.qui, self.le, fillvalue="")]
        return [row for row in rows if not row.vide]

    @property
    def actions(self) -> tuple[Action, ...]:
        """What is agreed, once nothing is wrong with it."""
        rows = self.lignes[:ACTIONS_MAX]
        return tuple(Action(quoi=r.quoi.strip(), qui=r.qui.strip(), le=_day(r.le)) for r in rows)

    @classmethod
    def of(cls, fiche: Fiche) -> FicheSaisie:
        """The form of a sheet as it stands."""
        actions = fiche.retouches.actions
        return cls(
            **{p.value: fiche.text(p) for p in Partie},
            vu=[fiche.mark(p) for p in Partie],
            quoi=[a.quoi for a in actions],
            qui=[a.qui for a in actions],
            le=[a.le.isoformat() if a.le else "" for a in actions],
            choisie=[c.valeur for c in fiche.retouches.choisies],
        )

    def errors(self) -> dict[str, str]:
        """What cannot be kept, by field."""
        return dict([*self._too_long(), *self._rows()])

    def _too_long(self) -> Iterator[tuple[str, str]]:
        for partie, texte in self.textes.items():
            if len(texte) > TEXTE_MAX:
                yield partie.value, TROP_LONG.format(max=TEXTE_MAX, nombre=len(texte))
        if len(self.choisie) > CHOISIES_MAX:
            yield "choisie", TROP_CHOISIES

    def _rows(self) -> Iterator[tuple[str, str]]:
        for rang, ligne in enumerate(self.lignes[:ACTIONS_MAX]):
            if not ligne.quoi.strip():
                yield f"quoi-{rang}", SANS_ACTION
            for nom, texte, most in (("quoi", ligne.quoi, ACTION_MAX), ("qui", ligne.qui, QUI_MAX)):
                if len(texte.strip()) > most:
                    yield f"{nom}-{rang}", TROP_LONG.format(max=most, nombre=len(texte.strip()))
            if ligne.le.strip() and _day(ligne.le) is None:
                yield f"le-{rang}", DATE_ILLISIBLE

    def over(self, before: Retouches, proposees: Mapping[str, Choisie]) -> Retouches:
        """What is kept after this form: parts nobody touched stay as they were kept."""
        textes = dict(before.textes)
        for (partie, texte), seen in zip(self.textes.items(), self.vu, strict=False):
            if mark(texte) != seen:
                textes[partie] = texte
        if self.refaire in set(Partie):
            textes.pop(Partie(self.refaire), None)
        known = {c.valeur: c for c in before.choisies} | dict(proposees)
        return Retouches(
            textes=textes,
            choisies=tuple(known[v] for v in dict.fromkeys(self.choisie) if v in known),
            actions=self.actions,
        )


FicheForm = Annotated[FicheSaisie, Form()]


@router.get("/fiche")
def voir(request: Request, ouvert: EntretienDep, catalogue: CatalogueDep) -> HTMLResponse:
    ouvert.archives.partages.look(ouvert.dossier.id, ouvert.compte, Quoi.FICHE)
    feuille = _open(ouvert, catalogue)
    return _page(request, feuille, FicheSaisie.of(feuille.fiche))


@router.post("/fiche")
def corriger(request: Request, saisie: FicheForm, ouvert: EntretienDep, catalogue: CatalogueDep) -> Response:
    """Keep what was written, or show it again as it was typed with what is wrong."""
    feuille = _open(ouvert, catalogue)
    if erreurs := saisie.errors():
        return _page(request, feuille, saisie, erreurs=erreurs)

    def change(carnet: Carnet) -> Carnet:
        kept = saisie.over(Retouches.model_validate(carnet.fiche), feuille.proposees)
        return carnet.model_copy(update={"fiche": kept.model_dump(mode="json")})

    try:
        _plan(ouvert, saisie)
    except TropDEtapes as refus:
        return _page(request, feuille, saisie, erreurs={"quoi-0": str(refus)})
    ouvert.archives.entretiens.write(ouvert.entretien, change)
    return RedirectResponse(f"/entretiens/{ouvert.entretien.ref}/fiche#fiche-titre", 303)


def _plan(ouvert: Ouvert, saisie: FicheSaisie) -> None:
    """What is agreed joins the person's next steps, where they see it and tick it. Raises TropDEtapes."""
    agreed = [(a.quoi, a.le, a.qui) for a in saisie.actions]

    def change(contenu: Contenu) -> tuple[Contenu, str]:
        return contenu.agreed(ouvert.entretien.ref, agreed), "Les étapes convenues en entretien ont changé."

    geste = digest(repr((ouvert.entretien.ref, ouvert.dossier.version, agreed)))
    ouvert.archives.dossiers.act(ouvert.dossier.id, geste, Auteur.CONSEIL, change)


@router.get("/fiche.pdf")
def telecharger(request: Request, ouvert: EntretienDep, catalogue: CatalogueDep) -> Response:
    """The same sheet as a tagged PDF; the page that says to print when none can be made."""
    ouvert.archives.partages.look(ouvert.dossier.id, ouvert.compte, Quoi.FICHE)
    feuille = _open(ouvert, catalogue)
    try:
        pdf = to_pdf(sheet(feuille.fiche, feuille.structure), TITRE_PDF.format(le=feuille.fiche.le))
    except PdfIndisponible as error:
        return _page(request, feuille, FicheSaisie.of(feuille.fiche), avis=str(error))
    ouvert.archives.compteurs.count(ouvert.entretien.structure, Mesure.FICHE)
    return pdf_response(pdf, NOM_PDF)


def sheet(fiche: Fiche, structure: str) -> str:
    """The body of the PDF."""
    feuille = environment().get_template("components/fiche_feuille.html")
    return feuille.render(fiche=fiche, structure=structure, Partie=Partie, niveau=1)


@dataclass(frozen=True)
class Feuille:
    """One sheet, with what may be added to it."""

    ref: str
    compte: Compte
    fiche: Fiche
    proposees: Mapping[str, Choisie]
    """What is near the person, and what was chosen before."""

    @property
    def structure(self) -> str:
        return self.compte.structure.nom if self.compte.structure else ""


def _open(ouvert: Ouvert, catalogue: Catalogue) -> Feuille:
    retouches = Retouches.model_validate(ouvert.entretien.carnet.fiche)
    fiche = make_fiche(ouvert.echange, ouvert.conseiller, date.today()).corrected_by(retouches)
    chosen = {c.valeur: c for c in retouches.choisies}
    return Feuille(ouvert.entretien.ref, ouvert.compte, fiche, chosen | _near(fiche, ouvert, catalogue))


def _page(
    request: Request,
    feuille: Feuille,
    saisie: FicheSaisie,
    *,
    erreurs: Mapping[str, str] | None = None,
    avis: str = "",
) -> HTMLResponse:
    rows = [*saisie.lignes[:ACTIONS_MAX], *[Ligne()] * LIGNES_VIDES][:ACTIONS_MAX]
    return render(
        request,
        "pages/fiche.html",
        status=422 if erreurs else 503 if avis else 200,
        ref=feuille.ref,
        compte=feuille.compte,
        structure=feuille.structure,
        fiche=feuille.fiche,
        Partie=Partie,
        niveau=2,
        saisie=saisie,
        lignes=rows,
        proposees=feuille.proposees,
        erreurs=erreurs or {},
        avis=avis,
        limites={"quoi": ACTION_MAX, "qui": QUI_MAX, "bloc": BLOC_MAX},
    )


# --- what may be chosen near the person --------------------------------------------------------------------


def _near(fiche: Fiche, ouvert: Ouvert, catalogue: Catalogue) -> dict[str, Choisie]:
    """Offres and formations near the person, for the métiers of the sheet; none without a place."""
    code = ouvert.echange.profil.commune
    if code is None:
        return {}
    commune = ouvert.conseiller.communes.get(code)
    asked = [
        Demande(genre=genre, metier=route.slug, commune=commune, limite=limite)
        for route in fiche.routes
        for genre, limite in PROPOSEES.items()
    ]
    found = zip(asked, catalogue.search_all(asked), strict=True)
    offered = (_choice(demande.genre, t) for demande, r in found for t in r.trouvailles)
    return {c.valeur: c for c in offered if c}


def _choice(genre: Genre, trouvaille: Trouvaille) -> Choisie | None:
    """As it may be kept; None when its address or its key is not one we keep."""
    fiche = trouvaille.fiche
    if len(fiche.cle) > CLE_MAX or not fiche.url.startswith(("http://", "https://", "/")):
        return None
    return Choisie(
        genre=genre,
        source=fiche.source,
        nom=trouvaille.source,
        cle=fiche.cle,
        titre=fiche.titre[:200],
        lieu=fiche.lieu.libelle[:120],
        url=fiche.url,
        vu_le=date.today(),
    )


def _day(texte: str) -> date | None:
    try:
        return date.fromisoformat(texte.strip())
    except ValueError:
        return None
