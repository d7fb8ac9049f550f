"""Save networks as plain .npz archives, never pickle, and load them again.

A file holds a `header`, a JSON text with the format's name and version and the network's settings, and the arrays of
`network.state()` by name. Of layers it has only names and arrays, since the learner's own cannot be made from a file:
build the network as it was, and load into it.
"""

import io
import json
import os
import shutil
import uuid
import zipfile
from pathlib import Path

import numpy as np

from helpers import checks
from helpers.network import Network

FORMAT = "neural-networks-from-scratch network"
VERSION = 2  # 1: networks of W and b, still written so; 2: layers


def save(network, path):
    """Write the network to exactly `path`; a file there is replaced whole or not at all, and its permissions stay.

    A symbolic link is followed. Numbers are kept as they are, NaN too. Raises FileNotFoundError or IsADirectoryError if
    `path` cannot be a file, another OSError, or ValueError if arrays were replaced by others that do not fit.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():  # nor is a device such as /dev/null replaced
        what = "a folder" if path.is_dir() else "no ordinary file"
        raise IsADirectoryError(f"expected the name of a file to write, such as model.npz; {path} is {what}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist; make it first, or choose another place.")
    settings = {"sizes": network.sizes, **network.settings}
    version = 2 if "layers" in settings else 1
    header = json.dumps({"format": FORMAT, "version": version, "settings": settings})
    if version == 1:
        _restore(settings, network.state())
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            if path.exists():
                shutil.copymode(path, temporary)
            np.savez(file, header=np.array(header), **network.state())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path, into=None):
    """The network that `save` wrote; or `into`, a network built in the same way, with the file's arrays in its own.

    A network of layers needs `into`. Raises FileNotFoundError if there is no such file, and ValueError if it is
    damaged, of another program, of a newer version of this one, or of a network built in another way than `into`,
    which then stays as it was. Nothing in the file is ever executed.
    """
    if into is not None and (isinstance(into, type) or not hasattr(into, "state")):
        raise TypeError(f"into must be a network, such as one made by Sequential; got {into!r}.")
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
            if len(set(archive.files)) < len(archive.files):
                raise ValueError("it holds two arrays of the same name")
            text = str(archive["header"])
            if len(text) > 10_000:  # deep JSON would crash a browser's Python
                raise ValueError("its header is too long")
            header = json.loads(text)
            if header["format"] != FORMAT:
                raise ValueError(f"its format is {header['format']!r}")
            if checks.as_count("its version", header["version"]) <= VERSION:
                settings = dict(header["settings"])
                arrays = {name: archive[name] for name in archive.files if name != "header"}
                if into is None and "layers" not in settings:
                    return _restore(settings, arrays)
    except Exception as error:  # whatever zipfile, zlib, NumPy or JSON make of a file that is not ours
        raise ValueError(
            f"{path} is damaged, or not a network written by save ({error}). "
            "Save the network again, or name another file."
        ) from error
    if header["version"] > VERSION:
        raise ValueError(
            f"{path} was written by a newer version of this course (file version {header['version']}, this one reads "
            f"up to {VERSION}). Update the course, or save the network with this version."
        )
    if into is None:
        raise ValueError(
            f"{path} holds the layers {settings['layers']}: build the network with Sequential as it was, then "
            "load(path, into=network)."
        )
    _fill(into, settings, arrays, path)
    return into


def _fill(network, settings, arrays, path):
    """Copy the arrays into the network's own, if all fit."""
    own = {"sizes": network.sizes, **network.settings, **_kinds(network.state())}
    found = {**settings, **_kinds(arrays)}
    for name in {**own, **found}:
        if own.get(name) != found.get(name):
            raise ValueError(
                f"{path} is of another network than `into`: it has {name} = {found.get(name)}, and `into` has "
                f"{own.get(name)}. Build `into` as the saved network was built."
            )
    for name, array in network.state().items():
        array[...] = arrays[name]


def _kinds(arrays):
    return {name: f"{array.dtype} of shape {array.shape}" for name, array in arrays.items()}


def _restore(settings, arrays):
    """A network with these settings and arrays; an exception if they do not make one."""
    if set(settings) != {"sizes", "activation", "output", "loss", "init"}:
        raise ValueError(f"expected the settings sizes, activation, output, loss, init; got {', '.join(settings)}")
    n, dtype = settings["sizes"], arrays["W1"].dtype
    shapes = {f"W{l}": (n[l], n[l - 1]) for l in range(1, len(n))} | {f"b{l}": (n[l], 1) for l in range(1, len(n))}
    for name in {**shapes, **arrays}:
        if name not in arrays or arrays[name].shape != shapes.get(name) or arrays[name].dtype != dtype:
            raise ValueError(f"{name} is not the array of a network of the sizes {n} in {dtype}, as W1 has it")
    network = Network(**settings, dtype=dtype)
    for name, theta in network.state().items():
        theta[...] = arrays[name]
    return network
