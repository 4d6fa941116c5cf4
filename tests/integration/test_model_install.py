"""Installing models from a file server that cuts, lies, changes its mind and holds evil archives."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from speech.models import Consent, DownloadableModel, HowToInstall, ModelError, ModelKind, install, install_model
from speech.models.download import DownloadPlan, download
from speech.models.installation import read_record
from speech.models.unpack import UnpackLimits

pytestmark = pytest.mark.integration

NAME = "vosk-model-tiny"


def archive(members: dict[str, bytes] | None = None) -> bytes:
    """A zip with a small model in it, or with `members`."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for path, content in (
            members or {f"{NAME}/am/final.mdl": bytes(range(256)) * 400, f"{NAME}/README": b"x"}
        ).items():
            packed.writestr(path, content)
    return held.getvalue()


def model(content: bytes, *, has_digest: bool = True, size: int | None = None) -> DownloadableModel:
    digest = hashlib.sha256(content).hexdigest() if has_digest else None
    there = len(content) if size is None else size
    return DownloadableModel(
        NAME, ModelKind.VOSK, "en", "https://example.org/x.zip", there, "Apache-2.0", digest, "tiny"
    )


@dataclass
class FileServer:
    """Serves one file; what it should do wrong is set by the test."""

    content: bytes = b""
    etag: str | None = '"v1"'
    cut_after: list[int] = field(default_factory=list)
    """Bytes after which each of the next answers is cut."""
    statuses: list[int] = field(default_factory=list)
    """Answers instead of the file, one for each of the next requests."""
    obeys_range: bool = True
    lies_about_length: int = 0
    redirect_to: str = ""
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    files: FileServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        files = self.files
        wanted = self.headers.get("Range")
        files.ranges.append(wanted)
        if files.statuses:
            self.send_response(files.statuses.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if files.redirect_to:
            self.send_response(302)
            self.send_header("Location", files.redirect_to)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body, start = files.content, 0
        if wanted and files.obeys_range and self.headers.get("If-Range") in (None, files.etag):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            body = body[start:]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(files.content) - 1}/{len(files.content)}")
        else:
            self.send_response(200)
        if files.etag:
            self.send_header("ETag", files.etag)
        self.send_header("Content-Length", str(len(body) + files.lies_about_length))
        self.end_headers()
        self.wfile.write(body[: files.cut_after.pop(0)] if files.cut_after else body)
        self.close_connection = True


@pytest.fixture
def files() -> Iterator[FileServer]:
    held = FileServer(content=archive())
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"files": held}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}/models"
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


def put(
    files: FileServer, models_dir: Path, described: DownloadableModel | None = None, how: HowToInstall | None = None
) -> Path:
    how = replace(how or HowToInstall(), base_url=files.url, sleep=lambda secs: None)
    return install_model(described or model(files.content), models_dir, how)


def leftovers(models_dir: Path) -> list[str]:
    return sorted(
        path.name for path in models_dir.rglob("*") if path.name.startswith(".unpacking") or "part" in path.name
    )


def test_a_model_is_unpacked_under_its_name_with_a_record(files: FileServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    target = put(files, tmp_path, how=HowToInstall(progress=lambda there, total: seen.append((there, total))))

    assert target == tmp_path / NAME
    assert (target / "am/final.mdl").read_bytes() == bytes(range(256)) * 400
    assert seen[-1] == (len(files.content), len(files.content))
    record = read_record(tmp_path, NAME)
    assert record is not None and record.archive_sha256 == hashlib.sha256(files.content).hexdigest()
    assert set(record.files) == {"am/final.mdl", "README"}
    assert leftovers(tmp_path) == []


def test_a_cut_download_goes_on_where_it_stopped(files: FileServer, tmp_path: Path) -> None:
    files.cut_after = [5000, 7000]

    put(files, tmp_path)

    assert files.ranges == [None, "bytes=5000-", "bytes=12000-"]


def test_a_download_goes_on_in_a_later_run(files: FileServer, tmp_path: Path) -> None:
    files.cut_after = [5000]
    part = tmp_path / ".downloads" / f"{NAME}.zip.part"
    with pytest.raises(ModelError) as gave_up:
        download_once_then_503(files, part)
    assert gave_up.value.is_retryable
    assert part.stat().st_size == 5000

    files.statuses = []
    files.ranges.clear()
    put(files, tmp_path)

    assert files.ranges == ["bytes=5000-"]


def download_once_then_503(files: FileServer, part: Path) -> None:
    """The first answer is cut, all later ones are 503."""

    def fail_from_now_on(secs: float) -> None:
        files.statuses = [503]

    download(DownloadPlan(f"{files.url}/{NAME}.zip", part, attempts=3), lambda there, total: None, fail_from_now_on)


def test_a_file_that_changed_meanwhile_is_fetched_anew(files: FileServer, tmp_path: Path) -> None:
    files.cut_after = [5000]
    part = tmp_path / ".downloads" / f"{NAME}.zip.part"
    with pytest.raises(ModelError):
        download_once_then_503(files, part)
    files.statuses, files.etag = [], '"v2"'
    files.content = archive({f"{NAME}/am/final.mdl": b"another" * 2000})

    target = put(files, tmp_path)

    assert (target / "am/final.mdl").read_bytes() == b"another" * 2000


def test_a_mixed_up_resumed_file_is_fetched_once_more(files: FileServer, tmp_path: Path) -> None:
    part = tmp_path / ".downloads" / f"{NAME}.zip.part"
    part.parent.mkdir()
    part.write_bytes(b"of another file" * 100)
    part.with_suffix(".state").write_text(f'{{"url": "{files.url}/{NAME}.zip", "validator": "\\"v1\\""}}')

    put(files, tmp_path)

    assert files.ranges == ["bytes=1500-", None]


@pytest.mark.parametrize("state", ["", "null", "[]", '{"url": 1}', "\x00"])
def test_a_broken_state_file_only_costs_a_new_download(files: FileServer, tmp_path: Path, state: str) -> None:
    part = tmp_path / ".downloads" / f"{NAME}.zip.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 100)
    part.with_suffix(".state").write_text(state)

    put(files, tmp_path)

    assert files.ranges == [None]


def test_a_server_without_ranges_sends_all_again(files: FileServer, tmp_path: Path) -> None:
    files.obeys_range, files.cut_after = False, [5000]

    put(files, tmp_path)

    assert files.ranges == [None, "bytes=5000-"]


def test_a_busy_server_is_asked_again(files: FileServer, tmp_path: Path) -> None:
    files.statuses = [503, 429, 416]

    assert put(files, tmp_path).is_dir()


def test_a_missing_file_is_an_error_with_its_status(files: FileServer, tmp_path: Path) -> None:
    files.statuses = [404]

    with pytest.raises(ModelError, match="404"):
        put(files, tmp_path)


def test_a_wrong_digest_installs_nothing_and_removes_the_archive(files: FileServer, tmp_path: Path) -> None:
    described = model(files.content)
    files.content = archive({f"{NAME}/am/final.mdl": bytes(range(256)) * 400, f"{NAME}/README": b"y"})

    with pytest.raises(ModelError, match="altered"):
        put(files, tmp_path, described)

    assert not (tmp_path / NAME).exists()
    assert leftovers(tmp_path) == []


def test_another_size_than_on_record_is_refused_before_it_is_read(files: FileServer, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="on record"):
        put(files, tmp_path, model(files.content, size=10))


def test_redirects_in_circles_end(files: FileServer, tmp_path: Path) -> None:
    files.redirect_to = f"{files.url}/again.zip"

    with pytest.raises(ModelError, match="circles"):
        put(files, tmp_path)


def test_redirect_to_a_file_address_is_refused(files: FileServer, tmp_path: Path) -> None:
    files.redirect_to = "file:///etc/passwd"

    with pytest.raises(ModelError):
        put(files, tmp_path)


def test_without_a_digest_nothing_is_installed_unasked(files: FileServer, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="--sha256"):
        put(files, tmp_path, model(files.content, has_digest=False))

    assert files.ranges == []


def test_a_digest_given_by_hand_is_enough(files: FileServer, tmp_path: Path) -> None:
    digest = hashlib.sha256(files.content).hexdigest().upper()

    put(files, tmp_path, model(files.content, has_digest=False), how=HowToInstall(consent=Consent(sha256=digest)))

    assert (tmp_path / NAME).is_dir()


@pytest.mark.parametrize("digest", ["abc", "g" * 64, "0" * 64])
def test_a_digest_that_is_none_or_contradicts_is_refused(files: FileServer, tmp_path: Path, digest: str) -> None:
    with pytest.raises(ModelError):
        put(files, tmp_path, how=HowToInstall(consent=Consent(sha256=digest)))

    assert files.ranges == []


def test_first_use_is_pinned_for_the_second(files: FileServer, tmp_path: Path) -> None:
    unknown = model(files.content, has_digest=False, size=0)
    put(files, tmp_path, unknown, how=HowToInstall(consent=Consent(trust_on_first_use=True)))
    files.content = archive({f"{NAME}/am/final.mdl": b"changed"})

    with pytest.raises(ModelError, match="altered"):
        put(files, tmp_path, unknown, how=HowToInstall(consent=Consent(trust_on_first_use=True)))

    assert (tmp_path / NAME / "am/final.mdl").read_bytes() == bytes(range(256)) * 400


def test_without_a_digest_a_foreign_address_must_be_secure(tmp_path: Path) -> None:
    unknown = model(b"", has_digest=False)
    with pytest.raises(ModelError, match="https"):
        install_model(
            unknown, tmp_path, HowToInstall(base_url="http://192.0.2.1/", consent=Consent(trust_on_first_use=True))
        )


def test_a_second_installation_at_the_same_time_is_refused(files: FileServer, tmp_path: Path) -> None:
    def meanwhile(there: int, total: int) -> None:
        with pytest.raises(ModelError, match="Another installation"):
            put(files, tmp_path)

    assert put(files, tmp_path, how=HowToInstall(progress=meanwhile)).is_dir()


def test_installing_again_replaces_the_model(files: FileServer, tmp_path: Path) -> None:
    put(files, tmp_path)
    (tmp_path / NAME / "am/final.mdl").write_bytes(b"spoiled")

    put(files, tmp_path)

    assert (tmp_path / NAME / "am/final.mdl").read_bytes() == bytes(range(256)) * 400


@pytest.mark.parametrize(
    "members",
    [
        {f"{NAME}/../../evil": b"x", f"{NAME}/am/final.mdl": b"x"},
        {"/etc/evil": b"x"},
        {f"{NAME}/README": b"no model inside"},
        {f"{NAME}/am/final.mdl": bytes(40_000_000)},
    ],
)
def test_evil_archives_leave_nothing_even_with_the_right_digest(
    files: FileServer, tmp_path: Path, members: dict[str, bytes]
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in members.items():
            packed.writestr(path, content)
    files.content = held.getvalue()

    with pytest.raises(ModelError):
        put(files, tmp_path / "models", how=HowToInstall(limits=UnpackLimits(total_bytes=50_000_000)))

    assert not (tmp_path / "models" / NAME).exists()
    assert leftovers(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models list"):
        install("../../evil", tmp_path)
