"""The workers' side of the callback queue."""

from ivr.runtime.dispatch.dispatcher import Dispatcher
from ivr.runtime.dispatch.ports import DispatchPorts

__all__ = ["DispatchPorts", "Dispatcher"]
