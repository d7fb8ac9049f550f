"""A network comes back from its file bit for bit; any other file gets a clear sentence, and never makes a network."""

import errno
import io
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
    for hidden in HIDDEN:
        for init in ("he", "xavier"):
            network = Network([3, 5, 4, 2], hidden, output, loss, init, seed=7, dtype=dtype)
            network.b[2][...] = np.random.default_rng(0).normal(size=(4, 1))
            save(network, path)
            loaded = load(path)
            assert same(loaded, network)
            X = np.ones((3, 3))
            np.testing.assert_array_equal(loaded.predict_proba(X), network.predict_proba(X))


@pytest.mark.parametrize("name", ["model.npz", "model", "model.weights", "näme 2.npz", ".hidden", "a.npz.npz"])
@pytest.mark.parametrize("kind", [str, Path])
def test_the_file_has_exactly_the_name_given(name, kind, tmp_path):
    network = trained()
    save(network, kind(tmp_path / name))
    assert os.listdir(tmp_path) == [name]
    assert same(load(kind(tmp_path / name)), network)


def test_an_existing_file_is_replaced(tmp_path):
    path = tmp_path / "model.npz"
    save(Network([50, 50, 2]), path)
    path.write_bytes(path.read_bytes() * 2)
    network = trained()
    save(network, path)
    assert same(load(path), network)
    assert os.listdir(tmp_path) == ["model.npz"]


def test_a_file_is_an_ordinary_npz_without_pickle(content):
    data, network = content
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        assert sorted(archive.files) == ["W1", "W2", "b1", "b2", "header"]
        np.testing.assert_array_equal(archive["W2"], network.W[2])
        header = json.loads(str(archive["header"]))
    assert header == {
        "format": storage.FORMAT,
        "version": storage.VERSION,
        "settings": {"sizes": network.sizes, **network.settings},
    }


# ---------------------------------------------------------------- damaged files


def test_truncated_at_any_length(content, tmp_path):
    data, _ = content
    for length in [*range(0, len(data), 37), len(data) - 1]:
        refused(tmp_path / "cut.npz", data[:length])


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
    path, noticed, tried = tmp_path / "damaged.npz", 0, 0
    wrong = []
    for i, mask in flips(data):
        damaged = bytearray(data)
        damaged[i] ^= mask
        path.write_bytes(damaged)
        tried += 1
        try:
            loaded = load(path)
        except ValueError:
            noticed += 1
        except Exception as error:  # gathered, to show all of them at once
            wrong.append((i, mask, repr(error)))
        else:
            assert same(loaded, network), (i, mask)
    assert wrong == []
    assert tried > 200
    assert noticed > tried / 3  # the rest are dates and other fields that do not matter


def test_a_lie_that_numpy_would_believe(tmp_path):
    """Told float16 in place of float32, NumPy reads half of each long array, and stops before the checksum."""
    path = tmp_path / "damaged.npz"
    save(Network([4, 3000]), path)
    data = path.read_bytes()
    assert data.count(b"'<f4'") == 2
    refused(path, data.replace(b"'<f4'", b"'<f2'"))


def test_every_bit_of_the_numbers_is_guarded(content, tmp_path):
    data, network = content
    for theta in network.parameters():
        start = data.index(theta.tobytes())
        for i in (start, start + theta.nbytes // 2, start + theta.nbytes - 1):
            damaged = bytearray(data)
            damaged[i] ^= 1
            refused(tmp_path / "damaged.npz", damaged)


OTHERS = {
    "empty": b"",
    "zeros": bytes(3000),
    "start of a zip": b"PK\x03\x04",
    "empty zip": b"PK\x05\x06" + bytes(18),
    "text": b"This is not a network.\n",
    "JSON": b'{"format": "neural-networks-from-scratch network"}',
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100),
    "npy": npy(np.arange(5)),
    "npy of objects": npy(np.array([{}]), allow_pickle=True),
    "pickle": pickle.dumps([1, 2, 3]),
    "zip of text": zipped({"notes.txt": b"hello"}),
    "header without .npy": zipped({"header": b"{}"}),
    "header of text": zipped({"header.npy": b"hello"}),
    "header cut early": zipped({"header.npy": b"\x93NUMPY\x01\x00"}),
    "header cut late": zipped({"header.npy": b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f8',"}),
    "header of numbers": zipped({"header.npy": npy(np.arange(3))}),
    "header not JSON": zipped({"header.npy": npy(np.array("not JSON"))}),
    "header too deep": zipped({"header.npy": npy(np.array("[" * 100_000))}),
    "header a list": zipped({"header.npy": npy(np.array("[1, 2]"))}),
    "header empty": zipped({"header.npy": npy(np.array("{}"))}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_programs(name, tmp_path):
    assert "not a network written by save" in refused(tmp_path / "other.npz", OTHERS[name])


# ---------------------------------------------------------------- files that are sound, but not of a network


def test_a_newer_version_is_named(content, tmp_path):
    data = with_header(content[0], lambda header: header | {"version": 2})
    message = refused(tmp_path / "new.npz", data)
    assert "newer version" in message
    assert "file version 2" in message
    assert "up to 1" in message
    assert "Update" in message
    future = with_header(content[0], lambda header: {"format": storage.FORMAT, "version": 9, "layers": []})
    assert "newer version" in refused(tmp_path / "new.npz", future)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda h: h | {"format": "another"}, "'another'"),
        (lambda h: h | {"version": "1"}, ""),
        (lambda h: h | {"version": None}, ""),
        (lambda h: {"format": h["format"], "version": 1}, "settings"),
        (lambda h: {"version": 1, "settings": h["settings"]}, "format"),
        (lambda h: {"format": h["format"], "settings": h["settings"]}, "version"),
        (lambda h: [h], ""),
        (lambda h: h | {"settings": []}, ""),
        (lambda h: h | {"settings": "relu"}, ""),
        (lambda h: h | {"settings": {}}, ""),
        *(
            (lambda h, name=name: h | {"settings": {k: v for k, v in h["settings"].items() if k != name}}, "")
            for name in ("sizes", "activation", "output", "loss", "init")
        ),
        (lambda h: h | {"settings": h["settings"] | {"sizes": [3, 4]}}, ""),
        (lambda h: h | {"settings": h["settings"] | {"sizes": [3, 4, 3]}}, "W2"),
        (lambda h: h | {"settings": h["settings"] | {"sizes": [3, 4, 2, 2]}}, "W3"),
        (lambda h: h | {"settings": h["settings"] | {"sizes": [3, 4.0, 2]}}, "4.0"),
        (lambda h: h | {"settings": h["settings"] | {"sizes": "3 4 2"}}, ""),
        (lambda h: h | {"settings": h["settings"] | {"sizes": [3, 10**12, 2]}}, ""),
        (lambda h: h | {"settings": h["settings"] | {"sizes": [10**6, 10**7, 10**6]}}, ""),
        (lambda h: h | {"settings": h["settings"] | {"activation": "swish"}}, "'swish'"),
        (lambda h: h | {"settings": h["settings"] | {"activation": None}}, "activation"),
        (lambda h: h | {"settings": h["settings"] | {"output": "sigmoid"}}, "sigmoid"),
        (lambda h: h | {"settings": h["settings"] | {"loss": "mse"}}, "mse"),
        (lambda h: h | {"settings": h["settings"] | {"init": ""}}, "init"),
        (lambda h: h | {"settings": h["settings"] | {"dtype": "float64"}}, "dtype"),
        (lambda h: h | {"settings": h["settings"] | {"dropout": 0.5}}, "dropout"),
        (lambda h: h | {"settings": h["settings"] | {"seed": 1}}, "seed"),
    ],
)
def test_a_header_of_no_network(change, words, content, tmp_path):
    message = refused(tmp_path / "header.npz", with_header(content[0], change))
    assert "is damaged, or not a network" in message
    assert words in message


@pytest.mark.parametrize("name", ["W1", "W2", "b1", "b2", "header"])
def test_a_missing_array_is_named(name, content, tmp_path):
    files = members(content[0])
    del files[f"{name}.npy"]
    message = refused(tmp_path / "missing.npz", zipped(files))
    assert ("header" if name == "header" else name) in message


@pytest.mark.parametrize("name", ["W1", "W2", "b1", "b2"])
@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.T[:1],
        lambda a: a[:, :0],
        lambda a: a.reshape(-1),
        lambda a: a[0, 0],
        lambda a: a[None],
        lambda a: np.vstack([a, a]),
        lambda a: a.astype(np.int64),
        lambda a: a.astype(np.complex64),
        lambda a: a.astype(str),
        lambda a: a > 0,
        lambda a: a.astype([("x", np.float32)]),
    ],
    ids=["transposed", "empty", "flat", "number", "deep", "twice", "int", "complex", "str", "bool", "struct"],
)
def test_an_array_of_another_shape_or_type(name, change, content, tmp_path):
    files = members(content[0])
    files[f"{name}.npy"] = npy(change(np.load(io.BytesIO(files[f"{name}.npy"]))))
    refused(tmp_path / "wrong.npz", zipped(files))


@pytest.mark.parametrize("shape", [(10**12,), (4, 10**13), (10**30, 3)])
def test_an_array_that_claims_to_be_enormous(shape, content, tmp_path):
    files = members(content[0])
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).ljust(117) + "\n"
    files["W1.npy"] = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    refused(tmp_path / "enormous.npz", zipped(files))


@pytest.mark.parametrize("name", ["header", "W1"])
def test_a_small_file_that_unpacks_to_a_large_one_is_refused_unread(name, content, tmp_path):
    large = npy(np.array("{}" * 500_000) if name == "header" else np.zeros((1000, 1000)))
    data = zipped(members(content[0]) | {f"{name}.npy": large}, zipfile.ZIP_DEFLATED)
    assert len(data) < len(large) / 50
    assert "unpack to more than the file holds" in refused(tmp_path / "bomb.npz", data)


class Payload:
    """What an attacker would put in a pickle: code that runs when it is read."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("name", ["header", "W1", "b2", "W3"])
def test_a_pickle_inside_is_never_executed(name, content, tmp_path):
    marker, path = tmp_path / "executed", tmp_path / "evil.npz"
    evil = npy(np.array([Payload(marker)], dtype=object), allow_pickle=True)
    np.load(io.BytesIO(evil), allow_pickle=True)  # the payload works
    marker.unlink()
    data = zipped(members(content[0]) | {f"{name}.npy": evil})
    message = refused(path, data)
    assert "pickle" in message or name == "W3"  # W3 need not be read to be seen as one too many
    assert not marker.exists()


@pytest.mark.parametrize("wrap", [lambda data: data, lambda data: zipped({"W1.npy": data})])
def test_a_bare_pickle_is_never_executed(wrap, tmp_path):
    marker = tmp_path / "executed"
    refused(tmp_path / "evil.npz", wrap(pickle.dumps(Payload(marker))))
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


@pytest.mark.parametrize("path", [None, 5, 1.5, ["model.npz"]])
def test_what_is_no_path(path):
    with pytest.raises(TypeError, match=type(path).__name__):
        save(trained(), path)
    with pytest.raises(TypeError, match=type(path).__name__):
        load(path)


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

FAILURES = [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()]


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
@pytest.mark.parametrize("where", ["at once", "halfway", "at the end", "fsync", "replace"])
@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_while_writing_leaves_the_old_file(failure, where, existing, tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    old = trained(seed=1)
    if existing:
        save(old, path)
    before = path.read_bytes() if existing else None
    savez = np.savez

    def fail(*_, **__):
        raise failure

    def fail_in_savez(file, **arrays):
        whole = io.BytesIO()
        savez(whole, **arrays)
        data = whole.getvalue()
        file.write(data[: {"at once": 0, "halfway": len(data) // 2, "at the end": len(data)}[where]])
        raise failure

    with monkeypatch.context() as patch:
        if where in ("fsync", "replace"):
            patch.setattr(storage.os, where, fail)
        else:
            patch.setattr(storage.np, "savez", fail_in_savez)
        with pytest.raises(type(failure)) as caught:
            save(trained(seed=2), path)
    assert caught.value is failure
    assert os.listdir(tmp_path) == ["model.npz"] * existing
    if existing:
        assert path.read_bytes() == before
    new = trained(seed=2)
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
