"""Issue editions of summaries and keep the paragraphs that the office wrote

Revision: 0031
Follows: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = ("editions", "summary_texts")
WORDS = "filed rows are evidence: they are corrected by new rows"


def _refuse_changes(table: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    body = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} {body}")


def _create_editions() -> None:
    kind = sa.Enum(
        "summary", "circular", name="editionkind", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("lists", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_editions_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("kind", "year", "serial", name=op.f("uq_editions_kind_year_serial")),
        sa.UniqueConstraint(
            "kind", "first_on", "last_on", "edition", name=op.f("uq_editions_kind_first_on_last_on_edition")
        ),
    )
    op.create_index(op.f("ix_editions_number"), "editions", ["number"])


def upgrade() -> None:
    _create_editions()
    op.create_table(
        "summary_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_summary_texts_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_texts")),
    )
    op.create_index("ix_summary_texts_period", "summary_texts", ["first_on", "last_on", "lang"])
    for table in TABLES:
        _refuse_changes(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers go with it
