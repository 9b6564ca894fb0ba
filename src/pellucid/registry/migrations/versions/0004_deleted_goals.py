"""goals that were deleted keep their number, so that no other takes it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("goal", sa.Column("deleted", sa.Boolean(), nullable=False, server_default="0"))
