"""The queue as webhooks, pages, texts and commands use it."""

from ivr.runtime.queue_service.service import StoredQueue

__all__ = ["StoredQueue"]
