"""What must be kept of a dossier, said plainly: lists and sets, no code of the service that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.conversation import Conversation

REGLAGES = ("endroit", "importance")

Tour = dict[str, Any]


@dataclass
class Garde:
    """What must be kept of one dossier."""

    numero: int
    ref: str
    codes: list[str]
    """The last one opens it."""
    ouvrent: set[str]
    """The cookies that open it."""
    expire_le: datetime
    tours: list[Tour]
    notes: str = ""
    etapes: list[str] = field(default_factory=list)
    faits: set[tuple[str | None, str]] = field(default_factory=set)
    """Acts that changed something: the page they came from, and all they said."""
    efface: bool = False


@dataclass
class Appareil:
    """One browser: its cookie, and the dossier it opens."""

    cookie: str | None = None
    garde: Garde | None = None


@dataclass
class Onglet:
    """One tab: the hidden field of the page it shows, and the last thing it sent."""

    appareil: Appareil
    etat: str = ""
    dernier: tuple[str, dict[str, str]] | None = None


def plain(conversation: Conversation) -> list[Tour]:
    """Its turns as they were said, without what was read of them."""
    return [t.model_dump(mode="json", exclude={"lu"}, exclude_none=True) for t in conversation.tours]


def after(tours: list[Tour], act: dict[str, str]) -> list[Tour]:
    """The turns that this act leaves, said plainly."""
    (nom, valeur), *_ = act.items()
    gauche, _, droite = valeur.partition(":")
    if nom == "revenir":
        last = max((i for i, t in enumerate(tours) if t["genre"] not in REGLAGES), default=len(tours))
        return tours[:last] + tours[last + 1 :]
    if nom == "remettre":
        return [t for t in tours if not (t["genre"] == "exclusion" and t["metier"] == valeur)]
    if nom == "importance":
        kept = [t for t in tours if not (t["genre"] == "importance" and t["theme"] == gauche)]
        return [*kept, {"genre": "importance", "theme": gauche, "accent": droite}]
    if nom == "commune":
        here = {"genre": "endroit", "commune": valeur}
        return tours if here in tours else [*standing([t for t in tours if t["genre"] != "endroit"]), here]
    added: dict[str, Tour] = {
        "choix": {"genre": "reponse", "question": gauche, "choix": droite},
        "passer": {"genre": "passe", "question": valeur},
        "reprendre": {"genre": "reprise", "question": valeur},
        "ecarter": {"genre": "exclusion", "metier": valeur},
        "texte": {"genre": "parole", "texte": valeur},
    }
    return [*standing(tours, added[nom]), added[nom]]


def standing(tours: list[Tour], added: Tour | None = None) -> list[Tour]:
    """A question to be asked again goes once something is said, with its older answers if it is answered."""
    if not tours or tours[-1]["genre"] != "reprise":
        return tours
    again, before = tours[-1]["question"], tours[:-1]
    if added and added["genre"] in ("reponse", "passe") and added["question"] == again:
        return [t for t in before if not (t["genre"] in ("reponse", "passe") and t["question"] == again)]
    return before
