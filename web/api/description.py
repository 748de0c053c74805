"""The published description (/openapi.json), completed with what is only known once loaded.

Slugs and question ids are closed lists held by the knowledge base: they are enumerated here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from knowledge.loading import Connaissances


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` enumerate the métiers and the questions."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            _enumerate(description, app.state.conseiller.connaissances)
            app.openapi_schema = description
        return app.openapi_schema

    # FastAPI documents this replacement; its type says a method cannot be assigned.
    app.openapi = openapi  # type: ignore[method-assign]


def _enumerate(description: dict[str, Any], connaissances: Connaissances) -> None:
    schemas = description["components"]["schemas"]
    slugs = _closed(connaissances.metiers)
    ids = _closed(question.id for question in connaissances.questions)
    schemas["Profil"]["properties"]["exclus"]["items"] = slugs
    for chemin in description["paths"].values():
        for parameter in chemin.get("get", {}).get("parameters", ()):
            if parameter["name"] in ("metier", "exerce"):
                required = parameter.get("required", False)
                parameter["schema"] = slugs if required else {"anyOf": [slugs, {"type": "null"}]}
            if parameter["name"] == "certifications":
                parameter["schema"] = _listed(connaissances.certifications)
    schemas["DemandeProchaineQuestion"]["properties"]["posees"]["items"] = ids


def _listed(values: Iterable[str]) -> dict[str, Any]:
    """Some of these, separated by commas."""
    one = f"({'|'.join(values)})"
    return {"type": "string", "pattern": f"^{one}(,{one})*$", "maxLength": 200}


def _closed(values: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}
