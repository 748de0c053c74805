"""The métiers by every name people call them, and by their sigles as they are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge.schema import Metier
from service.ecoute import Ecoute
from service.francais import flatten, split_words
from service.reperage import Reperage, Trouvaille

# Typed all in capitals, a text longer than this is shouted: capitals tell no sigle there.
_MAJUSCULES = 3


class Noms:
    """Built once; a sigle in small letters counts only where it cannot be an ordinary word."""

    def __init__(self, metiers: Mapping[str, Metier]) -> None:
        named = [(nom, m.slug) for m in metiers.values() for nom in _names(m)]
        self._noms = Reperage((nom, slug) for nom, slug in named if not _is_sigle(nom))
        seuls = (flatten(nom) for nom, _ in named if nom.isalpha())
        self._mots_seuls = frozenset(s for nom in seuls for s in (nom, nom.removesuffix("s")))
        self._sigles: dict[str, list[str]] = {}
        for nom, slug in named:
            if _is_sigle(nom):
                self._sigles.setdefault(flatten(nom), []).append(slug)

    def find(self, ecoute: Ecoute) -> list[Trouvaille[str]]:
        """In order; nothing twice."""
        named = (t for t in self._noms.find(ecoute.mots) if self._is_name(ecoute, t))
        found = [*named, *self._by_sigle(ecoute)]
        kept = {t.charge: t for t in sorted(found, key=lambda t: -t.debut)}
        return sorted(kept.values(), key=lambda t: (t.debut, t.charge))

    def _is_name(self, ecoute: Ecoute, nom: Trouvaille[str]) -> bool:
        """A lone word must be the name itself: « soigner » is not « soignant »."""
        alone = nom.fin - nom.debut == 1
        return not alone or ecoute.mots[nom.debut].forme.removesuffix("s") in self._mots_seuls

    def _by_sigle(self, ecoute: Ecoute) -> Iterable[Trouvaille[str]]:
        shouted = ecoute.propre.isupper() and len(ecoute.mots) > _MAJUSCULES
        typed = split_words(ecoute.masque)
        for rang, mot in enumerate(typed):
            slugs = self._sigles.get(mot.forme)
            capital = ecoute.propre[mot.debut : mot.fin].isupper() and not shouted
            if slugs and (capital or _may_be_small(mot.forme, typed[rang - 1].forme if rang else "")):
                place = next((i for i, m in enumerate(ecoute.mots) if m.debut >= mot.debut), 0)
                yield from (Trouvaille(place, place + 1, slug) for slug in slugs)


def _names(metier: Metier) -> set[str]:
    return {metier.titre.feminin, metier.titre.masculin, *metier.autres_noms}


def _is_sigle(nom: str) -> bool:
    return nom.isupper() and " " not in nom


# Sigles that are also words, or halves of words, once in small letters.
_MOTS_AUSSI = frozenset("as me ap sf ass ide dea asd avf amp ash".split())
_DEVANT = frozenset("une un d de formation metier salaire diplome devenir comme pas pourquoi l".split())


def _may_be_small(sigle: str, before: str) -> bool:
    return sigle not in _MOTS_AUSSI or (len(sigle) > 2 and before in _DEVANT) or before == "une"
