"""Create the tables of every domain

Revision: 0001
Follows: 
"""

from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_days',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.Enum('off', 'work', name='daykind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_days')),
    sa.UniqueConstraint('day', name=op.f('uq_calendar_days_day'))
    )
    op.create_table('checklists',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('block', sa.Enum('rules', 'facilities', 'sector', 'idle', 'holiday', name='block', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checklists')),
    sa.UniqueConstraint('code', name=op.f('uq_checklists_code'))
    )
    op.create_table('counters',
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'year', name=op.f('pk_counters'))
    )
    op.create_table('failed_sign_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_sign_ins'))
    )
    with op.batch_alter_table('failed_sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_failed_sign_ins_address'), ['address'], unique=False)
        batch_op.create_index(batch_op.f('ix_failed_sign_ins_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_failed_sign_ins_username'), ['username'], unique=False)

    op.create_table('laws',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('edition', sa.Text(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=True),
    sa.Column('in_force_to', sa.Date(), nullable=True),
    sa.Column('checked_on', sa.Date(), nullable=True),
    sa.Column('checked', sa.Text(), nullable=False),
    sa.Column('note_zh', sa.Text(), nullable=False),
    sa.Column('note_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_laws')),
    sa.UniqueConstraint('code', name=op.f('uq_laws_code'))
    )
    op.create_table('teams',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teams')),
    sa.UniqueConstraint('name_zh', name=op.f('uq_teams_name_zh'))
    )
    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('role', sa.Enum('office_admin', 'leader', 'team_lead', 'supervisor', 'expert', 'ent_officer', 'ent_principal', 'auditor', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('enterprise_id', sa.Integer(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('session_version', sa.Integer(), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['sites.id'], name=op.f('fk_users_enterprise_id'), use_alter=True),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_users_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('username', name=op.f('uq_users_username'))
    )
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_users_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_users_team_id'), ['team_id'], unique=False)

    op.create_table('campaigns',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('holiday', 'special', 'crackdown', 'idle', 'expert', name='campaignkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('goal', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_campaigns_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_starts_on'), ['starts_on'], unique=False)

    op.create_table('checklist_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checklist_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['checklist_id'], ['checklists.id'], name=op.f('fk_checklist_versions_checklist_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['users.id'], name=op.f('fk_checklist_versions_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checklist_versions')),
    sa.UniqueConstraint('checklist_id', 'number', name=op.f('uq_checklist_versions_checklist_id_number'))
    )
    op.create_table('history',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.Text(), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('thing', sa.String(length=64), nullable=False),
    sa.Column('thing_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_history_actor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history'))
    )
    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_history_at'), ['at'], unique=False)
        batch_op.create_index('ix_history_thing', ['thing', 'thing_id'], unique=False)

    op.create_table('photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_from_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['received_from_id'], ['users.id'], name=op.f('fk_photos_received_from_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photos')),
    sa.UniqueConstraint('sha256', name=op.f('uq_photos_sha256'))
    )
    with op.batch_alter_table('photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_photos_received_from_id'), ['received_from_id'], unique=False)

    op.create_table('sites',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('enterprise', 'idle', name='sitekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('sector', sa.Enum('hazchem', 'industry', 'fire', 'crowded', 'other', name='sector', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('risk', sa.Enum('red', 'orange', 'yellow', 'blue', name='risk', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('key', sa.Boolean(), nullable=False),
    sa.Column('crowded', sa.Boolean(), nullable=False),
    sa.Column('no_phone', sa.Boolean(), nullable=False),
    sa.Column('working_state', sa.Enum('producing', 'stopped', 'closed', name='workingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('area', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('staff', sa.Integer(), nullable=True),
    sa.Column('entry_notes', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('supervisor_id', sa.Integer(), nullable=True),
    sa.Column('key_since', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['supervisor_id'], ['users.id'], name=op.f('fk_sites_supervisor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sites')),
    sa.UniqueConstraint('uscc', name=op.f('uq_sites_uscc'))
    )
    with op.batch_alter_table('sites', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sites_key'), ['key'], unique=False)
        batch_op.create_index('ix_sites_list', ['kind', 'working_state', 'name'], unique=False)
        batch_op.create_index(batch_op.f('ix_sites_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_sites_supervisor_id'), ['supervisor_id'], unique=False)

    op.create_table('trainings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('lecture', 'consultation', 'contest', 'drill', 'course', 'film', name='trainingkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('organiser', sa.Text(), nullable=False),
    sa.Column('lecturer', sa.Text(), nullable=False),
    sa.Column('hours', sa.Double(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('exam_taken', sa.Integer(), nullable=True),
    sa.Column('exam_passed', sa.Integer(), nullable=True),
    sa.Column('exam_average', sa.Double(), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('void_reason', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_trainings_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trainings'))
    )
    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trainings_held_on'), ['held_on'], unique=False)

    op.create_table('assignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('supervisor_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('assigned_by_id', sa.Integer(), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['users.id'], name=op.f('fk_assignments_assigned_by_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_assignments_site_id')),
    sa.ForeignKeyConstraint(['supervisor_id'], ['users.id'], name=op.f('fk_assignments_supervisor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments')),
    sa.UniqueConstraint('site_id', 'from_on', name=op.f('uq_assignments_site_id_from_on'))
    )
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignments_site_id'), ['site_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignments_supervisor_id'), ['supervisor_id'], unique=False)

    op.create_table('audiences',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=True),
    sa.Column('group_name', sa.Text(), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_audiences_site_id')),
    sa.ForeignKeyConstraint(['training_id'], ['trainings.id'], name=op.f('fk_audiences_training_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audiences'))
    )
    with op.batch_alter_table('audiences', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audiences_site_id'), ['site_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audiences_training_id'), ['training_id'], unique=False)

    op.create_table('contacts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('duty', sa.Enum('principal', 'legal_rep', 'safety_officer', 'keeper', 'other', name='contactduty', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_contacts_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contacts_site_id'), ['site_id'], unique=False)

    op.create_table('engagements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['expert_id'], ['users.id'], name=op.f('fk_engagements_expert_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_engagements_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagements')),
    sa.UniqueConstraint('expert_id', 'site_id', 'from_on', name=op.f('uq_engagements_expert_id_site_id_from_on'))
    )
    with op.batch_alter_table('engagements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engagements_expert_id'), ['expert_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_engagements_site_id'), ['site_id'], unique=False)

    op.create_table('items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('hazard_class', sa.Enum('duty_system', 'training', 'emergency', 'related_parties', 'equipment', 'electrical', 'fire', 'hazchem', 'dust', 'confined_space', 'special_equipment', 'work_behaviour', 'building', 'occupational', 'other', name='hazardclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('major', sa.Enum('no', 'possible', 'yes', name='major', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('major_note_zh', sa.Text(), nullable=False),
    sa.Column('major_note_en', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['checklist_versions.id'], name=op.f('fk_items_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_items')),
    sa.UniqueConstraint('version_id', 'code', name=op.f('uq_items_version_id_code'))
    )
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_items_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_items_version_id'), ['version_id'], unique=False)

    op.create_table('materials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['training_id'], ['trainings.id'], name=op.f('fk_materials_training_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_materials'))
    )
    with op.batch_alter_table('materials', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_materials_training_id'), ['training_id'], unique=False)

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

    op.create_table('hazards',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('item_code', sa.Text(), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('found_by_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('routine', 'special', 'expert', 'holiday', 'idle_patrol', 'look_back', 'recheck', 'self_check', 'complaint', 'assigned', name='source', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('hazard_class', sa.Enum('duty_system', 'training', 'emergency', 'related_parties', 'equipment', 'electrical', 'fire', 'hazchem', 'dust', 'confined_space', 'special_equipment', 'work_behaviour', 'building', 'occupational', 'other', name='hazardclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('grade', sa.Enum('general', 'suspected', 'major', name='grade', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('major_criterion', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'open', 'in_progress', 'extension_pending', 'reported_done', 'verified', 'sent_back', 'closed', 'referred', 'void', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('fixed_on_spot', sa.Boolean(), nullable=False),
    sa.Column('original_due_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('repeat_of_id', sa.Integer(), nullable=True),
    sa.Column('responsible', sa.Text(), nullable=False),
    sa.Column('cost', sa.Double(), nullable=True),
    sa.Column('reported_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reported_by_id', sa.Integer(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('listed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('referred_to', sa.Text(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_hazards_check_id')),
    sa.ForeignKeyConstraint(['found_by_id'], ['users.id'], name=op.f('fk_hazards_found_by_id')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_hazards_item_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_hazards_notice_id')),
    sa.ForeignKeyConstraint(['repeat_of_id'], ['hazards.id'], name=op.f('fk_hazards_repeat_of_id')),
    sa.ForeignKeyConstraint(['reported_by_id'], ['users.id'], name=op.f('fk_hazards_reported_by_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_hazards_site_id')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['users.id'], name=op.f('fk_hazards_verified_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazards')),
    sa.UniqueConstraint('number', name=op.f('uq_hazards_number')),
    sa.UniqueConstraint('uuid', name=op.f('uq_hazards_uuid')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_hazards_year_serial'))
    )
    with op.batch_alter_table('hazards', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hazards_check_id'), ['check_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazards_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazards_found_by_id'), ['found_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazards_found_on'), ['found_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazards_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazards_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index('ix_hazards_site_state', ['site_id', 'state'], unique=False)
        batch_op.create_index('ix_hazards_state_due', ['state', 'due_on'], unique=False)

    op.create_table('opinions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['issued_by_id'], ['users.id'], name=op.f('fk_opinions_issued_by_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_opinions_notice_id')),
    sa.ForeignKeyConstraint(['site_id'], ['sites.id'], name=op.f('fk_opinions_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opinions')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_opinions_year_serial'))
    )
    with op.batch_alter_table('opinions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_opinions_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opinions_number'), ['number'], unique=False)
        batch_op.create_index(batch_op.f('ix_opinions_site_id'), ['site_id'], unique=False)

    op.create_table('extensions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hazard_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('interim_measures', sa.Text(), nullable=False),
    sa.Column('old_due_on', sa.Date(), nullable=False),
    sa.Column('new_due_on', sa.Date(), nullable=False),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_extensions_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_extensions_decided_by_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazards.id'], name=op.f('fk_extensions_hazard_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extensions'))
    )
    with op.batch_alter_table('extensions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_extensions_hazard_id'), ['hazard_id'], unique=False)

    op.create_table('hazard_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hazard_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.Text(), nullable=False),
    sa.Column('act', sa.Enum('find', 'fix_on_spot', 'issue', 'accept', 'report_done', 'ask_extension', 'grant_extension', 'refuse_extension', 'verify', 'send_back', 'approve_closure', 'refer', 'close_referred', 'confirm_major', 'dismiss_major', 'list', 'delist', 'reopen', 'void', 'remind', name='act', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_state', sa.Enum('draft', 'open', 'in_progress', 'extension_pending', 'reported_done', 'verified', 'sent_back', 'closed', 'referred', 'void', name='from_state', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('to_state', sa.Enum('draft', 'open', 'in_progress', 'extension_pending', 'reported_done', 'verified', 'sent_back', 'closed', 'referred', 'void', name='to_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('check_id', sa.Integer(), nullable=True),
    sa.Column('brought', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_hazard_events_actor_id')),
    sa.ForeignKeyConstraint(['check_id'], ['checks.id'], name=op.f('fk_hazard_events_check_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazards.id'], name=op.f('fk_hazard_events_hazard_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazard_events'))
    )
    with op.batch_alter_table('hazard_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hazard_events_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_events_check_id'), ['check_id'], unique=False)
        batch_op.create_index('ix_hazard_events_hazard_at', ['hazard_id', 'at'], unique=False)

    op.create_table('hazard_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hazard_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('before', 'after', 'verified', name='hazardphotorole', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('source', sa.Enum('camera', 'album', 'other_device', name='photosource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['hazard_events.id'], name=op.f('fk_hazard_photos_event_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazards.id'], name=op.f('fk_hazard_photos_hazard_id')),
    sa.ForeignKeyConstraint(['photo_id'], ['photos.id'], name=op.f('fk_hazard_photos_photo_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazard_photos'))
    )
    with op.batch_alter_table('hazard_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hazard_photos_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_photos_hazard_id'), ['hazard_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_photos_photo_id'), ['photo_id'], unique=False)

    # users and sites name each other, so this key comes when both are there.
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_users_enterprise_id'), 'sites', ['enterprise_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_users_enterprise_id'), type_='foreignkey')

    with op.batch_alter_table('hazard_photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hazard_photos_photo_id'))
        batch_op.drop_index(batch_op.f('ix_hazard_photos_hazard_id'))
        batch_op.drop_index(batch_op.f('ix_hazard_photos_event_id'))

    op.drop_table('hazard_photos')
    with op.batch_alter_table('hazard_events', schema=None) as batch_op:
        batch_op.drop_index('ix_hazard_events_hazard_at')
        batch_op.drop_index(batch_op.f('ix_hazard_events_check_id'))
        batch_op.drop_index(batch_op.f('ix_hazard_events_at'))

    op.drop_table('hazard_events')
    with op.batch_alter_table('extensions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_extensions_hazard_id'))

    op.drop_table('extensions')
    with op.batch_alter_table('opinions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_opinions_site_id'))
        batch_op.drop_index(batch_op.f('ix_opinions_number'))
        batch_op.drop_index(batch_op.f('ix_opinions_notice_id'))

    op.drop_table('opinions')
    with op.batch_alter_table('hazards', schema=None) as batch_op:
        batch_op.drop_index('ix_hazards_state_due')
        batch_op.drop_index('ix_hazards_site_state')
        batch_op.drop_index(batch_op.f('ix_hazards_notice_id'))
        batch_op.drop_index(batch_op.f('ix_hazards_item_id'))
        batch_op.drop_index(batch_op.f('ix_hazards_found_on'))
        batch_op.drop_index(batch_op.f('ix_hazards_found_by_id'))
        batch_op.drop_index(batch_op.f('ix_hazards_closed_at'))
        batch_op.drop_index(batch_op.f('ix_hazards_check_id'))

    op.drop_table('hazards')
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
    with op.batch_alter_table('materials', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_materials_training_id'))

    op.drop_table('materials')
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_items_version_id'))
        batch_op.drop_index(batch_op.f('ix_items_code'))

    op.drop_table('items')
    with op.batch_alter_table('engagements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engagements_site_id'))
        batch_op.drop_index(batch_op.f('ix_engagements_expert_id'))

    op.drop_table('engagements')
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contacts_site_id'))

    op.drop_table('contacts')
    with op.batch_alter_table('audiences', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audiences_training_id'))
        batch_op.drop_index(batch_op.f('ix_audiences_site_id'))

    op.drop_table('audiences')
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignments_supervisor_id'))
        batch_op.drop_index(batch_op.f('ix_assignments_site_id'))

    op.drop_table('assignments')
    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trainings_held_on'))

    op.drop_table('trainings')
    with op.batch_alter_table('sites', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sites_supervisor_id'))
        batch_op.drop_index(batch_op.f('ix_sites_name'))
        batch_op.drop_index('ix_sites_list')
        batch_op.drop_index(batch_op.f('ix_sites_key'))

    op.drop_table('sites')
    with op.batch_alter_table('photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_photos_received_from_id'))

    op.drop_table('photos')
    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.drop_index('ix_history_thing')
        batch_op.drop_index(batch_op.f('ix_history_at'))

    op.drop_table('history')
    op.drop_table('checklist_versions')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaigns_starts_on'))

    op.drop_table('campaigns')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_users_team_id'))
        batch_op.drop_index(batch_op.f('ix_users_enterprise_id'))

    op.drop_table('users')
    op.drop_table('teams')
    op.drop_table('laws')
    with op.batch_alter_table('failed_sign_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_failed_sign_ins_username'))
        batch_op.drop_index(batch_op.f('ix_failed_sign_ins_at'))
        batch_op.drop_index(batch_op.f('ix_failed_sign_ins_address'))

    op.drop_table('failed_sign_ins')
    op.drop_table('counters')
    op.drop_table('checklists')
    op.drop_table('calendar_days')
