"""Reading what a supervisor wrote: values, or every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.files import FilesInvalid, load_intents, load_knowledge

pytestmark = pytest.mark.unit


def write(folder: Path, text: str | bytes, name: str = "shop.en.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def mistakes(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(FilesInvalid) as caught:
        (load_intents if "entries" not in path.read_text("utf-8", "replace") else load_knowledge)(path)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_intents_and_foreign_sentences_are_read(tmp_path: Path) -> None:
    source = load_intents(
        write(tmp_path, "intents:\n  a:\n    title: x\n    examples: [one, 'yes']\nout_of_scope: [no]\n")
    )
    assert source.examples == {"a": ("one", "yes")}
    assert source.out_of_scope == ("no",)


def test_words_and_numbers_stay_what_was_written(tmp_path: Path) -> None:
    source = load_intents(write(tmp_path, "intents:\n  a:\n    examples: [yes, on, 0120, 1e3, null]\n"))
    assert source.examples["a"] == ("yes", "on", "0120", "1e3", "null")


def test_unknown_keys_are_told_with_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, "intents:\n  a:\n    examples: [x]\n    exmples: [y]\nout: []\n")
    assert mistakes(path) == [
        (4, "unknown key 'exmples'; known: examples, title"),
        (5, "unknown key 'out'; known: intents, out_of_scope"),
    ]


def test_an_example_in_two_intents_names_the_other_one(tmp_path: Path) -> None:
    path = write(
        tmp_path, "intents:\n  a:\n    examples:\n      - Where is it?\n  b:\n    examples:\n      - where is it\n"
    )
    assert (
        mistakes(path)
        == [(7, "'where is it' stands already under 'a' (line 4)"), (5, "intent 'b' has no examples")][::-1]
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("intents:\n  a:\n    examples: []\n", 2, "has no examples"),
        ("intents:\n  a:\n    examples: ['']\n", 3, "is empty"),
        ("intents:\n  a:\n    examples: ['?!']\n", 3, "holds no word"),
        ("intents:\n  a:\n    examples: one\n", 3, "must be a list"),
        ("intents:\n  a: [x]\n", 2, "must be a mapping"),
        ("intents:\n  A b:\n    examples: [x]\n", 2, "is not a name"),
        ("intents:\n  a:\n    examples: [x]\n  a:\n    examples: [y]\n", 4, "stands here twice"),
        ("intents:\n  a:\n    examples: [&x one, *x]\n", 3, "anchors"),
        ("intents: !!python/object:os.system\n  a: 1\n", 1, "tags"),
        ("intents:\n  a:\n   examples: [x\n", 4, "is not YAML"),
        ("", 1, "is empty"),
        ("intents:\n  a:\n    examples: [x]\n---\nintents: {}\n", 5, "second document"),
        ("intents:\n  [a]: 1\n", 2, "plain word"),
        ("out_of_scope: [x]\n", 1, "has no intents"),
        ("[" * 500, 1, "nested deeper than"),
        ("intents:\n  a:\n    examples: [" + "x" * 3000 + "]\n", 3, "longer than"),
    ],
)
def test_each_mistake_is_told_at_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    found = mistakes(write(tmp_path, text))
    assert any(at == line and words in message for at, message in found), found


def test_a_file_that_is_not_text_or_too_large_or_missing_is_refused(tmp_path: Path) -> None:
    assert "not UTF-8" in mistakes(write(tmp_path, b"\xff\xfe\x00\x80"))[0][1]
    assert "larger than" in mistakes(write(tmp_path, b"#" * (512 * 1024 + 1)))[0][1]
    with pytest.raises(FilesInvalid, match="cannot be read"):
        load_intents(tmp_path / "none.en.yaml")


def test_knowledge_entries_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path, "entries:\n  a:\n    question: why\n    wordings: [how come]\n    answer: because\noff_topic: [who]\n"
    )
    source = load_knowledge(path)
    assert [(e.id, e.question, e.wordings, e.answer) for e in source.entries] == [
        ("a", "why", ("how come",), "because")
    ]
    assert source.off_topic == ("who",)


def test_knowledge_without_answer_or_with_a_doubled_question_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "entries:\n  a:\n    question: why\n  b:\n    question: Why?\n    answer: so\n")
    assert [line for line, _ in mistakes(path)] == [2, 5]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_a_file_or_a_list_of_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.en.yaml"
    path.write_bytes(content)
    for load in (load_intents, load_knowledge):
        try:
            load(path)
        except FilesInvalid as error:
            assert error.problems
