"""how hits of a site are read, and what its dimensions are read off."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("site", sa.Column("rules", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("custom_dimension", sa.Column("extractions", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("custom_dimension", sa.Column("case_sensitive", sa.Boolean(), nullable=False, server_default="1"))
