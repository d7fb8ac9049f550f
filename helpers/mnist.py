"""Load MNIST (folder, cache, mirror or bundled sample).

A file counts only if its SHA-256 is the published one: a cut, damaged or wrong file is never used.
"""

import gzip
import hashlib
import os
import sys
import zlib
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import numpy as np

from helpers import checks

FILES = {  # name: SHA-256 of the file, and of the file gzipped as the mirrors have it; images, labels, images, labels
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "train-labels-idx1-ubyte": (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "t10k-labels-idx1-ubyte": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}
MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
TIMEOUT = 3, 10  # seconds to connect to an address of a mirror, and from one piece to the next
PATIENCE = 7  # seconds a mirror, which may have two dozen addresses, has until it answers at all
SAMPLE = Path(__file__).parent / "assets" / "mnist_sample.npz"

ORIGINS = {
    "MNIST_DIR": "from the folder in MNIST_DIR",
    "cache": "from your cache",
    "download": "just downloaded",
    "sample": "from the small sample that comes with the course",
}


@dataclass(frozen=True, eq=False, repr=False)
class Mnist:
    """Handwritten digits: X_… (N, 784) float32 from 0 (paper) to 1 (ink), one image a row; y_… (N,) uint8 labels."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    source: str  # a key of ORIGINS
    n_classes: int = 10

    def __repr__(self) -> str:
        sizes = f"{len(self.X_train):,} training and {len(self.X_test):,} test images"
        return f"MNIST: {sizes}, {ORIGINS[self.source]}."


def load_mnist(source: str = "auto") -> Mnist:
    """MNIST from the first place that has it, so that no lesson stops because a network is down.

    source: "auto" tries the folder named in the environment variable MNIST_DIR (the four IDX files, gzipped or not);
            the cache, which is the folder named in NN_CACHE_DIR, else the operating system's usual place for caches;
            two public mirrors, whose files go into the cache; at last the sample, with a printed note that says why;
            "full" the same without the sample: if the 70,000 are not to be had, it raises FileNotFoundError;
            "sample" takes the 5,000 digits that come with the course (4,000 + 1,000), and looks nowhere else.

    If MNIST_DIR is set, it is used or it is an error: FileNotFoundError if a file is missing, ValueError if damaged.
    """
    checks.check_one_of("source", source, ("auto", "full", "sample"))
    if source == "sample":
        return _from_sample()
    if os.environ.get("MNIST_DIR"):
        return _from_folder(Path(os.path.expanduser(os.environ["MNIST_DIR"])))
    try:
        return _from_cache_or_mirrors()
    except _Unavailable as error:
        if source == "full":
            raise FileNotFoundError(
                f"MNIST's 70,000 digits are not here, because {error}. Three ways to fix it: (1) connect to the "
                f"internet and run this again; (2) put the four files {', '.join(f'{name}.gz' for name in FILES)} "
                "in a folder and set the environment variable MNIST_DIR to that folder; (3) use "
                "load_mnist(source='sample'), the 5,000 digits that come with the course."
            ) from None
        print(f"Note: this is a sample of 5,000 digits, not MNIST's 70,000, because {error}.")
        print("For all of them, connect to the internet and run this again, or set MNIST_DIR to a folder with them.")
        return _from_sample()


class _Unavailable(Exception):
    """The full set cannot be had; the message says why, as the end of a sentence."""


def _from_sample() -> Mnist:
    with np.load(SAMPLE) as sample:
        images, labels = sample["images"], sample["labels"]
    return _mnist([images[:4000], labels[:4000], images[4000:], labels[4000:]], "sample")


def _from_folder(folder: Path) -> Mnist:
    try:
        if not folder.is_dir():
            raise FileNotFoundError("there is no such folder")
        return _mnist([_read(folder, name) for name in FILES], "MNIST_DIR")
    except (OSError, ValueError) as error:
        raise type(error)(
            f"MNIST_DIR is set to {folder}, but {error}. Put the four files of MNIST in that folder (gzipped or not), "
            "or correct MNIST_DIR, or unset it."
        ) from None


def _from_cache_or_mirrors() -> Mnist:
    if sys.platform == "emscripten":
        raise _Unavailable("Python in the browser cannot download them (Python on your own computer can)")
    chosen = os.environ.get("NN_CACHE_DIR")
    cache = Path(os.path.expanduser(chosen)) if chosen else _pooch().os_cache("neural-networks-from-scratch")
    try:
        return _mnist([_read(cache, name) for name in FILES], "cache")
    except (OSError, ValueError):
        _download(cache)
        return _mnist([_read(cache, name) for name in FILES], "download")


def _pooch():
    try:
        import pooch
    except ImportError as error:
        raise _Unavailable(f"the Python package {error.name} is not installed") from None
    pooch.get_logger().setLevel("ERROR")
    return pooch


def _mnist(arrays: list[np.ndarray], source: str) -> Mnist:
    """From bytes (images, labels, images, labels) to the rows and numbers that lessons use."""

    def rows(images):
        X = images.reshape(len(images), -1).astype(np.float32)
        X /= 255  # in place: a second array of this size would take 188 MB
        return X

    X_train, y_train, X_test, y_test = arrays
    return Mnist(rows(X_train), y_train.copy(), rows(X_test), y_test.copy(), source)


def _read(folder: Path, name: str) -> np.ndarray:
    """One file in `folder`, plain or gzipped, as an array; OSError or ValueError says why it cannot be had."""
    problem = FileNotFoundError(f"{name}.gz is not in it")
    for file in (name, f"{name}.gz"):
        try:
            content = (folder / file).read_bytes()
            raw = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
            if hashlib.sha256(raw).hexdigest() == FILES[name][0]:
                # IDX: 0, 0, 8 for unsigned bytes, the number of axes; each axis's length (big-endian); the values
                shape = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
                return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)
            problem = ValueError(f"{file} is not the published file")
        except FileNotFoundError:
            pass
        except (OSError, EOFError, zlib.error) as error:
            problem = ValueError(f"{file} is damaged, cut short or cannot be read ({error})")
    raise problem


def _download(cache: Path) -> None:
    """Bring the cache up to date from the first mirror that works; each file appears there whole or not at all."""
    pooch = _pooch()
    downloader = pooch.HTTPDownloader(timeout=TIMEOUT)
    problems = []
    for mirror in MIRRORS:
        try:
            _ask(f"{mirror}{min(FILES)}.gz", downloader)
            for name, (_, sha256) in FILES.items():
                pooch.retrieve(f"{mirror}{name}.gz", f"sha256:{sha256}", f"{name}.gz", cache, downloader=downloader)
            return
        except Exception as error:  # whatever went wrong, the next mirror may do better
            problems.append(f"{mirror.split('/')[2]}: {_in_words(error)}")
    raise _Unavailable(f"no mirror delivered them ({'; '.join(problems)})")


def _ask(url: str, downloader) -> None:
    """TimeoutError if there is no answer within PATIENCE; in a thread, since requests cannot limit all addresses."""
    answer = Future()

    def ask():
        try:
            answer.set_result(downloader(url, None, None, check_only=True))
        except Exception as error:
            answer.set_exception(error)

    Thread(target=ask, daemon=True).start()
    answer.result(PATIENCE)


def _in_words(error: Exception) -> str:
    """Why a mirror was of no use; by the error's name, since requests may not be installed."""
    kind = type(error).__name__
    if kind == "HTTPError":
        return f"it answered {error.response.status_code}"
    if "Timeout" in kind or "timed out" in str(error):
        return "no answer in time"
    if kind == "ValueError":  # pooch's, of a wrong hash
        return "it delivered another file"
    if isinstance(error, OSError) and error.strerror and "requests" not in type(error).__module__:
        return f"{error.strerror}, where the cache is; NN_CACHE_DIR names another folder"
    return "the connection failed"
