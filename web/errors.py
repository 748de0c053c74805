"""What is answered when a request cannot be served: one sentence in French, never what was typed.

Under /api it is a problem document (RFC 9457), elsewhere a page. A refusal whose sentence is ours
is a `Refusal`; anything else gets the usual sentence of its status: no library's English gets out.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knowledge.schema import Activite, Cadre, Contrainte, Public
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.dossier import DossierIntrouvable
from service.dossiers.frein import FENETRE_S, TropDEssais
from service.geographie import CommuneInconnue
from service.profil import Experience, MetierInconnu, Profil
from web import rendering

logger = logging.getLogger("cap_soin.erreurs")

PROBLEM_JSON = "application/problem+json"
RACINE = Path(__file__).parent.parent

TITLES = {
    400: "Demande mal formée",
    403: "Demande refusée",
    404: "Introuvable",
    405: "Méthode refusée",
    408: "Délai dépassé",
    413: "Contenu trop long",
    414: "Adresse trop longue",
    415: "Format refusé",
    422: "Valeur refusée",
    429: "Trop d'essais",
    431: "En-têtes trop longs",
    500: "Erreur de notre côté",
    501: "Pas encore disponible",
    503: "Service indisponible",
}
DETAILS = {
    400: "Nous n'avons pas pu lire la demande.",
    403: "Cette demande n'est pas permise.",
    404: "Il n'y a rien à cette adresse.",
    405: "Cette adresse existe, mais pas avec cette méthode.",
    408: "Le contenu a mis trop de temps à arriver. Vous pouvez réessayer.",
    413: "Le contenu dépasse 64 kilo-octets.",
    414: "L'adresse dépasse 4 096 caractères.",
    415: "Ce format de contenu n'est pas accepté.",
    422: "Une valeur n'est pas acceptée.",
    429: "Attendez un quart d'heure, puis essayez encore.",
    431: "Les en-têtes de la demande sont trop longs.",
    500: "Quelque chose n'a pas marché de notre côté. Vous pouvez réessayer.",
    501: "Cette partie du service n'est pas encore ouverte.",
    503: "Le service est indisponible pour le moment. Vous pouvez réessayer dans un instant.",
}
KEPT = (DossierIntrouvable, CoffreInutilisable, TropDEssais)
"""What may stop a page that reads or writes what somebody keeps."""
PANNE = "Ce qui est gardé ne répond pas pour le moment. Rien n'est perdu. Vous pouvez réessayer bientôt."
# What follows on the connection is unread, or cannot be told apart from a body: it serves no more.
CLOSING = frozenset({400, 408, 413})


class Refusal(HTTPException):
    """A request we do not serve; `detail` is a French sentence without anything that was typed."""

    def __init__(
        self, status: int, detail: str | None = None, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, detail or DETAILS[status], headers)


class ResponseCut(Exception):
    """An answer broke off half-way; no message, because the cause may hold someone's words."""


class SafetyNet:
    """Turns whatever is raised inside into an answer, and logs a failure without its message."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            response = answer_error(Request(scope), error)
            if started:
                raise ResponseCut from None
            await response(scope, receive, send)


def register_handlers(app: FastAPI) -> None:
    """Every expected error of the routes, answered by `answer_error`."""
    expected = (StarletteHTTPException, RequestValidationError, MetierInconnu, CommuneInconnue, *KEPT)
    for kind in expected:
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    return answer_error(request, error)


def answer_error(request: Request, error: Exception) -> Response:
    """The answer to any exception; only what we did not foresee is logged."""
    match error:
        case Refusal():
            return respond(request, error.status_code, error.detail, headers=error.headers)
        case StarletteHTTPException():
            return respond(request, error.status_code, headers=error.headers)
        case RequestValidationError():
            return respond(request, 422, describe_validation(error.errors()))
        case MetierInconnu():
            return respond(request, 422, "Le champ « exclus » cite un métier inconnu.")
        case CommuneInconnue():
            return respond(request, 422, "Le champ « commune » cite une commune inconnue.")
        case DossierIntrouvable():
            # Word for word what an unknown address gets: unknown and forbidden are the same.
            return respond(request, 404)
        case CoffreInutilisable():
            return respond(request, 503, PANNE)
        case TropDEssais():
            return respond(request, 429, headers={"Retry-After": str(FENETRE_S)})
        case _:
            _log_failure(error)
            return respond(request, 500)


def respond(
    request: Request,
    status: int,
    detail: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document under /api, a page elsewhere."""
    titre = TITLES.get(status, TITLES[400])
    detail = detail or DETAILS.get(status, DETAILS[400])
    if request.url.path.startswith(("/api/", "/openapi.json")):
        response = _problem(status, titre, detail)
    else:
        response = _page(request, status, titre, detail)
    response.headers.update(dict(headers or {}))
    if status in CLOSING:
        response.headers["Connection"] = "close"
    return response


def _problem(status: int, titre: str, detail: str) -> Response:
    document = {"type": "about:blank", "title": titre, "status": status, "detail": detail}
    return Response(json.dumps(document, ensure_ascii=False), status_code=status, media_type=PROBLEM_JSON)


def _page(request: Request, status: int, titre: str, detail: str) -> Response:
    try:
        return rendering.page_erreur(request, status, titre, detail)
    except Exception as error:
        # The page itself may be what is broken; a sentence is still owed.
        _log_failure(error)
        return PlainTextResponse(f"{titre}. {detail}", status_code=status)


def _log_failure(error: Exception) -> None:
    """The kind of failure and where it happened; never its message, which may quote someone."""
    places = [
        f"{_relative(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename
    ]
    logger.error("%s : %s", type(error).__name__, " > ".join(places))


def _relative(filename: str) -> str:
    chemin = Path(filename)
    return str(chemin.relative_to(RACINE)) if chemin.is_relative_to(RACINE) else chemin.name


# Only these names are repeated in a sentence: an unknown key may be someone's words.
KNOWN_NAMES = frozenset(
    {*Profil.model_fields, *Experience.model_fields, *Public, *Activite, *Cadre, *Contrainte}
    | {"profil", "posees", "question", "limite", "detail", "q", "metier", "page", "contrat", "temps_plein"}
    | {"debutant", "alternance", "handicap", "financable", "a_partir_du"}
)
SENTENCES = {
    "missing": "est obligatoire",
    "extra_forbidden": "contient un champ inconnu",
    "enum": "doit valoir {expected}",
    "literal_error": "doit valoir {expected}",
    "int_type": "doit être un nombre entier",
    "int_parsing": "doit être un nombre entier",
    "int_from_float": "doit être un nombre entier",
    "float_type": "doit être un nombre",
    "float_parsing": "doit être un nombre",
    "finite_number": "doit être un nombre",
    "bool_type": "doit être vrai ou faux",
    "bool_parsing": "doit valoir true ou false",
    "date_parsing": "doit être une date, comme 2027-01-31",
    "date_from_datetime_parsing": "doit être une date, comme 2027-01-31",
    "string_type": "doit être un texte",
    "string_unicode": "contient un caractère impossible",
    "list_type": "doit être une liste",
    "dict_type": "doit être un objet",
    "model_type": "doit être un objet",
    "model_attributes_type": "doit être un objet",
    "greater_than_equal": "doit être au moins {ge}",
    "less_than_equal": "doit être au plus {le}",
    "string_too_short": "doit faire au moins {min_length} caractères",
    "string_too_long": "doit faire au plus {max_length} caractères",
    "too_long": "doit compter au plus {max_length} éléments",
    "string_pattern_mismatch": "n'a pas la forme attendue",
}


def describe_validation(errors: Sequence[Any]) -> str:
    """One sentence on the first of pydantic's errors, naming the field when it is one of ours."""
    first = errors[0]
    known = [str(part) for part in first["loc"][1:] if part in KNOWN_NAMES]
    subject = f"Le champ « {'.'.join(known)} »" if known else "Le contenu envoyé"
    if first["type"] == "missing" and not known:
        return "Le contenu de la demande est obligatoire."
    sentence = SENTENCES.get(first["type"], "n'a pas une valeur acceptée")
    return f"{subject} {sentence.format_map(_in_french(first.get('ctx', {})))}."


def _in_french(limits: Mapping[str, object]) -> dict[str, object]:
    return {**limits, "expected": str(limits.get("expected", "")).replace(" or ", " ou ")}
