"""Create the tables of hazards

Revision: 0001
Follows: 0001b
"""

from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = '0001b'
branch_labels = None
depends_on = None


def upgrade() -> None:
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
