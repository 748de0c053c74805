"""What an old phone on a slow line waits for: `make bench-pages`.

Processor six times slower, 400 kb/s, 400 ms of delay. A page reached by an address is fetched with nothing in
cache; one reached by a form comes after the welcome page, as it does for a person. Each figure is the
median of several loads. Look at the load of the machine first: the browser is slowed down from there.
"""

from __future__ import annotations

import statistics
from dataclasses import astuple, dataclass

from playwright.sync_api import Browser, Page, Response, sync_playwright

from service.conseiller import Conseiller
from tests.browser.gestes import submit, transferred
from tests.browser.serveur import launch, serve
from tests.etats import PAR_NOM

LOADS = 3
CPU_SLOWDOWN = 6
DELAY_MS = 400
BYTES_PER_S = 400_000 / 8
# What is still running then belongs to no load.
QUIET_MS = 1_500
ETATS = ("accueil", "debut-jeune", "resultats", "metier", "metiers", "proche-offres")
BUDGET = "budget of the welcome page: 120 kB, 60 kB of JS, LCP 1500 ms, TBT 200 ms, CLS 0.05"

OBSERVE = """() => {
  const mesure = (window.mesure = {lcp: 0, tbt: 0, cls: 0});
  const watch = (type, see) => new PerformanceObserver((list) => list.getEntries().forEach(see))
    .observe({type, buffered: true});
  watch("largest-contentful-paint", (e) => { mesure.lcp = e.startTime; });
  watch("longtask", (e) => { mesure.tbt += Math.max(0, e.duration - 50); });
  watch("layout-shift", (e) => { if (!e.hadRecentInput) mesure.cls += e.value; });
}"""


@dataclass(frozen=True)
class Load:
    """One load of one page."""

    kilobytes: float
    js_kilobytes: float
    lcp_ms: float
    tbt_ms: float
    cls: float


def main() -> None:
    print(f"{'page':16s} {'kB':>7s} {'JS kB':>7s} {'LCP ms':>7s} {'TBT ms':>7s} {'CLS':>6s}")
    with serve(Conseiller.load()) as site, sync_playwright() as playwright, launch(playwright) as browser:
        for nom in ETATS:
            loads = [_load(browser, site, nom) for _ in range(LOADS)]
            size, js, lcp, tbt, cls = (
                statistics.median(column) for column in zip(*map(astuple, loads), strict=True)
            )
            print(f"{nom:16s} {size:7.1f} {js:7.1f} {lcp:7.0f} {tbt:7.0f} {cls:6.3f}")
    print(BUDGET)


def _load(browser: Browser, site: str, nom: str) -> Load:
    context = browser.new_context(
        base_url=site, viewport={"width": 360, "height": 780}, device_scale_factor=2
    )
    page = context.new_page()
    page.add_init_script(f"({OBSERVE})()")
    received: list[Response] = []
    page.on("response", lambda response: received.append(response))
    if PAR_NOM[nom].data is not None:
        page.goto("/")
        page.wait_for_load_state("networkidle")
        received.clear()
    _slow_down(page)
    _reach(page, nom)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    sizes = [(transferred(r), r.request.resource_type == "script") for r in received]
    measured = page.evaluate("window.mesure")
    context.close()
    return Load(
        sum(size for size, _ in sizes) / 1000,
        sum(size for size, script in sizes if script) / 1000,
        measured["lcp"],
        measured["tbt"],
        measured["cls"],
    )


def _slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": DELAY_MS,
            "downloadThroughput": BYTES_PER_S,
            "uploadThroughput": BYTES_PER_S,
        },
    )


def _reach(page: Page, nom: str) -> None:
    etat = PAR_NOM[nom]
    if etat.data is None:
        page.goto(etat.chemin)
    else:
        submit(page, etat)


if __name__ == "__main__":
    main()
