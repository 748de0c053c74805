"""Sets aside what must never weigh on advice: names, ages, places, gender, origin, religion, health, family.

Works by blanking: the text keeps its length, so quotes still point at the words as typed. The rest of the
program reads only the blanked text; `ProfilNeutre` is the same promise made by type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from knowledge.loading import RACINE, read_yaml
from service.francais import Orthographe, clean, split_words
from service.reperage import Reperage

_NUMBER = r"(?:\d+|un|une|deux|trois|quatre|cinq|six)"
# « accueillir un enfant » is a wish; « deux ados », said alone, is a family.
_SEVERAL = r"(?:\d+|deux|trois|quatre|cinq|six)"
_CHILDREN = r"(?:enfants?|gosses?|gamins?|mômes?|ados?|filles?|fils|garçons?|petits?|bébés?)"
_NAME = r"(?:[A-ZÀ-Ý][\w'’-]*|d[aeou]s?|el|al|ben|van|von|le|la)"
_TOWN = r"[A-ZÀ-Ý][a-zà-ÿ][\w'’-]*"
_PLACE = rf"{_TOWN}(?:[- ](?:{_TOWN}|sur|sous|lès|les?|la|en|de|du|d['’]\w+))*"
_CALLED = r"(?:je m['’ ]?appel\w*|jm['’ ]?appel\w*|moi c['’ ]?est|mon pr[ée]nom(?: est| c'est)?)"
_I_HAVE = r"(?:j['’ ]?ai|g|jai|g[ée])"
# « 14 ans chez Leclerc » is a length of service, « 14 ans » an age.
_NOT_A_LENGTH = r"(?!\s+(?i:d['’e ]|dans|chez|comme|en\b|au\b|à\b|que))"
_END = r"(?=\s*(?:$|[.,;!?)\n]))"
_END_OR_LINK = (
    r"(?=\s*(?:$|[.,;!?)\n]|(?i:et|mais|donc|je|j['’]|depuis|où|à charge|à la maison|en bas âge)\b))"
)
_LIVES = r"(?:j['’ ]?habite|jabite|je vis|je viens|je réside|installée?|originaire|née?)"
_IN = r"(?:à|au|aux|en|dans|de|du|d['’]|sur|près de|pas loin de)"
_TO = r"(?i:à|au|aux|en|sur|vers|près de|dans le|dans l['’]|dans la|du côté de|de|d['’])"
_DECADE = r"(?:vingtaine|trentaine|quarantaine|cinquantaine|soixantaine)"

_CIRCUMSTANCES = (
    r"j['’ ]?ai (?:\w+ )?(?:grandi|vécu|été (?:élevée?|placée?|hospitalisée?|opérée?|incarcérée?|sdf))",
    r"j['’ ]?ai (?:fait|eu|connu) (?:une?|des|ma|mon) (?:\w+ )?(?:dépression|burn[- ]?out|cancer|avc"
    r"|infarctus|maladie|tumeur|fausse couche|cure|rechute|accident)",
    r"je (?:parle|écris|lis|comprends) (?:\w+ ){0,3}(?:le )?(?:français|arabe|anglais|espagnol|portugais|turc"
    r"|roumain|italien|créole|wolof|russe)",
    r"(?:ma|la) langue (?:maternelle|d['’]origine)",
    r"avec un accent",
    r"je (?:suis|vis) (?:actuellement )?(?:sous traitement|en fauteuil|en foyer|en prison|hébergée?"
    r"|sans papiers|au rsa|au chômage|enceinte|en rémission|suivie? (?:par|pour|en))",
    r"je (?:touche|perçois) (?:le|la|l['’]|les) ?(?:rsa|aah|apl|allocations?|chômage)",
    r"je sors de (?:prison|l['’]hôpital|l['’]ase|foyer|cure)",
    r"(?:j['’ ]?habite|je (?:vis|loge)) (?:encore |toujours )?chez (?:mes|ma|mon|des) \w+",
    r"(?:mes parents|mon père|ma mère) (?:sont|est|étaient|était) "
    r"(?!malade|âgé|dépendant|handicap|en fauteuil|seul)",
    r"je suis (?:né|fils|fille|issue?|boursi|bègue|sourd|gauch|en surpoids|obèse|tatou|syndiqu|végétari"
    r"|réfugi|exilé)\w*",
    r"je (?:porte|prends|ai) (?:un appareil|des lunettes|un traitement|des médicaments)",
)
# The rest of the statement, up to where another begins.
_REST = (
    r"(?:(?!\b(?:mais|et|donc|alors|car|je|j['’]|depuis que)\b)[^.,;!?\n])*"
    # « j'ai grandi en foyer, à l'ASE »: a place or a company added after a comma still belongs to it.
    r"(?:, (?:à|au|aux|en|dans|chez|entre|avec (?:ma|mes|mon))\b[^.,;!?\n]*)?"
)

# Patterns, not lists: what follows « je m'appelle » is a name in any language.
_PATTERNS = tuple(
    re.compile(motif)
    for motif in (
        rf"(?i:\b{_CALLED})\s+(?:{_NAME}\s*){{1,6}}",
        rf"(?i:\b{_CALLED}\s+\w+)",
        # « Je suis Awa Diop », « Awa, 34 ans », « Signé : Awa »: two capitals in a row are a name.
        rf"(?i:\b(?:je suis|je me nomme|sign[ée]|cordialement)\W+){_TOWN}(?:\s+{_NAME})*(?=\W|$)",
        rf"^{_TOWN}(?:\s+{_TOWN})?(?=,? \d{{2}} ans)",
        rf"(?i:\b{_I_HAVE}\s+\d{{1,2}}\s*ans?\b){_NOT_A_LENGTH}",
        rf"(?i:\b\d{{2}}\s*ans\b){_NOT_A_LENGTH}",
        rf"(?i:\b(?:j['’ ]?ai|la|ma)\s+(?:la\s+)?{_DECADE}\b)",
        r"(?i:\b(?:trop (?:vieux|vieille|jeune)|à mon âge|malgré mon âge|vu mon âge)\b)",
        rf"(?i:\b(?:(?:j['’ ]?ai|avec|(?:mère|père|maman|papa) de|j['’]élève)\s+{_NUMBER}|mes)\s+"
        rf"(?:\w+\s+)?{_CHILDREN})(?!\w){_END_OR_LINK}",
        rf"(?i:(?<!garder )(?<!gardé )(?<!occuper de )(?<!avec )\b{_SEVERAL}\s+"
        rf"(?:jeunes\s+|petits\s+|grands\s+)?{_CHILDREN}){_END}",
        rf"(?i:\bj['’ ]?habite\s+[^.,;!?\n]{{1,40}}?){_END_OR_LINK}",
        r"(?i:\b(?:je suis )?née? (?:en|le)\s+[^.,;!?\n]{1,30}?\b\d{4}\b)",
        r"(?i:\b(?:quinqua|quadra|trentenaire|quadragénaire|quinquagénaire|sexagénaire|boomer)\b)",
        rf"(?i:\b{_LIVES}\s+{_IN}\s*[^.,;!?\n]{{1,40}}?){_END_OR_LINK}",
        rf"\b{_TO}\s*{_PLACE}(?=\W|$)",
        # Circumstances told as such: where one grew up, how one speaks, what one has been through.
        rf"(?i:\b(?:{'|'.join(_CIRCUMSTANCES)})){_REST}",
        r"(?i:\b(?:dans le|du|le)\s+(?:\d{2}|9[- ]?3|97\d)\b)",
    )
)


class Neutraliseur:
    """Knows what to set aside; built once from `knowledge/neutralisation.yaml`."""

    def __init__(self, expressions: Mapping[str, Iterable[str]], orthographe: Orthographe) -> None:
        self._expressions = Reperage((e, motif) for motif, es in expressions.items() for e in es)
        self._orthographe = orthographe

    @classmethod
    def load(cls, orthographe: Orthographe) -> Neutraliseur:
        """With the expressions of `knowledge/neutralisation.yaml`."""
        return cls(read_yaml(RACINE / "neutralisation.yaml"), orthographe)

    def mask(self, texte: str) -> str:
        """The cleaned text with everything personal blanked; same length as `clean(texte)`."""
        masked = clean(texte)
        for pattern in _PATTERNS:
            masked = pattern.sub(lambda m: _blank(m.group()), masked)
        mots = split_words(masked)
        for trouvaille in self._expressions.find(mots):
            debut, fin = mots[trouvaille.debut].debut, mots[trouvaille.fin - 1].fin
            masked = masked[:debut] + _blank(masked[debut:fin]) + masked[fin:]
        return masked

    def neutral_words(self, texte: str) -> str:
        """What the encoder may see: corrected words, one gender, nothing personal."""
        mots = self._orthographe.correct(split_words(self.mask(texte)))
        return " ".join(self._orthographe.one_gender(m.forme) for m in mots)


def _blank(passage: str) -> str:
    """Spaces, but the punctuation stays: a clause still ends where it ended."""
    return "".join(c if c in ".,;!?\n" else " " for c in passage)
