"""PDFs are tagged, in French, and nothing is fetched to make them."""

from __future__ import annotations

import builtins
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pypdf
import pytest

from web import pdf as papier
from web.pdf import NOM, PAGES_MAX, PdfIndisponible, closed_fetcher, pdf_response, to_pdf
from web.rendering import environment

CORPS = "<h1>Fiche d'été</h1><p>Bonjour à vous.</p><ul><li>un</li></ul>"


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def catalogue(pdf: bytes) -> Any:
    return read(pdf).trailer["/Root"]


@pytest.fixture(scope="module")
def simple() -> bytes:
    return to_pdf(CORPS, "Ma fiche <d'entretien>")


def test_it_is_tagged_in_french_and_has_a_title(simple: bytes) -> None:
    root = catalogue(simple)
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert read(simple).metadata["/Title"] == "Ma fiche <d'entretien>"  # type: ignore[index]


def test_it_declares_pdf_ua_1(simple: bytes) -> None:
    declared = catalogue(simple)["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in declared


def test_its_headings_and_lists_are_in_the_tree(simple: bytes) -> None:
    tags = set(walk(catalogue(simple)["/StructTreeRoot"]))
    assert {"/H1", "/P", "/L", "/LI"} <= tags


def walk(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from walk(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"]
        if "/K" in node:
            yield from walk(node["/K"])


def test_the_same_text_can_be_read_in_it_in_the_embedded_font(simple: bytes) -> None:
    page = read(simple).pages[0]
    assert "Bonjour à vous." in page.extract_text()
    fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
    descriptors = [
        fonts[f].get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for f in fonts
    ]
    assert {d["/FontFamily"] for d in descriptors} == {"Papier"}
    assert all("/FontFile2" in d for d in descriptors)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_nothing_is_fetched_even_when_the_page_asks_for_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("le-secret-de-la-machine")
    with listening() as (adresse, asked):
        corps = f"""<p>Texte</p><img alt="a" src="{adresse}/a.png"><img alt="b" src="file://{secret}">
        <link rel="attachment" href="file://{secret}"><link rel="stylesheet" href="{adresse}/b.css">
        <style>@import "{adresse}/c.css"; p {{ background: url({adresse}/d.png) }}</style>
        <object data="{adresse}/e"></object>"""
        made = to_pdf(corps, "Fiche")
    assert asked == []
    assert "/EmbeddedFiles" not in str(catalogue(made).get("/Names", ""))
    assert read(made).attachments == {}
    assert "Texte" in read(made).pages[0].extract_text()


@pytest.mark.parametrize(
    "adresse", ["http://127.0.0.1:1/x", "https://example.org/x", "file:///etc/hostname", "ftp://x/y"]
)
def test_the_fetcher_refuses_all_that_is_not_in_the_page(adresse: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)protocol|url|scheme"):
        closed_fetcher().fetch(adresse)


def test_the_fetcher_reads_what_is_in_the_page() -> None:
    assert closed_fetcher().fetch("data:text/plain,bonjour").read() == b"bonjour"


def test_what_somebody_wrote_stays_text() -> None:
    typed = '<img src="http://127.0.0.1:1/x.png"> & <b>gras</b>'
    made = to_pdf(environment().from_string("<p>{{ texte }}</p>").render(texte=typed), "Fiche")
    found = read(made).pages[0].extract_text().replace("\n", "")
    assert "<img src=" in found
    assert "<b>gras</b>" in found


def test_a_paper_of_too_many_pages_is_refused_rather_than_cut() -> None:
    saut = '<p style="break-after: page">x</p>'
    assert len(read(to_pdf(saut * (PAGES_MAX - 1) + "<p>fin</p>", "Fiche")).pages) == PAGES_MAX
    with pytest.raises(PdfIndisponible, match="imprimer"):
        to_pdf(saut * PAGES_MAX + "<p>fin</p>", "Fiche")


def test_a_page_of_endless_text_is_refused_at_once() -> None:
    with pytest.raises(PdfIndisponible):
        to_pdf("x" * (papier.SIGNES_MAX + 1), "Fiche")


@pytest.mark.parametrize("missing", [ImportError, OSError])
def test_without_the_native_libraries_it_is_said_and_the_next_one_is_tried(
    missing: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refused(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "weasyprint":
            raise missing("libpango")
        return real(name, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", refused)
        with pytest.raises(PdfIndisponible, match="imprimer"):
            to_pdf(CORPS, "Fiche")
    assert to_pdf(CORPS, "Fiche").startswith(b"%PDF")


def test_it_is_given_under_a_name_that_tells_nothing() -> None:
    answer = pdf_response(b"%PDF-1.7")
    assert answer.headers["content-disposition"] == f'attachment; filename="{NOM}"'
    assert answer.media_type == "application/pdf"
