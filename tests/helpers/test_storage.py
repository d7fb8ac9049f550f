"""A network comes back from its file bit for bit; any other file gets a clear sentence, and never makes a network."""

import errno
import io
import itertools
import json
import os
import pickle
import zipfile
from pathlib import Path

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


def trained(dtype=np.float32, seed=0):
    """A small network whose biases are not zero."""
    network = Network([3, 4, 2], "tanh", seed=seed, dtype=dtype)
    rng = np.random.default_rng(seed)
    for theta in network.parameters():
        theta[...] = rng.normal(size=theta.shape)
    return network


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The bytes of a good file, and the network in it."""
    path, network = tmp_path_factory.mktemp("good") / "good.npz", trained()
    save(network, path)
    return path.read_bytes(), network


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def zipped(files, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def with_header(data, change):
    """The same file with another header: `change` gets the header as a dict and returns what to write instead."""
    files = members(data)
    header = json.loads(str(np.load(io.BytesIO(files["header.npy"]))))
    files["header.npy"] = npy(np.array(json.dumps(change(header))))
    return zipped(files)


def refused(path, data):
    """The words in which load refuses a file of these bytes, which must be a sentence and name the file."""
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"\.npz ") as caught:
        load(path)
    assert type(caught.value) is ValueError
    message = str(caught.value)
    assert str(path) in message
    assert message.endswith(".")
    return message


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_setting_comes_back(output, loss, dtype, tmp_path):
    path = tmp_path / "network.npz"
    for hidden, init in itertools.product(HIDDEN, ("he", "xavier")):
        network = Network([3, 5, 4, 2], hidden, output, loss, init, seed=7, dtype=dtype)
        network.b[2][...] = np.random.default_rng(0).normal(size=(4, 1))
        save(network, path)
        assert same(load(path), network)
    np.testing.assert_array_equal(load(path).predict_proba(np.ones((3, 3))), network.predict_proba(np.ones((3, 3))))


@pytest.mark.parametrize("name", ["model.npz", "model", "näme 2.npz", ".hidden", "a.npz.npz", "n" * 255])
def test_the_file_has_exactly_the_name_given_as_text_or_path(name, tmp_path):
    network = trained()
    save(network, str(tmp_path / name))
    assert os.listdir(tmp_path) == [name]
    assert same(load(tmp_path / name), network)
    assert same(load(str(tmp_path / name)), network)


def test_nan_is_kept(tmp_path):
    """A network that has diverged can be looked at later."""
    network = trained()
    network.W[1][0] = np.nan, np.inf, -0.0
    save(network, tmp_path / "model.npz")
    assert same(load(tmp_path / "model.npz"), network)


@pytest.mark.skipif(os.name == "nt", reason="there links need a privilege")
def test_a_link_is_followed(tmp_path):
    (tmp_path / "folder").mkdir()
    path, link = tmp_path / "folder" / "model.npz", tmp_path / "link"
    link.symlink_to(path)
    for seed in (1, 2):  # the link leads to a new file, then to an old one
        save(trained(seed=seed), link)
        assert link.is_symlink()
        assert same(load(path), trained(seed=seed))
        assert os.listdir(tmp_path / "folder") == ["model.npz"]


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no devices here")
def test_a_device_is_not_replaced(monkeypatch):
    monkeypatch.setattr(storage.os, "replace", None)  # so that no fault can do harm
    with pytest.raises(IsADirectoryError, match="/dev/null is a folder or device"):
        save(trained(), "/dev/null")


def test_an_array_that_was_replaced_by_one_of_another_float_type_is_saved_and_fits_again(tmp_path):
    network = trained()
    network.W[2] = network.W[2].astype(np.float64)
    save(network, tmp_path / "model.npz")
    assert same(load(tmp_path / "model.npz"), trained())


def test_a_file_is_an_ordinary_npz_without_pickle(content):
    data, network = content
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        assert sorted(archive.files) == ["W1", "W2", "b1", "b2", "header"]
        np.testing.assert_array_equal(archive["W2"], network.W[2])
        header = json.loads(str(archive["header"]))
    settings = {"sizes": network.sizes, **network.settings}
    assert header == {"format": "neural-networks-from-scratch network", "settings": settings}


# ---------------------------------------------------------------- damaged files


def flipped(data, i, mask):
    return data[:i] + bytes([data[i] ^ mask]) + data[i + 1 :]


def test_truncated_at_any_length_or_a_bit_of_a_number_changed(content, tmp_path):
    data, network = content
    for length in [*range(0, len(data), 37), len(data) - 1]:
        refused(tmp_path / "cut.npz", data[:length])
    for theta in network.parameters():
        start = data.index(theta.tobytes())
        for i in (start, start + theta.nbytes // 2, start + theta.nbytes - 1):
            refused(tmp_path / "damaged.npz", flipped(data, i, 1))


def flips(data):
    """Places to damage: through the file, and every field of its directory (from the first PK\\1\\2 to the end)."""
    directory = data.index(b"PK\x01\x02")
    for i in range(0, directory, 13):
        yield i, 0xFF
    for k, i in enumerate(range(directory, len(data))):
        yield i, 1 << k % 8
    for i in range(directory, len(data)):
        if data[i : i + 4] == b"PK\x01\x02":
            yield from ((i + 8, 1), (i + 10, 8), (i + 10, 12), (i + 10, 14), (i + 10, 93))  # encrypted; compressed


def test_a_damaged_byte_is_noticed_or_makes_no_difference(content, tmp_path):
    data, network = content
    path, noticed, places = tmp_path / "damaged.npz", 0, list(flips(data))
    for i, mask in places:
        path.write_bytes(flipped(data, i, mask))
        try:
            assert same(load(path), network), (i, mask)
        except ValueError:
            noticed += 1
    assert len(places) > 200
    assert noticed > len(places) / 3  # the rest are dates and other fields that do not matter


def test_a_lie_that_numpy_would_believe(tmp_path):
    """Told float16 in place of float32, NumPy reads half of each long array, and stops before the checksum."""
    path = tmp_path / "damaged.npz"
    save(Network([4, 3000]), path)
    data = path.read_bytes()
    assert data.count(b"'<f4'") == 2
    refused(path, data.replace(b"'<f4'", b"'<f2'"))


OTHERS = {
    "empty": b"",
    "empty zip": b"PK\x05\x06" + bytes(18),
    "text": b"This is not a network.\n",
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100),
    "npy": npy(np.arange(5)),
    "pickle": pickle.dumps([1, 2, 3]),
    "zip of text": zipped({"notes.txt": b"hello"}),
    "header of text": zipped({"header.npy": b"hello"}),
    "header cut early": zipped({"header.npy": b"\x93NUMPY\x01\x00"}),
    "header cut late": zipped({"header.npy": b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f8',"}),
    "header of numbers": zipped({"header.npy": npy(np.arange(3))}),
    "header not JSON": zipped({"header.npy": npy(np.array("not JSON"))}),
    "header a list": zipped({"header.npy": npy(np.array("[1, 2]"))}),
    "header empty": zipped({"header.npy": npy(np.array("{}"))}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_programs(name, tmp_path):
    assert "not a network written by save" in refused(tmp_path / "other.npz", OTHERS[name])


# ---------------------------------------------------------------- files that are sound, but not of a network


OTHER_HEADERS = [
    ({"format": "another"}, "'another'"),
    ({"settings": "relu"}, ""),
    ({"settings": {}}, ""),
]
OTHER_SETTINGS = [
    ("sizes", [3, 4], ""),
    ("sizes", [3, 4, 3], "W2"),
    ("sizes", [3, 4, 2, 2], "W3"),
    ("sizes", [3, 4.0, 2], "4.0"),
    ("sizes", "3 4 2", ""),
    ("activation", "swish", "'swish'"),
    ("activation", None, "activation"),
    ("loss", "mse", "mse"),
    ("dtype", "float64", "dtype"),
    ("seed", 1, "seed"),
]


def test_a_header_of_no_network(content, tmp_path):
    def check(change, words):
        message = refused(tmp_path / "header.npz", with_header(content[0], change))
        assert words in message

    check(lambda header: [header], "")
    for change, words in OTHER_HEADERS:
        check(lambda header, change=change: header | change, words)
    for name, value, words in OTHER_SETTINGS:
        check(lambda h, new={name: value}: h | {"settings": h["settings"] | new}, words)
    for name in ("format", "settings"):
        check(lambda header, name=name: {k: header[k] for k in header if k != name}, name)
    for name in ("sizes", "activation", "output", "loss", "init"):
        check(lambda h, name=name: h | {"settings": {k: v for k, v in h["settings"].items() if k != name}}, "")


def test_a_missing_array_is_named(content, tmp_path):
    for name in ("W1", "W2", "b1", "b2", "header"):
        files = {member: data for member, data in members(content[0]).items() if member != f"{name}.npy"}
        assert name in refused(tmp_path / "missing.npz", zipped(files))


def test_an_array_of_another_shape_or_type(content, tmp_path):
    for name in ("W1", "W2", "b1", "b2"):
        a = np.load(io.BytesIO(members(content[0])[f"{name}.npy"]))
        others = [a.T[:1], a[:, :0], a.reshape(-1), a[0, 0], a[None], np.vstack([a, a])]
        others += [a.astype(dtype) for dtype in (np.int64, np.complex64, str, bool, [("x", np.float32)])]
        for array in map(npy, others):
            refused(tmp_path / "wrong.npz", zipped(members(content[0]) | {f"{name}.npy": array}))
    for shape in ((10**12,), (4, 10**13), (10**30, 3)):  # claims to be enormous
        header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).ljust(117) + "\n"
        array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
        refused(tmp_path / "wrong.npz", zipped(members(content[0]) | {"W1.npy": array}))


class Payload:
    """What an attacker would put in a pickle: code that runs when it is read."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("name", ["header", "W1", "b2", "W3"])
def test_a_pickle_is_never_executed(name, content, tmp_path):
    marker, path = tmp_path / "executed", tmp_path / "evil.npz"
    evil = npy(np.array([Payload(marker)], dtype=object), allow_pickle=True)
    np.load(io.BytesIO(evil), allow_pickle=True)  # the payload works
    marker.unlink()
    assert "pickle" in refused(path, zipped(members(content[0]) | {f"{name}.npy": evil}))
    for bare in (pickle.dumps(Payload(marker)), zipped({f"{name}.npy": pickle.dumps(Payload(marker))})):
        refused(path, bare)
    assert not marker.exists()


# ---------------------------------------------------------------- places that are no files


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nowhere\.npz; save\(network, path\) writes one\."):
        load(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("name", ["missing/model.npz", "file.txt/model.npz"])
def test_saving_in_a_folder_that_is_none(name, tmp_path):
    (tmp_path / "file.txt").write_text("hello")
    with pytest.raises(FileNotFoundError, match=r"the folder .* does not exist; make it first"):
        save(trained(), tmp_path / name)
    assert os.listdir(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("path", [None, 5, ["model.npz"]])
def test_what_is_no_path(path):
    for call in (lambda: save(trained(), path), lambda: load(path)):
        with pytest.raises(TypeError, match=type(path).__name__):
            call()


def test_a_disk_that_cannot_be_read_is_no_damaged_file(content, tmp_path, monkeypatch):
    """The reason the system gives comes through, rather than the advice to save the network again."""
    path = tmp_path / "model.npz"
    path.write_bytes(content[0])

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    for target in ("builtins.open", "io.open"):  # for a superuser no mode of the file would do
        monkeypatch.setattr(target, refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        load(path)


# ---------------------------------------------------------------- while writing

FULL = OSError(errno.ENOSPC, "No space left on device")
FAILURES = {"halfway": FULL, "at the end": MemoryError(), "replace": KeyboardInterrupt()}


@pytest.mark.parametrize("where", FAILURES)
@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_while_writing_leaves_the_old_file(where, existing, tmp_path, monkeypatch):
    path, old, new, savez = tmp_path / "model.npz", trained(seed=1), trained(seed=2), np.savez
    if existing:
        save(old, path)

    def fail(*_, **__):
        raise FAILURES[where]

    def fail_in_savez(file, **arrays):
        whole = io.BytesIO()
        savez(whole, **arrays)
        data = whole.getvalue()
        file.write(data[: len(data) // 2] if where == "halfway" else data)
        fail()

    with monkeypatch.context() as patch:
        if where == "replace":
            patch.setattr(storage.os, "replace", fail)
        else:
            patch.setattr(storage.np, "savez", fail_in_savez)
        with pytest.raises(type(FAILURES[where])) as caught:
            save(new, path)
    assert caught.value is FAILURES[where]
    assert os.listdir(tmp_path) == ["model.npz"] * existing
    assert not existing or same(load(path), old)
    save(new, path)  # and the next attempt succeeds
    assert same(load(path), new)


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path, old, new, replace, seen = tmp_path / "model.npz", trained(seed=1), trained(seed=2), os.replace, []
    save(old, path)

    def look(source, destination):
        seen.append(same(load(path), old) and same(load(source), new))
        assert Path(source).parent == tmp_path  # on another disk it could not take the place in one move
        replace(source, destination)

    monkeypatch.setattr(storage.os, "replace", look)
    save(new, path)
    assert seen == [True]
    assert same(load(path), new)
