"""Keep the steps of the escalation, and when each person last looked at the news

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STEPS = ("due_soon", "overdue", "team_leader", "supervision_letter", "interview")
WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    connection = op.get_bind()
    change_allowed_words("hazard_events", "act", "ck_hazard_events_act", add=("escalate",))
    op.create_index("ix_hazard_events_act_id", "hazard_events", ["act", "id"])
    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(*STEPS, name="escalationstep", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazards.id"], name=op.f("fk_escalations_hazard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint(
            "hazard_id", "due_on", "step", name=op.f("uq_escalations_hazard_id_due_on_step")
        ),
    )
    postgresql = connection.dialect.name == "postgresql"
    body = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER escalations_no_{change.lower()} BEFORE {change} ON escalations {body}")
    op.create_table(
        "news_looks",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_news_looks_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_news_looks")),
    )


def downgrade() -> None:
    """An event that the older release does not know is told as a reminder of the office; evidence is not deleted."""
    connection = op.get_bind()
    op.drop_table("news_looks")
    op.drop_table("escalations")
    op.drop_index("ix_hazard_events_act_id", table_name="hazard_events")
    _tell_as_reminders(connection)
    change_allowed_words("hazard_events", "act", "ck_hazard_events_act", remove=("escalate",))


def _tell_as_reminders(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_no_update")
        op.execute("UPDATE hazard_events SET act = 'remind' WHERE act = 'escalate'")
        op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_no_update")
        return
    guard = connection.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE name = 'hazard_events_no_update'")
    ).scalar_one()
    op.execute("DROP TRIGGER hazard_events_no_update")
    op.execute("UPDATE hazard_events SET act = 'remind' WHERE act = 'escalate'")
    connection.exec_driver_sql(guard)
