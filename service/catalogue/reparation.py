"""What is known to be broken in the feeds, mended on the way in: titles, texts, places, codes, dates.

Every function takes what a feed may hold, whatever its type, and never raises. Places are mended by `lieux`,
ROME codes by `codes_rome`; texts, dates and addresses of pages here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from service.catalogue.codes_rome import CodesRome
from service.catalogue.fiches import URL_MAX
from service.catalogue.lieux import Lieux
from service.geographie import Communes, load_communes

TITRE_MAX = 160
# Only the start of a description is kept: what is far behind is not even looked at.
BRUT_MAX = 20_000
# Of what is looked at, a third may be contacts.
MARGE = 1.5
# The same few titles make half of a feed.
TITRES_RETENUS = 20_000
# Before: the empty date of some system (1900, 1970). After: « no end » (2999, 9999).
ANNEES = range(1990, 2100)
# A day written as an instant is midnight in Paris: « 2026-08-31T22:00:00Z » is the first of September.
PARIS = ZoneInfo("Europe/Paris")

# Above this share of capitals, a title shouts.
PART_CAPITALES = 0.7
SIGLES = frozenset(
    """ADMR ADVF AEPE AES AESH AMP AP APA APF ARS AS ASH ASMS ASSP ATSEM AVS AVSI BAFA BEP BPJEPS BTS
    CADA CAMSP CAP CCAS CDD CDI CESF CFA CH CHR CHRS CHRU CHS CHU CIAS CLSH CMP CMPP CPAM CPF CSAPA DEA
    DEAES DEAF DEAP DEAS DEASS DECESF DEEJE DEES DEETS DEI DEME DETISF EAJE EAPA EHPAD EJE ESAT ESMS FAM
    FJT GHT GIR HAD IADE IBODE IDE IDEC IDEL IFAS IFSI IME IMPRO IPA IRTS ITEP MAS MARPA MDPH MECS MJC
    MSP PJJ PMI PMR RPE RQTH SAAD SAMSAH SAMU SAVS SESSAD SMR SMUR SPASAD SSIAD SSR TISF UEMA UGECAM UHR
    ULIS USLD VAE VSL""".split()
)

# Not seen, though printable for Python: joiners, fillers, variation selectors.
_REMPLISSAGES = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(c) for c in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))
}
_CACHE = re.compile(r"<(script|style|head|title)\b.*?(?:</\1[^<>]*>|$)", re.IGNORECASE | re.DOTALL)
_ALINEA = re.compile(r"<(?:br|/?(?:p|div|ul|ol|h[1-6]|tr|table|section))\b[^<>]*>", re.IGNORECASE)
_POINT = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
# « <strong>aide</strong>-soignant » is one word.
_DANS_UN_MOT = re.compile(r"</?(?:b|strong|i|em|u|font|small|sup|sub|mark)\b[^<>]*>", re.IGNORECASE)
# A cut description may end inside a tag.
_BALISE = re.compile(r"<[a-zA-Z/!?][^<>]*(?:>|$|(?=<))")

_MENTION = re.compile(
    r"[(\[]?\s*(?<![\w'’])(?:[hfm]\s*(?:[/|–-]|ou|et)\s*[hfm](?:\s*[/|–-]\s*(?:nb|[xdn]))?|(?-i:HF|FH)"
    r"|hommes?\s*/\s*femmes?|femmes?\s*/\s*hommes?)(?![\w'’])\s*[)\]]?",
    re.IGNORECASE,
)
_VIDE = re.compile(r"\(\s*\)|\[\s*\]")
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_SEPARATEURS = re.compile(r"\s([-–—|/·:,;*•])(?:\s*[-–—|/·:,;*•])+(?=\s)")
_BORDS = " \u00a0-–—|/·:,;*•_"
# « Infirmier de (H/F) »: the form has a place for the speciality, left empty.
_FIN = re.compile(
    rf"(?:[{re.escape(_BORDS)}(\[]+(?:(?:de|du|des|en|à|au|aux|et|ou|pour|avec|par|sur|chez)(?=$|[{re.escape(_BORDS)}(\[]))?)+$",
    re.IGNORECASE,
)
_MOT = re.compile(r"[^\W_]+")

_PUCE = re.compile(r"(?:(?:[•·●▪■◦►▶➢➤➔→✓✔✅✦❖🔹🔸]|[-–—*](?=\W|$)|o(?=\s))\s*)+")
_BLANCS_ET_PUCES = " •·●▪■◦►▶➢➤➔→✓✔✅✦❖🔹🔸"
_FIN_DE_PHRASE = tuple(".!?:;,…·")
# Patterns for texts start with the letters they may start with: ten times faster than with `\b`.
_ARROBE = re.compile(r"@|[\[(]\s?(?i:at|arobase)\s?[\])]")
_MEL = re.compile(
    rf"[\w.+%'-]{{1,64}}(?:\s?(?:{_ARROBE.pattern})\s?[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{0,5}})+"
)
_TELEPHONE = re.compile(
    # A range of dates (« 01/09/2026-31/12/2026 ») has as many digits as a phone number.
    r"[+0](?<!\d.)(?!(?<=0)[1-9][/.-](?:(?:0\d|1[0-2])[/.-])?(?:19|20)\d\d(?!\d))"
    r"(?:(?:(?<=\+)|(?<=0)0)\s?(?:33|262|590|594|596|508|681|687|689)[\s.-]?(?:\(0\)\s?)?[1-9]|(?<=0)\s?[1-9])"
    r"(?:(?:[\s._/-]{0,3}\d\d){4}|\d\d(?:[\s._-]\d{3}){2}|(?:[\s._-]\d{4}){2})(?!\d)"
)
_CIVILITE = re.compile(
    r"[DMdm](?<!\w.)(?:(?<=M)M?\.|r\b\.?|(?i:mes?\b\.?|lle|adame|onsieur|octeur))"
    r"(?:\s+(?:[A-ZÀ-ÖØ-Þ][\w'’-]*\.?|de|du|la|le(?=\s[A-Z]))){1,4}"
)
_QUI = re.compile(
    r"(?:\b(?:votre|vos|personnes?\sà)\s+)?\b(?:contact(?:e[rz])?s?|interlocut(?:eur|rice)s?|recruteu(?:r|se)s?"
    r"|t[ée]l(?:\.|[ée]phone)?|(?:e-?)?mails?|courriels?)\s*$",
    re.IGNORECASE,
)
_QUI_MAX = 40
# A name, a function, a place.
_REPONSE = re.compile(r"^[^.;·]{0,80}[.;]?")

_JJ_MM_AAAA = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_RNCP = re.compile(r"(?:rncp[\s:n°-]*)?0*([1-9]\d{0,4})(?:\.0)?", re.IGNORECASE)


def clean_title(brut: object) -> str:
    """One line, without « H/F » or capitals that shout; at most 160 characters, "" when nothing is left."""
    return _clean_title(_text(brut)[: 10 * TITRE_MAX])


def clean_text(brut: object, longueur: int = 600) -> str:
    """One paragraph of plain text, cut at a word; who to call or write to is left out."""
    texte = _text(brut)
    # Tags and entities take room of their own.
    lu = int(MARGE * longueur)
    paragraphe = _one_paragraph(_plain(texte[: BRUT_MAX if "<" in texte or "&" in texte else lu]))
    return _shorten(_without_contacts(paragraphe[:lu]), longueur)


def read_date(brut: object) -> date | None:
    """The day, in Paris when an instant is written; None for what is no day, or an unlikely one."""
    if isinstance(brut, datetime):
        lu: date | None = _day_in_paris(brut)
    elif isinstance(brut, date):
        lu = brut
    else:
        try:
            lu = _parse_date(_text(brut).strip())
        except (ValueError, OverflowError):
            return None
    return lu if lu and lu.year in ANNEES else None


def read_rncp(brut: object) -> str | None:
    """« 474 », « RNCP474 », « rncp 474 » → `RNCP474`."""
    found = _RNCP.fullmatch(_text(brut).strip())
    return f"RNCP{found[1]}" if found else None


def clean_url(brut: object) -> str | None:
    """The address of a page that can be given as a link, or None."""
    url = _text(brut).strip().replace("&amp;", "&")
    if url.startswith("//"):
        url = f"https:{url}"
    elif url[:4].lower() == "www.":
        url = f"https://{url}"
    if len(url) > URL_MAX or not url.isprintable() or any(c in url for c in " <>\"'`\\"):
        return None
    try:
        parts = urlsplit(url)
        hote = parts.hostname or ""
    except ValueError:
        return None
    # « https://known.fr@elsewhere.com » goes elsewhere.
    return url if parts.scheme in ("http", "https") and "." in hote and "@" not in parts.netloc else None


@dataclass(frozen=True)
class Reparation:
    """What needs a reference table: places and ROME codes."""

    lieux: Lieux
    codes: CodesRome

    @classmethod
    def load(cls, communes: Communes | None = None) -> Self:
        return cls(Lieux(load_communes() if communes is None else communes), CodesRome.load())


@lru_cache(TITRES_RETENUS)
def _clean_title(brut: str) -> str:
    titre = " ".join(_MENTION.sub(" ", _EMOJI.sub(" ", _plain(brut))).split())
    titre = " ".join(_VIDE.sub(" ", _CIVILITE.sub(" ", _without_address(titre))).split())
    titre = _FIN.sub("", _SEPARATEURS.sub(r" \1", titre).lstrip(_BORDS))
    return _shorten(_calm(titre), TITRE_MAX)


def _text(brut: object) -> str:
    if isinstance(brut, str):
        return brut
    return str(brut) if isinstance(brut, (int, float)) and not isinstance(brut, bool) else ""


def _plain(brut: str) -> str:
    """Without entities, tags or invisible characters; paragraphs and list items on lines of their own."""
    texte = _unescape(brut) if "&" in brut else brut
    if not (texte.isascii() and texte.isprintable()):
        texte = _visible(texte)
    if "<" in texte:
        texte = _POINT.sub("\n• ", _ALINEA.sub("\n", _CACHE.sub(" ", texte)))
        texte = _BALISE.sub(" ", _DANS_UN_MOT.sub("", texte))
    return texte


def _visible(texte: str) -> str:
    """Without controls, zero-width and bidirectional marks, halves of pictures."""
    hidden = [c for c in set(texte) if c in _REMPLISSAGES or not (c.isprintable() or c.isspace())]
    if hidden:
        texte = texte.translate(dict.fromkeys(map(ord, hidden)))
    return unicodedata.normalize("NFC", texte)


def _unescape(texte: str) -> str:
    """Some feeds escape twice (« &amp;#039; »), some more."""
    for _ in range(10):
        once = html.unescape(texte)
        if once == texte:
            break
        texte = once
    return texte


def _calm(titre: str) -> str:
    """« AIDE-SOIGNANT EN EHPAD » → « Aide-soignant en EHPAD »."""
    titre = _capital(titre)
    lettres = [c for c in titre if c.isalpha()]
    if sum(c.isupper() for c in lettres) > PART_CAPITALES * len(lettres):
        titre = _capital(_MOT.sub(lambda mot: mot[0] if _stays(mot[0]) else mot[0].lower(), titre))
    return titre


def _capital(titre: str) -> str:
    """The capital of « ß » is two letters: left as it is."""
    initiale = titre[:1].upper()
    return initiale + titre[1:] if len(initiale) == 1 else titre


def _stays(mot: str) -> bool:
    """Acronyms, levels and codes (« N2 ») keep their capitals."""
    return mot in SIGLES or any(c.isdigit() for c in mot)


def _without_contacts(paragraphe: str) -> str:
    texte = " ".join(_without_answers(_CIVILITE.sub(" ", _without_address(paragraphe))).split())
    for signe in ".,)":
        texte = texte.replace(f" {signe}", signe)
    # Two items that were apart still are; what held between two dots may be gone.
    parts = (part[_bullet(part) :].strip(_BLANCS_ET_PUCES) for part in map(str.strip, texte.split("·")))
    return " · ".join(filter(None, parts))


def _without_address(texte: str) -> str:
    if _ARROBE.search(texte):
        texte = _MEL.sub(" ", texte)
    return _TELEPHONE.sub(" ", texte)


def _without_answers(texte: str) -> str:
    """« Contact : Zoé Martin, 2e étage. » and the like. By the colons, which are few."""
    kept, *suites = texte.split(":")
    for suite in suites:
        if found := _QUI.search(kept, max(0, len(kept) - _QUI_MAX)):
            kept = f"{kept[: found.start()]} {_REPONSE.sub('', suite, count=1)}"
        else:
            kept += f":{suite}"
    return kept


def _one_paragraph(texte: str) -> str:
    """List items and titles set apart by « · » where no punctuation does it."""
    paragraphe = ""
    for ligne in texte.splitlines():
        puce = _bullet(ligne := ligne.strip())
        nue = " ".join(ligne[puce:].split())
        if paragraphe and nue:
            apart = (puce or nue[0].isupper()) and not paragraphe.endswith(_FIN_DE_PHRASE)
            paragraphe += " · " if apart else " "
        paragraphe += nue
    return paragraphe


def _bullet(ligne: str) -> int:
    """How long the mark of a list item is, at the start of this line."""
    puce = _PUCE.match(ligne)
    return puce.end() if puce else 0


def _shorten(texte: str, longueur: int) -> str:
    """At most this long, cut at a word, with « … »."""
    if len(texte) <= longueur:
        return texte
    debut, blanc, _ = texte[:longueur].rpartition(" ")
    return (debut if blanc else texte[: longueur - 1]).rstrip(" .,;:·-–(…") + "…"


def _parse_date(brut: str) -> date | None:
    if found := _JJ_MM_AAAA.match(brut):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if len(brut) <= 10:
        return date.fromisoformat(brut)
    return _day_in_paris(datetime.fromisoformat(brut))


def _day_in_paris(instant: datetime) -> date:
    return (instant.astimezone(PARIS) if instant.tzinfo else instant).date()
