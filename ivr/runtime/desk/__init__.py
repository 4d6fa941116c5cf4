"""The queue's counter: the operations `callbacks.*` that flows call, and what is known before a call's first word."""

from ivr.runtime.desk.desk import CallbackDesk, desk_operations
from ivr.runtime.desk.door import QueueDoor
from ivr.runtime.desk.parts import DeskParts

__all__ = ["CallbackDesk", "DeskParts", "QueueDoor", "desk_operations"]
