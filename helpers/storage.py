"""Save networks as plain .npz archives, never pickle, and load them again.

A file holds the arrays of `network.state()` by name, and a `header`, a JSON text with the network's settings. Of layers
it has only names and arrays, since the learner's own cannot be made from a file: build the network as it was, and load
into it.
"""

import io
import json
import os
import uuid
from pathlib import Path

import numpy as np

from helpers.network import Model, Network

FORMAT = "neural-networks-from-scratch network"


def save(network, path):
    """Write the network to exactly `path`; a file there, or one that a link there leads to, is replaced whole or not.

    Raises IsADirectoryError or FileNotFoundError if `path` cannot be a file, or another OSError.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():  # nor is a device such as /dev/null replaced
        raise IsADirectoryError(
            f"expected the name of a file to write, such as model.npz; {path} is a folder or device."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist; make it first, or choose another place.")
    header = json.dumps({"format": FORMAT, "settings": {"sizes": network.sizes, **network.settings}})
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            np.savez(file, header=np.array(header), **network.state())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path, into=None):
    """The network that `save` wrote; or `into`, a network built in the same way, with the file's arrays in its own.

    A network of layers needs `into`. Raises FileNotFoundError if there is no such file, and ValueError if it is
    damaged, of another program, or of a network built in another way than `into`, which then stays as it was. Nothing
    in the file is ever executed.
    """
    if into is not None and not isinstance(into, Model):
        raise TypeError(f"into must be a network, such as one made by Sequential; got {into!r}.")
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; save(network, path) writes one.")
    content = io.BytesIO(path.read_bytes())  # a disk that cannot be read is another matter than a damaged file
    try:
        with np.load(content, allow_pickle=False) as archive:
            if damaged := archive.zip.testzip():  # where NumPy reads less than there is, it compares no checksum
                raise ValueError(f"the checksum of {damaged} is wrong")
            arrays = dict(archive)
        header = json.loads(str(arrays.pop("header")))
        if header["format"] != FORMAT:
            raise ValueError(f"its format is {header['format']!r}")
        settings = dict(header["settings"])
        if into is None and "layers" not in settings:
            into = Network(**settings, dtype=arrays["W1"].dtype)
    except Exception as error:  # whatever zipfile, NumPy or JSON make of a file that is not ours
        raise ValueError(
            f"{path} is damaged, or not a network written by save ({error}). "
            "Save the network again, or name another file."
        ) from error
    if into is None:
        raise ValueError(
            f"{path} holds the layers {settings['layers']}: build the network with Sequential as it was, then "
            "load(path, into=network)."
        )
    own = {"sizes": into.sizes, **into.settings, **_kinds(into.state())}
    found = {**settings, **_kinds(arrays)}
    for name in {**own, **found}:
        if own.get(name) != found.get(name):
            raise ValueError(
                f"{path} is of another network: it has {name} = {found.get(name)}, and the network to load into has "
                f"{own.get(name)}. Build that one as the saved network was built, and load(path, into=network)."
            )
    for name, array in into.state().items():
        array[...] = arrays[name]
    return into


def _kinds(arrays):
    """What must agree of arrays, by name: their shapes, and whether they are floats, but not of how many bits."""
    return {name: f"{array.dtype.name.rstrip('0123456789')} of shape {array.shape}" for name, array in arrays.items()}
