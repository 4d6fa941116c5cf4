"""The queue's stores without a database: call scripts at text level, benches on the virtual clock, tests.

Held to the same contract as the stores in SQL. Nothing survives the process.
"""

from ivr.storage.memory.accounts import MemoryAccountStore
from ivr.storage.memory.agents import MemoryAgentStore
from ivr.storage.memory.bridges import MemoryBridgeStore, MemoryFollowUpStore
from ivr.storage.memory.callbacks import MemoryCallbackStore
from ivr.storage.memory.contacts import MemoryContactStore, MemoryDeskPresence
from ivr.storage.memory.queue import MemoryQueue
from ivr.storage.memory.texts import MemoryTextStore

__all__ = [
    "MemoryAccountStore",
    "MemoryAgentStore",
    "MemoryCallbackStore",
    "MemoryContactStore",
    "MemoryDeskPresence",
    "MemoryBridgeStore",
    "MemoryFollowUpStore",
    "MemoryQueue",
    "MemoryTextStore",
]
