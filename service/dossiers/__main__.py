"""Structures and accounts from the command line: `python -m service.dossiers --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from service.dossiers.archives import Archives
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.comptes import Compte, CompteIntrouvable, Genre, Role, SaisieRefusee


def main(arguments: Sequence[str] | None = None, archives: Archives | None = None) -> int:
    """0 when it is done, 1 when it is refused, 2 when the base does not answer."""
    demande = _parser().parse_args(arguments)
    kept = archives or Archives()
    try:
        demande.commande(demande, kept)
    except (SaisieRefusee, CompteIntrouvable) as refus:
        print(refus, file=sys.stderr)
        return 1
    except CoffreInutilisable as panne:
        print(panne, file=sys.stderr)
        return 2
    finally:
        if archives is None:
            kept.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service.dossiers", description="Les structures, les comptes et les dossiers gardés."
    )
    commandes = parser.add_subparsers(required=True, metavar="COMMANDE")
    structure = commandes.add_parser("structure", help="ajouter, lister ou fermer des structures")
    gestes = structure.add_subparsers(required=True, metavar="GESTE")
    ajout = gestes.add_parser("add", help="ajouter une structure")
    ajout.add_argument("nom")
    ajout.add_argument("--genre", choices=[genre.value for genre in Genre], default=Genre.AUTRE.value)
    ajout.set_defaults(commande=_add_structure)
    gestes.add_parser("list", help="lister les structures").set_defaults(commande=_list_structures)
    for geste in ("close", "reopen"):
        autre = gestes.add_parser(geste, help="fermer une structure" if geste == "close" else "la rouvrir")
        autre.add_argument("ref")
        autre.set_defaults(commande=_set_structure, active=geste == "reopen")
    _add_comptes(commandes)
    purge = commandes.add_parser(
        "purge", help="effacer ce qui a expiré (chaque jour, par une tâche planifiée)"
    )
    purge.set_defaults(commande=_purge)
    return parser


def _add_comptes(commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inviter = commandes.add_parser("inviter", help="préparer une invitation, et afficher son lien")
    inviter.add_argument("courriel")
    inviter.add_argument("nom")
    inviter.add_argument("--role", choices=[role.value for role in Role], default=Role.CONSEIL.value)
    inviter.add_argument("--structure", metavar="REF", help="sauf pour un admin")
    inviter.add_argument("--site", default="http://127.0.0.1:8000", help="adresse publique du service")
    inviter.set_defaults(commande=_invite)
    comptes = commandes.add_parser("comptes", help="lister les comptes")
    comptes.add_argument("--structure", metavar="REF")
    comptes.set_defaults(commande=_list_comptes)
    for geste in ("desactiver", "reactiver"):
        autre = commandes.add_parser(geste, help=f"{geste} un compte")
        autre.add_argument("courriel")
        autre.set_defaults(commande=_set_active, actif=geste == "reactiver")


def _add_structure(demande: argparse.Namespace, archives: Archives) -> None:
    structure = archives.comptes.add_structure(demande.nom, Genre(demande.genre))
    print(f"Structure ajoutée : {structure.nom}. Sa référence : {structure.ref}")


def _list_structures(_demande: argparse.Namespace, archives: Archives) -> None:
    for structure in archives.comptes.structures():
        etat = "" if structure.active else "  (fermée)"
        print(f"{structure.ref}  {structure.genre:<15}  {structure.nom}{etat}")


def _set_structure(demande: argparse.Namespace, archives: Archives) -> None:
    structure = archives.comptes.structure(demande.ref)
    archives.comptes.set_structure_active(structure, active=demande.active)
    print(f"{structure.nom} est {'rouverte' if demande.active else 'fermée'}.")


def _invite(demande: argparse.Namespace, archives: Archives) -> None:
    structure = archives.comptes.structure(demande.structure) if demande.structure else None
    jeton = archives.comptes.invite(demande.courriel, demande.nom, Role(demande.role), structure)
    print("Lien à envoyer vous-même, valable 7 jours, pour une seule fois :")
    print(f"{demande.site.rstrip('/')}/invitation/{jeton}")


def _list_comptes(demande: argparse.Namespace, archives: Archives) -> None:
    structure = archives.comptes.structure(demande.structure) if demande.structure else None
    for compte in archives.comptes.comptes(structure):
        print(_line(compte))


def _line(compte: Compte) -> str:
    where = compte.structure.nom if compte.structure else "service"
    etat = "" if compte.actif else "  (désactivé)"
    return f"{compte.role:<11}  {compte.courriel}  {compte.nom}  {where}{etat}"


def _set_active(demande: argparse.Namespace, archives: Archives) -> None:
    compte = archives.comptes.by_courriel(demande.courriel)
    archives.comptes.set_active(compte, actif=demande.actif)
    print(f"Le compte est {'réactivé' if demande.actif else 'désactivé, et déconnecté partout'}.")


def _purge(_demande: argparse.Namespace, archives: Archives) -> None:
    gone = archives.erase_expired()
    print(f"Tout ce qui avait expiré est effacé, dont {gone} dossier{'s' if gone > 1 else ''}.")


if __name__ == "__main__":
    sys.exit(main())
