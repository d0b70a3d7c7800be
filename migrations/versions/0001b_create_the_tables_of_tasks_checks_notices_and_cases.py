"""Create the tables of tasks, checks, notices and illegal cases

Revision: 0001b
Follows: 0001a
"""

from alembic import op
import sqlalchemy as sa

revision = '0001b'
down_revision = '0001a'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tasks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('supervisor_id', sa.Integer(), nullable=False),
    sa.Column('window_start', sa.Date(), nullable=False),
    sa.Column('window_end', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('calendar_known', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_tasks_site_id')),
    sa.ForeignKeyConstraint(['supervisor_id'], ['users.id'], name=op.f('fk_tasks_supervisor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('site_id', 'window_start', name=op.f('uq_tasks_site_id_window_start'))
    )
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tasks_site_id'), ['site_id'], unique=False)
        batch_op.create_index('ix_tasks_supervisor_window', ['supervisor_id', 'window_start'], unique=False)
        batch_op.create_index('ix_tasks_window', ['window_start', 'done_on'], unique=False)

    op.create_table('training_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('scene', 'sign_in', name='trainingphotorole', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('source', sa.Enum('camera', 'album', 'other_device', name='photosource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['photo_id'], ['photos.id'], name=op.f('fk_training_photos_photo_id')),
    sa.ForeignKeyConstraint(['training_id'], ['trainings.id'], name=op.f('fk_training_photos_training_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_photos'))
    )
    with op.batch_alter_table('training_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_photos_photo_id'), ['photo_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_photos_training_id'), ['training_id'], unique=False)

    op.create_table('bases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('law_id', sa.Integer(), nullable=False),
    sa.Column('clause', sa.Text(), nullable=False),
    sa.Column('checked', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_bases_item_id')),
    sa.ForeignKeyConstraint(['law_id'], ['laws.id'], name=op.f('fk_bases_law_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bases'))
    )
    with op.batch_alter_table('bases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bases_item_id'), ['item_id'], unique=False)

    op.create_table('checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('body_sha256', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('routine', 'special', 'expert', 'holiday', 'idle_patrol', 'look_back', 'recheck', name='visitkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('mode', sa.Enum('enforcement', 'zone_check', 'service', 'expert', name='legalmode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('inspector_id', sa.Integer(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('clock_offset_s', sa.Integer(), nullable=False),
    sa.Column('late_reason', sa.Text(), nullable=False),
    sa.Column('flags', sa.JSON(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('companions', sa.JSON(), nullable=False),
    sa.Column('site_person', sa.Text(), nullable=False),
    sa.Column('entry_code', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('objection', sa.Text(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('correction_reason', sa.Text(), nullable=False),
    sa.Column('corrected_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['corrected_by_id'], ['users.id'], name=op.f('fk_checks_corrected_by_id')),
    sa.ForeignKeyConstraint(['inspector_id'], ['users.id'], name=op.f('fk_checks_inspector_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['checks.id'], name=op.f('fk_checks_replaces_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_checks_site_id')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_checks_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checks')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_checks_replaces_id')),
    sa.UniqueConstraint('uuid', name=op.f('uq_checks_uuid')),
    sa.UniqueConstraint('year', 'serial', 'edition', name=op.f('uq_checks_year_serial_edition'))
    )
    with op.batch_alter_table('checks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_checks_inspector_id'), ['inspector_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_number'), ['number'], unique=False)
        batch_op.create_index('ix_checks_site_visited', ['site_id', 'visited_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_checks_task_id'), ['task_id'], unique=False)
        batch_op.create_index('ix_checks_visited', ['visited_on', 'kind'], unique=False)

    op.create_table('excuses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('evidence_photo_id', sa.Integer(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_excuses_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_excuses_decided_by_id')),
    sa.ForeignKeyConstraint(['evidence_photo_id'], ['photos.id'], name=op.f('fk_excuses_evidence_photo_id')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_excuses_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuses')),
    sa.UniqueConstraint('task_id', name=op.f('uq_excuses_task_id'))
    )
    op.create_table('phrases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('measure_zh', sa.Text(), nullable=False),
    sa.Column('measure_en', sa.Text(), nullable=False),
    sa.Column('grade', sa.String(length=64), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_phrases_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phrases'))
    )
    with op.batch_alter_table('phrases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phrases_item_id'), ['item_id'], unique=False)

    op.create_table('answers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('result', sa.Enum('comply', 'fail', 'na', 'unchecked', name='result', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_answers_check_id')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_answers_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers')),
    sa.UniqueConstraint('check_id', 'item_id', name=op.f('uq_answers_check_id_item_id'))
    )
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.create_index('ix_answers_item', ['item_id', 'result'], unique=False)

    op.create_table('campaign_checks',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_checks_campaign_id')),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_campaign_checks_check_id')),
    sa.PrimaryKeyConstraint('campaign_id', 'check_id', name=op.f('pk_campaign_checks'))
    )
    with op.batch_alter_table('campaign_checks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_checks_check_id'), ['check_id'], unique=False)

    op.create_table('check_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('scene', 'item', name='photorole', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('item_code', sa.Text(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('source', sa.Enum('camera', 'album', 'other_device', name='photosource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_check_photos_check_id')),
    sa.ForeignKeyConstraint(['photo_id'], ['photos.id'], name=op.f('fk_check_photos_photo_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_photos'))
    )
    with op.batch_alter_table('check_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_check_photos_check_id'), ['check_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_check_photos_photo_id'), ['photo_id'], unique=False)

    op.create_table('illegal_cases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('installation', 'act', name='casekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=True),
    sa.Column('check_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum('pending', 'removed', 'stopped', 'closed_down', 'referred', name='caseoutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome_on', sa.Date(), nullable=True),
    sa.Column('outcome_note', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('area_m2', sa.Double(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_illegal_cases_campaign_id')),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_illegal_cases_check_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_illegal_cases_recorded_by_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_illegal_cases_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_illegal_cases'))
    )
    with op.batch_alter_table('illegal_cases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_illegal_cases_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_illegal_cases_check_id'), ['check_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_illegal_cases_found_on'), ['found_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_illegal_cases_outcome_on'), ['outcome_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_illegal_cases_site_id'), ['site_id'], unique=False)

    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_notices_check_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['users.id'], name=op.f('fk_notices_issued_by_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_notices_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_notices_year_serial'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_check_id'), ['check_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_number'), ['number'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_site_id'), ['site_id'], unique=False)

    op.create_table('signatures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('party', sa.Enum('inspector', 'companion', 'site', 'witness', name='party', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('strokes', sa.JSON(), nullable=False),
    sa.Column('refused_reason', sa.Text(), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_signatures_check_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatures'))
    )
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signatures_check_id'), ['check_id'], unique=False)

    op.create_table('case_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('after', sa.Boolean(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('source', sa.Enum('camera', 'album', 'other_device', name='photosource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['illegal_cases.id'], name=op.f('fk_case_photos_case_id')),
    sa.ForeignKeyConstraint(['photo_id'], ['photos.id'], name=op.f('fk_case_photos_photo_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_photos'))
    )
    with op.batch_alter_table('case_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_photos_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_photos_photo_id'), ['photo_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('case_photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_photos_photo_id'))
        batch_op.drop_index(batch_op.f('ix_case_photos_case_id'))
    op.drop_table('case_photos')
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_signatures_check_id'))
    op.drop_table('signatures')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notices_site_id'))
        batch_op.drop_index(batch_op.f('ix_notices_number'))
        batch_op.drop_index(batch_op.f('ix_notices_check_id'))
    op.drop_table('notices')
    with op.batch_alter_table('illegal_cases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_illegal_cases_site_id'))
        batch_op.drop_index(batch_op.f('ix_illegal_cases_outcome_on'))
        batch_op.drop_index(batch_op.f('ix_illegal_cases_found_on'))
        batch_op.drop_index(batch_op.f('ix_illegal_cases_check_id'))
        batch_op.drop_index(batch_op.f('ix_illegal_cases_campaign_id'))
    op.drop_table('illegal_cases')
    with op.batch_alter_table('check_photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_check_photos_photo_id'))
        batch_op.drop_index(batch_op.f('ix_check_photos_check_id'))
    op.drop_table('check_photos')
    with op.batch_alter_table('campaign_checks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_checks_check_id'))
    op.drop_table('campaign_checks')
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.drop_index('ix_answers_item')
    op.drop_table('answers')
    with op.batch_alter_table('phrases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phrases_item_id'))
    op.drop_table('phrases')
    op.drop_table('excuses')
    with op.batch_alter_table('checks', schema=None) as batch_op:
        batch_op.drop_index('ix_checks_visited')
        batch_op.drop_index(batch_op.f('ix_checks_task_id'))
        batch_op.drop_index('ix_checks_site_visited')
        batch_op.drop_index(batch_op.f('ix_checks_number'))
        batch_op.drop_index(batch_op.f('ix_checks_inspector_id'))
    op.drop_table('checks')
    with op.batch_alter_table('bases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bases_item_id'))
    op.drop_table('bases')
    with op.batch_alter_table('training_photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_photos_training_id'))
        batch_op.drop_index(batch_op.f('ix_training_photos_photo_id'))
    op.drop_table('training_photos')
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_index('ix_tasks_window')
        batch_op.drop_index('ix_tasks_supervisor_window')
        batch_op.drop_index(batch_op.f('ix_tasks_site_id'))
    op.drop_table('tasks')
