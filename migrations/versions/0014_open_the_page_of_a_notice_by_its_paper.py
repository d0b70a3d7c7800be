"""Open the page of a notice by its paper

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Table: the constraint on who did it, and the column that names a person and may now be empty.
CHANGED = {
    "hazard_events": ("one_actor", "actor_id IS NULL OR link_id IS NULL", None),
    "extensions": ("one_asker", "(asked_by_id IS NULL) <> (link_id IS NULL)", "asked_by_id"),
    "photos": ("one_sender", "(received_from_id IS NULL) <> (link_id IS NULL)", "received_from_id"),
}
EVIDENCE = ("hazard_events", "photos")


def upgrade() -> None:
    op.create_table(
        "notice_links",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notice_id", sa.Integer(), sa.ForeignKey("notices.id"), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by_id", sa.Integer(), sa.ForeignKey("users.id")),
    )
    op.create_index("ix_notice_links_notice_id", "notice_links", ["notice_id"])
    valid = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_notice_links_valid",
        "notice_links",
        ["notice_id"],
        unique=True,
        sqlite_where=valid,
        postgresql_where=valid,
    )
    # Both databases change the tables where they stand: a copy would lose the triggers that guard evidence.
    for table, (name, rule, person) in CHANGED.items():
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN link_id INTEGER "
            f"CONSTRAINT fk_{table}_link_id_notice_links REFERENCES notice_links (id)"
        )
        if person:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {person} DROP NOT NULL")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule})")
    op.create_index("ix_photos_link_id", "photos", ["link_id"])


def downgrade() -> None:
    op.drop_index("ix_photos_link_id", "photos")
    guards = _lift_guards()
    for table, (name, _rule, person) in CHANGED.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
        if person:
            # What came by a link counts as brought by whoever made the link.
            maker = "(SELECT made_by_id FROM notice_links WHERE id = link_id)"
            op.execute(f"UPDATE {table} SET {person} = {maker} WHERE {person} IS NULL")
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {person} SET NOT NULL")
        op.execute(f"ALTER TABLE {table} DROP COLUMN link_id")
    for guard in guards:
        op.execute(guard)
    op.drop_table("notice_links")


def _lift_guards() -> list[str]:
    """Take away the triggers that refuse changes of evidence; what puts them back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in EVIDENCE:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in EVIDENCE]
    names = [f"{table}_no_{change}" for table in EVIDENCE for change in ("update", "delete")]
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    kept = [str(op.get_bind().scalar(query, {"name": name})) for name in names]
    for name in names:
        op.execute(f"DROP TRIGGER {name}")
    return kept
