"""Engage experts by contract and certificate, and issue their opinions

Revision: 0028
Follows: 0027
"""

import sqlalchemy as sa
from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

EVENTS = ("hazard_events", "act", "ck_hazard_events_act")
WORDS = "filed rows are evidence: they are corrected by new rows"


def _create_organisations() -> None:
    kind = sa.Enum(
        "third_party",
        "association",
        name="organisationkind",
        native_enum=False,
        length=40,
        create_constraint=True,
    )
    op.create_table(
        "expert_organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contract_number", sa.Text(), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=False),
        sa.Column("contract_until", sa.Date(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_expert_organisations_name")),
    )
    op.create_table(
        "expert_credentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("certificate_kind", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("certificate_until", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["expert_organisations.id"],
            name=op.f("fk_expert_credentials_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_expert_credentials_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_credentials")),
        sa.UniqueConstraint("user_id", name=op.f("uq_expert_credentials_user_id")),
    )
    op.create_index(
        op.f("ix_expert_credentials_organisation_id"), "expert_credentials", ["organisation_id"]
    )


def _create_opinions() -> None:
    op.create_table(
        "expert_opinions",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name=op.f("fk_expert_opinions_check_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_expert_opinions_issued_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_expert_opinions_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_opinions")),
        sa.UniqueConstraint("check_id", name=op.f("uq_expert_opinions_check_id")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_expert_opinions_year_serial")),
    )
    for column in ("number", "site_id"):
        op.create_index(op.f(f"ix_expert_opinions_{column}"), "expert_opinions", [column])


def _create_lessons() -> None:
    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_lessons_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index(op.f("ix_lessons_item_code"), "lessons", ["item_code"])


def upgrade() -> None:
    change_allowed_words(*EVENTS, add=("confirm_finding", "reject_finding"))
    _create_organisations()
    _create_opinions()
    _create_lessons()


def downgrade() -> None:
    for table in ("lessons", "expert_opinions", "expert_credentials", "expert_organisations"):
        op.drop_table(table)
    # An earlier release does not know these steps: a rejected finding is void, a confirmation is told as a reminder.
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER hazard_events_no_update" + ("" if sqlite else " ON hazard_events"))
    op.execute("UPDATE hazard_events SET act = 'void' WHERE act = 'reject_finding'")
    op.execute("UPDATE hazard_events SET act = 'remind' WHERE act = 'confirm_finding'")
    refusal = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER hazard_events_no_update BEFORE UPDATE ON hazard_events {refusal}")
    change_allowed_words(*EVENTS, remove=("confirm_finding", "reject_finding"))
