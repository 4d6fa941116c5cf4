"""The prompt cache: what it keeps, throws away, repairs and survives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speech.interfaces import Voice
from speech.tts.prompt_cache import LARGEST_ENTRY_BYTES, PromptCache, cache_key

pytestmark = pytest.mark.unit

KEY = cache_key("piper", Voice("en"), "Hello.")


def only_file(folder: Path) -> Path:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 1
    return files[0]


def test_what_was_put_is_there_for_another_cache_too(tmp_path: Path) -> None:
    PromptCache(tmp_path).put(KEY, b"\x01\x02\x03")

    later = PromptCache(tmp_path)

    assert later.in_memory(KEY) is None
    assert later.get(KEY) == b"\x01\x02\x03"
    assert later.in_memory(KEY) == b"\x01\x02\x03"
    assert (later.counts.disk_hits, later.counts.memory_hits) == (1, 1)


def test_keys_differ_by_engine_voice_rate_and_text_and_tell_nothing() -> None:
    keys = {
        cache_key(engine, voice, text)
        for engine in ("piper", "espeak")
        for voice in (Voice("en"), Voice("ja"), Voice("en", 0.8), Voice("en", name="x"))
        for text in ("a", "b", "\ud800")
    }

    assert len(keys) == 24
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


@pytest.mark.parametrize("harm", ["cut", "altered", "empty", "other"])
def test_a_damaged_file_is_unknown_and_removed(tmp_path: Path, harm: str) -> None:
    PromptCache(tmp_path).put(KEY, b"\x01" * 100)
    path = only_file(tmp_path)
    content = path.read_bytes()
    path.write_bytes({"cut": content[:50], "altered": content[:-1] + b"\x02", "empty": b"", "other": b"RIFF"}[harm])
    cache = PromptCache(tmp_path)

    assert cache.get(KEY) is None
    assert not path.exists()
    assert cache.counts.corrupt == 1
    cache.put(KEY, b"\x03")
    assert PromptCache(tmp_path).get(KEY) == b"\x03"


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    PromptCache(tmp_path).put(KEY, b"\x01")
    only_file(tmp_path).write_bytes(bytes(LARGEST_ENTRY_BYTES + 1000))

    assert PromptCache(tmp_path).get(KEY) is None


def test_the_longest_unused_files_go_first(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_bytes=5000, memory_bytes=0)
    keys = [cache_key("e", Voice("en"), str(number)) for number in range(5)]
    for age, key in enumerate(keys[:4]):
        cache.put(key, bytes(1100))
        os.utime(tmp_path / key[:2] / f"{key}.ulaw", (1000 + age, 1000 + age))
    assert cache.get(keys[0]) is not None

    cache.put(keys[4], bytes(1100))

    there = [key for key in keys if PromptCache(tmp_path).get(key) is not None]
    assert keys[0] in there and keys[4] in there
    assert keys[1] not in there
    assert cache.counts.pruned >= 1


def test_memory_has_a_cap_of_its_own(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, memory_bytes=250)
    keys = [cache_key("e", Voice("en"), str(number)) for number in range(3)]
    for key in keys:
        cache.put(key, bytes(100))

    assert [cache.in_memory(key) is not None for key in keys] == [False, True, True]


def test_files_are_for_their_owner_alone_and_no_parts_stay(tmp_path: Path) -> None:
    PromptCache(tmp_path / "prompts").put(KEY, b"\x01")

    path = only_file(tmp_path)
    assert path.suffix == ".ulaw"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "prompts").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_costs_only_the_disk_copy(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("a file where the folder should be")
    cache = PromptCache(tmp_path / "prompts")

    cache.put(KEY, b"\x01")

    assert cache.get(KEY) == b"\x01"
    assert cache.counts.failed_writes == 1


@pytest.mark.parametrize("sound", [b"", bytes(LARGEST_ENTRY_BYTES + 1)])
def test_nothing_and_too_much_are_not_kept(tmp_path: Path, sound: bytes) -> None:
    cache = PromptCache(tmp_path)
    cache.put(KEY, sound)

    assert cache.get(KEY) is None
    assert cache.counts.misses == 1
