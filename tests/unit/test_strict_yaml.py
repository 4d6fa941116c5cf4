"""YAML as people write it here: texts stay texts, and nothing in it can surprise or flood."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.strict_yaml import MAX_BYTES, Mapping, Scalar, Sequence, Tree, YamlInvalid, read_bytes, read_file, read_text

pytestmark = pytest.mark.unit


def plain(tree: Tree) -> object:
    """Without lines."""
    match tree:
        case Scalar(text):
            return text
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(items):
            return {key: plain(value) for key, value in items.items()}


def problem(text: str | bytes) -> str:
    with pytest.raises(YamlInvalid) as error:
        read_bytes(text if isinstance(text, bytes) else text.encode())
    return str(error.value)


@pytest.mark.parametrize(
    "written", ["NO", "yes", "on", "0120", "0120123456", "8:30", "1e3", "0x1F", "1_000", "~", "null", "+8190", "="]
)  # fmt: skip
def test_every_scalar_stays_what_was_written(written: str) -> None:
    [tree] = read_text(f"value: {written}")
    assert plain(tree) == {"value": written}


def test_keys_stay_what_was_written() -> None:
    [tree] = read_text("{no: a, 1: b, 0120: c, on: d}")
    assert plain(tree) == {"no": "a", "1": "b", "0120": "c", "on": "d"}


def test_an_empty_value_is_an_empty_text() -> None:
    assert plain(read_text("a:\nb: ''")[0]) == {"a": "", "b": ""}


def test_everything_knows_its_line() -> None:
    [tree] = read_text("a: 1\n\nb:\n  - x\n  - y: z\n")
    assert isinstance(tree, Mapping)
    assert tree.key_lines == {"a": 1, "b": 3}
    second = tree.items["b"]
    assert isinstance(second, Sequence)
    assert [item.line for item in second.items] == [4, 5]


def test_quoted_texts_are_known_as_such() -> None:
    [tree] = read_text("- a\n- 'a'\n- \"a\"\n- |\n  a\n")
    assert isinstance(tree, Sequence)
    assert [item.is_quoted for item in tree.items if isinstance(item, Scalar)] == [False, True, True, True]


def test_a_file_may_hold_several_documents() -> None:
    assert [plain(tree) for tree in read_text("a: 1\n---\nb: 2\n")] == [{"a": "1"}, {"b": "2"}]


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n"])
def test_nothing_is_no_document(text: str) -> None:
    assert read_text(text) == []


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert plain(read_bytes(b"\xef\xbb\xbfa: 1")[0]) == {"a": "1"}


def test_text_that_is_not_utf_8_names_its_line() -> None:
    assert problem(b"a: 1\nb: \xff\n") == "line 2: this is not UTF-8 text; save the file as UTF-8"


def test_a_doubled_key_names_both_lines() -> None:
    assert problem("a: 1\nb: 2\na: 3\n") == "line 3: `a` stands here twice (line 1 too); remove one"


def test_every_doubled_key_is_told() -> None:
    assert problem("a: 1\na: 2\nb: {c: 1, c: 2}\n") == (
        "line 2: `a` stands here twice (line 1 too); remove one; line 3: `c` stands here twice (line 3 too); remove one"
    )


def test_a_key_must_be_a_word() -> None:
    assert problem("? [a, b]\n: c\n") == "line 1: a name must be a plain word"


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "&x {a: 1}", "- &x [a]\n- *x\n"])
def test_anchors_and_aliases_are_refused(text: str) -> None:
    assert problem(text) == "line 1: anchors and aliases (& and *) are not allowed; write the value out"


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{one}: &{one} [*{before}, *{before}]\n" for before, one in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert problem(bomb).startswith("line 1: anchors and aliases")


@pytest.mark.parametrize("text", ["a: !!int 5", "a: !!python/object/apply:os.system [ls]", "!x {a: 1}", "- !<tag:x> b"])
def test_tags_are_refused(text: str) -> None:
    assert problem(text) == "line 1: tags (!) are not allowed; write a plain value"


def test_twenty_levels_are_enough() -> None:
    assert read_text("[" * 20 + "]" * 20)
    assert problem("[" * 21 + "]" * 21) == "line 1: nested deeper than 20 levels, or far too long"


@pytest.mark.parametrize("flood", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_floods_of_brackets_are_refused(flood: str) -> None:
    assert problem(flood) == "line 1: nested deeper than 20 levels, or far too long"


def test_a_flood_of_small_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.strict_yaml.MAX_EVENTS", 100)
    assert problem("[" + "a,\n" * 100 + "]") == "line 99: nested deeper than 20 levels, or far too long"


def test_a_text_that_is_too_large_is_not_even_read() -> None:
    assert problem("#" * (MAX_BYTES + 1)) == "line 1: the text is larger than 512 KiB; split it"


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(YamlInvalid, match="line 1: the file is larger than 512 KiB; split it"):
        read_file(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(YamlInvalid, match="line 1: the file cannot be read: No such file or directory"):
        read_file(tmp_path / "none.yaml")
    with pytest.raises(YamlInvalid, match="line 1: the file cannot be read: Is a directory"):
        read_file(tmp_path)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert plain(read_file(path)[0]) == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a: b: c\n", "line 1: this is not YAML: mapping values are not allowed here"),
        ("a: 1\n\tb: 2\n", "line 2: this is not YAML: "),
        ("a: [1, 2\nb: 3\n", "line 2: this is not YAML: "),
        ("a: 'open\n", "line 2: this is not YAML: "),
        ("a: \x00\n", "line 1: this is not YAML (ReaderError)"),
        ('a: "\\UFFFFFFFF"\n', "line 1: this is not YAML (OverflowError)"),
        ("%YAML 9.9\n---\na: 1\n", "line 1: this is not YAML: "),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, start: str) -> None:
    assert problem(text).startswith(start)


bits = st.sampled_from(
    ["a", "a: ", "- ", "\n", "  ", "{", "}", "[", "]", ",", "'", '"', "|", ">", "!", "!!str", "&x", "*x", "%", "---",
     "...", "#", "?", ":", "\\U", "\t", "\r", "\x00", "\ufeff", "\u2028", "<<", "0", "é", "@", "`", "%TAG ! x"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(bits, max_size=25).map("".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        trees = read_text(text)
    except YamlInvalid as error:
        assert all(one.line >= 1 and one.message for one in error.problems)
        return
    for tree in trees:
        plain(tree)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        read_bytes(raw)
    except YamlInvalid as error:
        assert error.problems
