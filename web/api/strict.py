"""How a request to the API is read: strictly, so that nothing is silently ignored.

JSON in UTF-8 only, no NaN, no key twice, no deep nesting (400); the declared content type (415); no
query parameter that is unknown or given twice (422).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator
from email.message import Message
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from web.errors import Refusal

# A Profil inside a request is four levels deep.
NESTING_MAX = 8


class StrictRoute(APIRoute):
    """A route whose query and body are refused rather than guessed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))

        async def read_strictly(request: Request) -> Response:
            _check_query(request, known)
            if self.body_field is not None:
                _check_content_type(request)
            return await answer(StrictRequest(request.scope, request.receive))

        return read_strictly


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        declared = field.field_info.annotation
        if isinstance(declared, type) and issubclass(declared, BaseModel):
            yield from declared.model_fields
        else:
            yield field.alias


class StrictRequest(Request):
    """A request whose JSON has one meaning only."""

    async def json(self) -> object:
        try:
            value = json.loads(
                (await self.body()).decode("utf-8"),
                object_pairs_hook=_object_without_repeats,
                parse_float=_number,
                parse_constant=_refuse_constant,
            )
        except (ValueError, RecursionError):
            raise Refusal(400, "Le contenu n'est pas du JSON valable en UTF-8.") from None
        if _is_deeper_than(value, NESTING_MAX):
            raise Refusal(400, f"Le JSON est imbriqué sur plus de {NESTING_MAX} niveaux.")
        return value


def _object_without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise Refusal(400, "Un champ est donné deux fois dans le même objet.")
    return value


def _number(written: str) -> float | int:
    """JSON and JSON Schema have one kind of number: 2.0 is the integer 2."""
    value = float(written)
    return int(value) if value.is_integer() else value


def _refuse_constant(_name: str) -> NoReturn:
    raise Refusal(400, "NaN et Infinity ne sont pas du JSON.")


def _is_deeper_than(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper_than(item, levels - 1) for item in inside)


def _check_query(request: Request, known: frozenset[str]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    if not known.issuperset(names):
        raise Refusal(422, f"Un paramètre est inconnu. {_accepted(known)}")
    if len(set(names)) < len(names):
        raise Refusal(422, "Un paramètre est donné deux fois.")


def _accepted(known: frozenset[str]) -> str:
    if not known:
        return "Cette adresse n'en accepte aucun."
    return f"Paramètres acceptés : {', '.join(sorted(known))}."


def _check_content_type(request: Request) -> None:
    declared = Message()
    declared["content-type"] = request.headers.get("content-type", "")
    charset = declared.get_content_charset("utf-8")
    if declared.get_content_type() != "application/json" or charset not in {"utf-8", "utf8"}:
        raise Refusal(415, "Envoyez du JSON, avec le type application/json, en UTF-8.")
