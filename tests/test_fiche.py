"""The interview sheet: made of what was said, corrected by a counsellor, on one page, and theirs alone."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdf
import pytest
from starlette.testclient import TestClient

from service.catalogue.fiches import Genre
from service.citations import CITATION_MAX
from service.conseiller import Conseiller
from service.contradictions import contradictions
from service.conversation import Conversation, Correction, Endroit, Exclusion, Parole, Reponse
from service.dossiers.comptes import Compte
from service.dossiers.dossier import Auteur, Duree, Etape
from service.dossiers.entretiens import Entretien
from service.fiche import (
    ACTIONS_MAX,
    BLOC_MAX,
    COUPE,
    TEXTE_MAX,
    Action,
    Choisie,
    Fiche,
    Partie,
    Retouches,
    mark,
)
from service.fil import follow
from service.preparation import make_fiche
from service.profil import Situation
from tests.alentours import SAINT_DENIS, Alentours
from tests.bases import BASES
from tests.etats import ADULTE, CUISINIER, DIFFICILE, PRET, REPONDU, state
from tests.professionnels import Atelier, workshop
from web.app import create_app
from web.pdf import PdfIndisponible, to_pdf
from web.routes import fiche as route
from web.settings import Settings

JOUR = date(2026, 11, 22)
GENS = {"rien": state(), "court": REPONDU, "adulte": ADULTE, "presque sûr": PRET, "difficile": DIFFICILE}
AIDANTE = "Je me suis occupée de ma mère pendant 3 ans, j'adore les personnes âgées"
RICHE = Conversation(
    public=Situation.RECONVERSION,
    tours=(
        Parole(texte=CUISINIER),
        Parole(texte=AIDANTE),
        *Conversation.from_json(DIFFICILE).tours,
        Reponse(question="activites.toilette", choix="2"),
        Reponse(question="contraintes.port_de_charges", choix="non"),
    ),
)
"""Someone who said a lot."""
ACTIONS = tuple(
    Action(
        quoi=f"Appeler l'école et demander la date de la réunion {n}", qui="La personne", le=date(2026, 12, n)
    )
    for n in range(1, 6)
)
CHOISIES = tuple(
    Choisie(
        genre=Genre.OFFRE,
        source="france_travail",
        nom="France Travail",
        cle=str(n),
        titre="Aide-soignante ou aide-soignant de jour en maison de retraite",
        lieu="Aubervilliers (93)",
        url=f"https://offres.example.org/{n}",
        vu_le=JOUR,
    )
    for n in range(4)
)


def sheet_of(conversation: Conversation | str, conseiller: Conseiller) -> Fiche:
    known = Conversation.from_json(conversation) if isinstance(conversation, str) else conversation
    return make_fiche(follow(known, conseiller), conseiller, JOUR)


def saying(*tours: Reponse | Parole | Exclusion | Correction) -> Conversation:
    return Conversation(public=Situation.RECONVERSION, tours=tours)


def found(conversation: Conversation, conseiller: Conseiller) -> list[str]:
    echange = follow(conversation, conseiller)
    return [str(c) for c in contradictions(echange, conseiller, conseiller.suppose(echange.personne))]


# --- what it is made of ------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", GENS.values(), ids=GENS.keys())
def test_every_part_keeps_its_size(etat: str, conseiller: Conseiller) -> None:
    fiche = sheet_of(etat, conseiller)
    assert len(fiche.metiers) == 3
    assert len(fiche.forces) <= 3
    assert len(fiche.sondes) == 5
    assert 1 <= len(fiche.vigilances) <= 3
    assert len(fiche.routes) == 3
    assert all(r.sources and re.search(r"\d\d/\d\d/\d{4}", s) for r in fiche.routes for s in r.sources)


def test_it_is_the_same_each_time_and_survives_json(conseiller: Conseiller) -> None:
    fiche = sheet_of(RICHE, conseiller)
    assert sheet_of(RICHE, conseiller) == fiche
    assert Fiche.model_validate_json(fiche.model_dump_json()) == fiche


def test_strengths_quote_what_was_written(conseiller: Conseiller) -> None:
    fiche = sheet_of(RICHE, conseiller)
    written = [f for f in fiche.forces if f.ou == "écrit"]
    assert {f.mots for f in written} == {CUISINIER.rstrip("."), AIDANTE}
    assert any("Cuisinier" in f.quoi for f in written)
    assert any("proche" in f.quoi for f in written)


def test_strengths_quote_the_button_that_was_pressed(conseiller: Conseiller) -> None:
    fiche = sheet_of(PRET, conseiller)
    assert [f.mots for f in fiche.forces] == ["J'adorerais"] * 3
    assert {f.ou for f in fiche.forces} == {"répondu"}


def test_a_long_sentence_is_quoted_around_the_words(conseiller: Conseiller) -> None:
    long = (
        "Depuis toujours je "
        + "regarde passer les gens et " * 4
        + "je suis cuisinier dans une cantine de quartier"
    )
    fiche = sheet_of(saying(Parole(texte=long)), conseiller)
    (job,) = [f for f in fiche.forces if "uisinier" in f.quoi]
    assert "cuisinier" in job.mots
    assert len(job.mots) <= CITATION_MAX + 2 * len(" …")


def test_who_said_nothing_has_no_strength_made_up(conseiller: Conseiller) -> None:
    assert sheet_of(state(), conseiller).forces == ()


def test_what_is_missing_was_never_said_nor_is_asked_by_a_question(conseiller: Conseiller) -> None:
    fiche = sheet_of(DIFFICILE, conseiller)
    assert not any("permis" in m or "Le temps de formation" in m for m in fiche.manques)
    assert any("niveau d'études" in m for m in fiche.manques)
    told = sheet_of(
        Conversation.from_json(DIFFICILE).add(Reponse(question="niveau", choix="bac")), conseiller
    )
    assert not any("niveau d'études" in m for m in told.manques)


def test_a_refusal_that_closes_a_metier_is_a_caution(conseiller: Conseiller) -> None:
    fiche = sheet_of(RICHE, conseiller)
    assert any(v.mot == "bloque" for v in fiche.vigilances)
    assert len({v.metier for v in fiche.vigilances}) > 1


def test_a_young_person_is_spoken_of_with_vous(conseiller: Conseiller) -> None:
    told = sheet_of(REPONDU, conseiller).block()
    assert not re.search(r"\b(tu|ton|ta|tes|toi)\b", told.replace("jador les ptit vieu", ""))


# --- contradictions ----------------------------------------------------------------------------------------


def refused(*champs: str) -> list[Reponse]:
    return [Reponse(question=c, choix="non" if c.startswith("contraintes") else "-2") for c in champs]


CONTRAIRES = {
    "dit et son contraire": (
        saying(Parole(texte="j'adore les bébés"), Reponse(question="publics.bebes", choix="-2")),
        ("« j'adore les bébés »", "bébés : non"),
    ),
    "soins sans leurs heures": (
        saying(
            Reponse(question="activites.soigner", choix="2"), *refused("cadres.hopital", "contraintes.nuit")
        ),
        ("soigner : beaucoup", "travailler à l'hôpital : non", "le travail de nuit : non"),
    ),
    "toilette sans porter": (
        saying(Reponse(question="activites.toilette", choix="1"), *refused("contraintes.port_de_charges")),
        ("aider à se laver", "les charges lourdes à porter : non"),
    ),
    "public sans ses lieux": (
        saying(
            Reponse(question="publics.personnes_agees", choix="2"),
            *refused("cadres.ehpad", "cadres.domicile_des_personnes"),
        ),
        ("personnes âgées : beaucoup", "travailler en maison de retraite : non"),
    ),
    "route sans permis": (
        saying(Reponse(question="activites.conduire", choix="2"), Reponse(question="permis", choix="non")),
        ("conduire : beaucoup", "Permis B : non"),
    ),
    "métier plus long que le temps": (
        saying(Parole(texte="je rêve d'être infirmière"), Reponse(question="etudes_max", choix="6_mois")),
        ("infirmière", "6 mois au plus"),
    ),
    "salaire et école sans salaire": (
        saying(
            Parole(texte="je veux être sage-femme"),
            Reponse(question="revenu_pendant_formation", choix="oui"),
            Reponse(question="publics.bebes", choix="2"),
            Reponse(question="cadres.hopital", choix="2"),
            Reponse(question="etudes_max", choix="5_ans"),
        ),
        ("Payé pendant la formation", "sans salaire : sage-femme"),
    ),
    "métier mis de côté": (
        saying(Parole(texte="j'aimerais être ambulancier"), Exclusion(metier="ambulancier")),
        ("ambulancier", "mis de côté"),
    ),
}


@pytest.mark.parametrize(("conversation", "parts"), CONTRAIRES.values(), ids=CONTRAIRES.keys())
def test_a_contradiction_is_told_with_the_two_things_said(
    conversation: Conversation, parts: tuple[str, ...], conseiller: Conseiller
) -> None:
    told = found(conversation, conseiller)
    assert any(all(part in c for part in parts) for c in told), told


def test_one_side_alone_is_no_contradiction(conseiller: Conseiller) -> None:
    for conversation, _ in CONTRAIRES.values():
        for tour in conversation.tours:
            assert found(saying(tour), conseiller) == []  # type: ignore[arg-type]


def test_what_was_taken_back_is_not_held_against_anyone(conseiller: Conseiller) -> None:
    before = CONTRAIRES["dit et son contraire"][0]
    parole, refus = before.tours
    assert isinstance(parole, Parole)
    assert isinstance(refus, Reponse)
    assert found(saying(parole, Correction(champ="publics.bebes"), refus), conseiller) == []


# --- what a counsellor changes -----------------------------------------------------------------------------


def test_a_rewritten_part_stays_and_the_others_follow_the_answers(conseiller: Conseiller) -> None:
    mine = Retouches(textes={Partie.FORCES: "Douze ans en équipe"})
    before = sheet_of(REPONDU, conseiller).corrected_by(mine)
    after = sheet_of(PRET, conseiller).corrected_by(mine)
    assert before.text(Partie.FORCES) == after.text(Partie.FORCES) == "Douze ans en équipe"
    assert before.text(Partie.ROUTES) != after.text(Partie.ROUTES)
    assert after.forces != before.forces, "what was computed is kept beside"


def test_a_text_sent_back_as_it_was_shown_is_no_rewriting() -> None:
    assert mark("un\r\n  deux \r\n\r\n") == mark("un\ndeux")
    assert mark("un\ndeux") != mark("un\ntrois")


def test_the_block_is_short_plain_and_holds_what_was_agreed(conseiller: Conseiller) -> None:
    for conversation in (RICHE, *map(Conversation.from_json, GENS.values())):
        fiche = sheet_of(conversation, conseiller)
        full = fiche.corrected_by(Retouches(actions=ACTIONS, choisies=CHOISIES))
        for block in (fiche.block(), full.block()):
            assert len(block) <= BLOC_MAX
            assert "<" not in block
            assert all(p.titre.upper() in block for p in Partie if fiche.computed(p))
        assert all(a.quoi in full.block() for a in ACTIONS)


def test_the_longest_texts_still_fit_in_the_block(conseiller: Conseiller) -> None:
    huge = Retouches(
        textes=dict.fromkeys(Partie, ("mot " * 400)[:TEXTE_MAX]), actions=ACTIONS, choisies=CHOISIES
    )
    block = sheet_of(RICHE, conseiller).corrected_by(huge).block()
    assert len(block) <= BLOC_MAX
    assert COUPE in block


# --- on paper ----------------------------------------------------------------------------------------------


def pdf_of(fiche: Fiche) -> pypdf.PdfReader:
    return pypdf.PdfReader(
        io.BytesIO(to_pdf(route.sheet(fiche, "Mission locale d'essai"), "Fiche d'entretien"))
    )


@pytest.mark.parametrize("conversation", [Conversation.from_json(ADULTE), RICHE], ids=["cuisinier", "riche"])
def test_a_full_sheet_is_one_page(conversation: Conversation, conseiller: Conseiller) -> None:
    fiche = sheet_of(conversation, conseiller).corrected_by(Retouches(actions=ACTIONS, choisies=CHOISIES))
    pdf = pdf_of(fiche)
    assert len(pdf.pages) == 1
    texte = " ".join(pdf.pages[0].extract_text().split())
    assert "Convenu ensemble" in texte
    assert "cuisinier depuis 20 ans" in texte


# --- pages -------------------------------------------------------------------------------------------------


@dataclass
class Bureau:
    """A counsellor in an interview that somebody joined."""

    atelier: Atelier
    client: TestClient
    compte: Compte
    entretien: Entretien
    dossier: int

    @property
    def adresse(self) -> str:
        return f"/entretiens/{self.entretien.ref}/fiche"

    def form(self, **champs: str | list[str]) -> dict[str, str | list[str]]:
        """What the browser would send of the page as it is now, with these fields changed."""
        page = self.client.get(self.adresse).text
        parts = {p.value: _textarea(page, p.value) for p in Partie}
        return {**parts, "vu": re.findall(r'name="vu" value="(\w+)"', page), **champs}

    def kept(self) -> Retouches:
        entretien = self.atelier.archives.entretiens.get(self.entretien.ref, self.compte)
        return Retouches.model_validate(entretien.carnet.fiche)


def _textarea(page: str, champ: str) -> str:
    (texte,) = re.findall(rf'<textarea[^>]*id="{champ}"[^>]*>\n(.*?)</textarea>', page, re.S)
    return html.unescape(texte)


@pytest.fixture(params=BASES)
def bureau(request: pytest.FixtureRequest, tmp_path: Path, conseiller: Conseiller) -> Iterator[Bureau]:
    ici = RICHE.add(Endroit(commune=SAINT_DENIS))
    with workshop(request.param, tmp_path) as atelier:
        app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
        with TestClient(app) as client:
            compte = atelier.compte("camille@example.org", atelier.structure())
            atelier.sign_in(client, compte)
            entretien = atelier.archives.entretiens.begin(compte)
            numero, _ = atelier.archives.dossiers.keep(ici, Duree.SEMAINE)
            assert entretien.carnet.invitation
            dossier = atelier.archives.dossiers.get(numero)
            atelier.archives.entretiens.join(entretien.carnet.invitation.code, dossier)
            yield Bureau(atelier, client, compte, entretien, numero)


def test_the_sheet_is_shown_and_the_person_sees_who_looked(bureau: Bureau) -> None:
    page = bureau.client.get(bureau.adresse)
    assert page.status_code == 200
    assert "cuisinier depuis 20 ans" in page.text
    looks = bureau.atelier.archives.partages.looks(bureau.dossier)
    assert len(looks) == 1


def test_saving_keeps_only_what_was_changed(bureau: Bureau) -> None:
    form = bureau.form(
        manques="Le diplôme de 2019",
        quoi=["Appeler l'école", ""],
        qui=["Nous deux", ""],
        le=["2026-12-04", ""],
    )
    saved = bureau.client.post(bureau.adresse, data=form, follow_redirects=False)
    assert saved.status_code == 303
    assert bureau.kept() == Retouches(
        textes={Partie.MANQUES: "Le diplôme de 2019"},
        actions=(Action(quoi="Appeler l'école", qui="Nous deux", le=date(2026, 12, 4)),),
    )
    again = bureau.client.get(bureau.adresse).text
    assert "Le diplôme de 2019" in again
    assert "4 décembre 2026" in again


def test_what_is_agreed_becomes_a_step_of_the_person_until_it_is_taken_back(bureau: Bureau) -> None:
    dossiers = bureau.atelier.archives.dossiers
    own = Etape(id="a" * 16, texte="Ma propre étape")
    dossiers.act(bureau.dossier, "essai", Auteur.PERSONNE, lambda c: (c.planned(own), "Étape ajoutée."))
    both = {"quoi": ["Appeler l'école", "Visiter une crèche"], "qui": ["Vous", ""], "le": ["2026-12-04", ""]}
    for _ in range(2):
        bureau.client.post(bureau.adresse, data=bureau.form(**both))
    found = {e.texte: e for e in dossiers.get(bureau.dossier).contenu.etapes}
    assert found.keys() == {"Ma propre étape", "Appeler l'école", "Visiter une crèche"}
    assert (found["Appeler l'école"].le, found["Appeler l'école"].qui) == (date(2026, 12, 4), "Vous")
    done = found["Appeler l'école"].id
    dossiers.act(bureau.dossier, "fait", Auteur.PERSONNE, lambda c: (c.ticked(done, True), "Étape faite."))
    bureau.client.post(bureau.adresse, data=bureau.form(quoi=[], qui=[], le=[]))
    left = {e.texte: e.faite for e in dossiers.get(bureau.dossier).contenu.etapes}
    assert left == {"Ma propre étape": False, "Appeler l'école": True}


def test_sending_the_same_form_again_changes_nothing_more(bureau: Bureau) -> None:
    form = bureau.form(forces="Vingt ans de cuisine")
    for _ in range(2):
        bureau.client.post(bureau.adresse, data=form)
    assert bureau.kept().textes == {Partie.FORCES: "Vingt ans de cuisine"}


def test_a_part_shown_before_a_new_answer_is_not_frozen(bureau: Bureau) -> None:
    form = bureau.form(quoi=["Appeler"], qui=[""], le=[""])
    bureau.atelier.archives.dossiers.act(
        bureau.dossier,
        "un-geste",
        Auteur.PERSONNE,
        lambda contenu: (
            contenu.model_copy(
                update={"conversation": contenu.conversation.add(Reponse(question="niveau", choix="bac"))}
            ),
            "a répondu",
        ),
    )
    bureau.client.post(bureau.adresse, data=form)
    assert bureau.kept().textes == {}


def test_a_rewritten_part_can_be_computed_again(bureau: Bureau) -> None:
    bureau.client.post(bureau.adresse, data=bureau.form(sondes="Une seule question ?"))
    assert Partie.SONDES in bureau.kept().textes
    bureau.client.post(bureau.adresse, data=bureau.form(refaire="sondes"))
    assert bureau.kept().textes == {}


def test_offers_near_the_person_are_ticked_and_kept(bureau: Bureau) -> None:
    page = bureau.client.get(bureau.adresse).text
    values = re.findall(r'name="choisie" value="([^"]+)"', page)
    assert values
    bureau.client.post(bureau.adresse, data=bureau.form(choisie=[values[0], "inventee|1"]))
    assert [c.valeur for c in bureau.kept().choisies] == [values[0]]
    assert "Offres et formations choisies" in bureau.client.get(bureau.adresse).text
    bureau.client.post(bureau.adresse, data=bureau.form())
    assert bureau.kept().choisies == ()


@pytest.mark.parametrize(
    ("faux", "dit"),
    [
        ({"forces": "x" * (TEXTE_MAX + 1)}, "trop long"),
        ({"quoi": [""], "qui": ["Nous"], "le": [""]}, "Écrivez ce qui est à faire"),
        ({"quoi": ["Appeler"], "qui": [""], "le": ["demain"]}, "Écrivez la date"),
        ({"quoi": ["y" * 161], "qui": [""], "le": [""]}, "trop long"),
        ({"choisie": [f"a|{n}" for n in range(9)]}, "au plus"),
    ],
)
def test_an_error_keeps_all_that_was_typed(
    bureau: Bureau, faux: dict[str, str | list[str]], dit: str
) -> None:
    form = bureau.form(vigilances="Un texte <à moi>", **faux)
    page = bureau.client.post(bureau.adresse, data=form)
    assert page.status_code == 422
    assert dit in page.text
    assert _textarea(page.text, "vigilances") == "Un texte <à moi>"
    typed = [v for champ, value in faux.items() if champ != "choisie" for v in value if len(value) < 3 and v]
    assert all(f'value="{v}"' in page.text for v in typed)
    assert bureau.kept() == Retouches()


def test_rows_beyond_the_last_are_never_kept(bureau: Bureau) -> None:
    many = [f"Chose {n}" for n in range(ACTIONS_MAX + 3)]
    bureau.client.post(bureau.adresse, data=bureau.form(quoi=many))
    assert [a.quoi for a in bureau.kept().actions] == many[:ACTIONS_MAX]


def test_the_pdf_is_one_page_under_a_fixed_name_and_is_counted(bureau: Bureau) -> None:
    answer = bureau.client.get(f"{bureau.adresse}.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="fiche-entretien.pdf"'
    assert "no-store" in answer.headers["cache-control"]
    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == 1


def test_without_a_pdf_the_page_says_to_print(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: object) -> bytes:
        raise PdfIndisponible

    monkeypatch.setattr(route, "to_pdf", unavailable)
    page = bureau.client.get(f"{bureau.adresse}.pdf")
    assert page.status_code == 503
    assert "imprimer la page" in page.text


def test_nobody_else_sees_the_sheet(bureau: Bureau) -> None:
    other = bureau.atelier.compte("autre@example.org", bureau.atelier.structure("Une autre"))
    bureau.atelier.sign_in(bureau.client, other)
    for chemin in (bureau.adresse, f"{bureau.adresse}.pdf", "/entretiens/AAAAAAAAAAAAAAAA/fiche"):
        assert bureau.client.get(chemin).status_code == 404
    assert bureau.client.post(bureau.adresse, data={"forces": "x"}).status_code == 404
    bureau.atelier.archives.dossiers.erase(bureau.dossier)
    bureau.atelier.sign_in(bureau.client, bureau.compte)
    assert bureau.client.get(bureau.adresse).status_code == 404
