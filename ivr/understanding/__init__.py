"""What callers mean: intents, slots, everywhere-commands and knowledge answers, all on this machine."""

from __future__ import annotations

from ivr.understanding.files import FileProblem, FilesInvalid, load_intents, load_knowledge
from ivr.understanding.local import LocalUnderstanding

__all__ = ["FileProblem", "FilesInvalid", "LocalUnderstanding", "load_intents", "load_knowledge"]
