"""Validate the arguments of network.py, layers.py, training.py in sentences: what was expected, what came, what to do.

These checks stand apart so that those files read as mathematics. `check_…` returns nothing; `as_…` returns its
argument as an array of the kind that is needed. They raise TypeError for a wrong kind of thing and ValueError for an
impossible value. Those made for every mini-batch cost a few microseconds.
"""

import itertools
from contextlib import suppress
from difflib import get_close_matches
from numbers import Integral, Real

import numpy as np


def check_one_of(what, name, choices):
    """Refuse a `name` that is not among `choices`, with the nearest one as a suggestion."""
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a name, one of {', '.join(choices)}; got {_kind(name)}.")
    if name not in choices:
        near = get_close_matches(name.lower(), choices, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{what} must be one of {', '.join(choices)}; got {name!r}.{hint}")


def as_count(what, n):
    """A whole number from 1 as an int, which cannot wrap around as NumPy's small integers do."""
    if isinstance(n, bool) or not isinstance(n, Integral):
        raise TypeError(f"{what} must be a whole number from 1; got {_kind(n)}.")
    if n < 1:
        raise ValueError(f"{what} must be a whole number from 1; got {n}.")
    return int(n)


def check_sizes(sizes):
    """Refuse all but a list of at least two layer sizes."""
    if isinstance(sizes, str | dict | set) or not np.iterable(sizes) or not hasattr(sizes, "__len__"):
        raise TypeError(f"sizes must be a list of layer sizes such as [784, 128, 10]; got {_kind(sizes)}.")
    if len(sizes) < 2:
        raise ValueError(f"sizes needs at least an input and an output size, such as [784, 10]; got {list(sizes)}.")
    for l, n in enumerate(sizes):
        as_count(f"the size of layer {l}", n)


def as_activations(activation, n_hidden, activations):
    """The names of the hidden layers' activations, a list of `n_hidden`, from one name for all or one for each."""
    names = [activation] * n_hidden if isinstance(activation, str) else activation
    if not isinstance(names, list | tuple):
        raise TypeError(f"activation must be a name, or a list of one a hidden layer; got {_kind(activation)}.")
    if len(names) != n_hidden:
        raise ValueError(f"activation must have a name for each of {n_hidden} hidden layers; got {len(names)}.")
    for name in [activation] if isinstance(activation, str) else names:
        check_one_of("activation", name, [name for name in activations if name != "softmax"])
    return list(names)


def check_loss(loss, output, n_outputs, losses, matching):
    """Refuse a loss that does not go with the output; `matching` says which of them belong together."""
    check_one_of("loss", loss, losses)
    for belongs_to, name in matching.items():
        if loss == name and output != belongs_to:
            raise ValueError(f"the loss {loss!r} belongs to the output {belongs_to!r}; got the output {output!r}.")
    if output == "softmax" and n_outputs == 1:
        raise ValueError("softmax of a single output is always 1; for yes or no use output='sigmoid', or two outputs.")
    if output == "softmax" and loss != matching["softmax"]:
        raise ValueError(f"the output 'softmax' belongs to the loss {matching['softmax']!r}; got the loss {loss!r}.")


def check_linear(n_in, n_out, init, initializers):
    """Refuse sizes that are no whole numbers from 1, and an initializer that is no function and not by name."""
    as_count("n_in", n_in)
    as_count("n_out", n_out)
    if not callable(init):
        check_one_of("init", init, initializers)


def check_initial_weights(W, shape):
    """Refuse what an initializer made if it is no array of this shape."""
    if not isinstance(W, np.ndarray) or W.shape != shape or W.dtype.kind not in "fiu":
        got = f"shape {W.shape} of {W.dtype}" if isinstance(W, np.ndarray) else _kind(W)
        raise ValueError(f"init(n_out, n_in, rng) must give an array of numbers of shape {shape}; got {got}.")


def check_layers(layers, within_residual=False):
    """Refuse what is no list of layers, sizes that do not fit together, and a layer that would come twice."""
    if not isinstance(layers, list | tuple):
        raise TypeError(f"layers must be a list such as [Linear(784, 128), ReLU(), …]; got {_kind(layers)}.")
    leaves = []
    for i, layer in enumerate(layers, 1):
        if isinstance(layer, type) or not callable(getattr(layer, "leaves", None)):
            raise TypeError(f"layer {i} must be made by a subclass of Layer, such as ReLU(); got {_kind(layer)}.")
        leaves += layer.leaves()
    for leaf in leaves:
        if not all(isinstance(names, tuple | list) for names in (leaf.parameters, leaf.statistics)):
            raise TypeError(
                f'parameters and statistics of {leaf} must be tuples of names, such as ("W", "b") or ("W",).'
            )
    sized = [leaf for leaf in leaves if leaf.n_in is not None]
    for before, leaf in itertools.pairwise(sized):
        if before.n_out != leaf.n_in:
            raise ValueError(f"{leaf} takes {leaf.n_in} rows, but {before} before it gives {before.n_out}.")
    if not (within_residual and leaves) and not any(leaf.parameters for leaf in sized):
        raise ValueError("layers needs at least one with parameters and n_in and n_out, such as Linear(784, 10).")
    if within_residual and sized and sized[0].n_in != sized[-1].n_out:
        sizes = f"{sized[0].n_in} and {sized[-1].n_out}"
        raise ValueError(f"the layers in Residual must give as many rows as they take, for the sum; got {sizes}.")
    if len({id(leaf) for leaf in leaves}) < len(leaves):
        raise ValueError("the same layer stands in the list twice; make one for each place.")


def check_batch_of_two(A):
    """Refuse to normalize one example, which has no variance."""
    if A.shape[1] < 2:
        raise ValueError(f"BatchNorm trains on batches of at least 2 examples, since one has no spread; got {A.shape}.")


def check_last_batch(network, n_examples, batch_size):
    """Refuse a batch size whose last batch is smaller than the network can be trained with."""
    smallest = getattr(network, "smallest_batch", 1)
    last = n_examples % batch_size or batch_size
    if last < smallest:
        fits = [size for size in range(batch_size + 1, batch_size + 9) if (n_examples % size or size) >= smallest]
        advice = f"Take another batch_size, such as {fits[0]}." if fits else "Give it more examples."
        raise ValueError(
            f"this network trains on batches of at least {smallest} examples, as BatchNorm does, but the last has "
            f"{last}: {n_examples} examples in batches of {batch_size}. {advice}"
        )


def check_float_dtype(dtype):
    """Refuse all but float types of at least 32 bits; in float16 1/m of 65,536 examples is 0, and their number inf."""
    with suppress(Exception):  # np.dtype may raise almost anything
        if np.dtype(dtype).kind == "f" and np.dtype(dtype).itemsize > 2:
            return
    raise TypeError(f"dtype must be a float type such as np.float32 or np.float64, not float16; got {dtype!r}.")


def as_numbers(z):
    """A number, or an array of any shape, as a float array; float16 becomes float32, what is no float float64."""
    if type(z) is np.ndarray and z.dtype.kind == "f" and z.itemsize > 2:
        return z
    z = _numbers("z", z)
    return z.astype(np.result_type(z, np.float32) if z.dtype.kind == "f" else np.float64, copy=False)


def as_rows(X, n, dtype=None):
    """X as an array of finite numbers, one example a row: (N, n), N ≥ 1."""
    X = _numbers("X", X)
    if X.ndim != 2 or X.shape[1] != n:
        hint = ""
        if X.shape == (n,):
            hint = " For a single example use X.reshape(1, -1)."
        elif X.ndim == 2 and X.shape[0] == n:
            hint = " The examples seem to be columns: use X.T."
        elif X.ndim > 2 and np.prod(X.shape[1:]) == n:
            hint = " Flatten each example: X.reshape(len(X), -1)."
        raise ValueError(f"X must have one example a row and {n} columns, shape (N, {n}); got shape {X.shape}.{hint}")
    if len(X) == 0:
        raise ValueError("X must have at least one row; got none.")
    return _finite("X", X if dtype is None else _cast(X, dtype))


def as_columns(A0, n, dtype):
    """A0 as an array of the given dtype, one example a column: (n, m), m ≥ 1."""
    if type(A0) is not np.ndarray or A0.dtype != dtype:
        A0 = _cast(_numbers("A[0]", A0), dtype)
    if A0.ndim != 2 or A0.shape[0] != n:
        hint = ""
        if A0.shape == (n,):
            hint = " For a single example use x.reshape(-1, 1)."
        elif A0.ndim == 2 and A0.shape[1] == n:
            hint = " The examples seem to be rows: use X.T, or predict, which takes rows."
        raise ValueError(f"A[0] must have one example a column and {n} rows, shape ({n}, m); got {A0.shape}.{hint}")
    if A0.shape[1] == 0:
        raise ValueError(f"the batch is empty: A[0] has shape {A0.shape}; it needs at least one column.")
    return A0


def check_no_nan(A0, Z1):
    """Blame the input for sums of layer 1 that are not finite, if it is to blame. Looks at the input only then."""
    if not np.isfinite(Z1).all():
        _finite("A[0]", A0)


def as_targets_of_forward(Y, A):
    """Y as an array of the dtype and shape of the last forward pass."""
    if A is None:
        raise ValueError("backward needs the activations of a forward pass: call forward(A0) first.")
    Y = _numbers("Y", Y)
    if Y.shape != A[-1].shape:
        hint = " Labels become targets with one_hot(y, n_classes).T." if Y.ndim == 1 and len(A[-1]) > 1 else ""
        raise ValueError(f"Y must have the shape of the last forward pass, {A[-1].shape}; got {Y.shape}.{hint}")
    return _finite("Y", _cast(Y, A[-1].dtype))


def as_kept(A0):
    """A copy of A[0], whose owner may change it before backward."""
    return _numbers("A[0]", A0).copy(order="K")


def freeze(A):
    """Make an array read-only."""
    A.flags.writeable = False


def as_same_shape(A, Y):
    """Outputs and targets as float arrays of the same shape, not empty; NumPy would broadcast others."""
    for what, array in (("the outputs", A), ("the targets", Y)):
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{what} must be a NumPy array; got {_kind(array)}.")
    if A.shape != Y.shape:
        raise ValueError(f"outputs and targets must have the same shape (n, m); got {A.shape} and {Y.shape}.")
    if A.size == 0:
        raise ValueError(f"the batch is empty: outputs and targets have shape {A.shape}.")
    return as_numbers(A), as_numbers(Y)


def check_columns_sum_to_1(Y, name="column"):
    """Refuse targets (n, m) for softmax of which a column, the `name` of an example, is no distribution."""
    totals = np.atleast_1d(Y.sum(axis=0))
    wrong = int(np.abs(totals - 1).argmax())
    if abs(totals[wrong] - 1) > 1e-3:
        example = f"each {name} of targets for softmax must sum to 1, as one_hot(y, n_classes) makes them"
        raise ValueError(f"{example}; {name} {wrong} sums to {totals[wrong]:.4g}.")


def as_labels(y, n_classes):
    """y as an array of whole numbers 0 … n_classes − 1: (N,), N ≥ 1."""
    as_count("n_classes", n_classes)
    y = _numbers("the labels", y)
    wanted = f"the labels must be whole numbers 0 … {n_classes - 1}, shape (N,)"
    if y.dtype.kind not in "iu":
        raise TypeError(f"{wanted}; got {y.dtype}. Convert with y.astype(np.int64) if they are whole.")
    if y.ndim != 1 or len(y) == 0:
        raise ValueError(f"{wanted}, N at least 1; got shape {y.shape}.")
    wrong = (y < 0) | (y >= n_classes)
    if wrong.any():
        raise ValueError(f"{wanted}; got {y[wrong.argmax()]} at index {wrong.argmax()}.")
    return y


def as_targets(Y, n_examples, n, output, dtype, one_hot):
    """Y as an array of possible targets for an output layer of n units: (N, n). A flat Y (N,) will do if n = 1.

    For softmax a flat Y (N,) holds labels, which `one_hot` turns into targets.
    """
    Y = _numbers("y", Y)
    if Y.shape == (n_examples,) and output == "softmax":
        Y = one_hot(Y, n, dtype)
    elif Y.shape == (n_examples,) and n == 1:
        Y = Y[:, None]
    if Y.shape != (n_examples, n):
        shapes = f"({n_examples},) or ({n_examples}, 1)" if n == 1 else f"({n_examples}, {n})"
        shapes = f"({n_examples},) for labels, or one-hot {shapes}" if output == "softmax" else shapes
        raise ValueError(f"y must have one target for each of the {n_examples} rows, shape {shapes}; got {Y.shape}.")
    Y = _finite("y", _cast(Y, dtype))
    if output in ("sigmoid", "softmax") and (Y.min() < 0 or Y.max() > 1):
        raise ValueError(f"targets of a {output} output lie in 0 … 1; got values from {Y.min():.4g} to {Y.max():.4g}.")
    if output == "softmax":
        check_columns_sum_to_1(Y.T, "row")
    return Y


def check_pairs(X, Y):
    """Refuse examples and targets that are not arrays of equal, positive length."""
    for what, array in (("X", X), ("Y", Y)):
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{what} must be a NumPy array with one example a row; got {_kind(array)}.")
    if X.ndim == 0 or Y.ndim == 0 or len(X) != len(Y) or len(X) == 0:
        raise ValueError(f"X and Y must have equally many rows, at least one; got shapes {X.shape} and {Y.shape}.")


def check_generator(rng):
    """Refuse all but a Generator; a seed, for one, would give the same order in every epoch."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a generator, such as np.random.default_rng(0); got {_kind(rng)}.")


RANGES = {  # constants of optimizers, layers and data sets: what is allowed, and in words
    "learning_rate": (lambda v: 0 < v < np.inf, "a number above 0, such as 0.1"),
    "epsilon": (lambda v: 0 < v < np.inf, "a small number above 0, such as 1e-8"),
    "max_norm": (lambda v: 0 < v < np.inf, "a number above 0, such as 1"),
    "p": (lambda v: 0 <= v < 1, "at least 0 and below 1, such as 0.5"),
    "schedule(fraction)": (lambda v: 0 <= v < np.inf, "a factor on the learning rate, 0 or more"),
    **dict.fromkeys(("noise", "turns"), (lambda v: 0 <= v < np.inf, "0 or a number above, such as 1.5")),
    **dict.fromkeys(("weight_decay", "l2"), (lambda v: 0 <= v < np.inf, "0 or a number above, such as 0.01")),
    **dict.fromkeys(("beta", "beta_1", "beta_2", "rho"), (lambda v: 0 <= v < 1, "at least 0 and below 1, such as 0.9")),
}


def as_constant(name, value):
    """A constant within its RANGES as a float: NumPy's float64 would turn float32 steps into float64."""
    allowed, words = RANGES[name]
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be {words}; got {_kind(value)}.")
    if not allowed(value):
        raise ValueError(f"{name} must be {words}; got {value}.")
    return float(value)


def as_constants(names, *values):
    """Constants within their ranges as floats; `names` are theirs, as in "beta epsilon"."""
    return [as_constant(name, value) for name, value in zip(names.split(), values, strict=True)]


def as_schedule(schedule):
    """A schedule (or None) whose factors are checked."""
    return None if schedule is None else lambda fraction: as_constant("schedule(fraction)", schedule(fraction))


def check_step(parameters, gradients, optimizer=None):
    """Refuse gradients that do not fit the parameters, and parameters that an optimizer cannot change.

    `optimizer` is given if it keeps averages. They belong to the parameters of its first step, which are left on it as
    `parameters`; others are refused later.
    """
    if len(parameters) != len(gradients):
        raise ValueError(f"expected a gradient for each of {len(parameters)} parameter arrays; got {len(gradients)}.")
    for theta, g in zip(parameters, gradients, strict=True):
        if not (isinstance(theta, np.ndarray) and isinstance(g, np.ndarray)):
            raise TypeError(f"parameters and gradients must be NumPy arrays; got {_kind(theta)} and {_kind(g)}.")
        if theta.shape != g.shape:
            raise ValueError(f"a gradient must have the shape of its parameter, {theta.shape}; got {g.shape}.")
        if theta.dtype.kind != "f":
            raise TypeError(f"parameters must be float arrays, since steps are fractions; got {theta.dtype}.")
        if g.dtype.kind not in "fiub":
            raise TypeError(f"gradients must be arrays of real numbers; got {g.dtype}.")
    known = getattr(optimizer, "parameters", None)
    if known is not None and [id(theta) for theta in known] != [id(theta) for theta in parameters]:
        raise ValueError(
            "this optimizer was used for other arrays than these: another network's, a copy's, or ones replaced since. "
            "Make a new one for this network. (In place, `network.W[1][...] = …`, arrays stay the same; "
            "`copy.deepcopy((network, optimizer))` copies both together.)"
        )
    if optimizer is not None:
        optimizer.parameters = list(parameters)


def check_training(network, optimizer, validation, patience, schedule, on_epoch):
    """Validate the arguments of `train` that stay as they are."""
    if isinstance(network, type) or not (hasattr(network, "forward") and hasattr(network, "backward")):
        raise TypeError(f"train needs a network first, such as Network([784, 128, 10]); got {_kind(network)}.")
    if isinstance(optimizer, type) or not (hasattr(optimizer, "step") and hasattr(optimizer, "learning_rate")):
        raise TypeError(f"optimizer must be one such as SGD(0.1) or Adam(); got {_kind(optimizer)}.")
    if schedule is not None and not callable(schedule):
        raise TypeError(f"schedule must be a function such as cosine_schedule; got {_kind(schedule)}.")
    if patience is not None:
        as_count("patience", patience)
        if validation is None:
            raise ValueError("patience waits for a better validation result; give validation=(X, y) too.")
    if on_epoch is not None and not callable(on_epoch):
        raise TypeError(f"on_epoch must be a function of a record, such as LivePlot(10); got {_kind(on_epoch)}.")


def as_validation(validation, network):
    """A pair (X, y) as rows and targets of the network; None stays None."""
    if validation is None:
        return None
    if not (isinstance(validation, tuple | list) and len(validation) == 2):
        raise TypeError(f"validation must be a pair (X, y); got {_kind(validation)}.")
    X = as_rows(validation[0], network.sizes[0])
    return X, network.encode_targets(validation[1], len(X))


def check_finite_loss(record, learning_rate):
    """Stop a training that has diverged."""
    for name in ("loss", "validation_loss"):
        if not np.isfinite(record.get(name, 0)):
            raise FloatingPointError(
                f"the loss became {record[name]} in epoch {record['epoch']}: the steps are too large. "
                f"Try a smaller learning rate than {learning_rate:.4g}, and look at the scale of the inputs."
            )


def _numbers(what, values):
    """`values` as an array of real numbers."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{what} must be an array of numbers; got a list whose rows differ in length.") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} must be an array of numbers; got {_kind(values)} with elements of {array.dtype}.")
    return array


def _cast(array, dtype):
    with np.errstate(over="ignore"):  # what is too large becomes inf, which _finite refuses
        return array.astype(dtype, copy=False)


def _finite(what, array):
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()  # finite only if all are; takes no memory, and half the time of looking at each
    if not np.isfinite(total) and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{what} must hold finite numbers only; got {array[where]} at index {where}. Remove or replace it."
        )
    return array


def _kind(value):
    text = repr(value)
    return f"{type(value).__name__} {text}" if len(text) <= 40 else type(value).__name__
