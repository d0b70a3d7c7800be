"""Take pulses of idle sites, each once; their rows never change

Revision: 0038
Follows: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"


def _seen(name: str) -> sa.Enum:
    return sa.Enum("yes", "no", "unknown", name=name, native_enum=False, length=40, create_constraint=True)


def upgrade() -> None:
    op.create_table(
        "pulses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_offset_s", sa.Integer(), nullable=False),
        sa.Column("locked", _seen("locked"), nullable=False),
        sa.Column("power", _seen("power"), nullable=False),
        sa.Column("people", _seen("people"), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_pulses_site_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_pulses_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulses")),
        sa.UniqueConstraint("uuid", name=op.f("uq_pulses_uuid")),
    )
    op.create_index("ix_pulses_site_taken", "pulses", ["site_id", "taken_at"])
    op.create_index(op.f("ix_pulses_taken_by_id"), "pulses", ["taken_by_id"])
    op.create_index(op.f("ix_pulses_taken_on"), "pulses", ["taken_on"])
    op.create_table(
        "pulse_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("camera", "album", "other_device", name="photosource", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["pulse_id"], ["pulses.id"], name=op.f("fk_pulse_photos_pulse_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_pulse_photos_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_photos")),
    )
    for column in ("pulse_id", "photo_id"):
        op.create_index(op.f(f"ix_pulse_photos_{column}"), "pulse_photos", [column])
    postgresql = op.get_bind().dialect.name == "postgresql"
    body = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for table in ("pulses", "pulse_photos"):
        for change in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {body}")


def downgrade() -> None:
    op.drop_table("pulse_photos")
    op.drop_table("pulses")
