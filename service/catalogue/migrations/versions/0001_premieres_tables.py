"""The first tables of the catalogue"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "importation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("origine", sa.String(length=64), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("etat", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("gardees", sa.Integer(), nullable=False),
        sa.Column("retirees", sa.Integer(), nullable=False),
        sa.Column("refus", sa.JSON(), nullable=False),
        sa.Column("debut", sa.DateTime(), nullable=False),
        sa.Column("fin", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("importation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_importation_source"), ["source"], unique=False)

    op.create_table(
        "repere",
        sa.Column("genre", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("secteur", sa.String(length=12), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("fiche", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("fraicheur", sa.Integer(), nullable=False),
        sa.Column("debut", sa.Integer(), nullable=True),
        sa.Column("fin", sa.Integer(), nullable=False),
        sa.Column("traits", sa.Integer(), nullable=False),
        sa.Column("doublon", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("genre", "code", "secteur", "latitude", "fiche"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("repere", schema=None) as batch_op:
        batch_op.create_index("ix_repere_fiche", ["genre", "fiche"], unique=False)

    op.create_table(
        "enregistrement",
        sa.Column("numero", sa.String(length=10), nullable=False),
        sa.Column("intitule", sa.String(length=300), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("successeurs", sa.JSON(), nullable=False),
        sa.Column("vue", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vue"],
            ["importation.id"],
        ),
        sa.PrimaryKeyConstraint("numero"),
    )
    op.create_table(
        "evenement",
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("debut", sa.DateTime(), nullable=True),
        sa.Column("fin", sa.DateTime(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("cle", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("titre", sa.String(length=200), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("lieu", sa.String(length=120), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=True),
        sa.Column("departement", sa.String(length=3), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("codes", sa.String(length=400), nullable=False),
        sa.Column("publie_le", sa.Date(), nullable=True),
        sa.Column("mis_a_jour_le", sa.Date(), nullable=True),
        sa.Column("jusqu_au", sa.Date(), nullable=True),
        sa.Column("a_distance", sa.Boolean(), nullable=False),
        sa.Column("rome_version", sa.String(length=10), nullable=False),
        sa.Column("empreinte", sa.String(length=16), nullable=True),
        sa.Column("vue", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vue"],
            ["importation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "cle"),
    )
    with op.batch_alter_table("evenement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evenement_empreinte"), ["empreinte"], unique=False)

    op.create_table(
        "formation",
        sa.Column("organisme", sa.String(length=200), nullable=True),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("rncp", sa.String(length=10), nullable=True),
        sa.Column("certification", sa.String(length=300), nullable=True),
        sa.Column("alternance", sa.Boolean(), nullable=True),
        sa.Column("financable", sa.Boolean(), nullable=True),
        sa.Column("heures", sa.Integer(), nullable=True),
        sa.Column("cout", sa.Integer(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("cle", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("titre", sa.String(length=200), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("lieu", sa.String(length=120), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=True),
        sa.Column("departement", sa.String(length=3), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("codes", sa.String(length=400), nullable=False),
        sa.Column("publie_le", sa.Date(), nullable=True),
        sa.Column("mis_a_jour_le", sa.Date(), nullable=True),
        sa.Column("jusqu_au", sa.Date(), nullable=True),
        sa.Column("a_distance", sa.Boolean(), nullable=False),
        sa.Column("rome_version", sa.String(length=10), nullable=False),
        sa.Column("empreinte", sa.String(length=16), nullable=True),
        sa.Column("vue", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vue"],
            ["importation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "cle"),
    )
    with op.batch_alter_table("formation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_formation_empreinte"), ["empreinte"], unique=False)

    op.create_table(
        "offre",
        sa.Column("employeur", sa.String(length=200), nullable=True),
        sa.Column("contrat", sa.String(length=20), nullable=True),
        sa.Column("duree", sa.String(length=200), nullable=True),
        sa.Column("temps_plein", sa.Boolean(), nullable=True),
        sa.Column("debutant", sa.Boolean(), nullable=True),
        sa.Column("handicap", sa.Boolean(), nullable=True),
        sa.Column("debut", sa.Date(), nullable=True),
        sa.Column("salaire", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("cle", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("titre", sa.String(length=200), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("lieu", sa.String(length=120), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=True),
        sa.Column("departement", sa.String(length=3), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("codes", sa.String(length=400), nullable=False),
        sa.Column("publie_le", sa.Date(), nullable=True),
        sa.Column("mis_a_jour_le", sa.Date(), nullable=True),
        sa.Column("jusqu_au", sa.Date(), nullable=True),
        sa.Column("a_distance", sa.Boolean(), nullable=False),
        sa.Column("rome_version", sa.String(length=10), nullable=False),
        sa.Column("empreinte", sa.String(length=16), nullable=True),
        sa.Column("vue", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vue"],
            ["importation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "cle"),
    )
    with op.batch_alter_table("offre", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offre_empreinte"), ["empreinte"], unique=False)
        batch_op.create_index(batch_op.f("ix_offre_reference"), ["reference"], unique=False)

    op.create_table(
        "session",
        sa.Column("formation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=True),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("ouverte", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["formation"], ["formation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("formation", "rang"),
    )


def downgrade() -> None:
    op.drop_table("session")
    with op.batch_alter_table("offre", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offre_reference"))
        batch_op.drop_index(batch_op.f("ix_offre_empreinte"))

    op.drop_table("offre")
    with op.batch_alter_table("formation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_formation_empreinte"))

    op.drop_table("formation")
    with op.batch_alter_table("evenement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evenement_empreinte"))

    op.drop_table("evenement")
    op.drop_table("enregistrement")
    with op.batch_alter_table("repere", schema=None) as batch_op:
        batch_op.drop_index("ix_repere_fiche")

    op.drop_table("repere")
    with op.batch_alter_table("importation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_importation_source"))

    op.drop_table("importation")
