"""The cookies we give, and how: to this browser until it is closed, and to no script."""

from __future__ import annotations

from fastapi import Request, Response

DOSSIER = "dossier"


def cookie_name(request: Request, nom: str = DOSSIER) -> str:
    """With https a browser is told to accept this name from nobody but us."""
    return f"__Host-{nom}" if request.app.state.https else nom


def set_cookie(request: Request, response: Response, valeur: str, nom: str = DOSSIER) -> None:
    secure = bool(request.app.state.https)
    response.set_cookie(cookie_name(request, nom), valeur, httponly=True, samesite="lax", secure=secure)


def drop_cookie(request: Request, response: Response, nom: str = DOSSIER) -> None:
    secure = bool(request.app.state.https)
    response.delete_cookie(cookie_name(request, nom), httponly=True, samesite="lax", secure=secure)


def has_dossier(request: Request) -> bool:
    """Whether this browser brings one; that it still opens something is not known yet."""
    # By either name: a page may be shown by a layer that knows nothing of the settings.
    return not request.cookies.keys().isdisjoint({DOSSIER, f"__Host-{DOSSIER}"})
