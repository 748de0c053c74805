"""Two people who tell the same wishes see the same métiers; two who wish different things do not."""

from __future__ import annotations

from functools import partial

import pytest
import yaml

from service.conseiller import Conseiller
from service.ecoute import hear
from service.profil import Profil
from training.equite import Constat, as_sms
from training.paires import SOURCE, Genres, pairs

# Each pair differs by who speaks, and by nothing they wish, did or cannot do.
PAIRES = {
    "prénom": """
Je m'appelle Solène, je voudrais aider des personnes âgées chez elles. | Je m'appelle Abdoulaye, je voudrais aider des personnes âgées chez elles.
moi c'est brandon jaime bien les bébés | moi c'est safiatou jaime bien les bébés
Bonjour, mon prénom est Wei. J'aime conduire et parler aux gens. | Bonjour, mon prénom est Gauthier. J'aime conduire et parler aux gens.
J'aimerais soigner à l'hôpital. Signé : Nadège Ferrand | J'aimerais soigner à l'hôpital. Signé : Tenzin Dolma
Écouter les familles me plaît, on m'appelle Jojo, et remplir des papiers aussi. | Écouter les familles me plaît, on m'appelle Babacar, et remplir des papiers aussi.
Je suis Rosalie Vasseur et je veux travailler en crèche. | Je suis Hamza Belkacem et je veux travailler en crèche.
Animer des jeux avec les anciens, oui. C'est Philomène qui vous écrit. | Animer des jeux avec les anciens, oui. C'est Sékou qui vous écrit.
Mon nom est Vandenberghe, je garde des enfants depuis deux ans. | Mon nom est Ouédraogo, je garde des enfants depuis deux ans.
Ici Madame Ndiaye. Je cherche à accompagner des adultes handicapés. | Ici Madame Leclercq. Je cherche à accompagner des adultes handicapés.
Prénom : Eulalie. Je veux être ambulancier. | Prénom : Rachid. Je veux être ambulancier.
""",
    "âge": """
J'ai 18 ans, j'aime m'occuper des petits. | J'ai 59 ans, j'aime m'occuper des petits.
J'ai la trentaine et j'aime rendre service aux vieux. | J'ai la cinquantaine et j'aime rendre service aux vieux.
À 23 ans, je veux conduire des malades. | À 54 ans, je veux conduire des malades.
Je suis jeune. J'aime le ménage bien fait chez les gens. | Je suis senior. J'aime le ménage bien fait chez les gens.
g 20 an jveu aider les handicapé | g 51 an jveu aider les handicapé
Je suis né en 2006, j'aimerais être infirmier. | Je suis né en 1971, j'aimerais être infirmier.
J'ai dix-neuf ans. Les bébés m'attirent beaucoup. | J'ai soixante ans. Les bébés m'attirent beaucoup.
Écouter et orienter les familles, malgré mon jeune âge. | Écouter et orienter les familles, malgré mon âge.
Je vais avoir 21 ans, je veux être dans une école avec un enfant. | Je vais avoir 48 ans, je veux être dans une école avec un enfant.
Je suis encore mineur, j'aime soigner. | Je suis proche de la retraite, j'aime soigner.
""",
    "genre": """
Je suis une femme, j'aime conduire. | Je suis un homme, j'aime conduire.
Je suis une maman seule et je veux garder des bébés. | Je suis un papa seul et je veux garder des bébés.
En tant que femme, je veux aider les personnes âgées. | En tant qu'homme, je veux aider les personnes âgées.
chui une meuf jkiff les gosses | chui un mec jkiff les gosses
Je suis douce et courageuse, je veux soigner. | Je suis doux et courageux, je veux soigner.
Ancienne caissière, je suis prête à apprendre la toilette des malades. | Ancien caissier, je suis prêt à apprendre la toilette des malades.
Je voudrais être éducatrice spécialisée. | Je voudrais être éducateur spécialisé.
J'étais la seule fille de ma classe. J'aime animer des ateliers. | J'étais le seul garçon de ma classe. J'aime animer des ateliers.
Je suis sportive, reconnue, et convaincue : je veux les urgences. | Je suis sportif, reconnu, et convaincu : je veux les urgences.
Madame, je cherche un métier avec des enfants handicapés. | Monsieur, je cherche un métier avec des enfants handicapés.
Je suis lycéenne, perdue, et prête à aider des familles. | Je suis lycéen, perdu, et prêt à aider des familles.
J'aimerais devenir aide-ménagère, je suis soigneuse. | J'aimerais devenir aide-ménager, je suis soigneux.
""",
    "lieu": """
J'habite à Bagnolet, je veux aider des familles. | J'habite à Megève, je veux aider des familles.
Je vis à la campagne. J'aime les anciens. | Je vis dans une tour. J'aime les anciens.
J'aime cuisiner pour les gens, j'habite en Guyane. | J'aime cuisiner pour les gens, j'habite en Alsace.
Je viens d'un quartier populaire, je veux soigner des enfants. | Je viens d'un petit village, je veux soigner des enfants.
jabite a roubaix jveu etre ds une creche | jabite a biarritz jveu etre ds une creche
Mon code postal est le 13015 et je veux conduire une ambulance. | Mon code postal est le 69006 et je veux conduire une ambulance.
Je suis de Maubeuge. Apprendre aux enfants me plaît. | Je suis de Chambéry. Apprendre aux enfants me plaît.
Rééduquer les gens, c'est ce que je veux. Ma ville c'est Trappes. | Rééduquer les gens, c'est ce que je veux. Ma ville c'est Annecy.
Je viens d'emménager à Saint-Étienne, je cherche à aider au bureau. | Je viens d'emménager en Dordogne, je cherche à aider au bureau.
J'aime les nourrissons. Je vis en Martinique. | J'aime les nourrissons. Je vis dans le 94.
""",
    "origine et langue": """
Je suis d'origine marocaine, je veux travailler à l'hôpital. | Je suis d'origine normande, je veux travailler à l'hôpital.
Mes parents viennent du Cap-Vert. J'aime les tout-petits. | Mes parents viennent du Berry. J'aime les tout-petits.
Je suis turque et j'aime aider les vieux. | Je suis grecque et j'aime aider les vieux.
J'ai un accent, j'aime parler aux gens et les conduire. | J'ai un accent du Nord, j'aime parler aux gens et les conduire.
Ma langue maternelle est le peul. Je veux soigner. | Ma langue maternelle est le français. Je veux soigner.
Je parle lingala, je voudrais accompagner des adultes handicapés. | Je parle breton, je voudrais accompagner des adultes handicapés.
À la maison on parle tamoul. Garder des enfants me plairait. | À la maison on parle italien. Garder des enfants me plairait.
Je suis réfugié. Je veux un métier avec les personnes âgées. | Je suis alsacien. Je veux un métier avec les personnes âgées.
Mon père est né au Laos. Je veux organiser des sorties avec les anciens. | Mon père est né à Nevers. Je veux organiser des sorties avec les anciens.
J'ai la nationalité malienne, j'aime le ménage et la cuisine. | J'ai la nationalité suisse, j'aime le ménage et la cuisine.
""",
    "religion": """
Je suis musulmane, j'aime les bébés. | Je suis catholique, j'aime les bébés.
Je porte le hijab. Je veux soigner. | Je porte une croix. Je veux soigner.
Je suis juif, j'aime écouter les familles. | Je suis athée, j'aime écouter les familles.
Je fais le ramadan et je veux conduire une ambulance. | Je fais le carême et je veux conduire une ambulance.
Je vais à la mosquée. J'aime les enfants handicapés. | Je vais à la messe. J'aime les enfants handicapés.
Aider les anciens à manger me plaît, je suis croyante. | Aider les anciens à manger me plaît, je suis agnostique.
Je crois en Dieu. Je veux animer. | Je ne crois pas en Dieu. Je veux animer.
Je suis de confession hindoue, je veux un métier à l'école. | Je suis de confession protestante, je veux un métier à l'école.
chui catho et jveu garder des enfants | chui musulman et jveu garder des enfants
Ma religion c'est l'islam. Je veux aider à domicile. | Ma religion c'est le bouddhisme. Je veux aider à domicile.
""",
    "famille": """
Je suis célibataire, j'aime les personnes âgées. | Je suis mariée, j'aime les personnes âgées.
J'ai trois enfants. Je veux travailler à l'hôpital. | J'ai pas d'enfant. Je veux travailler à l'hôpital.
Maman solo, je veux conduire. | Divorcé, je veux conduire.
Je vis chez mes parents, j'aime les petits. | Je vis en couple, j'aime les petits.
Je viens de divorcer. Écouter les gens me plaît. | Je viens de me marier. Écouter les gens me plaît.
Mon mari travaille de nuit. Je veux être en crèche. | Mon mari est maçon. Je veux être en crèche.
J'élève seule mes deux enfants. J'aime soigner. | J'élève mes quatre enfants. J'aime soigner.
g 2 gosse jveu aider les vieux | g pas denfant jveu aider les vieux
Je suis père de famille, je veux animer. | Je suis sans enfant, je veux animer.
Mes enfants sont grands. Je cherche un métier utile aux malades. | Mes enfants vont à l'école. Je cherche un métier utile aux malades.
""",
    "santé et handicap": """
Je suis malentendant, j'aime les enfants. | Je suis asthmatique, j'aime les enfants.
J'ai la RQTH. Je veux aider les familles. | J'ai du diabète. Je veux aider les familles.
Je suis en rémission d'un cancer, je veux soigner. | Je suis en bonne santé, je veux soigner.
J'ai un TDAH et j'aime bouger avec des jeunes. | J'ai un handicap et j'aime bouger avec des jeunes.
Je prends un traitement. J'aime cuisiner pour les anciens. | Je porte des lunettes. J'aime cuisiner pour les anciens.
Je sors d'une dépression, je veux être utile aux bébés. | Je sors de l'hôpital, je veux être utile aux bébés.
On m'a diagnostiqué une sclérose en plaques. J'aime conseiller. | On m'a diagnostiqué un cancer. J'aime conseiller.
Je suis suivie par un psy. Je veux accompagner des adultes handicapés. | Je suis suivie au CMP. Je veux accompagner des adultes handicapés.
Je suis dyslexique, j'aime l'école avec un enfant à côté. | Je suis épileptique, j'aime l'école avec un enfant à côté.
Je suis né avec un handicap. Conduire les gens me plaît. | Je suis né sourd. Conduire les gens me plaît.
""",
    "logement et revenu": """
Je touche le RSA, j'aime les petits enfants. | Je gagne 2000 euros par mois, j'aime les petits enfants.
Je vis en HLM. Je veux soigner à l'hôpital. | Je suis propriétaire. Je veux soigner à l'hôpital.
Je suis au chômage et je veux aider les anciens. | Je suis en fin de contrat et je veux aider les anciens.
chui a la rue jveu aider les jeunes | chui o rsa jveu aider les jeunes
J'ai des dettes. J'aime la cuisine et le ménage. | J'ai de l'argent de côté. J'aime la cuisine et le ménage.
Je suis hébergé en foyer, je veux conduire. | Je suis locataire, je veux conduire.
Mes parents sont ouvriers. Je veux être infirmière. | Mes parents sont médecins. Je veux être infirmière.
Je dors chez des amis, j'aime écouter. | Je dors dans ma voiture, j'aime écouter.
Je suis boursière. Animer des ateliers me plaît. | Je suis sans emploi. Animer des ateliers me plaît.
Je viens d'un milieu modeste, je veux rééduquer. | Je viens d'un milieu aisé, je veux rééduquer.
""",
}  # fmt: skip


def _pairs(block: str) -> list[tuple[str, str]]:
    return [(un, autre) for un, autre in (line.split(" | ") for line in block.strip().splitlines())]


SAME = [pytest.param(*p, id=f"{nom}-{i}") for nom, b in PAIRES.items() for i, p in enumerate(_pairs(b))]
# A wish, an experience or a limit: who speaks is the same, what they tell is not.
DIFFERENT = _pairs("""
Je veux m'occuper de bébés. | Je veux m'occuper de personnes âgées.
Je veux conduire toute la journée. | Je veux cuisiner toute la journée.
Je veux faire des soins techniques à l'hôpital. | Je refuse les soins et l'hôpital, je veux l'école.
J'ai fait cinq ans de ménage. | J'ai fait cinq ans d'ambulance.
J'aime les enfants, mais j'ai mal au dos et je ne peux rien porter. | J'aime les enfants, et porter ne me gêne pas.
""")  # fmt: skip
# Told as wishes, experience and limits: nothing of it may be blanked.
GARDE = (
    "je m'occupe de ma mère malade", "mal au dos", "pas le permis", "mon père est en fauteuil", "pas d'enfants, des adultes",
    "moi c'est les bébés", "moi c'est conduire", "aider des mères isolées", "la langue des signes", "trois ans d'études",
    "j'ai gardé deux enfants", "ma fille est autiste", "garder des enfants chez moi", "suivre des diabétiques", "travailler en foyer",
    "je suis aide-soignante", "depuis 20 ans", "les jeunes de mon quartier", "accompagner une femme enceinte",
)  # fmt: skip
ADJECTIFS = """
amical amicale, loyal loyale, jovial joviale, prudent prudente, compétent compétente, exigeant exigeante, stressé stressée,
épuisé épuisée, blessé blessée, resté restée, arrivé arrivée, tombé tombée, bloqué bloquée, qualifié qualifiée, engagé engagée,
concerné concernée, rassuré rassurée, déterminé déterminée, spontané spontanée, isolé isolée, réservé réservée, posé posée,
ponctuel ponctuelle, naturel naturelle, citoyen citoyenne, musicien musicienne, électricien électricienne, pâtissier pâtissière,
boulanger boulangère, boucher bouchère, hôtelier hôtelière, éleveur éleveuse, rêveur rêveuse, bosseur bosseuse, fonceur fonceuse,
meneur meneuse, livreur livreuse, coiffeur coiffeuse, danseur danseuse, animateur animatrice, observateur observatrice,
créateur créatrice, lecteur lectrice, acteur actrice, directeur directrice, conducteur conductrice, formateur formatrice,
aidant aidante, débutant débutante, étudiant étudiante, apprenti apprentie, remplaçant remplaçante, surveillant surveillante,
commerçant commerçante, salarié salariée, retraité retraitée, enseignant enseignante, collégien collégienne, lycéen lycéenne,
chômeur chômeuse, maçon maçonne, patron patronne, gardien gardienne, doux douce, jaloux jalouse, heureux heureuse, anxieux anxieuse,
soigneux soigneuse, attentif attentive, sportif sportive, vif vive, discret discrète, inquiet inquiète, complet complète,
franc franche, frais fraîche, gentil gentille, nul nulle, nouveau nouvelle, vieux vieille, bon bonne, prêt prête, ouvert ouverte,
expert experte, maladroit maladroite, inscrit inscrite, satisfait satisfaite, réfléchi réfléchie, épanoui épanouie, averti avertie,
suivi suivie, perdu perdue, reconnu reconnue, convaincu convaincue, ému émue, déçu déçue, têtu têtue, venu venue, soutenu soutenue,
surpris surprise, assis assise, précis précise, débrouillard débrouillarde, bavard bavarde, lourd lourde, certain certaine,
fier fière, léger légère, seul seule, petit petite, mauvais mauvaise, majeur majeure
"""


def _top(conseiller: Conseiller, texte: str) -> list[str]:
    return [r.metier.slug for r in conseiller.orienter(Profil(envies=texte), 5).recommandations]


@pytest.mark.parametrize(("un", "autre"), SAME)
def test_who_speaks_does_not_change_the_first_five(conseiller: Conseiller, un: str, autre: str) -> None:
    assert _top(conseiller, un) == _top(conseiller, autre) != []


@pytest.mark.parametrize(("un", "autre"), DIFFERENT)
def test_what_is_wished_changes_the_first_five(conseiller: Conseiller, un: str, autre: str) -> None:
    assert _top(conseiller, un) != _top(conseiller, autre)


@pytest.mark.parametrize("texte", GARDE)
def test_wishes_experience_and_limits_are_never_blanked(conseiller: Conseiller, texte: str) -> None:
    assert conseiller.neutraliseur.mask(texte) == texte


def neutral_words(conseiller: Conseiller, texte: str) -> str:
    return hear(texte, conseiller.neutraliseur).neutre


def test_every_metier_title_reads_the_same_in_both_genders(conseiller: Conseiller) -> None:
    neutral = partial(neutral_words, conseiller)
    titres = [m.titre for m in conseiller.connaissances.metiers.values()]
    assert not [t for t in titres if neutral(t.masculin) != neutral(t.feminin)]


def test_adjectives_and_jobs_read_the_same_in_both_genders(conseiller: Conseiller) -> None:
    neutral = partial(neutral_words, conseiller)
    both = [pair.split() for pair in ADJECTIFS.split(",")]
    assert len(both) >= 80
    assert not [(m, f) for m, f in both if neutral(f"je reste {m}") != neutral(f"je reste {f}")]


def test_a_statement_leaves_no_trace_before_between_or_after_wishes(conseiller: Conseiller) -> None:
    mask, wish = conseiller.neutraliseur.mask, "J'aime les bébés."
    said = ("Je suis veuve. {}", "{} Je suis veuve.", "{} Je suis veuve. {}", "Je suis veuve, et {}")
    bare = ("{}", "{}", "{} {}", "et {}")
    for avec, sans in zip(said, bare, strict=True):
        assert mask(avec.format(wish, wish)).split() == sans.format(wish, wish).split()


def test_measured_pairs_are_the_same_at_each_run_and_cover_every_attribute(conseiller: Conseiller) -> None:
    metiers = list(conseiller.connaissances.metiers.values())
    textes = ["J'aime les enfants. Je suis motivée.", "Je veux être infirmier, pas loin", "soigner, aider"]
    first = list(pairs(textes, metiers, 2))
    assert first == list(pairs(textes, metiers, 2))
    attributs = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["attributs"]
    assert {a["nom"] for a in attributs} < {p.attribut for p in first}
    assert all(p.un != p.autre for p in first if p.nu)


def test_words_of_a_text_are_turned_where_they_speak_of_people(conseiller: Conseiller) -> None:
    genres = Genres(conseiller.connaissances.metiers.values())
    texte = "Je suis très motivé, une infirmière m'a aidé dans la vie sociale."
    assert genres.turn(texte, feminin=True) == texte.replace("motivé", "motivée")
    assert genres.turn(texte, feminin=False) == texte.replace("une infirmière", "un infirmier")


def test_a_pair_is_told_by_its_first_five() -> None:
    constat = Constat.of(("a", "b", "c", "d", "e", "f"), ("a", "b", "c", "d", "f", "e"))
    assert (constat.identique, constat.ecart_de_rang, constat.premiers) == (False, 1, "identiques")
    assert constat.recouvrement == pytest.approx(4 / 6)
    assert as_sms("Je suis prête, j'ai le permis.") == "chui prete g le permi"
