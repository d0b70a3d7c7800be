"""Keep appeals against an appraisal with the decision on each, and issue appraisals

Revision: 0043
Follows: 0042
"""

import sqlalchemy as sa
from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

EDITIONS = ("editions", "kind", "ck_editions_editionkind")
WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    change_allowed_words(*EDITIONS, add=("appraisal",))
    state = sa.Enum(
        "waiting", "accepted", "declined", name="appealstate", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_photo_id", sa.Integer(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("credited", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_appeals_person_id")),
        sa.ForeignKeyConstraint(["evidence_photo_id"], ["photos.id"], name=op.f("fk_appeals_evidence_photo_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_appeals_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint(
            "person_id",
            "first_on",
            "last_on",
            "component",
            name=op.f("uq_appeals_person_id_first_on_last_on_component"),
        ),
    )


def downgrade() -> None:
    op.drop_table("appeals")
    # An earlier release cannot show what was issued of an appraisal.
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER editions_no_delete" + ("" if sqlite else " ON editions"))
    op.execute("DELETE FROM editions WHERE kind = 'appraisal'")
    refusal = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER editions_no_delete BEFORE DELETE ON editions {refusal}")
    change_allowed_words(*EDITIONS, remove=("appraisal",))
