"""Look-ups outside a call: CSV and SQL tables, HTTP services, and the built-in desk for callers' requests."""

from ivr.connectors.book import ConnectorBook

__all__ = ["ConnectorBook"]
