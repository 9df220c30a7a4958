"""The schema's steps, run by alembic from within the package."""
