"""Plan the trainings of a year, keep the stock of materials, plan and review drills

Revision: 0032
Follows: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"
KINDS = ("lecture", "consultation", "contest", "drill", "course", "film")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    _create_plan()
    _create_materials()
    _create_drills()
    _create_measures()


def _create_plan() -> None:
    op.create_table(
        "training_plan_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("trainingkind", *KINDS), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["responsible_id"], ["users.id"], name=op.f("fk_training_plan_items_responsible_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_training_plan_items_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_plan_items")),
    )
    op.create_index(op.f("ix_training_plan_items_year"), "training_plan_items", ["year"])
    op.execute(
        "ALTER TABLE trainings ADD COLUMN plan_item_id INTEGER "
        "CONSTRAINT fk_trainings_plan_item_id REFERENCES training_plan_items (id)"
    )
    op.create_index(op.f("ix_trainings_plan_item_id"), "trainings", ["plan_item_id"])


def _create_materials() -> None:
    op.create_table(
        "material_kinds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("form", _choice("materialform", "leaflet", "poster", "book", "other"), nullable=False),
        sa.Column("low_at", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_material_kinds_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_kinds")),
        sa.UniqueConstraint("name_key", name=op.f("uq_material_kinds_name_key")),
    )
    reason = _choice("movementreason", "receipt", "handout", "training", "count")
    op.create_table(
        "material_movements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("reason", reason, nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["material_kinds.id"], name=op.f("fk_material_movements_kind_id")),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name=op.f("fk_material_movements_training_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_material_movements_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_movements")),
    )
    op.create_index(op.f("ix_material_movements_kind_id"), "material_movements", ["kind_id"])
    op.create_index(op.f("ix_material_movements_training_id"), "material_movements", ["training_id"])
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for change in ("UPDATE", "DELETE"):
        name = f"material_movements_no_{change.lower()}"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON material_movements {body}")


def _create_drills() -> None:
    op.create_table(
        "drills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("plan_item_id", sa.Integer(), nullable=True),
        sa.Column("training_id", sa.Integer(), nullable=True),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("went_well", sa.Text(), nullable=False),
        sa.Column("went_badly", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_item_id"], ["training_plan_items.id"], name=op.f("fk_drills_plan_item_id")),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name=op.f("fk_drills_training_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["users.id"], name=op.f("fk_drills_planned_by_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["users.id"], name=op.f("fk_drills_reviewed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
        sa.UniqueConstraint("training_id", name=op.f("uq_drills_training_id")),
    )
    op.create_index(op.f("ix_drills_plan_item_id"), "drills", ["plan_item_id"])


def _create_measures() -> None:
    op.create_table(
        "drill_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["drill_id"], ["drills.id"], name=op.f("fk_drill_measures_drill_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["users.id"], name=op.f("fk_drill_measures_responsible_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk_drill_measures_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_measures")),
    )
    op.create_index(op.f("ix_drill_measures_drill_id"), "drill_measures", ["drill_id"])
    op.create_index(op.f("ix_drill_measures_responsible_id"), "drill_measures", ["responsible_id"])


def downgrade() -> None:
    for table in ("drill_measures", "drills", "material_movements", "material_kinds"):
        op.drop_table(table)
    op.drop_index(op.f("ix_trainings_plan_item_id"), "trainings")
    op.execute("ALTER TABLE trainings DROP COLUMN plan_item_id")
    op.drop_table("training_plan_items")
