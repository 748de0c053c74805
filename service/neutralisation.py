"""Sets aside what must never weigh on advice: names, ages, places, gender, origin, religion, health, family.

Works by blanking: the text keeps its length, so quotes still point at the words as typed. The rest of the
program reads only the blanked text; `ProfilNeutre` is the same promise made by type.

What is blanked is what someone says they are. What they did, wish or cannot do stays: « je m'occupe de ma
mère malade », « mal au dos », « pas le permis ».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from knowledge.loading import RACINE, read_yaml
from service.francais import Orthographe, clean, split_words
from service.reperage import VIDES

Expressions = Mapping[str, Iterable[str]]
"""By what they tell of someone: famille, origine, sante…"""

# --- as typed: capitals make the names --------------------------------------------------------------------

_CAP = r"[A-ZÀ-Ý][a-zà-ÿ][\w'’-]*"
_PARTICLE = r"(?:d[aeou]s?|el|al|ben|van|von|le|la)"
_NAME = rf"[A-ZÀ-Ý][\w'’-]*(?:\s+(?:{_PARTICLE}\s+)?{_CAP}|\s+[A-ZÀ-Ý-]{{2,}}(?=\s*(?:$|[.,;!?\n]))){{0,5}}"
_PLACE = rf"{_CAP}(?:[- ](?:{_CAP}|sur|sous|lès|les?|la|en|de|du|d['’]\w+))*"
_CALLED = (
    r"(?:j(?:e )?m['’ ]?ap+el+\w*|je me (?:pr[ée])?nom+e"
    r"|mon (?:pr[ée])?nom(?: de famille)?(?: est| c['’]est|\s*:)?)"
)
_ME_IS = r"\b(?<!chez )moi,? c['’ ]?(?:est|[ée])"
_TO = (
    r"(?i:à|au|aux|en|sur|vers|près de|autour de|dans l(?:e|a|es|['’])|du côté de|de l(?:a|['’])|de|du"
    r"|d['’])"
)
# « je suis Auxiliaire de vie » is a job with a capital.
_NOT_A_JOB = (
    r"(?!(?i:aide|auxil|assist|[ée]duc|infirm|soignant|anim|ambul|m[ée]diat|monit|accomp|agent|conseil"
    r"|technic"
    r"|pu[ée]ric|sage|garde|ergo|[ée]tud|lyc[ée]|coll[ée]g|serv|vend|caiss|cuisin|b[ée]n[ée]vole|stagiaire))"
)
# An illness, a feast or a charity after « de » or « à ».
_NOT_A_PLACE = (
    r"(?!(?i:alzheimer|parkinson|no[ëe]l|p[âa]ques|[ée]tat|samu|smur|caf\b|bac\b|ehpad|croix|secours"
    r"|emma[üu]s|restos))"
)
_NAMED = tuple(
    re.compile(motif)
    for motif in (
        rf"(?i:\b{_CALLED})\s*[:,]?\s*{_NAME}",
        rf"(?i:\b{_CALLED}\s*:?\s+[^\W\d]+(?:\s+[^\W\d]+(?=\s*(?:$|[.,;!?\n])))?)",
        r"(?i:\b(?:(?:on|tout le monde|(?:mes|les)\s+\w+) m['’ ]ap+el+\w*|je me pr[ée]sente\s*[:,]"
        rf"|pr[ée]nom\s*:|(?:^|\n)nom\s*:))\s+{_NAME}",
        rf"(?i:{_ME_IS})\s+{_NAME}",
        # « moi c'est kevin », but « moi c'est les bébés », « moi c'est conduire », « moi c'est éducatrice ».
        rf"(?i:{_ME_IS}\s+(?!(?:les?|la|des?|du|une?|mon|ma|mes|pas|plus|non|oui|tout|plut[oô]t|surtout"
        r"|pareil|pour"
        r"|avec|dans|en|chez|ça|comme|\d+\w*|\w*(?:er|ir|re|rice|euse|eur|ants?|antes?|iens?"
        r"|iennes?))\b)\w+)"
        r"(?=\s*(?:$|[.,;!?\n]|(?i:et|mais|j\w*)\b))",
        rf"(?i:\b(?:c['’]est|ici|moi))\s+{_NAME}\s+(?i:qui\s+(?:(?:vous|t['’])\s*)?(?:écri[ts]|parle))",
        rf"\b(?i:ici\s+|c['’]est\s+|bonjour,?\s+)?(?:[Mm]adame|[Mm]onsieur|Mme|Mlle|Mr|M\.)\s+{_CAP}"
        rf"(?:\s+{_CAP})*",
        rf"(?i:\b(?:bonjour|salut|coucou|bonsoir|hello)\b\W*c['’]est)\s+{_NAME}",
        # A capital alone between commas is a name or a place.
        rf"(?<=, ){_NOT_A_JOB}{_CAP}(?=\s*,)",
        # « Je suis Awa Diop », « Awa, 34 ans », « Signé : Awa »: a capital is a name.
        rf"(?i:\b(?:je suis\s+|sign[ée]\s*:?\s+|cordialement\W+)){_NOT_A_JOB}{_CAP}(?:\s+"
        rf"(?:{_PARTICLE}\s+)?{_CAP})*(?=\W|$)",
        rf"^{_CAP}(?:\s+{_CAP})?(?=,? \d{{2}} ans)",
    )
)
_SOMEWHERE = re.compile(rf"\b{_TO}\s*{_NOT_A_PLACE}{_PLACE}(?=\W|$)")

# --- said of oneself: read without capitals or accents ----------------------------------------------------

_STOP = r"(?:$|[.,;:!?()\n])"
_LINK = (
    r"(?:et|mais|donc|alors|car|puis|je|j['’]|jai|jaim\w*|jveu\w*|chui|qui|que|qu['’]|ou|pour|depuis"
    r"|a charge|a la maison)"
)
# Where a clause opens: « Mère célibataire, je cherche ».
_OPENS = r"(?:(?<=^)|(?<=[.,;:!?(\n])|(?<=[.,;:!?(\n] ))"
_END = rf"(?=\s*(?:{_STOP}|{_LINK}\b))"
# Caring for someone is something done; what the text says of them stays.
_CARE = (
    r"(?:malad|handi|autis|trisom|alzheimer|parkinson|dependan|agee|fauteuil|cancer|avc|demen|aveugl"
    r"|sourd|muet|grabat"
    r"|alite|invalid|tombe|plegi|paralys|schizo|bipolair|epilep|diabet|sclerose|myopath|dialys|cerebr"
    r"|premat|suivie?\b|placee?s?\b)"
)
_WORD = rf"(?!{_LINK}\b)(?!\w*{_CARE})[\w'’-]+"
_ANY_WORD = rf"(?!{_LINK}\b)[\w'’-]+"
_REST = rf"(?:[ ]*{_WORD}(?:[ ]+{_WORD}){{0,7}})?{_END}"
_ANYTHING = rf"[ ]*{_ANY_WORD}(?:[ ]+{_ANY_WORD}){{0,7}}{_END}"
_WITH = r"\s+(?:(?:de|du|des|depuis|a|au|aux|en|dans|chez|par|sur|ds|avec (?:mes|mon|ma|un|une))\b|d['’])"
_OF = rf"(?:{_WITH}{_REST})?"
# « 14 ans chez Leclerc » is a length of service, « 14 ans » an age.
_NOT_A_LENGTH = r"(?!\s+(?:d['’]|de\b|du\b|dans|chez|comme|en\b|au\b|a\b|que))"
_TENS = r"(?:vingt|trente|quarante|cinquante|soixante)"
_AGE = (
    rf"(?:\d{{1,2}}|quinze|seize|dix[- ](?:sept|huit|neuf)|{_TENS}(?:[- ]"
    rf"(?:et[- ])?\w+)??)\s*ans?\b{_NOT_A_LENGTH}"
)
_DURING = "".join(
    f"(?<!{w} )" for w in ("depuis", "pendant", "durant", "fait", "faut", "plus de", "ya", "y a")
)
_CARED = ("lave", "laver", "soigne", "soigner", "aide", "accompagne", "occupe de", "veille", "perdu", "leve")
_UNCARED = "".join(f"(?<!{w} )" for w in _CARED)
_SEVERAL = r"(?:\d+|deux|trois|quatre|cinq|six)"
_CHILDREN = r"(?:enfants?|gosses?|gamins?|momes?|ados?|filles?|fils|garcons?|petits?|bebes?|bb)"
_I_HAVE = r"(?:j['’ ]*ai|\bg\b|\bge\b|\bgai)"
_ARTICLE = r"(?:une?|1|l[ea]s?|l['’]|des?|du|d['’]|mon|ma|mes|ces)"
_MODS = (
    r"(?:(?:pas|plus|non|actuellement|aussi|encore|toujours|deja|tres|assez|un peu|presque|bientot"
    r"|meme|moi[- ]meme"
    r"|reconnue?s?|nee?s?|devenue?s?|en ce moment|que)\s+)"
)
_KIN = (
    r"(?:mes (?:parents|enfants|freres?|soeurs?|filles?|fils|gosses|gamins)|mon (?:pere|mari|conjoint"
    r"|compagnon|copain|fils|frere)"
    r"|ma (?:mere|femme|conjointe|compagne|copine|fille|soeur|famille))"
)
_LANGUAGE = (
    r"(?:francais|arabe|anglais|espagnol|portugais|turc|roumain|italien|creole|wolof|russe|ukrainien"
    r"|polonais|chinois"
    r"|mandarin|tamoul|lingala|bambara|soninke|peul|kabyle|berbere|amazigh|darija|hindi|ourdou|bengali"
    r"|vietnamien|allemand"
    r"|neerlandais|albanais|serbe|kurde|persan|dari|pachto|tigrinya|somali|swahili|comorien|mahorais"
    r"|malgache|breton|basque"
    r"|corse|occitan|alsacien|armenien|georgien|bulgare|grec|hebreu|japonais|coreen|thai|khmer"
    r"|bilingue|trilingue)"
)


_SAID = (
    # age
    rf"\b(?:{_I_HAVE}|j['’]avais|a(?= (?:\d\d|\D))|age|agee|(?:je vais )?avoir|j['’ ]?aurai"
    rf"|approche)\s+(?:(?:bientot|presque|deja|environ|plus|moins|tout juste|de|des|que)\s+)*{_AGE}",
    rf"\b{_DURING}(?:1[4-9]|[2-7]\d)\s*ans\b{_NOT_A_LENGTH}",
    rf"{_OPENS}(?:seize|dix[- ](?:sept|huit|neuf)|{_TENS}(?:[- ](?:et[- ])?\w+)?)\s+ans(?=\s*{_STOP})",
    r"(?:\bj['’ ]*(?:ai|approche)\s+|\bg\s+)?(?:\b(?:passe|depasse|presque)\s+)?(?:de\s+)?\b(?:la"
    r"|ma)\s+(?:vingt|trent|quarant|cinquant|soixant)aine(?: passee| bien sonnee)?",
    r"\b(?:trop (?:vieux|vieille|jeune)|(?:a|malgre|vu) mon (?:jeune |grand )?age"
    r"|a l['’]approche de la retraite)\b",
    r"\b(?:je suis )?nee? (?:en|le)\s+[^.,;!?\n]{0,30}?\b\d{4}\b",
    # where one lives or comes from
    r"\b(?:j['’ ]?h?abite|je (?:vis|loge|reside|dors)|on (?:vit|habite|est loges?))\s+(?:encore "
    r"|toujours |seule? )?(?:(?:a|au|aux|en|dans|ds|o|chez|avec|sur|de|du|pres|pas loin|a cote|vers)\b"
    rf"|d['’]){_ANYTHING}",
    rf"\b(?:j['’ ]?h?abite|je vis|je loge)\s+(?:toute? )?\w+{_END}",
    r"\b(?:je viens d['’](?:emmenager|arriver)|je viens|originaire|je suis (?:arrivee?|venue?"
    r"|installee?)|j['’]ai (?:demenage|emmenage))\s+(?:(?:a|au|aux|en|dans|de|du|des|sur|pres"
    r"|il y a)\b|d['’])(?! (?:finir|passer|quitter|perdre|terminer|faire|travailler|obtenir|valider"
    rf"|commencer|lire|voir))(?!['’ ]\w+(?:er|ir)\b){_REST}",
    r"\b(?:je suis |nee? |on est )(?:a|de|du|des|dans|en)\s+(?:la |une? |le )?(?:cite|banlieue"
    rf"|quartier|campagne|village|montagne|ile|outre-mer|pavillon|logement d['’]urgence){_REST}"
    rf"|\bon est \w+ dans (?:un|une) (?:deux|trois|studio|piece|chambre){_REST}",
    r"\b(?:mon (?:quartier|village|departement|code postal)|ma (?:ville|cite|region)"
    rf"|chez moi),?\s*c['’ ]?est{_REST}",
    r"\bmon code postal est(?: le)? \d+|\b(?:dans le|du|le|au)\s+(?:9[- ]?3|97\d|\d{2})(?![\w])"
    r"(?!\s*(?:h|ans|mois|%|euros|janv|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec))",
    r"\b(?:je viens )?d['’]un(?:e)? (?:milieu|famille) (?:\w+ )?(?:modeste|pauvre|aisee?|riche|ouvrier"
    r"|ouvriere|populaire|defavorisee?|bourgeoise?|agricole)\b",
    rf"\b(?:je suis |j['’]etais )?(?:toute? )?seule? avec (?:mes|mon|ma|deux|trois|\d){_REST}"
    r"|\bd['’]origine(?: \w+)?|\bje suis (?:la |le |une? )?(?:petite?[- ])?(?:fils|fille) (?:de "
    r"|d['’])\w+",
    # children of one's own; « accueillir un enfant » is a wish
    r"\b(?:avec|(?:mere|pere|maman|papa) (?:solo )?de|j['’]eleve)\s+(?:seule?\s+)?(?:mes|mon|ma"
    rf"|{_SEVERAL})\s+(?:{_SEVERAL}\s+)?(?:\w+\s+)?{_CHILDREN}(?!\w)(?:\s+tout\w* seule?"
    rf"|\s+seule?)?{_END}",
    rf"\bj['’]eleve\s+(?:{_WORD}\s+){{1,4}}(?:tout\w* seule?|jumeaux|jumelles){_END}",
    rf"(?<!garder )(?<!garde )(?<!occuper de )(?<!avec )(?<!leurs )(?<!les )\b{_SEVERAL}\s+(?:jeunes\s+"
    rf"|petits\s+|grands\s+)?{_CHILDREN}(?=\s*{_STOP})",
    rf"\bmes\s+(?:{_SEVERAL}\s+)?{_CHILDREN}(?=\s*{_STOP})",
    # what one has been through
    r"(?<!ou )\bj['’ ]?ai (?:\w+ )?(?:grandi|vecu|ete (?:elevee?|placee?|hospitalisee?|operee?"
    rf"|incarceree?|sdf))(?! avec){_REST}(?:, (?:a|au|aux|en|dans|chez|entre|avec (?:ma|mes"
    r"|mon))\b[^.,;!?\n]*)?",
    rf"\b(?:{_I_HAVE}|je) (?:fait|fai|fais|eu|connu|sors|sort|sorti) (?:une?|des|de|d['’]|ma|mon"
    r"|l['’])\s?(?:une? |l['’])?(?:\w+ )?(?:depression|burn[- ]?out|cancer|avc|infarctus|maladie"
    rf"|tumeur|fausse couche|cure|rechute|accident|arret|prison|hopital|ase|foyer|greffe){_REST}",
    r"\bje suis (?:atteinte?|suivie?|porteu(?:r|se)|nee?) (?:(?:de|du|par|pour|au|a|en|avec)\b"
    rf"|d['’]){_ANYTHING}",
    r"\bon m['’]a (?:diagnosti\w+|trouve|decouvert|detecte)(?! (?:un|du) (?:travail|stage|poste"
    rf"|emploi)){_ANYTHING}",
    r"\bje viens de (?:divorcer|me separer|me marier|me pacser|devenir (?:maman|papa|mere|pere"
    r"|grand-mere|grand-pere)|accoucher|tomber enceinte)\b",
    # languages; « la langue des signes » is a skill
    r"\ba la maison (?:on|nous|je) parl\w+ [^.,;!?\n]+",
    r"\b(?:je|j['’]|on)\s?(?:ne )?(?:parle|ecris|lis|comprends?|maitrise|apprends?)\s+(?:(?:pas|plus"
    rf"|encore|bien|mal|tres|un|peu|couramment|que|aussi|mieux)\s+)*(?:le |l['’])?{_LANGUAGE}(?:(?:,"
    rf"| et|, et) (?:le |l['’])?{_LANGUAGE})*{_REST}",
    rf"\b{_I_HAVE}\s+(?:\w+ ){{0,4}}(?:accent|niveau \w+ en francais|mal a (?:ecrire|parler|lire)"
    rf"|ap+ri\w* (?:le )?francais){_REST}",
    rf"\b(?:le |l['’])?{_LANGUAGE} (?:n['’])?est (?:pas )?ma langue{_REST}",
    r"\bj['’]ecris (?:tres |pas |plutot )?(?:mal|bien)\b",
    r"\b(?:le francais n['’]est pas |le francais c['’]est pas )?(?:ma|la) langue (?:maternelle|natale"
    rf"|d['’]origine){_REST}",
    rf"\bmon (?:francais|orthographe|accent|niveau de francais)(?: (?:est|n['’]est)|{_END}){_REST}|\b"
    r"(?:excus\w+|desole\w*|pardon)[- ]?(?:moi )?(?:pour )?(?:mon|mes|les) (?:francais|fautes"
    r"|orthographe|accent)\b",
    r"\bavec un (?:petit |fort )?accent(?: \w+)?\b",
    # religion
    r"\bje (?:porte|mets) (?:le |la |un |une )?(?:voile|foulard|hijab|croix|kippa|turban"
    rf"|djellaba|bandana){_REST}",
    r"\bje fais (?:le |la |ma |mes |la )?(?:\w+ )?(?:ramadan|careme|shabbat|prieres?)\b|\bje "
    rf"(?:ne )?prie\b{_REST}",
    rf"\bje (?:vais|vai) (?:a l['’]|a la |au )(?:messe|mosquee|eglise|synagogue|temple|culte|priere){_REST}",
    r"\bje (?:ne )?crois (?:pas )?en (?:dieu|allah|jesus)\b|\bma (?:religion|foi"
    r"|croyance)\b[^.,;!?\n]*|\bje (?:ne )?mange (?:pas|que|plus|halal|casher|bio|vegan"
    r"|vegetarien)[^.,;!?\n]*",
    # health, told as such; « mal au dos » is a limit
    r"\bje souffre (?:de |du |d['’]|des )"
    rf"(?!(?:\w+ )?(?:dos|genou|epaule|hanche|lomb|sciat|poignet|pied)){_ANYTHING}",
    r"\bon m['’]a (?:reconnue?|declaree?) (?:\w+ )?(?:handicapee?|inapte|apte|invalide"
    r"|travailleur handicape)\b",
    r"\bje (?:porte|prends) (?:un |une |des |de la |de l['’]|mon |ma |du )?(?:appareil|lunettes"
    r"|lentilles|prothese|traitement|medicaments?|implant|insuline|methadone|antidepresseur\w*|corset"
    rf"|attelle){_REST}",
    # money and housing
    r"\b(?:je (?:touche|percois|recois|gagne|vis avec)|j['’]ai droit a)\s+(?:\w+\s+|l['’]|d['’]"
    r"|une?\s+){0,3}(?:rsa|aah|are|apl|allocations?|chomage|pension|indemnites?|salaire|smic|bourse"
    rf"|minima|\d+|euros?)\b{_REST}",
    # others' lives; care for them stays, and so does « je veux faire comme elle »
    rf"(?<!de )(?<!ou )(?<!que )\b{_KIN} (?:sont|est|etai\w+|(?:a|ont)(?= \w+ ans)|travaill\w+|bosse\w*"
    rf"|vien\w+|vont|viv\w+|vit|parl\w+|gagn\w+)\b(?![^.!?\n]*(?:{_CARE}|comme (?:elle|lui|eux)|pareil"
    rf"|besoin|m['’]occup|hopital depuis)){_REST}",
    rf"{_UNCARED}\b(?:mon (?:mari|conjoint|copain|compagnon|epoux)|ma (?:femme|conjointe|copine"
    rf"|compagne|epouse))\b(?![^.!?\n]*{_CARE})",
)  # fmt: skip

_JE_SUIS = (
    r"(?:\b(?:(?:comme |vu que |quand )?(?:moi,? )?(?:je (?:ne )?(?:suis|sui|reste)|j['’ ]?suis|chuis?"
    r"|j['’]etais|on est)|en tant qu(?:e |['’])"
    rf"|(?:comme |pour )(?=(?:une? )?\w+ comme moi))\s*{_MODS}{{0,3}}(?:{_ARTICLE}\s*)?"
    r"(?:(?:jeune|vieux|vieille|petite?|grande?|gros|grosse|ancien|ancienne|simple|seule?|future?|tres"
    r"|issue?|nee?|homme|femme|personne)\s+(?:de |d['’])?)*)"
)
_ME = r"(?:moi,?\s+|en tant qu(?:e |['’]))(?:une?\s+)?(?:jeune\s+)?"
_J_AI = (
    rf"\b(?:{_I_HAVE}|je n['’]ai)\s+(?:(?:eu|fait|fai|pas|plus|aussi|toujours|encore|que|connu|subi|peu"
    r"|trop|beaucoup|bien|une?|\d+(?!\d)|deux"
    r"|trois|quatre|cinq|six|des?|du|de la|de l['’]|d['’]|la|le|l['’]|les|mon|ma|mes|petite?s?|gros"
    r"|grosse|grande?s?|jeunes?)\s*)*(?<![a-z])"
)
_DEGREE = r"(?:stabilisee?|severe|legere?|profonde?|moyenne?|partiel(?:le)?|chronique)"
# « deux enfants en accueil » is a job, « un loyer à payer » a need.
_NOT_A_DUTY = r"(?!\s*(?:en (?:garde|accueil)|a (?:garder|nourrir|payer|rembourser)))"


class Neutraliseur:
    """Knows what to set aside; built once from `knowledge/neutralisation.yaml`."""

    def __init__(
        self,
        partout: Expressions,
        je_suis: Expressions,
        j_ai: Expressions,
        seul: Iterable[str],
        orthographe: Orthographe,
    ) -> None:
        said = {nom: [*partout.get(nom, ()), *je_suis.get(nom, ())] for nom in {*partout, *je_suis}}
        health = _any_of([said.pop("sante")])
        oneself = _any_of(said.values())
        more = rf"(?:\s+(?:(?:et|non|tres) )?(?:{oneself}|{health}|{_DEGREE})\b)*"
        self._statements = tuple(
            re.compile(motif)
            for motif in (
                rf"{_JE_SUIS}{health}\b{more}(?:{_WITH}{_ANYTHING})?",
                rf"{_JE_SUIS}{oneself}\b{more}(?: comme moi)?(?: de ma (?:classe|famille|promo))?{_OF}",
                rf"{_OPENS}{_ME}(?:{oneself}|{health}){_OF}(?=\s*{_STOP})",
                rf"{_OPENS}{_any_of([seul], plural=False)}(?:\s+de\s+{_WORD}(?:\s{_WORD})?)?(?=\s*{_STOP})",
                rf"{_J_AI}{_any_of(j_ai.values())}\b{_NOT_A_DUTY}"
                rf"(?!(?:\s+\w+){{0,4}}\s+\w*{_CARE})(?:\s+{_WORD}){{0,2}}?{_OF}{_END}",
                *_SAID,
                rf"\b{_any_of(partout.values())}\b",
            )
        )
        self.orthographe = orthographe
        """How the words that remain are corrected, and brought to one gender."""

    @classmethod
    def load(cls, orthographe: Orthographe) -> Neutraliseur:
        """With the expressions of `knowledge/neutralisation.yaml`."""
        return cls(**read_yaml(RACINE / "neutralisation.yaml"), orthographe=orthographe)

    def mask(self, texte: str) -> str:
        """The cleaned text with everything personal blanked; same length as `clean(texte)`."""
        propre = clean(texte)
        masked = propre
        for pattern in _NAMED:
            masked = pattern.sub(lambda m: _blank(m.group()), masked)
        masked = self._without_statements(masked)
        somewhere = _SOMEWHERE.sub(lambda m: _blank(m.group()), masked)
        # « Mère célibataire à Lyon. »: once the place is gone, the statement stands alone in its clause.
        masked = somewhere if somewhere == masked else self._without_statements(somewhere)
        return _without_remains(propre, masked)

    def _without_statements(self, masked: str) -> str:
        plain = _plain(masked)
        for pattern in self._statements:
            passages = [m.span() for m in pattern.finditer(plain)]
            masked, plain = _without(masked, passages), _without(plain, passages)
        return masked


# What a clause is left with once its meaning is blanked: « je suis », « mon … est », « je parle ».
_REMAINS = VIDES | frozenset(
    "suis sui chui chuis etais etre est viens vient viennent origine pas ne plus aussi encore toujours tres"
    " actuellement deja comme donc alors et nationalite famille parents langue maternelle nee arrive arrivee"
    " personne tant voila bonjour salut coucou bon cherche recherche".split()
)
_CLAUSE = re.compile(r"(?<=[.,;:!?()\n])|(?=\s(?:et|mais|donc|car)\s)")


def _without_remains(propre: str, masked: str) -> str:
    """The text without the empty words around what was blanked, nor the punctuation that closed them."""
    parts: list[str] = []
    place = 0
    for clause in _CLAUSE.split(masked):
        said = propre[place : place + len(clause)]
        place += len(clause)
        blanked = clause != said and all(m.forme in _REMAINS for m in split_words(clause))
        parts.append(_close(parts, clause) if blanked else clause)
    return "".join(parts)


def _close(parts: list[str], clause: str) -> str:
    """A clause wholly blanked; of its punctuation and the one before, the stronger stays."""
    last = clause.rstrip(" ")[-1:]
    before = "".join(parts).rstrip(" ")[-1:]
    return " " * len(clause) if before in ".!?\n:;," or last not in ".!?\n" else clause


def _without(texte: str, passages: Iterable[tuple[int, int]]) -> str:
    for debut, fin in passages:
        texte = texte[:debut] + _blank(texte[debut:fin]) + texte[fin:]
    return texte


def _blank(passage: str) -> str:
    """Spaces, but the punctuation stays: a clause still ends where it ended."""
    return "".join(c if c in ".,;!?\n" else " " for c in passage)


def _plain(texte: str) -> str:
    """Lower case without accents, of the same length."""
    return "".join(map(_plain_letter, texte))


@lru_cache(maxsize=2_000)
def _plain_letter(lettre: str) -> str:
    return unicodedata.normalize("NFD", lettre.lower())[:1] if lettre not in "œŒ" else "œ"


def _any_of(groups: Iterable[Iterable[str]], *, plural: bool = True) -> str:
    """A pattern of all these expressions in both genders, the longest first."""
    spelled = sorted({e for group in groups for e in group}, key=lambda e: (-len(e), e))
    return f"(?:{'|'.join(_both_genders(e, plural=plural) for e in spelled)})"


_ENDINGS = (
    ("if", "i(?:f|ve)"),
    ("eux", "eu(?:x|se)"),
    ("eur", "(?:eure?|euse|rice)"),
    ("er", "ere?"),
    ("c", "c?(?:c|que)"),
)


def _both_genders(expression: str, *, plural: bool) -> str:
    return r"[\s-]+".join(_word(m, plural=plural) for m in re.split(r"[\s-]+", _plain(expression)))


def _word(mot: str, *, plural: bool) -> str:
    if not mot.isalpha():
        return mot.replace("'", "['’]")
    plain = mot.replace("œ", "(?:œ|oe)")
    for ending, both in _ENDINGS:
        if mot.endswith(ending) and len(mot) > 3:
            plain = plain.removesuffix(ending) + both
            break
    else:
        plain += "(?:n?e|le|te|se)?" if len(mot) > 2 else ""
    return rf"{plain}s?" if plural and len(mot) > 2 else plain
