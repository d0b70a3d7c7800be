"""Follow major hazards: plans, papers of listing, report and referral, monthly progress

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NEW_ACTS = ("report_major", "submit_plan", "accept_plan", "return_plan", "report_progress")
EVENTS, PHOTOS = ("hazard_events", "act"), ("hazard_photos", "role")
ACTS, ROLES = "ck_hazard_events_act", "ck_hazard_photos_hazardphotorole"
WORDS = "filed rows are evidence: they are corrected by new rows"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _create_plans() -> None:
    op.create_table(
        "rectification_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("funds", sa.Double(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("emergency_plan", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_rectification_plans_decided_by_id")),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazards.id"], name=op.f("fk_rectification_plans_hazard_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_rectification_plans_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_plans")),
    )
    op.create_index(op.f("ix_rectification_plans_hazard_id"), "rectification_plans", ["hazard_id"])


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("kind", _one_of("letterkind", "listing", "delisting", "report", "referral"), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazards.id"], name=op.f("fk_letters_hazard_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_letters_issued_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_letters_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("kind", "year", "serial", name=op.f("uq_letters_kind_year_serial")),
    )
    for column in ("hazard_id", "number", "site_id"):
        op.create_index(op.f(f"ix_letters_{column}"), "letters", [column])


def upgrade() -> None:
    _create_plans()
    _create_letters()
    change_allowed_words(*EVENTS, ACTS, add=NEW_ACTS)
    change_allowed_words(*PHOTOS, ROLES, add=("progress",))


def downgrade() -> None:
    # An earlier release knows neither these steps nor their photos. What was filed is kept: they become reminders and
    # photos of a re-inspection.
    sqlite = op.get_bind().dialect.name == "sqlite"
    told = ", ".join(repr(act) for act in NEW_ACTS)
    for (table, column), word, those in ((EVENTS, "remind", told), (PHOTOS, "verified", "'progress'")):
        op.execute(f"DROP TRIGGER {table}_no_update" + ("" if sqlite else f" ON {table}"))
        op.execute(f"UPDATE {table} SET {column} = '{word}' WHERE {column} IN ({those})")
        refusal = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refusal}")
    change_allowed_words(*EVENTS, ACTS, remove=NEW_ACTS)
    change_allowed_words(*PHOTOS, ROLES, remove=("progress",))
    op.drop_table("letters")
    op.drop_table("rectification_plans")
