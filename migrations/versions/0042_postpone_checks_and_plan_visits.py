"""Let checks be postponed, by several excuses of one task, and put visits into days

Revision: 0042
Follows: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

CAUSE = sa.Enum(
    "holiday", "weather", "illness", "shutdown", "other",
    name="cause", native_enum=False, length=40, create_constraint=True,
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("excuses") as table:
        table.add_column(sa.Column("cause", CAUSE, nullable=False, server_default="other"))
        table.add_column(sa.Column("postponed_to", sa.Date(), nullable=True))
        table.add_column(sa.Column("due_before", sa.Date(), nullable=True))
        table.drop_constraint("uq_excuses_task_id", type_="unique")
        table.create_index("ix_excuses_task_id", ["task_id"])
    with op.batch_alter_table("excuses") as table:
        table.alter_column("cause", existing_type=CAUSE, server_default=None)
    op.create_table(
        "planned_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["supervisor_id"], ["users.id"], name=op.f("fk_planned_visits_supervisor_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_planned_visits_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_visits")),
        sa.UniqueConstraint(
            "supervisor_id", "site_id", "day", name=op.f("uq_planned_visits_supervisor_id_site_id_day")
        ),
    )
    op.create_index("ix_planned_visits_site_id", "planned_visits", ["site_id"])


def downgrade() -> None:
    op.drop_table("planned_visits")
    # Earlier releases know one excuse of a task: the newest stays.
    op.execute("DELETE FROM excuses WHERE id NOT IN (SELECT max(id) FROM excuses GROUP BY task_id)")
    with op.batch_alter_table("excuses") as table:
        table.drop_index("ix_excuses_task_id")
        table.create_unique_constraint("uq_excuses_task_id", ["task_id"])
        table.drop_constraint(op.f("ck_excuses_cause"), type_="check")
        table.drop_column("due_before")
        table.drop_column("postponed_to")
        table.drop_column("cause")
