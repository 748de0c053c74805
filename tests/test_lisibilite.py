"""How easy our words are to read: the formula of Kandel and Moles, and the length of sentences.

What textstat counts, in French: pyphen's places to hyphenate plus one are the syllables, so a lone vowel at
the head of a word goes uncounted (« école » is one syllable); apostrophes and hyphens are dropped, so
« l'école » is one word, and two syllables; case changes nothing. A sentence of one or two words is not
counted as a sentence, though its words are. All this moves a score by a few points and both ways; it is how
the thresholds were calibrated (simple text 104 to 111, an ordinary sheet 70, official prose 8 to 14).
A few words alone make the formula jump, so texts below eight words are measured together.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from statistics import mean

import pytest
import textstat  # type: ignore[import-untyped]
from jinja2 import meta, nodes
from starlette.testclient import TestClient

import service
from knowledge.loading import RACINE, load_knowledge, read_yaml
from knowledge.schema import Metier, Question
from service.profil import Voix
from tests.dom import Node, parse
from tests.etats import ETATS, Etat
from web.rendering import environment

textstat.set_lang("fr")

DISCUSSION_MIN, FACILE_MIN, FICHE_MIN = 80, 90, 60
PHRASE_MAX, PHRASE_MAX_FACILE, PHRASE_MOYENNE = 20, 10, 12
MOTS_SEULS = 8
VOIX: tuple[Voix, Voix] = ("tu", "vous")
BLOCS = frozenset("p h1 h2 h3 h4 li dt dd summary label legend caption th td button figcaption".split())
DITES = ("conversation", "resultats")
"""The pages where the guide speaks: theirs are chat texts."""
CONNAISSANCES = load_knowledge()
GENRES = ("questions", "situations", "carrefours")
"""The files of questions; an id of the last two begins with the name of its file."""
QUESTIONS: dict[str, list[Question]] = {genre: [] for genre in GENRES}
for question in CONNAISSANCES.questions:
    QUESTIONS.get(question.id.partition(".")[0], QUESTIONS["questions"]).append(question)
AUTRES = {
    c.stem: read_yaml(c)
    for c in sorted(RACINE.glob("*.yaml"))
    if c.stem not in GENRES and re.search(r"\btu:", c.read_text(encoding="utf-8"))
}
"""The files of what is said besides questions: replies, help, contacts."""


class _Exemples(dict[str, str]):
    """What stands in for the variable part of a sentence."""

    def __missing__(self, nom: str) -> str:
        return "cela"


EXEMPLES = _Exemples(
    duree="un an", savoirs=" : le calme", mots="Tu parles de « soin »", rang="2e", total="26"
)


def words(texte: str) -> list[str]:
    return re.findall(r"[\w'-]+", texte)


def sentence_lengths(texte: str) -> list[int]:
    return [len(words(phrase)) for phrase in re.split(r"[.?!…\n]+", texte) if words(phrase)]


def ease(texte: str) -> float:
    return float(textstat.flesch_reading_ease(texte))


def ended(texte: str) -> str:
    """With a last mark, so that labels put end to end stay sentences."""
    return texte if texte[-1:] in ".?!…" else f"{texte}."


def hard(textes: Iterable[str], minimum: int) -> list[str]:
    """What is too hard to read: each long text, and the short ones together."""
    uniques = list(dict.fromkeys(t for t in textes if words(t)))
    longs = [t for t in uniques if len(words(t)) >= MOTS_SEULS]
    shorts = " ".join(ended(t) for t in uniques if len(words(t)) < MOTS_SEULS)
    together = [shorts] if len(words(shorts)) >= MOTS_SEULS else []
    return [f"{ease(t):.0f} : {t}" for t in (*longs, *together) if ease(t) < minimum]


def too_long(textes: Iterable[str], maximum: int) -> list[str]:
    return [t for t in dict.fromkeys(textes) if max(sentence_lengths(t), default=0) > maximum]


def asked(genre: str, *, facile: bool) -> dict[str, list[str]]:
    """What questions of one kind say: themselves, why they are asked, their choices."""
    told = QUESTIONS[genre]
    choix = [c for q in told for c in q.choix]
    textes = {
        genre: [q.dit(voix, facile) for q in told for voix in VOIX],
        f"{genre}, aides": [t for q in told if q.aide for t in (q.aide.tu, q.aide.vous)],
        f"{genre}, choix": [c.dit(voix, facile) for c in choix for voix in VOIX],
    }
    return {nom: found for nom, found in textes.items() if found}


def two_voices(valeur: object, *, facile: bool = False) -> Iterator[str]:
    """The sentences kept one for each voice, wherever they are inside a value; those of `facile` apart."""
    if isinstance(valeur, Mapping):
        spoken = set(valeur) == set(VOIX) and not facile
        for cle, contenu in valeur.items():
            if spoken and isinstance(contenu, str):
                yield contenu
            elif cle != "facile" or facile:
                yield from two_voices(contenu, facile=facile and cle != "facile")
    elif isinstance(valeur, tuple) and len(valeur) == len(VOIX) and all(isinstance(v, str) for v in valeur):
        yield from valeur
    elif isinstance(valeur, list):
        for contenu in valeur:
            yield from two_voices(contenu, facile=facile)


def of_service(nom: str) -> list[str]:
    """What a module of service says in both voices."""
    module = importlib.import_module(f"service.{nom}")
    constantes = [valeur for cle, valeur in vars(module).items() if cle.lstrip("_").isupper()]
    return filled(t for valeur in constantes for t in two_voices(valeur) if " " in t)


def filled(textes: Iterable[str]) -> list[str]:
    """With an example in place of each variable part."""
    return [t.format_map(EXEMPLES) for t in textes]


def of_metier(metier: Metier) -> list[str]:
    """The easy page of a métier, read as one text."""
    return [" ".join(phrase for _, phrases in metier.facile for phrase in phrases)]


def of_template(nom: str) -> list[str]:
    """What a template and the components it uses say with `dire`."""
    seen: dict[str, None] = {}
    said: list[str] = []
    waiting = [nom]
    while waiting:
        nom = waiting.pop()
        if nom in seen:
            continue
        seen[nom] = None
        source, _, _ = environment().loader.get_source(environment(), nom)  # type: ignore[union-attr]
        arbre = environment().parse(source)
        waiting += filter(None, meta.find_referenced_templates(arbre))
        said += [t for call in arbre.find_all(nodes.Call) for t in _said(call)]
    return said


def _said(call: nodes.Call) -> Iterator[str]:
    if isinstance(call.node, nodes.Name) and call.node.name == "dire":
        for argument in call.args[1:]:
            parts = argument.nodes if isinstance(argument, nodes.Concat) else [argument]
            yield "".join(str(p.value) if isinstance(p, nodes.Const) else "cela" for p in parts)


THEIRS = frozenset({"personne", "puces", "mains"})


def blocks(page: Node) -> list[str]:
    """The texts of a page, a block at a time, without what the person said."""
    found = [_inline(n) for n in _ours(page) if n.tag in BLOCS]
    return [re.sub(r"\s*\(?«[^»]*»\)?", "", texte) for texte in found]


def _ours(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        if isinstance(child, Node) and not _theirs(child):
            yield from _ours(child)


def _theirs(node: Node) -> bool:
    """What the person typed, the chips that give it back, and names of institutions, measured in their file."""
    return node.tag == "textarea" or not THEIRS.isdisjoint(node.attrs.get("class", "").split())


def _inline(node: Node) -> str:
    """The words of a block, without those of the blocks inside it."""
    parts = [c if isinstance(c, str) else _inline(c) for c in node.children if _flows(c)]
    return " ".join(" ".join(parts).split())


def _flows(child: Node | str) -> bool:
    return isinstance(child, str) or (child.tag not in BLOCS and not _theirs(child))


def said_by(collecte: Callable[[str], list[str]], noms: Iterable[str], forme: str) -> dict[str, list[str]]:
    """By kind, what each of these says; those that say nothing are left out."""
    return {forme.format(nom): found for nom in noms if (found := collecte(nom))}


def of_file(nom: str, *, facile: bool = False) -> list[str]:
    return filled(two_voices(AUTRES[nom], facile=facile))


NORMAUX = {
    **{nom: said for genre in GENRES for nom, said in asked(genre, facile=False).items()},
    **said_by(of_file, AUTRES, "knowledge/{}.yaml"),
    **said_by(of_service, (m.name for m in pkgutil.iter_modules(service.__path__)), "service/{}.py"),
    **said_by(of_template, (f"fragments/{page}.html" for page in DITES), "{}"),
}
FACILES = {
    **{nom: said for genre in GENRES for nom, said in asked(genre, facile=True).items()},
    "contacts": of_file("contacts"),
    **said_by(partial(of_file, facile=True), AUTRES, "knowledge/{}.yaml"),
    **{f"metiers/{slug}": of_metier(metier) for slug, metier in CONNAISSANCES.metiers.items()},
}

normal_kinds = pytest.mark.parametrize("genre", NORMAUX)
easy_kinds = pytest.mark.parametrize("genre", FACILES)


def test_the_measure_tells_plain_words_from_official_prose() -> None:
    plain = "Tu aides une dame à se lever. Tu fais son repas. Tu parles avec elle."
    official = (
        "La validation des acquis de l'expérience professionnelle nécessite préalablement "
        "l'instruction administrative de la recevabilité de la candidature individuelle."
    )
    assert hard([plain], FACILE_MIN) == []
    assert ease(official) < 30


def test_the_words_of_every_speaker_are_collected() -> None:
    spoken = {"service/explication.py", "fragments/conversation.html", "fragments/resultats.html"}
    files = {"secours", "reponses_courantes", "repliques", "contacts"}
    assert spoken | {f"knowledge/{nom}.yaml" for nom in files} <= set(NORMAUX)


@normal_kinds
def test_a_chat_text_is_easy(genre: str) -> None:
    assert hard(NORMAUX[genre], DISCUSSION_MIN) == []


@normal_kinds
def test_a_chat_sentence_is_short(genre: str) -> None:
    assert too_long(NORMAUX[genre], PHRASE_MAX) == []
    assert mean(n for t in NORMAUX[genre] for n in sentence_lengths(t)) <= PHRASE_MOYENNE


def test_every_question_has_an_easy_wording() -> None:
    assert [q.id for genre in GENRES for q in QUESTIONS[genre] if q.facile is None] == []


@easy_kinds
def test_an_easy_text_is_easier_still(genre: str) -> None:
    assert hard(FACILES[genre], FACILE_MIN) == []


@easy_kinds
def test_an_easy_sentence_has_ten_words_at_most(genre: str) -> None:
    assert too_long(FACILES[genre], PHRASE_MAX_FACILE) == []


@pytest.mark.parametrize("etat", [e for e in ETATS if e.chemin == "/conversation"], ids=lambda e: e.nom)
def test_a_page_of_the_conversation_is_easy(client: TestClient, etat: Etat) -> None:
    answer = etat.ask(client)
    [main] = parse(answer.text).all("main")
    textes = blocks(main)
    assert answer.status_code == etat.status
    assert hard(textes, DISCUSSION_MIN) == []
    assert too_long(textes, PHRASE_MAX) == []


@pytest.mark.parametrize("slug", CONNAISSANCES.metiers)
def test_the_page_of_a_metier_is_readable(client: TestClient, slug: str) -> None:
    [main] = parse(client.get(f"/metiers/{slug}").text).all("main")
    page = " ".join(ended(t) for t in blocks(main) if words(t))
    assert ease(page) >= FICHE_MIN
