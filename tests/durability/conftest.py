"""A PostgreSQL for the durability suite."""

from __future__ import annotations

from tests.contract.conftest import postgresql_server

__all__ = ["postgresql_server"]
