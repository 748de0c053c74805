"""A dossier: what a person asked to keep, until the day they chose or the moment they erase it.

An act is written once, whatever is sent again: it is known by the page it comes from and what it says
(`geste`). It applies to what is kept now, not to what an older page shows, so that two tabs never lose each
other's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from knowledge.schema import Slug
from service.conversation import Conversation
from service.dossiers.codes import digest, is_jeton, new_jeton, new_ref, read_code
from service.dossiers.coffre import Coffre, CoffreInutilisable
from service.dossiers.tables import CHANGEMENT, CLE, DOSSIER

NOTES_MAX = 4000
ETAPES_MAX = 40
PROPRES = ("code", "lien", "appareil")
"""The keys of the person; those of an interview or a workshop are others'."""
VUS_MAX = 50
# How much of the name of a step says in which interview it was agreed.
PREFIXE = 8
# Two people and their tabs never write more at once; beyond, something is wrong.
ESSAIS_MAX = 50


class DossierIntrouvable(Exception):
    """Unknown, erased, expired or not shared: never said which."""

    def __init__(self) -> None:
        super().__init__("Ce dossier n'existe pas, ou n'existe plus.")


class NotesEntretemps(Exception):
    """The notes changed since they were shown: both are kept, and shown again."""

    def __init__(self, gardees: str) -> None:
        super().__init__("Ces notes ont changé entre-temps.")
        self.gardees = gardees


class TropDEtapes(ValueError):
    """The message is French, for the person."""

    def __init__(self) -> None:
        super().__init__(f"Il y a déjà {ETAPES_MAX} étapes. Enlevez-en une d'abord.")


class Duree(IntEnum):
    """How many days a dossier is kept."""

    SEMAINE = 7
    MOIS = 30
    TRIMESTRE = 90


class Auteur(StrEnum):
    """Who made a change."""

    PERSONNE = "personne"
    CONSEIL = "conseil"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Vu(_Kept):
    """A ranking as it was shown: the first métiers, and with what it was computed."""

    le: datetime
    metiers: tuple[Slug, ...]
    versions: dict[str, str]


class Etape(_Kept):
    """A next step: what, before when, who does it."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16}$")]
    texte: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    le: date | None = None
    qui: Annotated[str, StringConstraints(max_length=80)] = ""
    faite: bool = False


class Contenu(_Kept):
    """All that a dossier holds, sealed as one. What was set aside is in the conversation."""

    conversation: Conversation
    vus: Annotated[tuple[Vu, ...], Field(max_length=VUS_MAX)] = ()
    notes: Annotated[str, StringConstraints(max_length=NOTES_MAX)] = ""
    etapes: Annotated[tuple[Etape, ...], Field(max_length=ETAPES_MAX)] = ()

    def seen(self, vu: Vu) -> Contenu:
        """With one more ranking shown, unless it is the last one again; the oldest go first."""
        last = self.vus[-1] if self.vus else None
        if last and (last.metiers, last.versions) == (vu.metiers, vu.versions):
            return self
        return self.model_copy(update={"vus": (*self.vus, vu)[-VUS_MAX:]})

    @property
    def marque_notes(self) -> str:
        """What a page says of the notes it shows, so that newer ones are never written over."""
        return digest(self.notes)

    def noted(self, notes: str, lues: str) -> Contenu:
        """With these notes, written by someone who had those before them. Raises NotesEntretemps."""
        if self.notes not in ("", notes) and lues != self.marque_notes:
            raise NotesEntretemps(self.notes)
        return self.model_copy(update={"notes": notes})

    def planned(self, etape: Etape) -> Contenu:
        """With one more step, unless it is there already. Raises TropDEtapes."""
        if any(known.id == etape.id for known in self.etapes):
            return self
        if len(self.etapes) >= ETAPES_MAX:
            raise TropDEtapes
        return self.model_copy(update={"etapes": (*self.etapes, etape)})

    def agreed(self, entretien: str, actions: Iterable[tuple[str, date | None, str]]) -> Contenu:
        """With what was agreed in this interview as steps (what, before when, who), and no longer what was
        agreed in it before and taken back; a step done stays. Raises TropDEtapes."""
        prefixe = digest(entretien)[:PREFIXE]
        known = {etape.id: etape for etape in self.etapes}
        ids = {f"{prefixe}{digest(quoi)[PREFIXE:16]}": (quoi, le, qui) for quoi, le, qui in actions}
        kept = [e for e in self.etapes if not e.id.startswith(prefixe) or (e.faite and e.id not in ids)]
        for cle, (quoi, le, qui) in ids.items():
            kept.append(Etape(id=cle, texte=quoi, le=le, qui=qui, faite=cle in known and known[cle].faite))
        if len(kept) > ETAPES_MAX:
            raise TropDEtapes
        return self if sorted(kept, key=_id) == sorted(self.etapes, key=_id) else self._with_steps(kept)

    def _with_steps(self, etapes: Sequence[Etape]) -> Contenu:
        return self.model_copy(update={"etapes": tuple(etapes)})

    def ticked(self, etape_id: str, faite: bool) -> Contenu:
        """With this step done, or to do again."""
        marked = (e.model_copy(update={"faite": faite}) if e.id == etape_id else e for e in self.etapes)
        return self.model_copy(update={"etapes": tuple(marked)})

    def dropped(self, etape_id: str) -> Contenu:
        """Without this step."""
        return self.model_copy(update={"etapes": tuple(e for e in self.etapes if e.id != etape_id)})

    @property
    def agenda(self) -> tuple[Etape, ...]:
        """The steps, those to do first, by date; those without a date after."""
        return tuple(sorted(self.etapes, key=lambda e: (e.faite, e.le is None, e.le or date.min)))


def _id(etape: Etape) -> str:
    return etape.id


@dataclass(frozen=True)
class Dossier:
    """A dossier as it is now."""

    id: int
    ref: str
    version: int
    contenu: Contenu
    cree_le: datetime
    expire_le: datetime
    atelier: int | None = None

    @property
    def conversation(self) -> Conversation:
        """The one kept, marked with the page that will show it."""
        return self.contenu.conversation.model_copy(update={"page": f"{self.ref}.{self.version}"})


@dataclass(frozen=True)
class Cles:
    """What opens a dossier: shown once, never stored as they are."""

    code: str
    lien: str
    appareil: str
    """For the cookie of the device that keeps it."""


@dataclass(frozen=True)
class Changement:
    """One line of what happened to a dossier, as both can read it."""

    numero: int
    auteur: Auteur
    quoi: str
    le: datetime


Change = Callable[[Contenu], tuple[Contenu, str]]
"""What an act makes of what is kept, and the sentence that tells it."""


class Dossiers:
    """Every dossier of the base. All methods raise CoffreInutilisable when it does not answer."""

    def __init__(self, coffre: Coffre) -> None:
        self._coffre = coffre

    # --- making and opening ----------------------------------------------------------------------------

    def keep(
        self,
        conversation: Conversation,
        duree: Duree,
        *,
        atelier: int | None = None,
        graine: str | None = None,
    ) -> tuple[int, Cles]:
        """Make a dossier of a conversation: its number, and what opens it.

        `graine` is the seed of the form: sent again, it leads to the same dossier. Raises DossierIntrouvable
        when that one is closed or erased since: what was sent before never makes it anew.
        """
        now = self._coffre.horloge()
        cles = self._draw(graine or new_jeton())
        contenu = Contenu(conversation=conversation.model_copy(update={"page": None}))
        row = {"ref": new_ref(), "version": 1, "contenu": self._seal(contenu), "atelier": atelier}
        dates = {"cree_le": now, "expire_le": now + timedelta(days=duree)}
        with self._coffre.writing() as connexion:
            if self._is_first(connexion, cles, now):
                made = connexion.execute(insert(DOSSIER).values(row | dates).returning(DOSSIER.c.id))
                numero: int = made.scalar_one()
                self._give_keys(connexion, numero, cles, dates["expire_le"])
                return numero, cles
        return self.open(cles.appareil).id, cles

    def open(self, appareil: str) -> Dossier:
        """The dossier of this device. Raises DossierIntrouvable."""
        return self._opened("appareil", digest(appareil))

    def resume(self, code_ou_lien: str) -> str:
        """A new secret for the device that brings a code or a link.

        Raises DossierIntrouvable, or CodeIllisible for what is neither.
        """
        is_lien = is_jeton(code_ou_lien)
        empreinte = digest(code_ou_lien) if is_lien else self._coffre.digest_code(read_code(code_ou_lien))
        dossier = self._opened("lien" if is_lien else "code", empreinte)
        return self.add_device(dossier)

    def add_device(self, dossier: Dossier) -> str:
        """The secret of one more device that may open this dossier."""
        appareil = new_jeton()
        with self._coffre.writing() as connexion:
            self._add_key(connexion, "appareil", digest(appareil), dossier.id, dossier.expire_le)
        return appareil

    def leave(self, appareil: str) -> None:
        """This device no longer opens its dossier, which stays."""
        with self._coffre.writing() as connexion:
            connexion.execute(delete(CLE).where(CLE.c.empreinte == digest(appareil)))

    def renew_keys(self, dossier: Dossier, *, graine: str | None = None) -> Cles:
        """A new code and a new link; the old ones and the other devices no longer open it."""
        cles = self._draw(graine or new_jeton())
        mine = (CLE.c.dossier == dossier.id) & CLE.c.genre.in_(PROPRES)
        with self._coffre.writing() as connexion:
            # The form may have been sent twice: one waits for the other.
            connexion.execute(select(DOSSIER.c.id).where(DOSSIER.c.id == dossier.id).with_for_update())
            connexion.execute(delete(CLE).where(mine))
            self._give_keys(connexion, dossier.id, cles, dossier.expire_le)
        return cles

    def renewed_by(self, graine: str) -> tuple[Dossier, Cles]:
        """The dossier whose keys this form has just changed. Raises DossierIntrouvable."""
        cles = self._draw(graine)
        return self.open(cles.appareil), cles

    def get(self, numero: int) -> Dossier:
        """Raises DossierIntrouvable."""
        alive = (DOSSIER.c.id == numero) & (DOSSIER.c.expire_le > self._coffre.horloge())
        with self._coffre.reading() as connexion:
            row = connexion.execute(select(DOSSIER).where(alive)).one_or_none()
        return self._read(row)

    def version(self, numero: int) -> int | None:
        """How many times it changed; None when it is gone."""
        alive = (DOSSIER.c.id == numero) & (DOSSIER.c.expire_le > self._coffre.horloge())
        with self._coffre.reading() as connexion:
            return connexion.scalar(select(DOSSIER.c.version).where(alive))

    # --- writing ---------------------------------------------------------------------------------------

    def act(self, numero: int, geste: str, auteur: Auteur, change: Change) -> Dossier:
        """The dossier after this act, made once. Raises DossierIntrouvable, and whatever `change` raises.

        `geste` names the act (64 signs at most); `change` may be called again when somebody wrote meanwhile.
        """
        for _ in range(ESSAIS_MAX):
            avant = self.get(numero)
            if self._is_done(numero, geste):
                return avant
            contenu, quoi = change(avant.contenu)
            if contenu == avant.contenu:
                return avant
            if self._store(avant, contenu, geste, auteur, quoi):
                return self.get(numero)
        raise CoffreInutilisable("Trop de changements arrivent en même temps.")

    def extend(self, dossier: Dossier, duree: Duree) -> None:
        """Kept `duree` days from now."""
        expire_le = self._coffre.horloge() + timedelta(days=duree)
        with self._coffre.writing() as connexion:
            connexion.execute(update(DOSSIER).where(DOSSIER.c.id == dossier.id).values(expire_le=expire_le))
            mine = (CLE.c.dossier == dossier.id) & CLE.c.genre.in_(PROPRES)
            connexion.execute(update(CLE).where(mine).values(expire_le=expire_le))

    def erase(self, numero: int) -> None:
        """Nothing of it remains in the base, nor in its log, within five seconds."""
        with self._coffre.writing() as connexion:
            connexion.execute(delete(DOSSIER).where(DOSSIER.c.id == numero))
        self._coffre.purge()

    def erase_expired(self) -> int:
        """How many were past their day, and are gone."""
        now = self._coffre.horloge()
        with self._coffre.writing() as connexion:
            gone = connexion.execute(delete(DOSSIER).where(DOSSIER.c.expire_le <= now)).rowcount
            connexion.execute(delete(CLE).where(CLE.c.expire_le <= now))
        if gone:
            self._coffre.purge()
        return gone

    def changes(self, numero: int, *, after: int = 0) -> Sequence[Changement]:
        """What happened to it since version `after`, oldest first."""
        c = CHANGEMENT.c
        since = select(CHANGEMENT).where(c.dossier == numero, c.numero > after).order_by(c.numero)
        with self._coffre.reading() as connexion:
            return [
                Changement(row.numero, Auteur(row.auteur), self._coffre.unseal(row.contenu), row.le)
                for row in connexion.execute(since)
            ]

    # --- rows ------------------------------------------------------------------------------------------

    def _opened(self, genre: str, empreinte: str) -> Dossier:
        now = self._coffre.horloge()
        key = (CLE.c.empreinte == empreinte) & (CLE.c.genre == genre) & (CLE.c.expire_le > now)
        found = select(DOSSIER).join(CLE, CLE.c.dossier == DOSSIER.c.id).where(key, DOSSIER.c.expire_le > now)
        with self._coffre.reading() as connexion:
            return self._read(connexion.execute(found).one_or_none())

    def _read(self, row: Row[Any] | None) -> Dossier:
        if row is None:
            raise DossierIntrouvable
        try:
            contenu = Contenu.model_validate(self._coffre.unseal(row.contenu))
        except ValidationError:
            # The message would quote what the person said.
            raise CoffreInutilisable("Un dossier n'a pas pu être relu.") from None
        return Dossier(row.id, row.ref, row.version, contenu, row.cree_le, row.expire_le, row.atelier)

    def _seal(self, contenu: Contenu) -> bytes:
        return self._coffre.seal(contenu.model_dump(mode="json", exclude_none=True))

    def _is_done(self, numero: int, geste: str) -> bool:
        c = CHANGEMENT.c
        with self._coffre.reading() as connexion:
            found = select(func.count()).where(c.dossier == numero, c.geste == geste)
            return bool(connexion.scalar(found))

    def _store(self, avant: Dossier, contenu: Contenu, geste: str, auteur: Auteur, quoi: str) -> bool:
        """False when somebody wrote since `avant` was read."""
        kept = contenu.model_copy(
            update={"conversation": contenu.conversation.model_copy(update={"page": None})}
        )
        same = (DOSSIER.c.id == avant.id) & (DOSSIER.c.version == avant.version)
        with self._coffre.writing() as connexion:
            values = {"contenu": self._seal(kept), "version": avant.version + 1}
            if connexion.execute(update(DOSSIER).where(same).values(values)).rowcount == 0:
                return False
            connexion.execute(
                insert(CHANGEMENT).values(
                    dossier=avant.id,
                    numero=avant.version + 1,
                    geste=geste,
                    auteur=auteur.value,
                    contenu=self._coffre.seal(quoi),
                    le=self._coffre.horloge(),
                )
            )
        return True

    def _draw(self, graine: str) -> Cles:
        draw = self._coffre.draw_jeton
        return Cles(self._coffre.draw_code(graine), draw("lien", graine), draw("appareil", graine))

    def _is_first(self, connexion: Connection, cles: Cles, now: datetime) -> bool:
        """Whether these keys were never given: written down before all else, for as long as any dossier."""
        insert_into = sqlite.insert if connexion.dialect.name == "sqlite" else postgresql.insert
        # Of a digest, so that nobody knows from it which dossier it was.
        given = {"empreinte": digest(f"garde:{cles.appareil}"), "genre": "garde"}
        row = given | {"expire_le": now + timedelta(days=max(Duree))}
        written = insert_into(CLE).values(row).on_conflict_do_nothing().returning(CLE.c.genre)
        return connexion.scalar(written) is not None

    def _give_keys(self, connexion: Connection, dossier: int, cles: Cles, expire_le: datetime) -> None:
        self._add_key(connexion, "code", self._coffre.digest_code(cles.code), dossier, expire_le)
        self._add_key(connexion, "lien", digest(cles.lien), dossier, expire_le)
        self._add_key(connexion, "appareil", digest(cles.appareil), dossier, expire_le)

    def _add_key(
        self, connexion: Connection, genre: str, empreinte: str, dossier: int, expire_le: datetime
    ) -> None:
        row = {"empreinte": empreinte, "genre": genre, "dossier": dossier, "expire_le": expire_le}
        connexion.execute(insert(CLE).values(row))
