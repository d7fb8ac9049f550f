"""Wrong input of every kind raises TypeError or ValueError, in words that say what was expected and what came."""

import copy
import inspect
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numerical import HIDDEN

from helpers import network, training
from helpers.network import ACTIVATIONS, LOSSES, Network, mse, one_hot
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, train

X = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
y = np.array([0, 1, 1, 0, 1, 0])
Y = one_hot(y, 2)
rng, used = np.random.default_rng(0), Momentum(0.1)
used.step([X.copy()], [X])


def net(sizes=(2, 3, 2), **settings):
    return Network(sizes, **settings)


def after_forward():
    one = net()
    one.forward(X.T)
    return one


def each(calls, *rows):
    """Every row for each of the calls, its first entry in the place of {}."""
    return [(call.format(value), *rest) for call in calls for value, *rest in rows]


TABLE = [
    ("Network(784)", TypeError, "a list of layer sizes", "int 784"),
    (f"Network({'x' * 39!r})", TypeError, "got str."),  # what is shorter is printed
    ("Network('784, 10')", TypeError, "a list of layer sizes", "str '784, 10'"),
    ("Network({0: 784, 1: 10})", TypeError, "a list of layer sizes", "dict {0: 784, 1: 10}"),
    ("Network([784])", ValueError, "at least an input and an output size", "got [784]"),
    ("Network([784, 0, 10])", ValueError, "size of layer 1", "whole number from 1", "got 0"),
    ("Network([784, 12.5, 10])", TypeError, "size of layer 1", "whole number", "float 12.5"),
    ("Network([2, 3, 1])", ValueError, "single output is always 1", "'sigmoid'"),
    ("net(activation='ReLU')", ValueError, "activation must be one of", "'ReLU'", "Did you mean 'relu'?"),
    ("net(activation='swish')", ValueError, "one of identity, sigmoid, tanh, relu", "'swish'"),
    ("net(activation='softmax')", ValueError, "activation must be one of", "'softmax'"),
    ("net(activation=network.relu)", TypeError, "activation must be a name, or a list", "function"),
    ("net(activation=['relu', 'tanh'])", ValueError, "a name for each of 1 hidden layers", "got 2"),
    ("net(activation=['rleu'])", ValueError, "activation must be one of", "'rleu'", "Did you mean 'relu'?"),
    ("net(output='sofmax')", ValueError, "output must be one of", "'sofmax'", "Did you mean 'softmax'?"),
    ("net(loss='msee')", ValueError, "loss must be one of mse, binary", "'msee'", "Did you mean 'mse'?"),
    ("net(init='xaver')", ValueError, "init must be one of he, xavier", "'xaver'", "Did you mean 'xavier'?"),
    ("net(loss='mse')", ValueError, "output 'softmax' belongs to", "'categorical_cross_entropy'", "'mse'"),
    ("net(output='sigmoid', loss='categorical_cross_entropy')", ValueError, "the output 'softmax'", "output 'sigmoid'"),
    ("net(dtype=np.int32)", TypeError, "a float type such as np.float32", "int32"),
    ("net(dtype=',')", TypeError, "a float type such as np.float32", "','"),  # NumPy: SyntaxError
    ("net(dtype=np.float16)", TypeError, "a float type such as np.float32", "float16"),
    ("net().forward(X)", ValueError, "one example a column and 2 rows, shape (2, m)", "got (6, 2)", "use X.T"),
    ("net().forward(X[0])", ValueError, "one example a column", "got (2,)", "x.reshape(-1, 1)"),
    ("net().forward(np.zeros((2, 0)))", ValueError, "the batch is empty", "at least one column", "(2, 0)"),
    ("net().forward('image.png')", TypeError, "A[0] must be an array of numbers", "str 'image.png'"),
    ("net().forward([[1, 2], [3]])", ValueError, "A[0] must be an array of numbers", "rows differ in length"),
    ("net().forward([[1, 1e300], [3, 4]])", ValueError, "finite", "index (0, 1)"),
    *each(
        [f"net(activation='{name}').forward([[1, 2], [{{}}, 4]])" for name in HIDDEN],
        *((value, ValueError, "A[0] must hold finite", f"{value} at index (1, 0)") for value in ("nan", "inf", "-inf")),
    ),
    ("net().backward(Y.T)", ValueError, "backward needs", "call forward(A0) first"),
    ("after_forward().backward(Y)", ValueError, "Y must have the shape", "(2, 6)", "got (6, 2)"),
    ("after_forward().backward(y)", ValueError, "Y must have the shape", "(2, 6)", "(6,)", "one_hot(y, n_classes).T"),
    ("after_forward().backward(Y.T * nan)", ValueError, "finite numbers", "nan"),
    *each(
        ["net().predict({})", "net().predict_proba({})", "net().evaluate({}, y)", "train(net(), {}, y)"],
        ("X[0]", ValueError, "one example a row and 2 columns", "got shape (2,)", "X.reshape(1, -1)"),
        ("X.T", ValueError, "one example a row and 2 columns", "got shape (2, 6)", "use X.T"),
        ("np.zeros((6, 1, 2))", ValueError, "2 columns", "(6, 1, 2)", "X.reshape(len(X), -1)"),
        ("np.zeros((0, 2))", ValueError, "at least one row", "got none"),
        ("'X'", TypeError, "X must be an array of numbers", "str 'X'"),
        ("[['x'] * 2] * 1000", TypeError, "X must be an array of numbers; got list with elements of <U1."),
        ("[[1, 2], [3, nan]]", ValueError, "X must hold finite numbers", "nan at index (1, 1)"),
        ("np.full((6, 2), 1e300)", ValueError, "finite", "index (0, 0)"),
    ),
    *each(
        ["net().evaluate(X, {})", "train(net(), X, {})", "train(net(), X, y, validation=(X, {}))"],
        ("y[:5]", ValueError, "one target for each of the 6 rows", "(6,) for labels", "got (5,)"),
        ("y + 1", ValueError, "whole numbers 0 … 1", "got 2 at index 1"),
        ("-y", ValueError, "whole numbers 0 … 1", "got -1 at index 1"),
        ("y * 1.0", TypeError, "whole numbers 0 … 1", "float64", "y.astype(np.int64)"),
        ("y[:, None]", ValueError, "one target for each of the 6 rows", "got (6, 1)"),
        ("Y.T", ValueError, "one-hot (6, 2)", "got (2, 6)"),
        ("2 * Y", ValueError, "softmax output lie in 0 … 1", "from 0 to 2"),
        ("Y * ([[1]] * 4 + [[0.9], [1]])", ValueError, "must sum to 1", "row 4 sums to 0.9"),
        ("Y * nan", ValueError, "y must hold finite numbers", "nan at index (0, 0)"),
        ("'labels'", TypeError, "array of numbers", "str 'labels'"),
    ),
    ("net([2, 1], output='sigmoid').evaluate(X, -y)", ValueError, "sigmoid output lie in 0 … 1", "from -1 to 0"),
    ("net([2, 1], output='identity').evaluate(X, Y)", ValueError, "(6,) or (6, 1)", "got (6, 2)"),
    ("net([2, 3], output='identity').evaluate(X, y)", ValueError, "shape (6, 3)", "got (6,)"),
    ("one_hot(y == 1, 2)", TypeError, "whole numbers 0 … 1", "got bool"),
    ("one_hot(y[:, None], 2)", ValueError, "shape (N,)", "got shape (6, 1)"),
    ("one_hot(y[:0], 2)", ValueError, "N at least 1", "got shape (0,)"),
    ("one_hot(y, 0)", ValueError, "n_classes must be a whole number from 1", "got 0"),
    *each(
        [f"network.{function.__name__}({{}})" for pair in LOSSES.values() for function in pair],
        ("np.ones((3, 4)), np.ones((3, 1))", ValueError, "the same shape", "(3, 4) and (3, 1)"),
        ("np.ones((3, 0)), np.ones((3, 0))", ValueError, "the batch is empty", "(3, 0)"),
        ("np.ones((1, 4)), [[1, 1, 1, 1]]", TypeError, "targets must be a NumPy array", "list"),
        ("0.5, np.ones(1)", TypeError, "outputs must be a NumPy array", "float 0.5"),
    ),
    *each(
        ["network.categorical_cross_entropy({})", "network.categorical_cross_entropy_prime({})"],
        ("np.ones((2, 3)), np.array([[1, 0, 0], [0, 1, 0]])", ValueError, "as one_hot", "column 2 sums to 0."),
        ("np.ones(2), np.full(2, 0.25)", ValueError, "must sum to 1", "column 0 sums to 0.5."),
    ),
    *each(
        [f"network.{function.__name__}({{}})" for pair in ACTIVATIONS.values() for function in pair],
        ("[1, None]", TypeError, "z must be an array of numbers", "list [1, None]"),
        ("1j", TypeError, "z must be an array of numbers", "complex 1j"),
    ),
    ("next(minibatches(X, Y[:5], 2, rng))", ValueError, "equally many rows", "(6, 2) and (5, 2)"),
    ("next(minibatches(X[:0], Y[:0], 2, rng))", ValueError, "at least one", "(0, 2) and (0, 2)"),
    ("next(minibatches(X, None, 2, rng))", TypeError, "Y must be a NumPy array", "NoneType"),
    ("next(minibatches(X, Y, 0, rng))", ValueError, "batch_size must be a whole number from 1", "got 0"),
    ("next(minibatches(X, np.array(1.0), 2, rng))", ValueError, "equally many rows", "(6, 2) and ()"),
    ("next(minibatches(X, Y, 2, 0))", TypeError, "rng", "np.random.default_rng", "int 0"),
    *(
        (f"{make.__name__}({name}={value})", error, f"{name} must be ", f"got {came}")
        for make in (SGD, Momentum, RMSProp, Adam, AdamW)
        for name in inspect.signature(make).parameters
        for value, error, came in ((-1, ValueError, "-1"), ("inf", ValueError, "inf"), ("1j", TypeError, "complex 1j"))
    ),
    ("SGD(True)", TypeError, "learning_rate must be a number above 0", "bool True"),
    ("SGD(0)", ValueError, "learning_rate must be a number above 0", "got 0"),
    ("Momentum(beta=1)", ValueError, "beta must be at least 0 and below 1", "got 1"),
    ("Adam(epsilon=0)", ValueError, "epsilon must be a small number above 0", "got 0"),
    ("SGD().step([X, X], [X])", ValueError, "a gradient for each of 2 parameter arrays", "got 1"),
    ("train(net(), X, y, optimizer=used)", ValueError, "used for other arrays", "Make a new one"),
    ("train(net(), X, y, epochs=True)", TypeError, "epochs must be a whole number from 1; got bool True"),
    ("train(net(), X, y, batch_size=2.5)", TypeError, "batch_size must be a whole number from 1; got float 2.5"),
    ("train(net(), X, y, optimizer='adam')", TypeError, "optimizer must be one such as SGD(0.1)", "str 'adam'"),
    ("train(net(), X, y, optimizer=SGD)", TypeError, "optimizer must be one such as SGD(0.1)", "SGD"),
    ("train(net(), X, y, validation=X)", TypeError, "validation must be a pair (X, y)", "ndarray"),
    ("train(net(), X, y, validation=(y, X))", ValueError, "one example a row and 2 columns", "got shape (6,)"),
    ("train(net(), X, y, schedule='cosine')", TypeError, "schedule must be a function", "str 'cosine'"),
    ("train(net(), X, y, l2=-1)", ValueError, "l2 must be 0 or a number above", "got -1"),
    ("train(net(), X, y, on_epoch=[])", TypeError, "on_epoch must be a function of a record", "list []"),
    ("train(net(), X, y, patience=3)", ValueError, "patience waits for a better", "give validation=(X, y) too"),
    ("train(net(), X, y, patience=0, validation=(X, y))", ValueError, "patience must be a whole number", "got 0"),
    ("train(net(), X, y, seed='one')", TypeError, "int", "one"),
    ("train(None, X, y)", TypeError, "network", "NoneType"),
    ("train(Network, X, y)", TypeError, "network", "Network"),
    ("train(net(), X, y, schedule=lambda progress: None)", TypeError, "schedule", "NoneType"),
    ("train(net(), X, y, schedule=lambda progress: -1)", ValueError, "schedule", "a factor", "got -1"),
    ("train(net(), X, y, schedule=lambda progress: inf)", ValueError, "schedule", "got inf"),
]


@pytest.mark.parametrize(("call", "error", "words"), [pytest.param(*row[:2], row[2:], id=row[0]) for row in TABLE])
def test_the_message_says_what_was_expected_and_what_came(call, error, words):
    with pytest.raises(error) as caught:
        eval(call, {**vars(network), **vars(training), **globals(), "nan": np.nan, "inf": np.inf})
    message = str(caught.value)
    assert [word for word in words if word not in message] == [], message
    assert "\n" not in message
    assert len(message) < 400


def test_images_of_another_size_are_not_to_be_flattened():
    with pytest.raises(ValueError, match=r"shape \(N, 2\); got shape \(6, 3, 3\)\.$"):
        net().predict(np.zeros((6, 3, 3)))


def test_a_refused_training_leaves_the_network_alone():
    one, optimizer, large = net(), Adam(), X.astype(np.float64)
    before = copy.deepcopy(one.parameters())
    large[np.random.default_rng(0).permutation(6)[-1]] = 1e300  # in the last batch, and infinite in float32
    for rows, labels, words in ((X, y + 7, "whole numbers"), (large, y, "finite")):
        with pytest.raises(ValueError, match=words):
            train(one, rows, labels, 1, 1, optimizer)
        assert all(np.array_equal(a, b) for a, b in zip(one.parameters(), before, strict=True))
        assert (one.A, optimizer.v, optimizer.learning_rate) == (None, None, 0.001)


SPOILED = {
    r"the shape of its parameter, \(2, 1\); got \(1, 2\)": lambda theta, g: (theta, g.T),
    "real numbers; got complex": lambda theta, g: (theta, g * 1j),
    "NumPy arrays; got ndarray.* and list": lambda theta, g: (theta, g.tolist()),
    "float arrays, since steps are fractions; got int64": lambda theta, g: (theta.astype(np.int64), g),
}


@pytest.mark.parametrize("words", SPOILED)
@pytest.mark.parametrize("make", [SGD, Momentum, RMSProp, Adam, AdamW])
def test_a_refused_step_changes_nothing_and_spoils_nothing(make, words):
    """Not even when the wrong array is the last; the optimizer is as it was, and can be used afterwards."""
    for steps in (0, 1):
        optimizer = make(0.1)
        parameters = net().parameters()
        grads = [np.ones_like(theta) for theta in parameters]
        if steps:
            optimizer.step(parameters, grads)
        before = copy.deepcopy((parameters, vars(optimizer)))
        theta, g = SPOILED[words](parameters[-1], grads[-1])
        with pytest.raises((TypeError, ValueError), match=words):
            optimizer.step([*parameters[:-1], theta], [*grads[:-1], g])
        assert str((parameters, vars(optimizer))) == str(before)
        optimizer.step(parameters, grads)
        assert all((theta < old).all() for theta, old in zip(parameters, before[0], strict=True))


odd = st.sampled_from([np.nan, np.inf, -np.inf, 1e300])
floats = st.floats(-1e15, 1e15) | odd  # what float32 can hold, and square, or no number, or what it cannot hold
numbers = st.booleans() | st.integers(-3, 9) | floats | st.complex_numbers()
scalars = st.none() | numbers | st.text("xé1( ,.", max_size=4)
others = [Network, mse, SGD, SGD(0.1), Ellipsis, np.float32(1), np.str_("relu"), range(3), b"12", Fraction(1, 2)]
dtypes = st.sampled_from(["?", "u1", "i1", "i4", "i8", "u8", "f2", "f4", "f8", "c8", "U2", "S1", "M8[s]", "m8[s]", "O"])
shapes = st.sampled_from([(), (0,), (1,), (2,), (3,), (2, 2), (2, 3), (3, 2), (0, 2), (2, 0), (1, 2, 1), (0, 1, 2)])
anything = (
    scalars
    | st.sampled_from(others)
    | st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=6)
    | st.dictionaries(scalars, scalars, max_size=2)
    | st.sets(st.integers(1, 4))
    | st.builds(lambda dtype, shape: np.full(shape, 1).astype(dtype), dtypes, shapes)
    | hnp.arrays(np.float64, shapes, elements=floats)
    | hnp.arrays(np.int8, shapes)
)


def works_or_refuses(call, *arguments, **named):
    """What the call returns, or None if it raises as it may; any other exception, or a warning, fails the test."""
    try:
        return call(*arguments, **named)
    except (TypeError, ValueError):
        return None


@given(arguments=st.dictionaries(st.sampled_from([*inspect.signature(Network).parameters]), anything))
def test_anything_as_a_setting(arguments):
    made = works_or_refuses(Network, **{"sizes": [2, 3, 2], **arguments})
    if made is not None:
        assert made.forward(np.ones((made.sizes[0], 1))).shape == (made.sizes[-1], 1)


@given(data=anything, output=st.sampled_from(["softmax", "sigmoid", "identity"]))
def test_anything_as_input_and_as_targets(data, output):
    one = Network([2, 3, 2], output=output)
    for method in (one.forward, one.predict, one.predict_proba):
        result = works_or_refuses(method, data)
        assert result is None or np.isfinite(result).all()
    result = works_or_refuses(one.evaluate, np.ones((2, 2)), data)
    assert result is None or np.isfinite(result["loss"])
    one.forward(np.ones((2, 2)))
    result = works_or_refuses(one.backward, data)
    assert result is None or all(g.dtype == np.float32 for g in result[0][1:])


@given(arguments=st.dictionaries(st.sampled_from([*inspect.signature(train).parameters]), anything))
def test_anything_as_training(arguments):
    usual = {"network": Network([2, 3, 2]), "X": np.ones((3, 2)), "y": [0, 1, 0], "epochs": 1}
    try:
        history = works_or_refuses(train, **{**usual, **arguments})
    except FloatingPointError:  # numbers of 1e15 are too large to learn from
        return
    assert np.isfinite([list(record.values()) for record in history or []]).all()
