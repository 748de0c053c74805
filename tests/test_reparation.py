"""What feeds are known to break: each case is one seen in a feed, or its nearest cousin."""

from __future__ import annotations

import csv
import itertools
import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loading import RACINE
from knowledge.referentiels import rome_parents
from service.catalogue.codes_rome import CodesRome
from service.catalogue.fiches import Lieu
from service.catalogue.lieux import ECART_MAX_KM, VILLES_A_ARRONDISSEMENTS, Point
from service.catalogue.reparation import (
    TITRE_MAX,
    URL_MAX,
    Reparation,
    clean_text,
    clean_title,
    clean_url,
    read_date,
    read_rncp,
)
from service.geographie import DEPARTEMENTS, Communes, distance_km, load_communes, zone

N_IMPORTE_QUOI = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.lists(st.integers(), max_size=2),
)
# What texts of feeds are made of; chance alone would never put these together.
MORCEAUX = st.lists(
    st.sampled_from(
        """H/F|(H/F)|h-f|F/H/X|AIDE|Aide|soignant|de|-|/|·|&amp;|&lt;b&gt;|<br>|<b>|</b>|<li>|<|>|(|)|;|:|…|.
        |\n|\u200b|\u00ad|\u202e|e\u0301|É|EHPAD|06 12 34 56 78|+33 6 12 34 56 78|a@b.fr|Contact :|Madame Dupont|•
        |- |2 000|https://x.fr|🔥|ß|ŉ""".split("|")
    ),
    max_size=30,
).map(" ".join)
TEXTES = st.one_of(st.text(max_size=300), MORCEAUX)


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def reparation(communes: Communes) -> Reparation:
    return Reparation.load(communes)


@pytest.mark.parametrize(
    ("brut", "propre"),
    [
        pytest.param("Aide-soignant H/F", "Aide-soignant", id="at the end"),
        pytest.param(
            "Aide-soignant (H/F) - nuit", "Aide-soignant - nuit", id="in the middle, in parentheses"
        ),
        pytest.param("H/F Aide-soignant", "Aide-soignant", id="at the start"),
        pytest.param("Auxiliaire de vie F/H", "Auxiliaire de vie", id="women first"),
        pytest.param("Infirmier (f/h/x) en EHPAD", "Infirmier en EHPAD", id="three letters"),
        pytest.param("Infirmier h-f", "Infirmier", id="with a hyphen"),
        pytest.param("Infirmier [H / F / NB]", "Infirmier", id="in brackets, spaced, non-binary"),
        pytest.param("AIDE SOIGNANT HF", "Aide soignant", id="glued"),
        pytest.param("Moniteur éducateur homme/femme", "Moniteur éducateur", id="in words"),
        pytest.param(
            "Homme sage-femme / Sage-femme", "Homme sage-femme / Sage-femme", id="a title, not a mention"
        ),
        pytest.param(
            "Aide à domicile - La Roche-sur-Foron", "Aide à domicile - La Roche-sur-Foron", id="a town"
        ),
        pytest.param("Infirmier(e) de (H/F)", "Infirmier(e)", id="a speciality left empty"),
        pytest.param("Aide-soignant - ", "Aide-soignant", id="dangling hyphen"),
        pytest.param("- Aide-soignant - - CDI /", "Aide-soignant - CDI", id="dangling separators everywhere"),
        pytest.param("Aide-soignant ( )", "Aide-soignant", id="empty parentheses"),
        pytest.param("Aide   soignant\t de\nnuit", "Aide soignant de nuit", id="blanks"),
        pytest.param("Auxiliaire d&#039;ambulance", "Auxiliaire d'ambulance", id="entity"),
        pytest.param("Auxiliaire d&amp;#039;ambulance", "Auxiliaire d'ambulance", id="entity escaped twice"),
        pytest.param("<b>Aide</b> <script>alert(1)</script>soignant", "Aide soignant", id="tags and script"),
        pytest.param("&lt;img src=x onerror=alert(1)&gt;Aide", "Aide", id="escaped tag"),
        pytest.param("Aide\u200b-soi\u00adgnant\u202e", "Aide-soignant", id="invisible characters"),
        pytest.param("🔥 Aide-soignant 🔥", "Aide-soignant", id="pictures"),
        pytest.param(
            "AIDE-SOIGNANT DE NUIT EN EHPAD", "Aide-soignant de nuit en EHPAD", id="shouting, acronym kept"
        ),
        pytest.param("IDE SSIAD", "IDE SSIAD", id="acronyms only"),
        pytest.param(
            "ÉDUCATEUR SPÉCIALISÉ EN IME", "Éducateur spécialisé en IME", id="shouting with accents"
        ),
        pytest.param("Accompagnant AESH", "Accompagnant AESH", id="not shouting"),
        pytest.param("aide à domicile", "Aide à domicile", id="capital first"),
        pytest.param("Garde d'enfant chez Mme Zoé MARTIN", "Garde d'enfant", id="a person's name"),
        pytest.param(
            "<strong>Aide</strong>-soignant<br>Nuit",
            "Aide-soignant Nuit",
            id="tags inside a word and between two",
        ),
        pytest.param("Aide-soignant (", "Aide-soignant", id="cut after a parenthesis"),
        pytest.param("Aide à domicile 06 12 34 56 78 a.b@exemple.fr", "Aide à domicile", id="contacts"),
        pytest.param("H/F", "", id="nothing left"),
        pytest.param(None, "", id="null"),
        pytest.param(["Aide"], "", id="a list"),
    ],
)
def test_a_title_reads_as_a_person_would_write_it(brut: object, propre: str) -> None:
    assert clean_title(brut) == propre


def test_a_long_title_is_cut_at_a_word() -> None:
    titre = clean_title("Aide-soignante " + "expérimentée " * 30)
    assert len(titre) <= TITRE_MAX
    assert titre.endswith("expérimentée…")


@pytest.mark.parametrize(
    ("brut", "propre"),
    [
        pytest.param("<p>Bonjour,</p><p>nous cherchons</p>", "Bonjour, nous cherchons", id="paragraphs"),
        pytest.param("Poste<br/>de nuit", "Poste de nuit", id="line break inside a sentence"),
        pytest.param(
            "Missions :<ul><li>Laver</li><li>Aider</li></ul>", "Missions : Laver · Aider", id="list"
        ),
        pytest.param(
            "Missions :\n- Laver\n- Aider\n• Écouter", "Missions : Laver · Aider · Écouter", id="typed list"
        ),
        pytest.param("Nos atouts\nUn vélo.\nUne prime.", "Nos atouts · Un vélo. Une prime.", id="a heading"),
        pytest.param("Soins &amp;amp; confort", "Soins & confort", id="entity escaped twice"),
        pytest.param("Age < 3 ans et > 1 an", "Age < 3 ans et > 1 an", id="signs that are no tags"),
        pytest.param(
            "<em>Aide</em>-soignant, <span>de nuit</span>.", "Aide-soignant, de nuit.", id="tags inside words"
        ),
        pytest.param("Cadre<script>alert('x')</script> calme", "Cadre calme", id="script"),
        pytest.param("Cadre calme<a href='htt", "Cadre calme", id="cut inside a tag"),
        pytest.param("CV à recrute.ment+a@exemple-soin.fr avant lundi", "CV à avant lundi", id="e-mail"),
        pytest.param("CV à recrutement [at] exemple.fr avant lundi", "CV à avant lundi", id="hidden e-mail"),
        pytest.param("Appelez le 06 12 34 56 78.", "Appelez le.", id="phone, spaces"),
        pytest.param("Appelez le 06.12.34.56.78 vite", "Appelez le vite", id="phone, dots"),
        pytest.param("Appelez le 0612345678 vite", "Appelez le vite", id="phone, glued"),
        pytest.param("Appelez le 06-12-34-56-78 vite", "Appelez le vite", id="phone, hyphens"),
        pytest.param("Appelez le +33 6 12 34 56 78 vite", "Appelez le vite", id="phone, from abroad"),
        pytest.param(
            "Appelez le +33 (0)6 12 34 56 78 vite", "Appelez le vite", id="phone, from abroad, with a zero"
        ),
        pytest.param("Appelez le 0033612345678 vite", "Appelez le vite", id="phone, two zeros"),
        pytest.param("Appelez le +262 692 12 34 56 vite", "Appelez le vite", id="phone, La Réunion"),
        pytest.param("Appelez le 0 612 345 678 vite", "Appelez le vite", id="phone, by threes"),
        pytest.param("01 23 45 67 89/06 12 34 56 78", "/", id="two phones"),
        pytest.param(
            "Du 01/09/2026-31/12/2026", "Du 01/09/2026-31/12/2026", id="a range of dates is no phone"
        ),
        pytest.param(
            "Diplôme 35028, SIRET 12345678901234", "Diplôme 35028, SIRET 12345678901234", id="other numbers"
        ),
        pytest.param("Contact : Madame Zoé Martin\nPoste de nuit", "Poste de nuit", id="contact line"),
        pytest.param(
            "Poste de nuit. Contact: Zoé Martin, 2e étage. Merci", "Poste de nuit. Merci", id="contact phrase"
        ),
        pytest.param(
            "Adressez-vous à Mme MARTIN-PETIT Zoé au siège",
            "Adressez-vous à au siège",
            id="civility and name",
        ),
        pytest.param("Madame, Monsieur, bonjour", "Madame, Monsieur, bonjour", id="civility without a name"),
        pytest.param(
            "Premier contact avec le métier", "Premier contact avec le métier", id="the word contact"
        ),
        pytest.param(None, "", id="null"),
        pytest.param({"a": 1}, "", id="an object"),
        pytest.param(12, "12", id="a number"),
    ],
)
def test_a_text_is_one_plain_paragraph_without_anyone_to_call(brut: object, propre: str) -> None:
    assert clean_text(brut) == propre


def test_a_long_text_is_cut_at_a_word() -> None:
    assert clean_text("un deux trois quatre", 12) == "un deux…"


def test_a_long_text_of_tags_is_still_read() -> None:
    assert clean_text("<p class='x'>" * 300 + "Poste de nuit", 60) == "Poste de nuit"


@given(TEXTES)
def test_a_clean_title_is_short_plain_and_stays_as_it_is(brut: str) -> None:
    titre = clean_title(brut)
    assert len(titre) <= TITRE_MAX
    assert titre.isprintable()
    assert titre == titre.strip()
    assert clean_title(titre) == titre


@given(TEXTES, st.integers(10, 200))
def test_a_clean_text_is_short_plain_and_stays_as_it_is(brut: str, longueur: int) -> None:
    texte = clean_text(brut, longueur)
    assert len(texte) <= longueur
    assert "\n" not in texte
    assert clean_text(texte, longueur) == texte


@given(N_IMPORTE_QUOI)
def test_nothing_raises_whatever_the_type(brut: object) -> None:
    clean_title(brut), clean_text(brut), clean_url(brut), read_date(brut), read_rncp(brut)


@pytest.mark.parametrize(
    ("brut", "jour"),
    [
        pytest.param("2026-11-22", date(2026, 11, 22), id="ISO"),
        pytest.param("2026-11-22T08:30:00", date(2026, 11, 22), id="ISO with an hour"),
        pytest.param("2026-11-22T08:30:00.000Z", date(2026, 11, 22), id="instant"),
        pytest.param("2026-08-31T22:00:00.000Z", date(2026, 9, 1), id="midnight in Paris, in summer"),
        pytest.param("2026-11-21T23:00:00Z", date(2026, 11, 22), id="midnight in Paris, in winter"),
        pytest.param("2026-11-22 08:30:00+01:00", date(2026, 11, 22), id="blank instead of T"),
        pytest.param("20261122", date(2026, 11, 22), id="LHÉO"),
        pytest.param(20261122, date(2026, 11, 22), id="LHÉO as a number"),
        pytest.param("22/11/2026", date(2026, 11, 22), id="French"),
        pytest.param("2/1/2026 10:00", date(2026, 1, 2), id="French, day before month, with an hour"),
        pytest.param(date(2026, 11, 22), date(2026, 11, 22), id="a date"),
        pytest.param(datetime(2026, 8, 31, 22, tzinfo=UTC), date(2026, 9, 1), id="a datetime"),
        pytest.param("00000000", None, id="unknown"),
        pytest.param("99999999", None, id="no end"),
        pytest.param("31/12/9999", None, id="no end, in French"),
        pytest.param("1970-01-01T00:00:00Z", None, id="empty date of a computer"),
        pytest.param("2026-02-30", None, id="no such day"),
        pytest.param("31/02/2026", None, id="no such day, in French"),
        pytest.param("bientôt", None, id="words"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
        pytest.param(True, None, id="a boolean"),
    ],
)
def test_a_day_is_read_however_it_is_written(brut: object, jour: date | None) -> None:
    assert read_date(brut) == jour


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%Y-%m-%dT12:00:00Z"]),
)
def test_any_day_survives_any_way_of_writing(jour: date, forme: str) -> None:
    assert read_date(jour.strftime(forme)) == jour


@pytest.mark.parametrize(
    ("brut", "numero"),
    [
        ("474", "RNCP474"), ("RNCP474", "RNCP474"), ("rncp 474", "RNCP474"), ("RNCP n° 40692", "RNCP40692"),
        (40692, "RNCP40692"), ("00474", "RNCP474"), ("474.0", "RNCP474"), ("RS5080", None), ("0", None), ("", None),
        ("RNCP36629BC01", None), ("123456", None), (None, None), (True, None), (-3, None),
    ],
)  # fmt: skip
def test_an_rncp_number_is_read_however_it_is_written(brut: object, numero: str | None) -> None:
    assert read_rncp(brut) == numero


@pytest.mark.parametrize(
    ("brut", "url"),
    [
        pytest.param("https://exemple.org/a?b=1", "https://exemple.org/a?b=1", id="as it is"),
        pytest.param(" http://exemple.org ", "http://exemple.org", id="blanks around"),
        pytest.param("www.exemple.fr", "https://www.exemple.fr", id="without a scheme"),
        pytest.param("//exemple.fr/a", "https://exemple.fr/a", id="without a scheme, two slashes"),
        pytest.param("https://exemple.org/?a=1&amp;b=2", "https://exemple.org/?a=1&b=2", id="entity"),
        pytest.param("https://exemple.org/métier", "https://exemple.org/métier", id="accent"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("data:text/html,x", None, id="data"),
        pytest.param("https://exemple.org/\"onclick=x", None, id="quote"),
        pytest.param("https://exemple.org/a b", None, id="blank"),
        pytest.param("https://exemple.org/\x00", None, id="control character"),
        pytest.param("https://connu.fr@exemple.org/", None, id="another host than the one shown"),
        pytest.param("https://connu.fr\\@exemple.org/", None, id="backslash"),
        pytest.param("ftp://exemple.org", None, id="ftp"),
        pytest.param("http://localhost/admin", None, id="no public host"),
        pytest.param("http://[::1", None, id="broken address"),
        pytest.param("voir le site", None, id="words"),
        pytest.param("https://exemple.org/" + "a" * URL_MAX, None, id="endless"),
        pytest.param(None, None, id="null"),
        pytest.param(3, None, id="a number"),
    ],
)  # fmt: skip
def test_a_link_leads_to_a_web_page_or_is_left_out(brut: object, url: str | None) -> None:
    assert clean_url(brut) == url


ATTIGNAT = (46.2898, 5.1581)
BASSE_TERRE = (15.9958, -61.7292)


@pytest.mark.parametrize(
    ("dit", "libelle", "position"),
    [
        pytest.param({"commune": "01024", "latitude": 46.29, "longitude": 5.16}, "Attignat (01)", (46.29, 5.16), id="all agree"),
        pytest.param({"commune": "01024", "latitude": "46,29", "longitude": " 5.16"}, "Attignat (01)", (46.29, 5.16), id="numbers as texts"),
        pytest.param({"commune": "01024", "latitude": 5.16, "longitude": 46.29}, "Attignat (01)", (46.29, 5.16), id="swapped"),
        pytest.param({"commune": "97105", "latitude": 16.0, "longitude": 61.7}, "Basse-Terre (971)", (16.0, -61.7), id="sign lost"),
        pytest.param({"commune": "97105", "latitude": 61.7, "longitude": 16.0}, "Basse-Terre (971)", (16.0, -61.7), id="sign lost and swapped"),
        pytest.param({"commune": "97411", "latitude": 20.88, "longitude": 55.45}, "Saint-Denis (974)", (-20.88, 55.45), id="sign of the latitude lost"),
        pytest.param({"commune": "01024", "latitude": 48.85, "longitude": 2.35}, "Attignat (01)", ATTIGNAT, id="too far: the commune is believed"),
        pytest.param({"commune": "01024", "latitude": 0, "longitude": 0.0}, "Attignat (01)", ATTIGNAT, id="zeros"),
        pytest.param({"commune": "01024", "latitude": float("nan"), "longitude": 5}, "Attignat (01)", ATTIGNAT, id="not a number"),
        pytest.param({"commune": "01024", "latitude": 1e300, "longitude": "1e999"}, "Attignat (01)", ATTIGNAT, id="off the globe"),
        pytest.param({"commune": "01024", "latitude": None, "longitude": 5.16}, "Attignat (01)", ATTIGNAT, id="half a point"),
        pytest.param({"commune": "1024"}, "Attignat (01)", ATTIGNAT, id="zero lost"),
        pytest.param({"commune": 1024}, "Attignat (01)", ATTIGNAT, id="a number"),
        pytest.param({"commune": "20004"}, "Ajaccio (2A)", None, id="Corsica before 1976, south"),
        pytest.param({"commune": "20033"}, "Bastia (2B)", None, id="Corsica before 1976, north"),
        pytest.param({"commune": "2a004"}, "Ajaccio (2A)", None, id="small letter"),
        pytest.param({"commune": "75056"}, "Paris (75)", None, id="a city with arrondissements"),
        pytest.param({"commune": "69003"}, "Albigny-sur-Saône (69)", None, id="the code of a commune that is a postcode too"),
        pytest.param({"commune": "69003", "code_postal": "69003"}, "Lyon 3e Arrondissement (69)", None, id="a postcode twice"),
        pytest.param({"commune": "01340"}, "Attignat (01)", ATTIGNAT, id="a postcode instead of a code"),
        pytest.param({"commune": "01999", "code_postal": "01340"}, "Attignat (01)", ATTIGNAT, id="unknown commune, known postcode"),
        pytest.param({"commune": "01999", "latitude": 46.29, "longitude": 5.16}, "Attignat (01)", (46.29, 5.16), id="unknown commune, coordinates"),
        pytest.param({"commune": "01999"}, "Ain (01)", None, id="unknown commune alone"),
        pytest.param({"code_postal": "01340"}, "Attignat (01)", ATTIGNAT, id="postcode: the most inhabited"),
        pytest.param({"code_postal": 1340}, "Attignat (01)", ATTIGNAT, id="postcode as a number"),
        pytest.param({"code_postal": "01340", "libelle": "BERESIAT"}, "Attignat (01)", ATTIGNAT, id="postcode and a name that is not of it"),
        pytest.param({"code_postal": "01340", "libelle": "Béréziat"}, "Béréziat (01)", None, id="postcode and a name of it"),
        pytest.param({"code_postal": "01340", "latitude": 46.37, "longitude": 5.04}, "Béréziat (01)", (46.37, 5.04), id="postcode: the nearest of its communes"),
        pytest.param({"code_postal": "69317", "libelle": "LYON CEDEX 04"}, "Lyon (69)", None, id="cedex"),
        pytest.param({"code_postal": "69317"}, "Rhône (69)", None, id="cedex alone"),
        pytest.param({"libelle": "69 - LYON"}, "Lyon (69)", None, id="département and town"),
        pytest.param({"libelle": "69 - LYON 03"}, "Lyon 3e Arrondissement (69)", None, id="département, town and arrondissement"),
        pytest.param({"libelle": "13 - Marseille 1er arrondissement"}, "Marseille 1er Arrondissement (13)", None, id="first arrondissement"),
        pytest.param({"libelle": "2A - Ajaccio"}, "Ajaccio (2A)", None, id="Corsica"),
        pytest.param({"libelle": "974 - ST DENIS"}, "Saint-Denis (974)", None, id="overseas, saint shortened"),
        pytest.param({"libelle": "93 - ST DENIS"}, "Saint-Denis (93)", None, id="another Saint-Denis"),
        pytest.param({"libelle": "Villers S/Mer (14)"}, "Villers-sur-Mer (14)", None, id="town and département"),
        pytest.param({"libelle": "12 rue des Lilas 75020 PARIS"}, "Paris 20e Arrondissement (75)", None, id="an address"),
        pytest.param({"libelle": "Attignat (01340)"}, "Attignat (01)", ATTIGNAT, id="postcode after the town"),
        pytest.param({"libelle": "Ajaccio", "departement": "20"}, "Ajaccio (2A)", None, id="Corsica as one département"),
        pytest.param({"libelle": "Mayenne", "departement": "53"}, "Mayenne (53)", (48.3044, -0.6176), id="the town of Mayenne"),
        pytest.param({"libelle": "53 - Mayenne"}, "Mayenne (53)", None, id="the département of Mayenne"),
        pytest.param({"libelle": "75 - Paris"}, "Paris (75)", (48.8566, 2.3429), id="the département that is a town"),
        pytest.param({"libelle": "59 - Nord (Dept.)"}, "Nord (59)", None, id="a département, marked"),
        pytest.param({"libelle": "La Réunion"}, "La Réunion (974)", None, id="a département, not the village of Lot-et-Garonne"),
        pytest.param({"departement": "1"}, "Ain (01)", None, id="département alone"),
        pytest.param({"departement": "Côtes d'Armor"}, "Côtes-d'Armor (22)", None, id="département by its name"),
        pytest.param({"departement": "01", "latitude": 46.29, "longitude": 5.16}, "Attignat (01)", (46.29, 5.16), id="département and coordinates"),
        pytest.param({"departement": "971", "latitude": 16.0, "longitude": 61.7}, "Gourbeyre (971)", (16.0, -61.7), id="département that proves a sign"),
        pytest.param({"departement": "01", "latitude": 48.85, "longitude": 2.35}, "Ain (01)", None, id="coordinates outside the département"),
        pytest.param({"latitude": 46.29, "longitude": 5.16}, "Attignat (01)", (46.29, 5.16), id="coordinates alone"),
        pytest.param({"latitude": 5.16, "longitude": 46.29}, "Attignat (01)", (46.29, 5.16), id="coordinates alone, swapped"),
        pytest.param({"latitude": 48.853, "longitude": 2.349}, "Paris 4e Arrondissement (75)", None, id="coordinates in a city"),
        pytest.param({"libelle": "Lyon"}, "Lyon (69)", None, id="the only town of this name"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_what_the_source_says(
    reparation: Reparation, dit: dict[str, object], libelle: str, position: tuple[float, float] | None
) -> None:
    lieu = reparation.lieux.place(**dit)
    assert lieu is not None
    assert lieu.libelle == libelle
    if position:
        assert (lieu.latitude, lieu.longitude) == pytest.approx(position)


@pytest.mark.parametrize(
    "dit",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"libelle": "France"}, id="the country"),
        pytest.param({"libelle": "Saint-Denis"}, id="a name of several towns"),
        pytest.param({"libelle": "Suisse", "latitude": 46.2, "longitude": 6.14}, id="Geneva, five kilometres from France"),
        pytest.param({"commune": "99109"}, id="a country in the place of a commune"),
        pytest.param({"departement": "99", "latitude": 48.85, "longitude": 2.35}, id="abroad, whatever the coordinates"),
        pytest.param({"latitude": 52.52, "longitude": 13.4}, id="Berlin"),
        pytest.param({"latitude": 47.0, "longitude": -4.9}, id="at sea"),
        pytest.param({"latitude": 16.0, "longitude": 61.7}, id="the sea of Arabia: no one says it is Guadeloupe"),
        pytest.param({"commune": [], "code_postal": {}, "libelle": 3.5}, id="anything"),
    ],
)  # fmt: skip
def test_what_is_nowhere_in_france_has_no_place(reparation: Reparation, dit: dict[str, object]) -> None:
    assert reparation.lieux.place(**dit) is None


def test_a_departement_alone_has_no_point_and_keeps_its_code(reparation: Reparation) -> None:
    assert reparation.lieux.place(departement="2b") == Lieu("Haute-Corse (2B)", departement="2B")


@given(
    commune=st.one_of(st.sampled_from(["01024", "75056", "97105", "97411", "1024", "20004"]), N_IMPORTE_QUOI),
    code_postal=st.one_of(st.sampled_from(["01340", "69003", "97100"]), N_IMPORTE_QUOI),
    departement=st.one_of(st.sampled_from(["01", "971", "20", "99"]), N_IMPORTE_QUOI),
    libelle=st.one_of(st.sampled_from(["69 - LYON", "Suisse", "Nord", "75020 Paris"]), N_IMPORTE_QUOI),
    latitude=st.one_of(st.floats(-90, 90), N_IMPORTE_QUOI),
    longitude=st.one_of(st.floats(-180, 180), N_IMPORTE_QUOI),
)
def test_a_place_is_always_by_a_commune_of_france_or_has_no_point(
    reparation: Reparation, communes: Communes, **dit: object
) -> None:
    lieu = reparation.lieux.place(**dit)
    if lieu is None:
        return
    if lieu.commune is None:
        assert not lieu.situe
        assert lieu.departement in DEPARTEMENTS
        return
    commune = communes.get(lieu.commune)
    assert lieu.libelle == commune.libelle
    assert lieu.departement == commune.departement
    assert distance_km(Point(lieu.latitude, lieu.longitude), commune) <= ECART_MAX_KM


@given(
    rang=st.integers(0, 35_007),
    swapped=st.booleans(),
    north=st.sampled_from([-0.05, 0, 0.05]),
    east=st.sampled_from([-0.05, 0, 0.05]),
)
def test_a_commune_mends_its_coordinates_wherever_it_is(
    reparation: Reparation, toutes: list, rang: int, swapped: bool, north: float, east: float
) -> None:
    commune = toutes[rang]
    vrai = (commune.latitude + north, commune.longitude + east)
    latitude, longitude = reversed(vrai) if swapped else vrai
    lieu = reparation.lieux.place(commune=commune.code, latitude=latitude, longitude=longitude)
    assert lieu == Lieu(commune.libelle, commune.code, commune.departement, *vrai)


@pytest.fixture(scope="module")
def toutes(communes: Communes) -> list:
    return list(communes)


def test_the_nearest_commune_is_the_nearest(reparation: Reparation, toutes: list) -> None:
    for commune in toutes[::5000]:
        point = Point(commune.latitude + 0.021, commune.longitude - 0.017)
        others = (c for c in toutes if c.code not in VILLES_A_ARRONDISSEMENTS)
        expected = min(others, key=lambda c: distance_km(c, point))
        assert (
            reparation.lieux.place(latitude=point.latitude, longitude=point.longitude).commune
            == expected.code
        )


def test_a_code_of_a_commune_is_a_commune_everywhere(reparation: Reparation, toutes: list) -> None:
    for commune in toutes:
        lieu = reparation.lieux.place(commune=commune.code)
        assert (lieu.commune, lieu.latitude) == (commune.code, commune.latitude)


def test_every_departement_of_a_commune_has_a_name(toutes: list) -> None:
    assert {c.departement for c in toutes} == set(DEPARTEMENTS)


@pytest.mark.parametrize(
    ("departement", "terre"),
    [("69", "metropole"), ("75", "metropole"), ("2A", "corse"), ("2B", "corse"), ("974", "974"), ("977", "977"), ("988", "988")],
)  # fmt: skip
def test_a_zone_never_crosses_the_sea(departement: str, terre: str) -> None:
    assert zone(departement) == terre


def test_overseas_zones_are_all_apart() -> None:
    overseas = [d for d in DEPARTEMENTS if len(d) == 3]
    assert len({zone(d) for d in overseas}) == len(overseas)


@pytest.mark.parametrize(
    ("code", "titre", "attendu"),
    [
        pytest.param("J1501", "Aide-soignant (H/F)", "J1501", id="a family that did not split"),
        pytest.param("K1311", "Assistante maternelle", "K1311", id="a code of 4.0 only, whatever the title"),
        pytest.param("K1302", "Auxiliaire de vie (H/F)", "K1311", id="V3: all help at home"),
        pytest.param("K1302", "AUXILIAIRE DE VIE H/F - Secteur de Vienne", "K1311", id="the title and more"),
        pytest.param(
            "K1302",
            "Auxiliaire de vie en remplacement pour un couple âgé, Vienne et Givors",
            "K1311",
            id="a title lost in a sentence",
        ),
        pytest.param(
            "K1302",
            "Assistante de vie auprès de personnes âgées",
            "K1302",
            id="the same code in both, feminine",
        ),
        pytest.param(
            "K1302", "Accompagnant éducatif et social à domicile", "K1306", id="the longest title counts"
        ),
        pytest.param("K1301", "Aide médico-psychologique (AMP)", "K1306", id="a title that changed family"),
        pytest.param("K1303", "Assistante maternelle", "K1310", id="V3: all care of children"),
        pytest.param("K1303", "Assistant familial", "K1309", id="foster care"),
        pytest.param("K1303", "Garde d'enfants à domicile", "K1303", id="the one that kept the code"),
        pytest.param("K1303", "Animatrice petite enfance en crèche", "K1307", id="nursery"),
        pytest.param(
            "K1201", "Conseiller en économie sociale et familiale", "K1225", id="social worker or CESF"
        ),
        pytest.param("K1207", "Moniteur-éducateur", "K1208", id="moniteur-éducateur"),
        pytest.param("J1305", "Auxiliaire ambulancier H/F", "J1310", id="auxiliaire ambulancier"),
        pytest.param(
            "J1506", "Infirmier coordinateur en EHPAD", "J1510", id="a nurse who coordinates is not ours"
        ),
        pytest.param("J1506", "Infirmier de bloc volant", "J1506", id="no title of the family: kept"),
        pytest.param("K1302", "", "K1302", id="no title: kept"),
        pytest.param("K1302", "Conducteur de pelle mécanique", "K1302", id="a title of another world: kept"),
        pytest.param("K1302", "Employé commercial", "K1302", id="another world with letters in common: kept"),
        pytest.param(" k1302 ", "Auxiliaire de vie", "K1311", id="small letter and blanks"),
        pytest.param("M1855", "Développeur", "M1855", id="another domain"),
        pytest.param("K130", "", None, id="too short"),
        pytest.param("13030", "", None, id="no letter"),
        pytest.param(None, "", None, id="null"),
    ],
)
def test_a_code_of_v3_becomes_one_of_rome_4(
    reparation: Reparation, code: object, titre: str, attendu: str | None
) -> None:
    assert reparation.codes.current(code, titre) == attendu


def test_the_former_codes_of_a_metier_are_known(reparation: Reparation) -> None:
    assert set(reparation.codes.former("K1306")) == {"K1301", "K1302"}
    assert reparation.codes.former("J1501") == ()


def test_what_is_remembered_of_titles_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.catalogue.codes_rome.TITRES_RETENUS", 3)
    codes = CodesRome.load()
    for lettre, autre in itertools.product(string.ascii_lowercase[:4], repeat=2):
        codes.current("K1302", f"Poste {lettre}{autre}")
    assert len(codes._seen) <= 3


def test_no_table_is_shown_in_the_repr(reparation: Reparation) -> None:
    assert len(repr(reparation)) < 500


def test_the_table_of_codes_is_small_sorted_and_keeps_each_code_in_its_own_family() -> None:
    with (RACINE / "referentiels" / "rome_parents.csv").open(encoding="utf-8") as fichier:
        rows = list(csv.DictReader(fichier))
    couples = [(r["code_rome_parent"], r["code_rome"]) for r in rows]
    assert couples == sorted(set(couples))
    assert len(rows) < 600
    # Every V3 code is a 4.0 code still.
    assert all((parent, parent) in set(couples) or not parent.startswith(("J", "K")) for parent, _ in couples)


def test_the_script_reads_codes_and_titles_and_keeps_our_domains(tmp_path) -> None:
    (tmp_path / "unix_referentiel_code_rome_v460_utf8.csv").write_text(
        "code_rome,libelle_rome,code_rome_parent\n"
        "K1302,Assistant de vie dépendance,K1302\nK1306,Accompagnant éducatif,K1302\nK1301,Autre,K1301\n"
        "N4108,Conducteur accompagnateur,N4102\nA1101,Conducteur d'engins,A1101\n",
        encoding="utf-8",
    )
    (tmp_path / "unix_referentiel_appellation_v460_utf8.csv").write_text(
        "code_rome,libelle_appellation_long,code_rome_parent\nK1306,Aide médico-psychologique,K1301\nA1101,Tractoriste,A1101\n",
        encoding="utf-8",
    )
    assert rome_parents.extract(tmp_path) == [
        ("K1301", "K1301", "Autre"),
        ("K1306", "K1301", "Accompagnant éducatif"),
        ("K1302", "K1302", "Assistant de vie dépendance"),
        ("K1306", "K1302", "Accompagnant éducatif"),
        ("N4108", "N4102", "Conducteur accompagnateur"),
    ]
