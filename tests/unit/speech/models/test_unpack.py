"""Archives that try to leave their folder, to grow without end, or to be something else than they say."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.models.errors import ModelError
from speech.models.unpack import UnpackLimits, unpack

pytestmark = pytest.mark.unit


def zipped(path: Path, members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name, content in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.compress_type = compression
            packed.writestr(info, content)
    return path


def refused(path: Path, tmp_path: Path, limits: UnpackLimits | None = None) -> str:
    with pytest.raises(ModelError) as error:
        unpack(path, tmp_path / "out" / "model", "m", limits)
    everything = [found for found in tmp_path.rglob("*") if found != path]
    assert all(found.is_relative_to(tmp_path / "out") for found in everything)
    return error.value.reason


def test_members_land_below_the_folder_without_the_top_name(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [("m/", b""), ("m/am/final.mdl", b"1"), ("m/conf/x.conf", b"2")])

    unpack(archive, tmp_path / "model", "m")

    assert (tmp_path / "model/am/final.mdl").read_bytes() == b"1"
    assert (tmp_path / "model/conf/x.conf").read_bytes() == b"2"


@pytest.mark.parametrize(
    "name",
    [
        "m/../evil",
        "../evil",
        "m/../../evil",
        "/evil",
        "//evil",
        "m//evil",
        "m/./evil",
        "other/file",
        "evil",
        "m\\..\\evil",
        "m/..\\..\\evil",
        "C:/evil",
        "m/C:evil",
        "m/new\nline",
        "m/a\x01b",
        "m/" + "x" * 300,
        "m/" + "d/" * 40 + "x",
        "",
        "m/..",
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    refused(zipped(tmp_path / "a.zip", [("m/ok", b"1"), (name, b"evil")]), tmp_path)


def test_a_name_cut_by_a_nul_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [("m/fileXevil", b"1")])
    archive.write_bytes(archive.read_bytes().replace(b"fileXevil", b"file\x00evil"))

    refused(archive, tmp_path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_special_files_are_refused(tmp_path: Path, kind: int) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        info = zipfile.ZipInfo("m/link")
        info.create_system = 3
        info.external_attr = (kind | 0o777) << 16
        packed.writestr(info, "/etc/passwd")

    assert "link" in refused(archive, tmp_path)


def test_one_name_twice_is_refused_whatever_its_case(tmp_path: Path) -> None:
    assert "twice" in refused(zipped(tmp_path / "a.zip", [("m/File", b"1"), ("m/file", b"2")]), tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [("m/zeros", bytes(20_000_000))], zipfile.ZIP_DEFLATED)

    assert "bomb" in refused(archive, tmp_path)


def test_more_members_or_bytes_than_allowed_are_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [(f"m/{number}", b"12345") for number in range(10)])

    assert "members" in refused(archive, tmp_path, UnpackLimits(members=9))
    assert "bytes" in refused(archive, tmp_path, UnpackLimits(total_bytes=49))


def test_a_member_larger_than_its_header_claims_is_not_believed(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [("m/zeros", bytes(3_000_000))], zipfile.ZIP_DEFLATED)
    content = archive.read_bytes()
    archive.write_bytes(content.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 1000)))

    refused(archive, tmp_path)
    written = tmp_path / "out/model/zeros"
    assert not written.exists() or written.stat().st_size <= 1000


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [("m/x", b"1")])
    content = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    archive.write_bytes(bytes(content))

    assert "encrypted" in refused(archive, tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(content)

    refused(archive, tmp_path)


_GOOD = io.BytesIO()
with zipfile.ZipFile(_GOOD, "w", zipfile.ZIP_DEFLATED) as _packed:
    _packed.writestr("m/am/final.mdl", b"model" * 50)
    _packed.writestr("m/README", b"text")


@settings(max_examples=250, deadline=None)
@given(st.integers(0, len(_GOOD.getvalue()) - 1), st.binary(min_size=1, max_size=6))
def test_a_damaged_archive_is_unpacked_or_refused_and_stays_inside(
    tmp_path_factory: pytest.TempPathFactory, where: int, what: bytes
) -> None:
    tmp_path = tmp_path_factory.mktemp("damaged")
    archive = tmp_path / "a.zip"
    content = bytearray(_GOOD.getvalue())
    content[where : where + len(what)] = what
    archive.write_bytes(bytes(content))
    with suppress(ModelError):
        unpack(archive, tmp_path / "out", "m")
    assert {path.name for path in tmp_path.iterdir()} <= {"a.zip", "out"}
