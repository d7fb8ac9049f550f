"""Save networks as plain .npz archives, never pickle, and load them again.

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

from helpers.network import Network

FORMAT = "neural-networks-from-scratch network"
VERSION = 1


def save(network, path):
    """Write the network to exactly `path`; a file there is replaced whole or not at all.

    Raises FileNotFoundError or IsADirectoryError if `path` cannot be a file, or another OSError.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"expected the name of a file to write, such as model.npz; {path} is a folder.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist; make it first, or choose another place.")
    settings = {"sizes": network.sizes, **network.settings}
    header = json.dumps({"format": FORMAT, "version": VERSION, "settings": settings})
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            np.savez(file, header=np.array(header), **_arrays(network))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path):
    """The network that `save` wrote.

    Raises FileNotFoundError if there is no such file, and ValueError if it is damaged, of another program, or of a
    newer version of this one. Nothing in the file is ever executed.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; save(network, path) writes one.")
    content = io.BytesIO(path.read_bytes())  # a disk that cannot be read is another matter than a damaged file
    try:
        with zipfile.ZipFile(content) as archive:  # NumPy alone would not compare all checksums
            if sum(member.file_size for member in archive.infolist()) > path.stat().st_size:  # save never compresses
                raise ValueError("it would unpack to more than the file holds")
            if damaged := archive.testzip():
                raise ValueError(f"the checksum of {damaged} is wrong")
        content.seek(0)
        with np.load(content, allow_pickle=False) as archive:
            text = str(archive["header"])
            if len(text) > 10_000:  # deep JSON would crash a browser's Python
                raise ValueError("its header is too long")
            header = json.loads(text)
            if header["format"] != FORMAT:
                raise ValueError(f"its format is {header['format']!r}")
            if header["version"] <= VERSION:
                return _restore(header["settings"], {name: archive[name] for name in archive.files if name != "header"})
    except Exception as error:  # whatever zipfile, zlib, NumPy or JSON make of a file that is not ours
        raise ValueError(
            f"{path} is damaged, or not a network written by save ({error}). "
            "Save the network again, or name another file."
        ) from error
    raise ValueError(
        f"{path} was written by a newer version of this course (file version {header['version']}, this one reads up to "
        f"{VERSION}). Update the course, or save the network with this version."
    )


def _arrays(network):
    return {f"{name}{l}": getattr(network, name)[l] for name in "Wb" for l in range(1, network.L + 1)}


def _restore(settings, arrays):
    """A network with these settings and arrays; an exception if they do not make one."""
    if set(settings) != {"sizes", "activation", "output", "loss", "init"}:
        raise ValueError(f"expected the settings sizes, activation, output, loss, init; got {', '.join(settings)}")
    n, dtype = settings["sizes"], arrays["W1"].dtype
    shapes = {f"W{l}": (n[l], n[l - 1]) for l in range(1, len(n))} | {f"b{l}": (n[l], 1) for l in range(1, len(n))}
    for name in {**shapes, **arrays}:
        if name not in arrays or arrays[name].shape != shapes.get(name) or arrays[name].dtype != dtype:
            raise ValueError(f"{name} is not the array of a network of the sizes {n}")
    network = Network(**settings, dtype=dtype)
    for name, theta in _arrays(network).items():
        theta[...] = arrays[name]
    return network
