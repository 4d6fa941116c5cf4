"""The Flask app: webhooks, health, metrics, pages, API. Parses, authenticates, hands over, renders; decides nothing."""

from ivr.web.app import create_app
from ivr.web.deps import FlowRef, WebDeps

__all__ = ["FlowRef", "WebDeps", "create_app"]
