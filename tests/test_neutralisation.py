"""Nothing personal reaches what is read or measured, and the rest of the text stays where it was."""

from __future__ import annotations

import dataclasses

import pytest

from service.conseiller import Conseiller
from service.francais import clean
from service.profil import Profil, ProfilNeutre

PERSONNEL = {
    "first name": ("Je m'appelle Awa Diop. J'aime les enfants.", ["Awa", "Diop"]),
    "name in lower case": ("jm'appelle kevin et jveux aider les vieux", ["kevin"]),
    "age": ("J'ai 52 ans et j'aime conduire.", ["52"]),
    "age alone": ("17 ans, sans le bac", ["17"]),
    "decade": ("J'ai la cinquantaine, je veux aider.", ["cinquantaine"]),
    "town": ("J'habite à Saint-Denis et j'aime cuisiner.", ["Saint-Denis"]),
    "town after a preposition": ("Je travaille à Marseille avec des enfants.", ["Marseille"]),
    "gender": ("Je suis une femme et je veux conduire.", ["femme"]),
    "family": ("Mère célibataire, je cherche un métier utile.", ["célibataire"]),
    "own children": ("J'ai trois enfants, je veux aider les vieux.", ["enfants"]),
    "religion": ("Je suis musulmane, j'aime écouter.", ["musulmane"]),
    "origin": ("Je suis sénégalaise et patiente.", ["sénégalaise"]),
    "diagnosis": ("Je suis diabétique et j'aime les enfants.", ["diabétique"]),
    "own handicap": ("Je suis malvoyant, j'aime animer.", ["malvoyant"]),
}
GARDE = {
    "length of service": ("Caissière 14 ans chez un marchand", "14 ans"),
    "children looked after": ("J'ai gardé deux enfants tout un été", "enfants"),
    "pregnant women": ("Je veux suivre des femmes enceintes", "femmes enceintes"),
    "acronym": ("Je connais bien les démarches de la CAF", "CAF"),
    "people helped": ("Aider des personnes handicapées à sortir", "handicapées"),
}


@pytest.mark.parametrize(("texte", "absent"), PERSONNEL.values(), ids=PERSONNEL)
def test_what_is_personal_is_blanked(conseiller: Conseiller, texte: str, absent: list[str]) -> None:
    masked = conseiller.neutraliseur.mask(texte)
    assert not [mot for mot in absent if mot in masked]
    assert len(masked) == len(clean(texte)), "quotes must still point at the words as typed"


@pytest.mark.parametrize(("texte", "present"), GARDE.values(), ids=GARDE)
def test_what_speaks_of_the_work_stays(conseiller: Conseiller, texte: str, present: str) -> None:
    assert present in conseiller.neutraliseur.mask(texte)


PAIRES = {
    "gender of a job": ("Je suis ancien serveur, j'aime les enfants.", "Je suis ancienne serveuse, j'aime les enfants."),
    "gender of adjectives": ("Je suis attentif et motivé pour soigner.", "Je suis attentive et motivée pour soigner."),
    "inclusive form": ("Je suis motivé pour aider des personnes âgées.", "Je suis motivé·e pour aider des personnes âgées."),
    "first name": ("Je m'appelle Louis. J'aime écouter.", "Je m'appelle Fatoumata. J'aime écouter."),
    "age": ("J'ai 19 ans, j'aime conduire.", "J'ai 57 ans, j'aime conduire."),
    "place": ("J'habite à Neuilly, j'aime cuisiner.", "J'habite à La Courneuve, j'aime cuisiner."),
    "métier wished": ("Je voudrais devenir ambulancier.", "Je voudrais devenir ambulancière."),
    "capital letters": ("J'AIME LES BÉBÉS", "j'aime les bébés"),
}  # fmt: skip


@pytest.mark.parametrize(("un", "autre"), PAIRES.values(), ids=PAIRES)
def test_two_people_who_say_the_same_get_the_same_ranking(
    conseiller: Conseiller, un: str, autre: str
) -> None:
    rankings = [
        [r.metier.slug for r in conseiller.orienter(Profil(envies=texte), 26).recommandations]
        for texte in (un, autre)
    ]
    assert rankings[0] == rankings[1]


def test_age_and_place_given_as_fields_change_nothing(conseiller: Conseiller) -> None:
    said = {"envies": "j'aime m'occuper des personnes âgées"}
    plain = conseiller.orienter(Profil.model_validate(said), 26)
    dressed = conseiller.orienter(
        Profil.model_validate({**said, "age": 55, "commune": "93066", "rayon_km": 10}), 26
    )
    assert [(r.metier.slug, r.score) for r in plain.recommandations] == [
        (r.metier.slug, r.score) for r in dressed.recommandations
    ]


def test_the_scored_type_has_no_place_for_what_is_personal() -> None:
    fields = {f.name for f in dataclasses.fields(ProfilNeutre)}
    assert not fields & {"age", "public", "commune", "rayon_km", "envies", "experiences", "diplomes"}


@pytest.mark.parametrize("statut", ["Mère célibataire à Lyon", "Étudiante à Rennes", "Salarié de Nantes"])
def test_a_status_told_with_its_place_is_set_aside(conseiller: Conseiller, statut: str) -> None:
    ecoute = conseiller.entendre(f"{statut}. Je veux soigner des gens.").ecoute
    assert ecoute.neutre == "je veux soigner des gens"
