"""Networks as files: plain .npz archives, never pickle, written whole or not at all, and read with suspicion.

A file holds a `header`, a JSON text with the format's name and version and the network's settings, and the arrays
W1, b1, … by name.
"""

import io
import json
import os
import uuid
import zipfile
from pathlib import Path

import numpy as np

from helpers import checks

FORMAT = "neural-networks-from-scratch network"
VERSION = 1


def save(path, settings, arrays):
    """Write `settings` (JSON values) and `arrays` (a dict of NumPy arrays) to exactly `path`.

    They go to a temporary file beside it, which then takes its place, so that a full disk or an interrupt leaves an
    older file as it was. Raises FileNotFoundError or IsADirectoryError if `path` cannot be a file, or another OSError.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"expected the name of a file to write, such as model.npz; {path} is a folder.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist; make it first, or choose another place.")
    header = json.dumps({"format": FORMAT, "version": VERSION, "settings": settings})
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            np.savez(file, header=np.array(header), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path, restore):
    """restore(settings, arrays) of what `save` wrote.

    Raises FileNotFoundError if there is no such file, and ValueError if it is truncated, damaged, of another program,
    or of a newer version of this one.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; Network.save(path) writes one.")
    content = io.BytesIO(path.read_bytes())  # a disk that cannot be read is another matter than a damaged file
    try:
        with zipfile.ZipFile(content) as archive:  # np.load alone would try pickle on a file that is no archive
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"the checksum of {damaged} is wrong")
        content.seek(0)
        with np.load(content, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            if header["format"] != FORMAT:
                raise ValueError(f"its format is {header['format']!r}")
            if header["version"] <= VERSION:
                return restore(header["settings"], {name: archive[name] for name in archive.files if name != "header"})
    except Exception as error:  # whatever zipfile, zlib, NumPy or JSON make of a file that is not ours
        raise ValueError(
            f"{path} is damaged, or not a network written by Network.save ({error}). "
            "Save the network again, or name another file."
        ) from error
    raise ValueError(
        f"{path} was written by a newer version of this course (file version {header['version']}, this one reads up to "
        f"{VERSION}). Update the course, or save the network with this version."
    )


class Saved:
    """What makes a Network one that can be kept: it has `sizes`, `settings`, and the lists W and b."""

    def save(self, path):
        """Write the network as .npz, never pickle, to exactly `path`; a file there is replaced whole or not at all."""
        save(path, {"sizes": self.sizes, **self.settings}, self._arrays())

    @classmethod
    def load(cls, path):
        """The network that `save` wrote; FileNotFoundError or ValueError says what is wrong with the file."""
        return load(path, cls._restore)

    def _arrays(self):
        return {f"{name}{l}": getattr(self, name)[l] for name in "Wb" for l in range(1, self.L + 1)}

    @classmethod
    def _restore(cls, settings, arrays):
        checks.saved(settings, arrays)
        network = cls(**settings, dtype=arrays["W1"].dtype)
        for name, theta in network._arrays().items():
            theta[...] = arrays[name]
        return network
