"""Keep channels of reminders, the digests that go through them, and the addresses of calendars

Revision: 0024
Follows: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FAULTS = ("unreachable", "refused", "timeout", "unreadable")
HOLDS = sa.text("removed_at IS NULL")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def _unique(name: str, table: str, column: str, holds: sa.TextClause) -> None:
    op.create_index(name, table, [column], unique=True, sqlite_where=holds, postgresql_where=holds)


def upgrade() -> None:
    _channels()
    _deliveries()
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    _unique("ix_calendar_feeds_valid", "calendar_feeds", "user_id", sa.text("revoked_at IS NULL"))


def _channels() -> None:
    op.create_table(
        "reminder_channels",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("audience", _choice("audience", "person", "team", "managers"), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id")),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("fault", _choice("fault", *FAULTS)),
        sa.Column("fault_code", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "(audience = 'person') = (user_id IS NOT NULL) AND (audience = 'team') = (team_id IS NOT NULL)",
            name="one_audience",
        ),
    )
    _unique("ix_reminder_channels_user", "reminder_channels", "user_id", HOLDS)
    _unique("ix_reminder_channels_team", "reminder_channels", "team_id", HOLDS)
    managers = sa.text("removed_at IS NULL AND audience = 'managers'")
    _unique("ix_reminder_channels_managers", "reminder_channels", "audience", managers)


def _deliveries() -> None:
    op.create_table(
        "reminder_deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", _choice("deliverykind", "digest"), nullable=False),
        sa.Column("channel_id", sa.Integer(), sa.ForeignKey("reminder_channels.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state", _choice("deliverystate", "pending", "sent", "nothing", "dropped"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.String(64)),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("fault", _choice("fault", *FAULTS)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("user_id", "day", "kind"),
    )
    op.create_index(
        "ix_reminder_deliveries_channel_state", "reminder_deliveries", ["channel_id", "state"]
    )


def downgrade() -> None:
    op.drop_table("calendar_feeds")
    op.drop_table("reminder_deliveries")
    op.drop_table("reminder_channels")
