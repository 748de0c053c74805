"""What routes receive: the one Conseiller, the one Catalogue and the one Archives made at start-up."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from service.catalogue.catalogue import Catalogue
from service.conseiller import Conseiller
from service.dossiers.archives import Archives
from web.errors import Refusal

FORM = "application/x-www-form-urlencoded"


def get_conseiller(request: Request) -> Conseiller:
    return cast(Conseiller, request.app.state.conseiller)


def get_catalogue(request: Request) -> Catalogue:
    return cast(Catalogue, request.app.state.catalogue)


def get_archives(request: Request) -> Archives:
    return cast(Archives, request.app.state.archives)


def require_form(request: Request) -> None:
    """A page receives forms and nothing else: other contents would be read as an empty form."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and content_type not in {"", FORM}:
        raise Refusal(415, "Cette page n'accepte que ses propres formulaires.")


ArchivesDep = Annotated[Archives, Depends(get_archives)]
CatalogueDep = Annotated[Catalogue, Depends(get_catalogue)]
ConseillerDep = Annotated[Conseiller, Depends(get_conseiller)]
