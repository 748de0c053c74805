"""HTML to PDF, in memory: tagged (PDF/UA-1), in French, and nothing is ever fetched.

One sheet of style, `static/papier.css`, dresses every paper we give; its font travels in the page as data.
WeasyPrint rests on native libraries: it is imported at the first paper asked for, and its absence is told.
"""

from __future__ import annotations

import base64
import html as texte_html
import io
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Response

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

STATIQUES = Path(__file__).parent / "static"
POLICE = STATIQUES / "fonts" / "atkinson-hyperlegible-next-5.3.0-latin-wght.woff2"
PAGES_MAX = 20
# A page of this many signs is no paper of ours: ten times the longest.
SIGNES_MAX = 400_000
# Two cores serve everyone: one paper is made at a time, and nobody waits long for theirs.
ATTENTE_S = 5.0
NOM = "cap-soin.pdf"
_UN_A_LA_FOIS = threading.Lock()
_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{titre}</title><style>{style}</style></head>
<body>{corps}</body></html>"""


class PdfIndisponible(RuntimeError):
    """No PDF can be made now; the message is French, and says to print instead."""

    def __init__(self) -> None:
        super().__init__("Le PDF ne peut pas être fait pour l'instant. Vous pouvez imprimer la page.")


def to_pdf(html: str, titre: str) -> bytes:
    """What stands in the body of a page, as a tagged PDF. Raises PdfIndisponible."""
    if len(html) > SIGNES_MAX or not _UN_A_LA_FOIS.acquire(timeout=ATTENTE_S):
        raise PdfIndisponible
    try:
        return _make(_PAGE.format(titre=texte_html.escape(titre), style=_style(), corps=html))
    finally:
        _UN_A_LA_FOIS.release()


def _make(page: str) -> bytes:
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]
    except (ImportError, OSError):
        raise PdfIndisponible from None
    document = HTML(string=page, url_fetcher=closed_fetcher()).render(pdf_variant="pdf/ua-1")
    if len(document.pages) > PAGES_MAX:
        raise PdfIndisponible
    papier = io.BytesIO()
    document.write_pdf(papier, pdf_variant="pdf/ua-1")
    return papier.getvalue()


def closed_fetcher() -> URLFetcher:
    """Reads what is in the page itself (`data:`): no file, no address, no redirection."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=False)


def pdf_response(pdf: bytes, nom: str = NOM) -> Response:
    """Under a fixed name: nothing of the person is in it."""
    headers = {"Content-Disposition": f'attachment; filename="{nom}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@cache
def _style() -> str:
    police = base64.b64encode(POLICE.read_bytes()).decode()
    source = f'url("data:font/woff2;base64,{police}")'
    face = f"@font-face {{ font-family: Papier; src: {source}; }}"
    return f"{face}\n{(STATIQUES / 'papier.css').read_text(encoding='utf-8')}"
