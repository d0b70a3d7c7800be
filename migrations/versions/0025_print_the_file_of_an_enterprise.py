"""Print the file of an enterprise

Revision: 0025
Follows: 0022
"""

from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0025"
down_revision = "0022"
branch_labels = None
depends_on = None

JOBS = ("print_jobs", "kind", "ck_print_jobs_jobkind")


def upgrade() -> None:
    change_allowed_words(*JOBS, add=("file",))


def downgrade() -> None:
    op.execute("DELETE FROM print_jobs WHERE kind = 'file'")  # a job's file is made anew at any time
    change_allowed_words(*JOBS, remove=("file",))
