"""Embeddings: the disk cache, and machines on which the engine does not load."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ivr.understanding import embedding
from ivr.understanding.embedding import DIMENSION, Embedder, EmbeddingUnavailable, Vectors

pytestmark = pytest.mark.unit


class CountingEngine:
    """Embeds by length, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, text: str, is_query: bool) -> Vectors:
        self.asked.append(text)
        return np.full(DIMENSION, len(text) + is_query, np.float32)

    def query(self, text: str) -> Vectors:
        return self.encode(text, True)


def test_sentences_of_files_are_embedded_once_over_restarts(tmp_path: Path) -> None:
    first, second = CountingEngine(), CountingEngine()
    before = Embedder(first, tmp_path / "c" / "e.sqlite").queries(["a", "bb", "a"])
    after = Embedder(second, tmp_path / "c" / "e.sqlite").queries(["a", "bb", "a"])
    assert (first.asked, second.asked) == (["a", "bb"], [])
    assert (before == after).all()
    assert before[:, 0].tolist() == [2, 3, 2]


def test_questions_and_passages_are_kept_apart(tmp_path: Path) -> None:
    embedder = Embedder(CountingEngine(), tmp_path / "e.sqlite")
    assert embedder.queries(["a"])[0, 0] == 2
    assert embedder.passages(["a"])[0, 0] == 1


def test_nothing_to_embed_has_the_right_shape(tmp_path: Path) -> None:
    assert Embedder(CountingEngine(), tmp_path / "e.sqlite").queries([]).shape == (0, DIMENSION)


@pytest.mark.parametrize("content", [b"not a database at all", b""])
def test_a_broken_cache_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e.sqlite").write_bytes(content)
    assert Embedder(CountingEngine(), tmp_path / "e.sqlite").queries(["a"])[0, 0] == 2


def test_an_utterance_is_embedded_once_while_it_is_remembered(tmp_path: Path) -> None:
    engine = CountingEngine()
    embedder = Embedder(engine, tmp_path / "e.sqlite")
    for text in ("a", "a", *(f"other {number}" for number in range(40)), "a"):
        embedder.query(text)
    assert engine.asked.count("a") == 2


def test_a_missing_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(embedding, "importlib", SimpleNamespace(import_module=missing))
    with pytest.raises(EmbeddingUnavailable):
        Embedder.open(tmp_path)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_another_system_is_refused_before_the_library_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(embedding, "sys", SimpleNamespace(platform=platform))
    with pytest.raises(EmbeddingUnavailable):
        Embedder.open(tmp_path)


def test_a_processor_without_avx2_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_args, **_named: "flags: sse2")
    with pytest.raises(EmbeddingUnavailable, match="AVX2"):
        Embedder.open(tmp_path)


def test_the_number_of_threads_of_the_process_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = SimpleNamespace(E5=lambda num_threads: CountingEngine())
    monkeypatch.setattr(embedding, "importlib", SimpleNamespace(import_module=lambda _name: engine))
    monkeypatch.setattr(embedding, "_require_avx2", lambda: None)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    Embedder.open(tmp_path)
    assert importlib.import_module("os").environ["OMP_NUM_THREADS"] == "7"
