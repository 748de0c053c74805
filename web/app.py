"""The application, assembled: layers, error answers, API, pages, files."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Protocol

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from service.catalogue.catalogue import Catalogue
from service.catalogue.ouverture import open_catalogue
from service.catalogue.reglages import Reglages
from service.conseiller import Conseiller
from service.dossiers.archives import Archives
from web.api import catalogue as api_catalogue
from web.api import parcours as api_parcours
from web.api import routes as api
from web.api.description import describe
from web.dependencies import require_form
from web.errors import SafetyNet, register_handlers
from web.journal import AccessLog
from web.menage import keep_clean
from web.routes import (
    administration,
    atelier,
    comparaison,
    compte,
    conversation,
    direct,
    dossier,
    entretien,
    fiche,
    garder,
    immersion,
    metiers,
    pages,
    papiers,
    parcours,
    proche,
    rejoindre,
    reprendre,
    resultats,
    structure,
)
from web.security import BoundedBody, Capacity, KnownHosts, RequestLimits, SameOrigin, SecurityHeaders
from web.settings import Settings
from web.statique import CompressedFiles, CompressedPages

DESCRIPTION = """Orientation vers 26 métiers du soin et du social.

Rien n'est ignoré en silence : un champ, une valeur ou un paramètre inconnus sont refusés (422), de
même qu'un contenu qui n'est pas du JSON strict en UTF-8 (400) ou pas annoncé comme tel (415). Les
erreurs suivent la RFC 9457 ; leur phrase nomme le champ et ne répète jamais ce qui a été envoyé.
"""
STATIC = Path(__file__).parent / "static"
# FastAPI's telemetry hands bodies and exception messages to whatever exporter is configured.
TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


def create_app(
    settings: Settings,
    conseiller: Conseiller | None = None,
    catalogue: Catalogue | None = None,
    archives: Archives | None = None,
) -> FastAPI:
    """The application; what is not given (tests give theirs) is loaded once at start-up."""
    app = FastAPI(
        title="Cap Soin",
        version="1",
        description=DESCRIPTION,
        lifespan=_lifespan(settings, conseiller, catalogue, archives or Archives()),
        middleware=_layers(settings),
        # Swagger and ReDoc load scripts from a third party, which our CSP refuses.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.documentation else None,
        # A redirection would be built from the Host header.
        redirect_slashes=False,
        telemetry=TELEMETRY,
    )
    app.state.tuiles = settings.fond_de_carte
    app.state.https = settings.https
    app.state.arret = threading.Event()
    register_handlers(app)
    app.include_router(api.router)
    app.include_router(api_catalogue.router)
    app.include_router(api_parcours.router)
    app.include_router(pages.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(conversation.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(resultats.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(comparaison.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(metiers.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(parcours.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(proche.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(garder.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(reprendre.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(dossier.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(papiers.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(immersion.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(atelier.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(structure.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(compte.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(administration.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(entretien.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(fiche.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(rejoindre.router, include_in_schema=False, dependencies=[Depends(require_form)])
    app.include_router(direct.router, include_in_schema=False)
    app.mount("/static", CompressedFiles(directory=STATIC), name="static")
    describe(app)
    return app


def _layers(settings: Settings) -> list[Middleware]:
    """Outermost first; cheap refusals come before the body is read."""
    tuiles = settings.fond_de_carte
    return [
        Middleware(AccessLog),
        Middleware(SecurityHeaders, https=settings.https, tuiles=tuiles.origine if tuiles else None),
        Middleware(SafetyNet),
        Middleware(Capacity, at_once=settings.connexions_max),
        Middleware(RequestLimits),
        Middleware(KnownHosts, hotes=settings.hotes_connus),
        Middleware(SameOrigin),
        Middleware(BoundedBody),
        Middleware(CompressedPages),
    ]


class _Lifespan(Protocol):
    def __call__(self, app: FastAPI) -> AbstractAsyncContextManager[None]: ...


def _lifespan(
    settings: Settings, conseiller: Conseiller | None, catalogue: Catalogue | None, archives: Archives
) -> _Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        guide = conseiller or Conseiller.load(transformer=settings.lecteur == "appris")
        app.state.conseiller = guide
        opened = catalogue or open_catalogue(
            guide.connaissances, guide.communes, guide.encodeur, guide.centres, Reglages(), jour=date.today
        )
        app.state.catalogue = opened
        app.state.archives = archives
        async with keep_clean(archives):
            yield
        opened.close()
        archives.close()

    return lifespan
