"""Keep the work safety committee, its meetings, and its decisions with their steps

Revision: 0034
Follows: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"
GUARDED = ("decision_steps", "decision_photos", "committee_minutes")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=40, create_constraint=True)


def _int(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _day(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create(table: str, *columns: sa.Column, refers: dict[str, str], unique: tuple[tuple[str, ...], ...] = ()) -> None:
    op.create_table(
        table,
        _int("id"),
        *columns,
        *(sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_{table}_{name}")) for name, to in refers.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}")) for names in unique),
    )


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_members_and_meetings() -> None:
    _create(
        "committee_members",
        _int("user_id", nullable=True),
        _text("name"),
        _text("organ"),
        _text("post"),
        sa.Column("duty", _words("committeeduty", "chair", "deputy", "secretary", "member"), nullable=False),
        _day("from_on"),
        _day("until_on", nullable=True),
        _int("version"),
        refers={"user_id": "users.id"},
    )
    _index("committee_members", "user_id")
    _create(
        "committee_meetings",
        _day("held_on"),
        _text("place"),
        _int("chair_id"),
        _text("agenda"),
        _text("minutes"),
        _text("guests"),
        _int("recorded_by_id"),
        _moment("recorded_at"),
        _moment("signed_at", nullable=True),
        _int("version"),
        refers={"chair_id": "committee_members.id", "recorded_by_id": "users.id"},
    )
    _index("committee_meetings", "held_on")
    _create(
        "committee_attendances",
        _int("meeting_id"),
        _int("member_id"),
        _int("position"),
        refers={"meeting_id": "committee_meetings.id", "member_id": "committee_members.id"},
        unique=(("meeting_id", "member_id"),),
    )
    _index("committee_attendances", "member_id")
    _create(
        "committee_minutes",
        _int("meeting_id"),
        _text("number"),
        _int("year"),
        _int("serial"),
        _moment("issued_at"),
        _int("issued_by_id"),
        sa.Column("facts", sa.JSON(), nullable=False),
        refers={"meeting_id": "committee_meetings.id", "issued_by_id": "users.id"},
        unique=(("meeting_id",), ("year", "serial")),
    )
    _index("committee_minutes", "number")


def _create_decisions() -> None:
    states = _words("decisionstate", "draft", "open", "reported", "accepted", "withdrawn")
    _create(
        "committee_decisions",
        _int("meeting_id"),
        _int("position"),
        _text("what"),
        _int("responsible_id"),
        _day("due_on"),
        sa.Column("state", states, nullable=False),
        _int("version"),
        refers={"meeting_id": "committee_meetings.id", "responsible_id": "users.id"},
    )
    _index("committee_decisions", "meeting_id", "responsible_id", "due_on")
    acts = _words("decisionact", "make", "report", "return", "accept", "change", "withdraw")
    _create(
        "decision_steps",
        _int("decision_id"),
        sa.Column("act", acts, nullable=False),
        _moment("at"),
        _int("actor_id"),
        _text("note"),
        _int("responsible_id"),
        _day("due_on"),
        refers={"decision_id": "committee_decisions.id", "actor_id": "users.id", "responsible_id": "users.id"},
    )
    _index("decision_steps", "decision_id")
    _create(
        "decision_photos",
        _int("step_id"),
        _int("photo_id"),
        _int("position"),
        _text("caption"),
        sa.Column("source", _words("photosource", "camera", "album", "other_device"), nullable=False),
        _moment("taken_at", nullable=True),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("latitude", "longitude", "accuracy_m")),
        refers={"step_id": "decision_steps.id", "photo_id": "photos.id"},
    )
    _index("decision_photos", "step_id", "photo_id")


def upgrade() -> None:
    _create_members_and_meetings()
    _create_decisions()
    postgresql = op.get_bind().dialect.name == "postgresql"
    body = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for table in GUARDED:
        for change in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {body}")


def downgrade() -> None:
    for table in (
        "decision_photos",
        "decision_steps",
        "committee_decisions",
        "committee_minutes",
        "committee_attendances",
        "committee_meetings",
        "committee_members",
    ):
        op.drop_table(table)  # and its triggers with it
