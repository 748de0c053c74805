"""Remakes docs/captures: every page that tells something, at three widths (`make captures`).

Run as a module: `python -m tests.browser.captures`. Pictures are flat, so 128 colours are enough.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from service.conseiller import Conseiller
from tests.alentours import Alentours
from tests.browser.gestes import answer, results, say, show, start
from tests.browser.serveur import launch, run, serve
from tests.browser.test_gardes import reach
from tests.etats import CUISINIER, PAR_NOM, SMS
from tests.etats_gardes import GARDES
from tests.monde import world
from web.app import create_app
from web.settings import Settings

DOSSIER = Path(__file__).parents[2] / "docs" / "captures"
LARGEURS = {360: 780, 768: 1024, 1280: 900}
COULEURS = 128
HAUTEUR_MAX = 2400
"""Longer pages are cut: the rest repeats the same pieces."""
FIXES = (
    "accueil",
    "metiers",
    "metiers-par-duree",
    "metier",
    "resultats-essai",
    "comparer-trois",
    "vos-donnees",
    "a-propos",
    "qualite",
    "detresse",
)
PROCHES = (
    "proche-sans-lieu",
    "proche-lieu-ambigu",
    "proche-offres",
    "proche-formations",
    "proche-evenements",
    "proche-elargi",
    "proche-demonstration",
    "proche-rien",
    "resultats-avec-lieu",
)
"""Taken on a phone and on a large screen: what is between them changes nothing there."""
SOMBRES = ("accueil", "metier", "proche-formations", "resultats-avec-lieu")
REGLES = ("accueil", "metier", "resultats-essai")
"""As seen by whoever asked the system for more contrast, or for its own colours."""
GARDEES = (
    "dossier-cles",
    "dossier",
    "rejoindre-code",
    "entretien-attente",
    "entretien-classements",
    "fiche-conclue",
    "atelier-douze",
    "structure",
    "immersion-raison",
    "connexion",
)
"""What is kept, and the work of those who accompany: on a phone and on a large screen."""
FACILES = ("metier-facile", "resultats-faciles")
PAPIER = 794
"""Width of an A4 sheet, in CSS pixels."""
HAUTEUR = 1123
"""Its height: that of a screen in no list."""


def main() -> None:
    DOSSIER.mkdir(parents=True, exist_ok=True)
    conseiller = Conseiller.load()
    with sync_playwright() as playwright, launch(playwright) as b:
        _kept(b, conseiller)
    with serve(conseiller) as site, sync_playwright() as playwright, launch(playwright) as b:
        for largeur in LARGEURS:
            _states(_page(b, site, largeur), largeur)
            _journeys(_page(b, site, largeur), largeur)
        for largeur in (min(LARGEURS), max(LARGEURS)):
            _near(_page(b, site, largeur), largeur)
        _dark(_page(b, site, 360, color_scheme="dark"))
        _all(_page(b, site, 360, contrast="more"), REGLES, "contraste")
        _all(_page(b, site, 360, forced_colors="active"), REGLES, "couleurs-forcees")
        _all(_page(b, site, 360), FACILES, "360")
        _easy(_page(b, site, 360))
        _paper(_page(b, site, PAPIER))


def _kept(browser: Browser, conseiller: Conseiller) -> None:
    with TemporaryDirectory() as dossier, world(Path(dossier)) as monde:
        app = create_app(Settings(), conseiller, Alentours(), monde.atelier.archives)
        with run(app) as site:
            for garde in (g for g in GARDES if g.nom in GARDEES):
                for largeur in (min(LARGEURS), max(LARGEURS)):
                    page = _page(browser, site, largeur)
                    reach(page, site, monde, garde)
                    _save(page, f"{garde.nom}-{largeur}", live=True)
                    page.context.close()
            app.state.arret.set()


def _states(page: Page, largeur: int) -> None:
    _all(page, FIXES, str(largeur))


def _all(page: Page, noms: tuple[str, ...], suffixe: str) -> None:
    for nom in noms:
        show(page, PAR_NOM[nom])
        _save(page, f"{nom}-{suffixe}")


def _journeys(page: Page, largeur: int) -> None:
    show(page, PAR_NOM["erreur-vide"])
    _save(page, f"erreur-vide-{largeur}", whole=False)
    start(page, "Je cherche ma voie")
    _save(page, f"question-{largeur}", whole=False)
    say(page, SMS)
    _save(page, f"compris-{largeur}", whole=False)
    answer(page)
    results(page)
    page.locator(".pourquoi summary").first.click()
    _save(page, f"resultats-{largeur}")
    _save(page, f"resultats-haut-{largeur}", whole=False)


def _near(page: Page, largeur: int) -> None:
    _all(page, PROCHES, str(largeur))
    show(page, PAR_NOM["proche-offres"])
    _open_map(page)
    _save(page, f"proche-carte-{largeur}", whole=False)


def _open_map(page: Page) -> None:
    """As one looks at it: on top of the screen, one of its markers open."""
    closed = page.get_by_role("button", name="Voir la carte")
    if closed.count():
        closed.click()
    page.locator(".plan-marque").first.click()
    page.locator("#plan").evaluate("plan => plan.scrollIntoView()")


def _dark(page: Page) -> None:
    _all(page, SOMBRES, "sombre")
    start(page, "Je veux changer de métier")
    say(page, CUISINIER)
    _save(page, "compris-sombre", whole=False)
    results(page)
    _save(page, "resultats-sombre")


def _easy(page: Page) -> None:
    """« Facile à lire »: a scene, then the question that comes next."""
    start(page, "Je cherche ma voie")
    page.locator(".reglages summary").click()
    page.locator('[name="lecture"][value="facile"]').click()
    expect(page.locator(".question.facile")).to_be_visible()
    page.mouse.move(0, 0)
    _save(page, "facile-scene-360", whole=False)
    answer(page)
    page.mouse.move(0, 0)
    _save(page, "facile-question-360", whole=False)


def _paper(page: Page) -> None:
    """What the printer receives, in one piece."""
    show(page, PAR_NOM["resultats"])
    page.emulate_media(media="print")
    _save(page, "resultats-papier")


def _page(browser: Browser, site: str, largeur: int, **options: str) -> Page:
    viewport = {"width": largeur, "height": LARGEURS.get(largeur, HAUTEUR)}
    context = browser.new_context(
        base_url=site,
        viewport=viewport,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="fr-FR",
        **options,  # type: ignore[arg-type]
    )
    return context.new_page()


def _save(page: Page, nom: str, *, whole: bool = True, live: bool = False) -> None:
    # A page that follows another holds a line: its network is never idle.
    page.wait_for_load_state("load" if live else "networkidle")
    page.evaluate("() => document.fonts.ready.then(() => null)")
    # The default hides the caret with an inline style, which our CSP refuses.
    picture = Image.open(BytesIO(page.screenshot(full_page=whole, caret="initial")))
    cut = picture.crop((0, 0, picture.width, min(picture.height, HAUTEUR_MAX)))
    flat = cut.convert("RGB").quantize(COULEURS, dither=Image.Dither.NONE)
    flat.save(DOSSIER / f"{nom}.png", optimize=True)


if __name__ == "__main__":
    main()
