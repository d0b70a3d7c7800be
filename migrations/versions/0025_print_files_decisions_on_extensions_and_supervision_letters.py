"""Print the file of an enterprise, decisions on extensions and supervision letters

Revision: 0025
Follows: 0024
"""

from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JOBS = ("print_jobs", "kind", "ck_print_jobs_jobkind")
LETTERS = ("letters", "kind", "ck_letters_letterkind")
EVENTS = ("hazard_events", "act", "ck_hazard_events_act")
WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    change_allowed_words(*JOBS, add=("file",))
    change_allowed_words(*LETTERS, add=("extension", "supervision"))
    change_allowed_words(*EVENTS, add=("supervise",))


def downgrade() -> None:
    op.execute("DELETE FROM print_jobs WHERE kind = 'file'")  # a job's file is made anew at any time
    change_allowed_words(*JOBS, remove=("file",))
    # An earlier release cannot print these papers. That the letter went out is kept: it becomes a reminder.
    op.execute("DELETE FROM letters WHERE kind IN ('extension', 'supervision')")
    change_allowed_words(*LETTERS, remove=("extension", "supervision"))
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER hazard_events_no_update" + ("" if sqlite else " ON hazard_events"))
    op.execute("UPDATE hazard_events SET act = 'remind' WHERE act = 'supervise'")
    refusal = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER hazard_events_no_update BEFORE UPDATE ON hazard_events {refusal}")
    change_allowed_words(*EVENTS, remove=("supervise",))
