"""Queue the work outside requests: one table of jobs, in which print jobs go on

Revision: 0048
Follows: 0047
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "done", "dead", "cancelled")
ENDINGS = {"records": ".zip", "ledger": ".pdf", "file": ".pdf"}
LONGEST = timedelta(minutes=30)  # a job that had run for longer was cut off by a restart
MOMENT = sa.DateTime(timezone=True)
CUT_OFF = "the server was stopped"
FORMER_STATES = {"waiting": "running", "running": "running", "done": "done", "dead": "failed", "cancelled": "cancelled"}

jobs = sa.table(
    "jobs",
    *(sa.column(name, sa.Integer) for name in ("id", "attempts", "most_attempts", "done", "total", "asked_by_id")),
    *(sa.column(name, sa.Text) for name in ("kind", "state", "error")),
    *(sa.column(name, MOMENT) for name in ("run_after", "asked_at", "ended_at")),
    *(sa.column(name, sa.JSON(none_as_null=True)) for name in ("args", "result")),
)
print_jobs = sa.table(
    "print_jobs",
    *(sa.column(name, sa.Integer) for name in ("id", "actor_id", "done", "total")),
    *(sa.column(name, sa.Text) for name in ("kind", "state", "lang", "problem")),
    *(sa.column(name, MOMENT) for name in ("created_at", "finished_at")),
    *(sa.column(name, sa.JSON) for name in ("asked", "check_ids")),
)


def _one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _count_on(table):
    """Let PostgreSQL give numbers after those that were carried over."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        )


def _create_jobs():
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("state", _one_of("jobstate", *STATES), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("most_attempts", sa.Integer(), nullable=False),
        sa.Column("run_after", MOMENT, nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_jobs_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "run_after"])
    op.create_index(op.f("ix_jobs_asked_by_id"), "jobs", ["asked_by_id"])


def _create_print_jobs():
    op.create_table(
        "print_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("kind", _one_of("jobkind", *ENDINGS), nullable=False),
        sa.Column("check_ids", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("jobstate", "running", "done", "failed", "cancelled"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_print_jobs_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_jobs")),
    )
    op.create_index(op.f("ix_print_jobs_actor_id"), "print_jobs", ["actor_id"])


def upgrade() -> None:
    _create_jobs()
    carried = [_job_of(row) for row in op.get_bind().execute(sa.select(print_jobs).order_by(print_jobs.c.id))]
    if carried:
        op.bulk_insert(jobs, carried)
        _count_on("jobs")
    op.drop_table("print_jobs")


def _job_of(row):
    joined = row.kind == "records" and bool(row.asked.get("joined"))
    args = {
        "records": {"checks": row.check_ids, "joined": joined},
        "ledger": {"asked": row.asked},
        "file": row.asked,
    }[row.kind]
    begun = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=UTC)
    cut_off = row.state == "running" and datetime.now(UTC) - begun > LONGEST
    state = {"running": "dead" if cut_off else "waiting", "failed": "dead"}.get(row.state, row.state)
    ending = ".pdf" if joined else ENDINGS[row.kind]
    return {
        "id": row.id,
        "kind": f"print.{row.kind}",
        "args": {**args, "lang": row.lang},
        "state": state,
        "attempts": 0 if state == "waiting" else 1,
        "most_attempts": 3,
        "run_after": row.created_at,
        "done": 0 if state == "waiting" else row.done,
        "total": row.total,
        "error": CUT_OFF if cut_off else row.problem,
        "result": {"file": f"job-{row.id}{ending}"} if state == "done" else None,
        "asked_by_id": row.actor_id,
        "asked_at": row.created_at,
        "ended_at": row.created_at if cut_off else row.finished_at,
    }


def downgrade() -> None:
    _create_print_jobs()
    printing = sa.select(jobs).where(jobs.c.kind.in_([f"print.{kind}" for kind in ENDINGS])).order_by(jobs.c.id)
    carried = [_print_job_of(row) for row in op.get_bind().execute(printing)]
    if carried:
        op.bulk_insert(print_jobs, carried)
        _count_on("print_jobs")
    op.drop_table("jobs")


def _print_job_of(row):
    kind = row.kind.removeprefix("print.")
    args = {name: value for name, value in row.args.items() if name not in {"lang", "checks"}}
    asked = args["asked"] if kind == "ledger" else args
    return {
        "id": row.id,
        "actor_id": row.asked_by_id,
        "lang": row.args["lang"],
        "kind": kind,
        "check_ids": row.args.get("checks", []),
        "asked": asked,
        "total": row.total,
        "done": row.done,
        "state": FORMER_STATES[row.state],
        "problem": row.error,
        "created_at": row.asked_at,
        "finished_at": row.ended_at,
    }
