"""A network comes back from its file bit for bit; any other file gets a clear sentence, and never makes a network."""

import errno
import io
import itertools
import json
import os
import pickle
import re
import zipfile
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from numerical import HIDDEN, OUTPUTS

from helpers import storage
from helpers.network import Network
from helpers.storage import load, save


def same(one, other):
    """Equal in every setting, dtype and bit."""
    return (one.sizes, one.settings, one.dtype) == (other.sizes, other.settings, other.dtype) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        for a, b in zip(one.parameters(), other.parameters(), strict=True)
    )


def trained(seed=0):
    """A small network whose biases are not zero, and some of whose weights have diverged."""
    network = Network([3, 4, 2], "tanh")
    for theta in network.parameters():
        theta[...] = np.random.default_rng(seed).normal(size=theta.shape)
    network.W[1][0] = np.nan, np.inf, -0.0
    return network


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def zipped(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The bytes of a good file."""
    path = tmp_path_factory.mktemp("good") / "good.npz"
    save(trained(), path)
    return path.read_bytes()


@pytest.fixture
def members(good):
    """The files in a good file, from which a test may make another."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def refused(tmp_path):
    """The words in which load refuses a file of these bytes, which must be a sentence and name the file."""

    def refused(data):
        path = tmp_path / "refused.npz"
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"\.npz ") as caught:
            load(path)
        message = str(caught.value)
        assert (type(caught.value), str(path) in message, message[-1]) == (ValueError, True, "."), message
        return message

    return refused


def test_every_setting_comes_back(tmp_path):
    path = tmp_path / "network.npz"
    others = itertools.cycle(itertools.product(HIDDEN, ("he", "xavier"), (np.float32, np.float64)))
    for (output, loss), (hidden, init, dtype) in zip(OUTPUTS * 4, others, strict=False):
        network = Network([3, 5, 4, 2], hidden, output, loss, init, seed=7, dtype=dtype)
        save(network, path)
        assert same(load(path), network)


@pytest.mark.parametrize("name", ["model.npz", "model", "näme 2.npz", ".hidden", "a.npz.npz", "n" * 255])
def test_the_file_has_exactly_the_name_given_as_text_or_path(name, tmp_path):
    save(trained(), str(tmp_path / name))
    assert os.listdir(tmp_path) == [name]
    assert same(load(tmp_path / name), trained())
    assert same(load(str(tmp_path / name)), trained())


@pytest.mark.skipif(os.name == "nt", reason="there links need a privilege")
def test_a_link_is_followed(tmp_path):
    (tmp_path / "folder").mkdir()
    path, link = tmp_path / "folder" / "model.npz", tmp_path / "link"
    link.symlink_to(path)
    for seed in (1, 2):  # the link leads to a new file, then to an old one
        save(trained(seed), link)
        assert link.is_symlink()
        assert same(load(path), trained(seed))
        assert os.listdir(tmp_path / "folder") == ["model.npz"]


def test_an_array_that_was_replaced_by_one_of_another_float_type_is_saved_and_fits_again(tmp_path):
    network = trained()
    network.W[2] = network.W[2].astype(np.float64)
    save(network, tmp_path / "model.npz")
    assert same(load(tmp_path / "model.npz"), trained())


def test_a_file_is_an_ordinary_npz_without_pickle(good):
    with np.load(io.BytesIO(good), allow_pickle=False) as archive:
        assert sorted(archive.files) == ["W1", "W2", "b1", "b2", "header"]
        np.testing.assert_array_equal(archive["W2"], trained().W[2])
        header = json.loads(str(archive["header"]))
    settings = {"sizes": [3, 4, 2], **trained().settings}
    assert header == {"format": "neural-networks-from-scratch network", "settings": settings}


def test_a_file_cut_at_any_length_is_refused(good, refused):
    for length in [*range(0, len(good), 127), len(good) - 1]:
        refused(good[:length])


def test_a_damaged_byte_is_noticed_or_makes_no_difference(good, tmp_path):
    last = good.rindex(b"PK\x01\x02")  # the last entry of the zip's directory, of which each byte is tried
    places = [(i, 0xFF) for i in range(0, last, 17)] + [(i, 1 << i % 8) for i in range(last, len(good))]
    places += [(last + 8, 1), *((last + 10, method) for method in (8, 12, 14, 93))]  # encrypted; compressed
    path, noticed = tmp_path / "damaged.npz", 0
    for i, mask in places:
        path.write_bytes(good[:i] + bytes([good[i] ^ mask]) + good[i + 1 :])
        try:
            assert same(load(path), trained()), (i, mask)
        except ValueError:
            noticed += 1
    assert noticed > len(places) / 3 > 50  # the rest are dates and other fields that do not matter


def test_a_lie_that_numpy_would_believe(tmp_path, refused):
    """Told float32 in place of float64, NumPy reads half of each long array, and stops before the checksum."""
    save(Network([4, 3000], dtype=np.float64), tmp_path / "long.npz")
    data = (tmp_path / "long.npz").read_bytes()
    assert data.count(b"'<f8'") == 2
    assert "checksum of W1.npy" in refused(data.replace(b"'<f8'", b"'<f4'"))


OTHERS = {  # each makes NumPy, zipfile or JSON raise another error
    "empty": b"",
    "text": b"This is not a network.\n",
    "npy": npy(np.arange(5)),
    "zip of text": zipped({"notes.txt": b"hello"}),
    "header of text": zipped({"header.npy": b"hello"}),
    "header cut short": zipped({"header.npy": b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f8',"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_programs(name, refused):
    assert "not a network written by save" in refused(OTHERS[name])


def test_a_header_of_no_network(members, refused):
    header = json.loads(str(np.load(io.BytesIO(members["header.npy"]))))
    settings = header["settings"]
    wrong = [("sizes", [3, 4], ""), ("sizes", [3, 4, 3], "W2"), ("sizes", [3, 4, 2, 2], "W3"), ("sizes", "3 4 2", "")]
    wrong += [("sizes", [3, 4.0, 2], "4.0"), ("activation", "swish", "'swish'"), ("activation", None, "activation")]
    wrong += [("loss", "mse", "mse"), ("dtype", "float64", "dtype"), ("seed", 1, "seed")]
    headers = [([], ""), ({}, ""), ([header], ""), (header | {"format": "another"}, "'another'")]
    headers += [(header | {"settings": other}, "") for other in ("relu", {})]
    headers += [(header | {"settings": settings | {name: value}}, words) for name, value, words in wrong]
    headers += [({k: header[k] for k in header if k != name}, name) for name in header]
    headers += [(header | {"settings": {k: settings[k] for k in settings if k != name}}, "") for name in settings]
    for other, words in headers:
        assert words in refused(zipped(members | {"header.npy": npy(np.array(json.dumps(other)))})), other


def test_a_missing_array_is_named(members, refused):
    for name in ("W1", "W2", "b1", "b2", "header"):
        assert name in refused(zipped({k: members[k] for k in members if k != f"{name}.npy"}))


def test_an_array_of_another_shape_or_type(members, refused):
    for name in ("W1", "W2", "b1", "b2"):
        a = np.ones_like(np.load(io.BytesIO(members[f"{name}.npy"])))
        others = [a.T[:1], a[:, :0], a.reshape(-1), a[0, 0], a[None], np.vstack([a, a])]
        others += [a.astype(dtype) for dtype in (np.int64, np.complex64, str, bool, [("x", np.float32)])]
        for array in others:
            refused(zipped(members | {f"{name}.npy": npy(array)}))
    for shape in ((10**12,), (4, 10**13), (10**30, 3)):  # claims to be enormous
        header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).ljust(117) + "\n"
        array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
        refused(zipped(members | {"W1.npy": array}))


def test_a_pickle_is_never_executed(members, refused, tmp_path):
    marker = tmp_path / "executed"

    class Payload:  # what an attacker would put in a pickle: code that runs when it is read
        def __reduce__(self):
            return Path.touch, (marker,)

    evil, bare = npy(np.array([Payload()], dtype=object), allow_pickle=True), pickle.dumps(Payload())
    np.load(io.BytesIO(evil), allow_pickle=True)  # the payload works
    marker.unlink()
    refused(bare)
    for name in ("header.npy", "W1.npy", "b2.npy", "W3.npy"):
        assert "pickle" in refused(zipped(members | {name: evil}))
        refused(zipped({name: bare}))
    assert not marker.exists()


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nowhere\.npz; save\(network, path\) writes one\."):
        load(tmp_path / "nowhere.npz")


def test_saving_where_no_file_can_be(tmp_path, monkeypatch):
    monkeypatch.setattr(storage.os, "replace", None)  # so that no fault can do harm
    (tmp_path / "file.txt").write_text("hello")
    for folder in ("missing", "file.txt"):
        with pytest.raises(FileNotFoundError, match=f"{folder} does not exist; make it first"):
            save(trained(), tmp_path / folder / "model.npz")
    for place in [tmp_path, *filter(os.path.exists, ["/dev/null"])]:
        with pytest.raises(IsADirectoryError, match=re.escape(f"{place} is a folder or device")):
            save(trained(), place)
    assert os.listdir(tmp_path) == ["file.txt"]


def test_a_disk_that_cannot_be_read_is_no_damaged_file(good, tmp_path, monkeypatch):
    """The reason the system gives comes through, rather than the advice to save the network again."""
    (tmp_path / "model.npz").write_bytes(good)
    refuse = Mock(side_effect=PermissionError(errno.EACCES, "Permission denied"))
    for target in ("builtins.open", "io.open"):  # for a superuser no mode of the file would do
        monkeypatch.setattr(target, refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        load(tmp_path / "model.npz")


FAILURES = {"savez": OSError(errno.ENOSPC, "No space left on device"), "replace": KeyboardInterrupt()}


@pytest.mark.parametrize("where", FAILURES)
def test_the_old_file_stands_until_the_new_one_is_whole_and_a_failure_leaves_it(where, tmp_path, monkeypatch):
    path, old, new = tmp_path / "model.npz", trained(1), trained(2)

    def fail(file, *_, **__):
        if where == "savez":
            file.write(b"half")
        else:
            assert same(load(file), new)
            assert Path(file).parent == tmp_path  # on another disk it could not take the place in one move
        raise FAILURES[where]

    for existing in ([], ["model.npz"]):
        with monkeypatch.context() as patch:
            patch.setattr(storage.np if where == "savez" else storage.os, where, fail)
            with pytest.raises(type(FAILURES[where])) as caught:
                save(new, path)
        assert caught.value is FAILURES[where]
        assert os.listdir(tmp_path) == existing
        assert not existing or same(load(path), old)
        save(old, path)  # and the next attempt succeeds
