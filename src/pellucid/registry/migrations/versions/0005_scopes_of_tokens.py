"""what a token may do at most, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("token", sa.Column("scope", sa.String(length=10), nullable=False, server_default="admin"))
    op.add_column("token", sa.Column("expires", sa.DateTime(timezone=True), nullable=True))
