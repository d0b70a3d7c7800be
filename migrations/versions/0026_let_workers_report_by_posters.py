"""Let workers report hazards by posters, enterprises close their own findings, principals sign

Revision: 0026
Follows: 0022
"""

import sqlalchemy as sa
from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0026"
down_revision = "0022"
branch_labels = None
depends_on = None

# What an earlier release makes of the new steps: the figures of a closed hazard stay.
NEW_ACTS = {"sign_off": "remind", "close_own": "verify"}
ACTS = ("hazard_events", "act", "ck_hazard_events_act")
SENDERS = ("received_from_id", "link_id", "poster_id")
TWO = "(received_from_id IS NULL) <> (link_id IS NULL)"
THREE = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in SENDERS) + " = 1"
WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    _create_posters()
    _create_reports()
    _create_photos()
    op.execute(
        "ALTER TABLE photos ADD COLUMN poster_id INTEGER "
        "CONSTRAINT fk_photos_poster_id_posters REFERENCES posters (id)"
    )
    op.execute("ALTER TABLE photos DROP CONSTRAINT ck_photos_one_sender")
    op.execute(f"ALTER TABLE photos ADD CONSTRAINT ck_photos_one_sender CHECK ({THREE})")
    op.create_index("ix_photos_poster_id", "photos", ["poster_id"])
    change_allowed_words(*ACTS, add=tuple(NEW_ACTS))


def _create_posters() -> None:
    op.create_table(
        "posters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_posters_site_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_posters_made_by_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["users.id"], name=op.f("fk_posters_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posters")),
        sa.UniqueConstraint("digest", name=op.f("uq_posters_digest")),
    )
    op.create_index(op.f("ix_posters_site_id"), "posters", ["site_id"])


def _create_reports() -> None:
    op.create_table(
        "worker_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poster_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["poster_id"], ["posters.id"], name=op.f("fk_worker_reports_poster_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_worker_reports_site_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_worker_reports_decided_by_id")),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazards.id"], name=op.f("fk_worker_reports_hazard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_reports")),
        sa.UniqueConstraint("poster_id", "uuid", name=op.f("uq_worker_reports_poster_id_uuid")),
    )
    op.create_index("ix_worker_reports_poster_received", "worker_reports", ["poster_id", "received_at"])
    op.create_index(op.f("ix_worker_reports_site_id"), "worker_reports", ["site_id"])
    op.create_index(op.f("ix_worker_reports_hazard_id"), "worker_reports", ["hazard_id"])


def _create_photos() -> None:
    source = sa.Enum(
        "camera", "album", "other_device", name="photosource", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "worker_report_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("source", source, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["worker_reports.id"], name=op.f("fk_worker_report_photos_report_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_worker_report_photos_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_report_photos")),
    )
    op.create_index(op.f("ix_worker_report_photos_report_id"), "worker_report_photos", ["report_id"])
    op.create_index(op.f("ix_worker_report_photos_photo_id"), "worker_report_photos", ["photo_id"])


def downgrade() -> None:
    for act, earlier in NEW_ACTS.items():
        _update_evidence("hazard_events", f"SET act = '{earlier}' WHERE act = '{act}'")
    change_allowed_words(*ACTS, remove=tuple(NEW_ACTS))
    op.drop_index("ix_photos_poster_id", "photos")
    op.execute("ALTER TABLE photos DROP CONSTRAINT ck_photos_one_sender")
    # What came by a poster counts as brought by whoever made the poster.
    maker = "(SELECT made_by_id FROM posters WHERE id = poster_id)"
    _update_evidence("photos", f"SET received_from_id = {maker} WHERE poster_id IS NOT NULL")
    op.execute("ALTER TABLE photos DROP COLUMN poster_id")
    op.execute(f"ALTER TABLE photos ADD CONSTRAINT ck_photos_one_sender CHECK ({TWO})")
    for table in ("worker_report_photos", "worker_reports", "posters"):
        op.drop_table(table)


def _update_evidence(table: str, change: str) -> None:
    """Change filed rows for an earlier release; the trigger that refuses it is put back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {table}_no_update" + ("" if sqlite else f" ON {table}"))
    op.execute(f"UPDATE {table} {change}")
    refusal = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refusal}")
