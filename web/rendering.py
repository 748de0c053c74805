"""Page or fragment: the one place where that is decided, and the few things every template may use.

Templates show and never decide. What they may use beyond their own context is listed in
`environment`: French dates, amounts and labels, the address of a static file, the shape of a bar.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.catalogue.fiches import Evenement
from service.catalogue.recherche import Trouvaille
from service.catalogue.reperes import genre_of
from service.dossiers.codes import show_code
from service.geographie import DEPARTEMENTS
from service.libelles import duration
from service.refus import reasons
from web import libelles
from web.cookies import has_dossier

DOSSIER = Path(__file__).parent
STATIQUES = DOSSIER / "static"
LARGEUR_BARRE = 100.0
"""Width of a contribution plot in its own units: −100 … 0 … 100."""
_ESPACES = re.compile(r"(?<=«) | (?=[»?!:;€%])|(?<=\d) (?=h\b)")
PARIS = ZoneInfo("Europe/Paris")
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
    "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def render(
    request: Request,
    page: str,
    fragment: str | None = None,
    *,
    status: int = 200,
    **context: object,
) -> HTMLResponse:
    """`fragment` (the region alone) for an htmx request, else the whole `page` that includes it."""
    wants_fragment = fragment is not None and request.headers.get("HX-Request") == "true"
    template = fragment if fragment is not None and wants_fragment else page
    known = {"chemin": request.url.path, "mon_dossier": has_dossier(request)}
    html = environment().get_template(template).render(known | context)
    # The style sheet is asked for while the page itself is still coming: on a slow line, a fifth of a second.
    preload = {} if template == fragment else {"Link": f"<{static_url('app.css')}>; rel=preload; as=style"}
    return HTMLResponse(html, status_code=status, headers=preload)


@cache
def environment() -> Environment:
    """The templates; an undefined name is an error, and everything is escaped."""
    env = Environment(
        loader=FileSystemLoader(DOSSIER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(statique=static_url, libelles=libelles, scene=scene_url, dire=say, raisons=reasons)
    env.filters.update(date_fr=date_fr, nombre=nombre, mois=duree_mois, barre=bar_span)
    env.filters.update(ancre=libelles.anchor, typo=bind_spaces, joindre=contact_link)
    env.filters.update(genre=genre_of, moment_fr=moment_fr, eloignement=eloignement, compte=compte)
    env.filters.update(local=local, instant_fr=instant_fr, code=show_code)
    env.filters.update(departement=lambda code: DEPARTEMENTS.get(code, code))
    return env


def page_erreur(request: Request, statut: int, titre: str, detail: str) -> HTMLResponse:
    """A request that could not be served, said in French."""
    return render(request, "pages/erreur.html", status=statut, statut=statut, titre=titre, detail=detail)


def say(voix: str, tu: str, vous: str) -> str:
    """The sentence for the person addressed: a young person is « tu », anyone else « vous »."""
    return tu if voix == "tu" else vous


@cache
def static_url(nom: str) -> str:
    """Address of a static file, changing with its content so that it may be cached for long."""
    digest = hashlib.sha256((STATIQUES / nom).read_bytes()).hexdigest()[:8]
    return f"/static/{nom}?v={digest}"


@cache
def scene_url(question_id: str) -> str | None:
    """The drawing of a mini-situation: the file of `static/scenes/` that bears its name, if any."""
    genre, _, nom = question_id.partition(".")
    dessin = f"scenes/{nom}.svg"
    drawn = genre == "situations" and (STATIQUES / dessin).is_file()
    return static_url(dessin) if drawn else None


def date_fr(jour: date) -> str:
    """21 novembre 2026."""
    premier = "1er" if jour.day == 1 else str(jour.day)
    return f"{premier} {MOIS[jour.month - 1]} {jour.year}"


def local(moment: datetime) -> datetime:
    """A moment that is kept (UTC, without a zone), as clocks show it in Paris."""
    return moment.replace(tzinfo=UTC).astimezone(PARIS)


def instant_fr(moment: datetime) -> str:
    """22 novembre 2026 à 17 h 04, from a moment that is kept."""
    ici = local(moment)
    return f"{date_fr(ici)} à {_heure(ici)}"


def moment_fr(evenement: Evenement) -> str:
    """mardi 24 novembre 2026, de 14 h à 17 h 30."""
    debut, fin = evenement.debut, evenement.fin
    if debut is None:
        return ""
    jour = f"{JOURS[debut.weekday()]} {date_fr(debut)}"
    if (debut.hour, debut.minute) == (0, 0):
        return jour
    if fin is None or fin.date() != debut.date() or fin <= debut:
        return f"{jour}, {_heure(debut)}"
    return f"{jour}, de {_heure(debut)} à {_heure(fin)}"


def _heure(moment: datetime) -> str:
    return f"{moment.hour}\u00a0h" + (f"\u00a0{moment.minute:02}" if moment.minute else "")


def eloignement(trouvaille: Trouvaille) -> str:
    """How far, or what is known instead; that it is as the crow flies is for the page to say, once."""
    fiche, km = trouvaille.fiche, trouvaille.distance_km
    if fiche.a_distance:
        return "à distance"
    if km is None:
        return "dans le département, lieu à vérifier" if fiche.lieu.departement else "lieu à vérifier"
    if km < 1:
        return "à moins de 1\u00a0km"
    return f"à {km:.0f}\u00a0km"


def compte(total: int, mots: libelles.Mots) -> str:
    """« 1 offre », « 12 offres »."""
    return f"{nombre(total)} {mots.un if total == 1 else mots.plusieurs}"


def nombre(valeur: float, decimales: int = 0, *, signe: bool = False) -> str:
    """1 867, or 0,34: the French way, with a space that does not break and a real minus sign."""
    texte = f"{valeur:{'+' if signe else ''},.{decimales}f}".replace(",", "\u202f").replace(".", ",")
    return texte.replace("-", "\u2212")


def duree_mois(mois: int) -> str:
    """A duration as the sentences of service say it; alone on a card, none at all needs its own words."""
    return duration(mois) if mois else "Sans longue formation"


def bind_spaces(texte: str) -> str:
    """French spacing that cannot break: « mamie », « pourquoi ? », « 17 h »."""
    return _ESPACES.sub("\u00a0", texte)


def contact_link(numero: str) -> str:
    """How to reach a helpline: 114 is written to, the others are called."""
    return f"sms:{numero}" if numero == "114" else f"tel:{numero.replace(' ', '')}"


def bar_span(poids: float, plus_grand: float) -> tuple[float, float]:
    """Start and width of a bar around zero, on an axis from −`plus_grand` to `plus_grand`."""
    length = round(abs(poids) / plus_grand * LARGEUR_BARRE, 2) if plus_grand else 0.0
    return (0.0, length) if poids >= 0 else (-length, length)
