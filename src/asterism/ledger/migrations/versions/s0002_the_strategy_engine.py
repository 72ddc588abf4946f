"""the strategy engine."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """the strategy engine."""
    op.create_table('script_arm',
    sa.Column('strategy', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('script', sa.String(length=63), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('audience', sa.String(length=4000), nullable=False),
    sa.Column('customers', sa.BigInteger(), nullable=False),
    sa.Column('outcome', sa.Double(), nullable=False),
    sa.Column('mean', sa.Double(), nullable=False),
    sa.Column('deviation', sa.Double(), nullable=False),
    sa.Column('best', sa.Double(), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('strategy', 'version', 'channel', 'wave', 'script', 'day', name=op.f('pk_script_arm'))
    )
    op.create_table('strategy_ramp',
    sa.Column('ramp_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('strategy_id', sa.String(length=63), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('step_days', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('ramp_id', name=op.f('pk_strategy_ramp'))
    )
    with op.batch_alter_table('strategy_ramp', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_strategy_ramp_strategy_id'), ['strategy_id'], unique=False)

    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('script', sa.String(length=63), nullable=True))

    with op.batch_alter_table('strategy_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('approved_by', sa.String(length=80), nullable=True))

    with op.batch_alter_table('touch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('script', sa.String(length=63), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table('touch', schema=None) as batch_op:
        batch_op.drop_column('script')

    with op.batch_alter_table('strategy_version', schema=None) as batch_op:
        batch_op.drop_column('approved_by')

    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_column('script')

    with op.batch_alter_table('strategy_ramp', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_strategy_ramp_strategy_id'))

    op.drop_table('strategy_ramp')
    op.drop_table('script_arm')
