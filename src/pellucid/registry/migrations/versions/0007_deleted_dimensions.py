"""custom dimensions that were deleted keep their number, so that nobody reads their values under another."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("custom_dimension", sa.Column("deleted", sa.Boolean(), nullable=False, server_default="0"))
