"""Keep the papers of an edition as they were printed: a reprint is the same bytes in every later release

Revision: 0051
Follows: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    op.create_table(
        "edition_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_edition_papers_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_papers")),
        sa.UniqueConstraint("edition_id", "lang", name=op.f("uq_edition_papers_edition_id_lang")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    body = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER edition_papers_no_{change} BEFORE {change.upper()} ON edition_papers {body}")


def downgrade() -> None:
    op.drop_table("edition_papers")  # its triggers go with it
