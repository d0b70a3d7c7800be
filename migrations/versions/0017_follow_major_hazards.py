"""Follow major hazards: plans, papers of listing, report and referral, monthly progress

Revision: 0017
Follows: 0016
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NEW_ACTS = ("report_major", "submit_plan", "accept_plan", "return_plan", "report_progress")
EVENTS, PHOTOS = ("hazard_events", "act"), ("hazard_photos", "role")
WORDS = "filed rows are evidence: they are corrected by new rows"
CONSTRAINTS = {EVENTS: "ck_hazard_events_act", PHOTOS: "ck_hazard_photos_hazardphotorole"}


def _allow(where: tuple[str, str], more: tuple[str, ...] = (), less: tuple[str, ...] = ()) -> None:
    """Let a column hold more or fewer words than the ones that its constraint names now."""
    (table, column), name = where, CONSTRAINTS[where]
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    said = next(check["sqltext"] for check in checks if check["name"] == name)
    words = [word for word in re.findall(r"'(\w+)'", said) if word not in less]
    allowed = f"{column} IN ({', '.join(repr(word) for word in (*words, *more))})"
    if op.get_bind().dialect.name == "sqlite":
        _restate_in_sqlite(table, name, allowed)
    else:
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, sa.text(allowed))


def _restate_in_sqlite(table: str, name: str, allowed: str) -> None:
    """Change the constraint where it is written. A copy of the table could not be put in its place: other rows refer to
    these, and keys are on. SQLite names this way for constraints that say nothing of how rows are stored
    (lang_altertable.html, section 7); triggers and indexes stay."""
    bind = op.get_bind()
    where = {"table": table}
    query = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    written, changes = re.subn(
        rf"(CONSTRAINT \"?{name}\"? CHECK) \(.*?\)\)", rf"\1 ({allowed})", bind.execute(query, where).scalar_one()
    )
    if changes != 1:
        raise RuntimeError(f"{table} has no constraint {name} as SQLAlchemy writes it")
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        where | {"sql": written},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")


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
    _allow(EVENTS, more=NEW_ACTS)
    _allow(PHOTOS, more=("progress",))


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
    _allow(EVENTS, less=NEW_ACTS)
    _allow(PHOTOS, less=("progress",))
    op.drop_table("letters")
    op.drop_table("rectification_plans")
