"""List the criteria for major hazards; cite orders by their number

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The numbers under which offices cite these orders, Chinese and English. What was filed or issued keeps what it printed.
NUMBERS = {
    "order-10-major-hazard-criteria": ("应急管理部令第10号", "MEM Order No. 10"),
    "order-6-dust-explosion-rules": ("应急管理部令第6号", "MEM Order No. 6"),
    "order-13-confined-space-rules": ("应急管理部令第13号", "MEM Order No. 13"),
    "order-16-hazard-screening-rules": ("国家安全生产监督管理总局令第16号", "SAWS Order No. 16"),
    "order-18-penalty-procedure": ("应急管理部令第18号", "MEM Order No. 18"),
    "order-19-special-operators": ("应急管理部令第19号", "MEM Order No. 19"),
    "mps-order-61-fire-management": ("公安部令第61号", "MPS Order No. 61"),
}
ZH, EN = "\uff08%s\uff09", " (%s)"


def upgrade() -> None:
    op.create_table(
        "major_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("law_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("wording_zh", sa.Text(), nullable=False),
        sa.Column("wording_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["law_id"], ["laws.id"], name=op.f("fk_major_criteria_law_id_laws")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_major_criteria")),
        sa.UniqueConstraint("code", name=op.f("uq_major_criteria_code")),
    )
    laws = sa.table("laws", sa.column("code"), sa.column("title_zh"), sa.column("title_en"))
    for code, (zh, en) in NUMBERS.items():
        plain = sa.and_(laws.c.code == code, laws.c.title_zh.not_like("%\uff08%"))
        new = {"title_zh": laws.c.title_zh + ZH % zh, "title_en": laws.c.title_en + EN % en}
        op.execute(laws.update().where(plain).values(new))


def downgrade() -> None:
    laws = sa.table("laws", sa.column("code"), sa.column("title_zh"), sa.column("title_en"))
    for code, (zh, en) in NUMBERS.items():
        new = {
            "title_zh": sa.func.replace(laws.c.title_zh, ZH % zh, ""),
            "title_en": sa.func.replace(laws.c.title_en, EN % en, ""),
        }
        op.execute(laws.update().where(laws.c.code == code).values(new))
    op.drop_table("major_criteria")
