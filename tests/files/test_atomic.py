"""A file is the old or the new one, complete, whatever happens while it is written."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograd_cnn._files import atomic
from autograd_cnn._files.atomic import replacing, write_atomically


@pytest.fixture(params=["nameless", "named"])
def way(request, monkeypatch):
    """Both ways of making the temporary file: without a name where the system can, and with one."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    return request.param


def test_replaces_the_content_and_leaves_nothing_else(tmp_path, way):
    path = tmp_path / "f"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["f"]


def test_new_files_follow_the_umask_and_old_ones_keep_their_rights(tmp_path, way):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640
    (tmp_path / "new").chmod(0o604)
    write_atomically(tmp_path / "new", b"x")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o604


def test_a_link_stays_a_link(tmp_path, way):
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"


def test_a_relative_path_is_of_the_current_folder(tmp_path, way, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_atomically("f", b"x")
    assert (tmp_path / "f").read_bytes() == b"x"


def test_a_failing_writer_changes_nothing(tmp_path, way):
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def write_a_part():
        with replacing(path) as file:
            file.write(b"new")
            raise KeyError("interrupted")

    with pytest.raises(KeyError):
        write_a_part()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]


@pytest.mark.parametrize("failing", range(4))
@pytest.mark.parametrize("call", ["open", "fdopen", "fchmod", "fsync", "link", "replace"])
def test_each_failing_system_call_leaves_old_or_new(tmp_path, way, monkeypatch, call, failing):
    """The n-th call fails as on a full or dying disk."""
    path = tmp_path / "f"
    path.write_bytes(b"old")
    count = iter(range(100))

    def fail(real):
        def wrapped(*args, **kwargs):
            if next(count) == failing:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return wrapped

    monkeypatch.setattr(os, call, fail(getattr(os, call)))
    failed = False
    try:
        write_atomically(path, b"new")
    except OSError:
        failed = True
    assert failed or path.read_bytes() == b"new"
    assert path.read_bytes() in (b"old", b"new")
    assert os.listdir(tmp_path) == ["f"]


def test_the_content_is_flushed_before_the_rename_and_the_folder_after(tmp_path, way, monkeypatch):
    order = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, name=name, real=real: (order.append(name), real(*args)))
    write_atomically(tmp_path / "f", b"x")
    assert order == ["fsync", "replace", "fsync"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device that is always full")
def test_a_full_disk_is_an_oserror(tmp_path, monkeypatch):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic, "_open", lambda folder, temporary: (os.open("/dev/full", os.O_WRONLY), False))
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new" * 100_000)
    assert path.read_bytes() == b"old"


def test_a_missing_folder_and_a_folder_in_the_way_are_named(tmp_path, way):
    with pytest.raises(FileNotFoundError, match="absent"):
        write_atomically(tmp_path / "absent" / "f", b"x")
    with pytest.raises(IsADirectoryError, match=tmp_path.name):
        write_atomically(tmp_path, b"x")


def test_where_folders_take_no_nameless_files_the_file_has_a_name_at_first(tmp_path, monkeypatch):
    real, names = os.open, []

    def refusing(path, flags, *mode, **more):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        names.append(os.path.basename(path))
        return real(path, flags, *mode, **more)

    monkeypatch.setattr(os, "open", refusing)
    write_atomically(tmp_path / "f", b"x")
    assert (tmp_path / "f").read_bytes() == b"x"
    assert re.fullmatch(r"\.f\.[0-9a-f]{16}\.tmp", names[0])
    assert os.listdir(tmp_path) == ["f"]


def test_without_proc_the_file_has_a_name_at_first(tmp_path, monkeypatch):
    """A file without a name gets one through /proc."""
    real = os.path.isdir
    monkeypatch.setattr(os.path, "isdir", lambda path: path != "/proc/self/fd" and real(path))
    opened = []
    monkeypatch.setattr(
        os, "open", lambda *args, real=os.open, **more: (opened.append(args[1]), real(*args, **more))[1]
    )
    write_atomically(tmp_path / "f", b"x")
    assert opened[0] & os.O_EXCL


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EMFILE])
def test_other_errors_of_opening_are_raised_at_once(tmp_path, monkeypatch, number):
    calls = []

    def failing(path, flags, *mode, **more):
        calls.append(path)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(OSError, match=os.strerror(number)):
        write_atomically(tmp_path / "f", b"x")
    assert len(calls) == 1


def test_a_long_name_leaves_room_for_the_temporary_files(tmp_path, way):
    path = tmp_path / ("f" * 255)
    write_atomically(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("name", ["é" * 127, "😀" * 63], ids=["two bytes", "four bytes"])
def test_long_names_of_letters_of_several_bytes(tmp_path, way, name):
    write_atomically(tmp_path / name, b"x")
    assert os.listdir(tmp_path) == [name]


def test_a_path_may_be_bytes(tmp_path, way):
    write_atomically(os.fsencode(tmp_path / "f"), b"x")
    assert (tmp_path / "f").read_bytes() == b"x"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are POSIX's")
def test_a_pipe_is_written_and_not_replaced(tmp_path, way):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        write_atomically(tmp_path / "pipe", b"x")
        assert reader.stdout.read() == b"x"
    assert (tmp_path / "pipe").is_fifo()
    write_atomically(os.devnull, b"x")
    assert not os.path.isfile(os.devnull)


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, way, monkeypatch):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *args: False)  # what root never sees
    with pytest.raises(PermissionError, match=r"Permission denied.*f'"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_replaced_file_keeps_its_owner(tmp_path, way):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    os.chown(path, 12345, 54321)
    write_atomically(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


KILLED = """
import os, signal, sys
from autograd_cnn._files import atomic
os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
atomic.write_atomically(sys.argv[1], b"new")
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_what_a_killed_writer_left_goes_with_the_next_writing(tmp_path, way):
    """Of the same path only, and only what nobody is writing."""
    import fcntl

    path = tmp_path / "f"
    path.write_bytes(b"old")
    for target in (path, tmp_path / "f.g"):
        assert (
            subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False).returncode
            == -signal.SIGKILL
        )
    other, busy = next(tmp_path.glob(".f.g.*.tmp")), tmp_path / (".f." + "0" * 16 + ".tmp")
    assert len(os.listdir(tmp_path)) == 3
    assert path.read_bytes() == b"old"
    with open(busy, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_atomically(path, b"newer")
        assert sorted(os.listdir(tmp_path)) == sorted(["f", busy.name, other.name])
    write_atomically(path, b"newest")
    assert sorted(os.listdir(tmp_path)) == sorted(["f", other.name])
    assert path.read_bytes() == b"newest"


@pytest.mark.skipif(os.name == "nt", reason="locks are POSIX's")
def test_writers_of_one_path_do_not_sweep_each_others_files(tmp_path, way):
    path = tmp_path / "f"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: [write_atomically(path, bytes([n]) * 1000) for _ in range(40)], range(8)))
    assert len(set(path.read_bytes())) == 1
    assert os.listdir(tmp_path) == ["f"]


@pytest.mark.skipif(os.name == "nt", reason="locks are POSIX's")
def test_a_sweep_leaves_a_name_that_is_a_writers_again(tmp_path, monkeypatch):
    """Between its opening and its locking of remains, another sweep removed them, and a writer took the
    name."""
    remains, lock = tmp_path / (".f." + "0" * 16 + ".tmp"), atomic._lock
    remains.write_bytes(b"remains")

    def late(descriptor, *, wait=True):
        if not wait:
            remains.unlink()
            remains.write_bytes(b"a writer's")
        return lock(descriptor, wait=wait)

    monkeypatch.setattr(atomic, "_lock", late)
    write_atomically(tmp_path / "f", b"new")
    assert remains.read_bytes() == b"a writer's"


WRITER = """
import sys
from autograd_cnn._files.atomic import write_atomically
print("ready", flush=True)
n = 0
while True:
    n = (n + 1) % 256
    write_atomically(sys.argv[1], bytes([n]) * 2_000_000)
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_killed_while_writing(tmp_path):
    """Five times kill -9 at odd moments: always one complete version."""
    path = tmp_path / "f"
    for attempt in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as child:
            assert child.stdout.readline() == b"ready\n"
            time.sleep(0.05 + 0.0137 * attempt)
            child.send_signal(signal.SIGKILL)
        if path.exists():
            content = path.read_bytes()
            assert len(content) == 2_000_000
            assert len(set(content)) == 1
    assert path.exists()
