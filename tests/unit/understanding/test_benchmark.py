"""The measuring of the classifier."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from ivr.understanding.benchmark import disturb, evaluate_hwu64

pytestmark = pytest.mark.unit


def test_accuracy_is_measured_on_the_test_part(tmp_path: Path) -> None:
    train = [
        [f"please switch the {thing} {way}", f"{thing}_{way}"] for thing in ("lamp", "radio") for way in ("on", "off")
    ]
    test = [["switch the lamp on please", "lamp_on"], ["radio off now", "radio_off"]]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"train": train, "test": test}), "utf-8")
    measured = evaluate_hwu64(path, None)
    assert (measured.clean, measured.tested) == (1.0, 2)
    assert 0.0 <= measured.noisy <= 1.0


@pytest.mark.parametrize("content", ["[]", "{}", '{"train": [["a"]], "test": []}', '{"train": 3, "test": []}'])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "set.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ValueError, match="the set"):
        evaluate_hwu64(path, None)


def test_noise_never_empties_a_sentence() -> None:
    chance = random.Random(3)
    assert all(disturb("go", chance) for _ in range(200))
