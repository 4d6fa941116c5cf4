"""Alembic's folder: the environment and one file per schema change."""
