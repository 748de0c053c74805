"""The figures of quality as French words and tables, the same on the page and in `docs/qualite.md`.

Every table of `tables` has a sentence that says what it means: a figure alone misleads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.qualite import Accord, Chiffre, Courbe, Couverture, Ligne, Mesure, Modele, Qualite

SANS_VALEUR = "non mesuré"
# Under a point for nearly twice as many phrasings, more of the same is hardly worth writing.
GAIN_NOTABLE = 0.01


@dataclass(frozen=True)
class Sens:
    """A figure in plain words."""

    titre: str
    court: str
    phrase: str
    part: bool = True
    """Whether it is a share, shown in percent."""


MESURES: dict[Mesure, Sens] = {
    "hit@1": Sens(
        "Un bon métier en premier",
        "En premier",
        "Le premier métier proposé est un de ceux que nous attendions.",
    ),
    "hit@3": Sens(
        "Un bon métier parmi les trois premiers",
        "Dans les trois",
        "Au moins un métier attendu se trouve parmi les trois premiers.",
    ),
    "ndcg@5": Sens(
        "L'ordre des cinq premiers",
        "Ordre",
        "Les bons métiers sont-ils en haut de la liste ? La note 1 est parfaite, la note 0 est nulle.",
        part=False,
    ),
    "interdits@3": Sens(
        "Un métier à éviter parmi les trois premiers",
        "À éviter",
        "Un métier contraire à la demande se glisse parmi les trois premiers. Plus c'est bas, mieux c'est.",
    ),
}
"""What each figure means, in the order in which they are shown."""


A_SAVOIR = (
    "Nous avons écrit ces phrases, avec l'aide d'un modèle de langue. Personne ne nous les a confiées.",
    "Les bonnes réponses sont les nôtres. Aucune personne de terrain ne les a encore relues.",
    "Le programme n'a pas appris sur ces phrases. Mais nous les avons regardées en le réglant.",
    "Ces chiffres sont donc optimistes. Avec de vraies personnes, attendez-vous à moins bien.",
    "Entre parenthèses : la marge. D'autres phrases du même genre donneraient presque toujours un "
    "résultat entre ces bornes.",
    "Si les marges de deux lignes se recouvrent, l'écart peut venir du hasard.",
)
"""What must be read before any figure."""


@dataclass(frozen=True)
class Tableau:
    """One table, ready to be shown; the first cell of a row names it."""

    cle: str
    titre: str
    phrases: tuple[str, ...]
    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]


def tables(qualite: Qualite, titres: Mapping[str, str]) -> tuple[Tableau, ...]:
    """All that was measured, the most important first; `titres` are the métiers' names by slug."""
    return (
        _whole(qualite),
        *_sections(qualite),
        _comparison(qualite.modeles),
        _errors(qualite, titres),
        _coverage(qualite.couverture, titres),
        _guards(qualite),
        _alarms(qualite),
        _agreement(qualite.accord),
        *([_curve(qualite.courbe)] if qualite.courbe else []),
        _versions(qualite),
    )


def shown(mesure: Mesure, chiffre: Chiffre) -> str:
    """71 % (66 à 76), or 0,74 (0,70 à 0,78)."""
    if MESURES[mesure].part:
        return f"{percent(chiffre.valeur)} ({100 * chiffre.bas:.0f}\u00a0à\u00a0{100 * chiffre.haut:.0f})"
    return f"{decimal(chiffre.valeur)} ({decimal(chiffre.bas)}\u00a0à\u00a0{decimal(chiffre.haut)})"


def percent(value: float) -> str:
    """71 %, with a space that does not break."""
    return f"{100 * value:.0f}\u00a0%"


def decimal(value: float) -> str:
    """0,74."""
    return f"{value:.2f}".replace(".", ",")


def count(value: float) -> str:
    """5 059, with a narrow space that does not break."""
    return f"{value:,.0f}".replace(",", "\u202f")


def _whole(qualite: Qualite) -> Tableau:
    ensemble, personas = qualite.ensemble, qualite.personas
    return Tableau(
        "ensemble",
        "L'essentiel",
        (
            f"Nous avons donné {ensemble.n} phrases à Cap Soin, une par une, sans autre réponse.",
            f"Puis {personas.n} personnes imaginées, avec leur situation complète.",
            "Ces personnes servent aussi à nos tests : leur résultat ne vaut pas comme preuve.",
            f"Phrases restées sans métier : {qualite.sans_reponse}. Elles comptent comme des erreurs.",
            *_weak(qualite),
        ),
        ("Mesure", "Phrases", "Personnes", "Ce que cela veut dire"),
        tuple(
            (sens.titre, shown(m, ensemble.mesures[m]), shown(m, personas.mesures[m]), sens.phrase)
            for m, sens in MESURES.items()
        ),
    )


def _weak(qualite: Qualite) -> Iterator[str]:
    """The groups plainly worse than the whole: where the worst of margins does not reach it."""
    whole = qualite.ensemble.mesures
    for ligne in (ligne for section in qualite.sections for ligne in section.lignes):
        first, wrong = ligne.mesures["hit@1"], ligne.mesures["interdits@3"]
        name = f"Point faible, « {ligne.libelle} »"
        if first.haut < whole["hit@1"].valeur:
            yield f"{name} : bon métier en premier dans {shown('hit@1', first)} des cas."
        if wrong.bas > whole["interdits@3"].valeur:
            yield f"{name} : métier à éviter montré dans {shown('hit@1', wrong)} des cas."


def _sections(qualite: Qualite) -> Iterator[Tableau]:
    for section in qualite.sections:
        yield Tableau(
            section.axe,
            section.libelle,
            (),
            ("Groupe", "Phrases", *(sens.court for sens in MESURES.values())),
            tuple(_line(ligne) for ligne in section.lignes),
        )


def _line(ligne: Ligne) -> tuple[str, ...]:
    return (ligne.libelle, str(ligne.n), *(shown(m, ligne.mesures[m]) for m in MESURES))


def _comparison(modeles: Sequence[Modele]) -> Tableau:
    return Tableau(
        "modeles",
        "Comparé à d'autres méthodes",
        (
            "Les mêmes phrases, données à d'autres méthodes.",
            "MELO est un autre exercice : retrouver un métier européen d'après un intitulé français.",
            "Sa note va de 0 à 1.",
            "La vitesse est un ordre de grandeur, sur notre machine.",
        ),
        ("Méthode", *(sens.court for sens in MESURES.values()), "MELO", "Textes par seconde", "Mesuré le"),
        tuple(
            (
                modele.libelle,
                *(shown(m, modele.mesures[m]) for m in MESURES),
                SANS_VALEUR if modele.melo_map is None else decimal(modele.melo_map),
                SANS_VALEUR if modele.textes_par_seconde is None else count(modele.textes_par_seconde),
                f"{modele.date:%d/%m/%Y}",
            )
            for modele in modeles
        ),
    )


def _errors(qualite: Qualite, titres: Mapping[str, str]) -> Tableau:
    return Tableau(
        "confusions",
        "Les erreurs qui reviennent",
        (
            "Les erreurs vues au moins deux fois ; les autres sont dispersées.",
            "Le métier attendu, puis celui que Cap Soin a mis en premier.",
            "Acceptable : nous l'aurions accepté parmi les trois premiers.",
        ),
        ("Attendu", "Donné en premier", "Nombre de fois", "Dont acceptable"),
        tuple(
            (titres[c.attendu], titres[c.donne], str(c.nombre), str(c.acceptable)) for c in qualite.confusions
        ),
    )


def _coverage(vus: Couverture, titres: Mapping[str, str]) -> Tableau:
    never = ", ".join(titres[slug] for slug in vus.jamais) or "aucun"
    return Tableau(
        "metiers",
        "Les métiers montrés",
        (
            f"Métiers vus au moins une fois parmi les trois premiers : {vus.dans_les_trois} sur {vus.total}.",
            f"Métiers vus au moins une fois en premier : {vus.en_premier} sur {vus.total}.",
            f"Métiers jamais montrés : {never}.",
        ),
        ("Métier", "Phrases où il est bon", "Dont montré dans les trois"),
        tuple((titres[v.metier], str(v.attendu), str(v.montre)) for v in vus.metiers),
    )


def _guards(qualite: Qualite) -> Tableau:
    return Tableau(
        "gardes",
        "Les garde-fous appris",
        (
            "Cap Soin doit entendre un appel à l'aide, ou un texte qui parle d'autre chose.",
            "Ces textes servent à apprendre. Chaque part est donc mesurée sur des textes mis de côté.",
            "Un sosie ressemble à un appel, mais n'en est pas un.",
            "Des règles écrites à la main entendent aussi. Ce tableau ne les compte pas.",
        ),
        ("Modèle", "Entendus", "Sosies pris à tort", "Version"),
        tuple((g.libelle, percent(g.rappel), percent(g.sosies), g.version) for g in qualite.gardes),
    )


def _alarms(qualite: Qualite) -> Tableau:
    return Tableau(
        "alarmes",
        "Les fausses alarmes",
        ("La part de nos phrases ordinaires que tout le programme juge à tort.",),
        ("Garde-fou", "Fausses alarmes"),
        tuple((a.libelle, shown("hit@1", a.part)) for a in qualite.alarmes),
    )


def _agreement(accord: Accord) -> Tableau:
    return Tableau(
        "accord",
        "Nos bonnes réponses sont-elles sûres ?",
        (
            f"{accord.n} phrases ont été lues deux fois. La seconde lecture ne voyait pas la première.",
            "Un modèle de langue a aidé aux deux. Leur accord ne dit pas ce que dirait le terrain.",
            "Le kappa compte l'accord au-delà du hasard : 1 est un accord parfait, 0 un simple hasard.",
        ),
        ("Entre les deux lectures", "Résultat"),
        (
            ("Le premier métier de l'une est bon pour l'autre", shown("hit@1", accord.premier_dans_ideal)),
            ("Au moins un bon métier en commun", shown("hit@1", accord.ideaux_communs)),
            ("Même premier métier (kappa de Cohen)", shown("ndcg@5", accord.kappa)),
            (
                "Un bon métier de l'une est à éviter pour l'autre",
                shown("hit@1", accord.ideal_contre_interdit),
            ),
            ("Goûts de la seconde, vus par la première", shown("hit@1", accord.champs_precision)),
            ("Goûts de la première, vus par la seconde", shown("hit@1", accord.champs_rappel)),
            ("Goûts lus en sens contraire", shown("hit@1", accord.champs_contraires)),
        ),
    )


def _curve(courbe: Courbe) -> Tableau:
    seen = [m for m in MESURES if m in courbe.points[0].mesures]
    return Tableau(
        "courbe",
        "Faut-il écrire plus de phrases ?",
        (
            "Notre modèle léger apprend de plus en plus de phrases.",
            f"Il est jugé sur celles de {courbe.auteurs_tenus} personnages qu'il n'a jamais lus.",
            f"Moyenne de {courbe.tirages} tirages ; entre parenthèses, le plus bas et le plus haut.",
            *_conclude(courbe),
            f"Mesuré le {courbe.date:%d/%m/%Y}, avec l'encodeur {courbe.encodeur}.",
        ),
        ("Phrases apprises", *(MESURES[m].court for m in seen)),
        tuple((count(p.phrases), *(shown(m, p.mesures[m]) for m in seen)) for p in courbe.points),
    )


def _conclude(courbe: Courbe) -> Iterator[str]:
    """Whether the last step, nearly twice as many phrasings, still brought something."""
    before, last = courbe.points[-2:]
    gain = last.mesures["hit@1"].valeur - before.mesures["hit@1"].valeur
    for point in (before, last):
        share = percent(point.mesures["hit@1"].valeur)
        yield f"Avec {count(point.phrases)} phrases, le premier métier est bon dans {share} des cas."
    if gain >= GAIN_NOTABLE:
        yield "La courbe monte encore : écrire d'autres phrases aiderait."
    else:
        yield "La courbe est presque plate : d'autres phrases du même genre aideraient peu."


def _versions(qualite: Qualite) -> Tableau:
    return Tableau(
        "versions",
        "Ce qui a été mesuré",
        (f"Commande : {qualite.commande} --date JOUR.",),
        ("Partie", "Version"),
        tuple(qualite.versions.items()),
    )
