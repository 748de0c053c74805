"""What routes receive: the one Conseiller and the one Catalogue made at start-up."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from service.catalogue.catalogue import Catalogue
from service.conseiller import Conseiller
from web.errors import Refusal

FORM = "application/x-www-form-urlencoded"


def get_conseiller(request: Request) -> Conseiller:
    return cast(Conseiller, request.app.state.conseiller)


def get_catalogue(request: Request) -> Catalogue:
    return cast(Catalogue, request.app.state.catalogue)


def require_form(request: Request) -> None:
    """A page receives forms and nothing else: other contents would be read as an empty form."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and content_type not in {"", FORM}:
        raise Refusal(415, "Cette page n'accepte que ses propres formulaires.")


CatalogueDep = Annotated[Catalogue, Depends(get_catalogue)]
ConseillerDep = Annotated[Conseiller, Depends(get_conseiller)]
