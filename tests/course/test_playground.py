"""The playground of lesson 06 without a browser: messages go in as the page sends them, frames are read back."""

from functools import partial

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from moving import labels
from traitlets import TraitError

from course.exercises import find_exercise
from course.text import decimal
from course.widgets import playground as module
from course.widgets.playground import BUFFERS, CHOICES, GRID, OPTIMIZERS, PLANE, REACH, TILE, Playground
from helpers.colors import BLUE, DARK_PINK, GREEN, ORANGE
from helpers.network import Network
from helpers.training import Momentum

REACHED, BEFORE, GOAL = "reached", "before", "goal"


def lamps(playground):
    return [state for _, state in playground.goals()]


def read(frame):
    """A frame's buffers as arrays."""
    content, buffers = frame
    shapes = {
        "plane": (-1, GRID, GRID),
        "units": (sum(content["sizes"]), TILE, TILE),
        "curve": (-1, 3),
        "points": (-1, 3),
    }
    arrays = dict(zip(BUFFERS, buffers, strict=False))
    kinds = {name: np.uint8 if name in ("plane", "units") else np.float32 for name in BUFFERS}
    return {name: np.frombuffer(raw, kinds[name]).reshape(shapes.get(name, -1)) for name, raw in arrays.items()}


def ask(playground, kind, **content):
    return playground.answer({"kind": kind, **content})


def put(playground, **settings):
    """As the page changes them."""
    playground.set_state(settings)
    assert playground.settings == playground.settings | settings


# --- what a frame shows


def test_the_heat_map_is_what_the_network_predicts():
    playground = Playground()
    playground.train(20)
    plane = read(playground.frame())["plane"][0]
    probability = playground.network.predict_proba(PLANE.T)[:, 0].reshape(GRID, GRID)
    assert np.abs(plane / 255 - probability).max() <= 0.5 / 255 + 1e-6
    assert PLANE[:, 0] == pytest.approx([-REACH + REACH / GRID, REACH - REACH / GRID])  # the top left


def test_a_tile_is_the_activation_of_its_unit_and_the_weights_are_all_there():
    playground = Playground(activation="relu")
    playground.train(3)
    shown = read(playground.frame())
    _, A = playground.network.forward_pass(PLANE)
    for k, unit in enumerate(np.concatenate(A[:-1])):
        values = unit.reshape(GRID, GRID)[::2, ::2]
        expected = values / max(1, np.abs(values).max())
        assert shown["units"][k] == pytest.approx(127.5 + 127.5 * expected, abs=0.51)
    assert np.array_equal(shown["weights"], np.concatenate([W.ravel() for W in playground.network.W[1:]]))


def test_the_points_are_those_it_trains_and_tests_on():
    playground = Playground(points=50)
    content, _ = frame = playground.frame()
    points = read(frame)["points"]
    assert content["trains_on"] == 50
    assert np.array_equal(points[:50], np.column_stack([playground.X, playground.y]))
    assert np.array_equal(points[50:], np.column_stack([playground.X_test, playground.y_test]))
    assert not set(map(tuple, playground.X.tolist())) & set(map(tuple, playground.X_test.tolist()))


@pytest.mark.parametrize("dataset", [name for name in CHOICES["dataset"] if name not in ("own", *module.REGRESSION)])
def test_every_data_set_fills_the_same_plane(dataset):
    X, y = module.points(dataset, 1000, 0, seed=0)
    assert 1 <= np.abs(X).max() <= 2.001
    assert set(y) == ({0, 1, 2} if dataset == "three" else {0, 1})
    noisy, _ = module.points(dataset, 1000, 0.2, seed=0)
    assert np.std(noisy - X) == pytest.approx(0.2, rel=0.05)


def test_the_curve_stays_short_and_ends_with_now():
    playground = Playground(points=20, batch_size=400)
    for _ in range(1203):
        playground.train()
    curve = read(playground.frame())["curve"]
    assert len(curve) <= module.N_CURVE + 1
    assert curve[0, 0] == 0
    assert curve[-1].tolist() == np.float32([1203, *playground.losses]).tolist()
    assert (np.diff(curve[:-1, 0]) == 8).all()


# --- training


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_l2_is_in_the_gradient_but_adamw_takes_it_as_its_weight_decay(optimizer):
    playground = Playground(optimizer=optimizer, l2=0.03)
    playground.network.forward(playground.X.T)
    l2 = 0 if optimizer == "adamw" else 0.03
    expected = playground.network.gradients(playground.Y.T, l2)
    for gradient, right in zip(playground.gradients(playground.Y.T), expected, strict=True):
        assert np.array_equal(gradient, right)
    assert getattr(playground.update_rule, "weight_decay", 0) == 0.03 - l2
    assert ("weight decay" in playground.words()) == (optimizer == "adamw")
    put(playground, l2=0)
    ask(playground, "step")
    assert getattr(playground.update_rule, "weight_decay", 0) == 0


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    runs = [Playground(seed=seed) for seed in (0, 0, 1)]
    for playground in runs:
        playground.train(5)
    assert runs[0].frame() == runs[1].frame()
    assert runs[0].frame() != runs[2].frame()
    ask(runs[0], "restart")
    runs[0].train(5)
    assert runs[0].frame() == runs[1].frame()


# --- what the page sends


def test_a_frame_is_one_epoch_and_nothing_else_trains():
    playground = Playground()
    for kind, epochs in (("look", 0), ("frame", 1), ("frame", 2), ("look", 2), ("step", 3), ("restart", 0)):
        content, buffers = ask(playground, kind)
        assert content["epoch"] == epochs
        assert ("points" in read((content, buffers))) == (kind not in ("frame", "step"))


def test_what_fits_the_network_goes_on_and_what_does_not_begins_anew():
    for name, choices in CHOICES.items():
        playground = Playground()
        playground.train(2)
        put(playground, **{name: choices[-1] if playground.settings[name] != choices[-1] else choices[0]})
        assert playground.epoch == (0 if name in module.ANEW else 2)
        assert ("begins" if name in module.ANEW else "goes on") in playground.words()
        playground.train()
        assert "goes on" not in playground.words()
    playground.train(2)
    put(playground, hidden=(3,))
    assert playground.network.sizes == [2, 3, 1]
    assert playground.epoch == 0


def test_a_new_learning_rate_keeps_the_averages_and_a_new_optimizer_has_none():
    playground = Playground()
    playground.train(2)
    adam = playground.update_rule
    put(playground, learning_rate=0.03)
    assert (playground.update_rule, adam.learning_rate) == (adam, 0.03)
    put(playground, optimizer="momentum")
    assert isinstance(playground.update_rule, Momentum)
    assert playground.update_rule.learning_rate == 0.03


def test_what_the_page_would_not_send_is_not_answered():
    playground = Playground()
    for message in (None, 3, "frame", [], {}, {"kind": None}, {"kind": "explode"}, {"kind": ["step"]}):
        assert playground.answer(message) is None
    assert playground.epoch == 0


WRONG = [  # a setting, a value that cannot be, and what is said
    ("dataset", "moon", "expected any of .'circles', 'moons'"),
    ("optimizer", None, "expected any of"),
    ("noise", -0.1, "should not be less than 0"),
    ("learning_rate", float("nan"), "learning_rate must be a number"),
    ("l2", 2, "should not be greater than 0.1"),
    ("batch_size", 2.5, "expected an int, not the float 2.5"),
    ("points", 0, "should not be less than 20"),
    ("hidden", 8, "expected a tuple, not the int 8"),
    ("hidden", [8, 9], "units from 1 to 8, such as .8, 8.; got .8, 9."),
    ("hidden", [8, None], "at most 6 whole numbers"),
    ("hidden", [[8], [8, 8]], "at most 6 whole numbers"),
    ("own", [(0, 0, 0), (0, 99, 1)], "own must be 2 to 1000 rows"),  # x₂ too far out
    ("seed", -1, "should not be less than 0"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_a_setting_that_cannot_be_gets_a_sentence_and_changes_nothing(name, value, words):
    with pytest.raises(TraitError, match=words):
        Playground(**{name: value})
    playground = Playground()
    playground.train()
    for change in (partial(setattr, playground, name), lambda value: playground.set_state({"l2": 0.1, name: value})):
        if name == "seed":  # the page does not have it
            continue
        with pytest.raises(TraitError, match=words):
            change(value)
        assert (playground.settings, playground.epoch) == (playground.start, 1)
        assert playground.optimizer == playground.start["optimizer"]


# --- every setting


def corners():
    """All settings at the least, and all at the most, and there each of them in turn at all it can be."""
    yield {name: choices[0] for name, choices in CHOICES.items()} | {"hidden": ()}
    most = {name: choices[-1] for name, choices in CHOICES.items()} | {"hidden": (8, 8, 8)}
    for name, choices in CHOICES.items():
        yield from (most | {name: value} for value in choices)
    for hidden in ((), (1,), (8,), (8, 8), (1, 8, 1), (8, 8, 8)):
        yield {"hidden": hidden}
    for optimizer in CHOICES["optimizer"]:
        for activation in CHOICES["activation"]:
            yield {"optimizer": optimizer, "activation": activation, "learning_rate": 10, "batch_size": 4, "l2": 0.1}


def test_at_every_setting_it_trains_or_says_why_not():
    """Any exception or warning fails this test: pyproject.toml makes errors of warnings."""
    stopped = 0
    for settings in corners():
        playground = Playground(**{"batch_size": 64, **settings})
        for _ in range(3):
            content, buffers = ask(playground, "frame")
        assert np.isfinite([*playground.losses, playground.accuracy if playground.n_classes else 0]).all()
        assert all(np.isfinite(array).all() for array in read((content, buffers)).values())
        assert content["stopped"] == content["words"].startswith("Stopped")
        assert content["stopped"] or content["epoch"] == 3
        stopped += content["stopped"]
    assert stopped


def test_values_between_the_choices_and_those_of_numpy_are_good():
    good = {"learning_rate": 0.02, "noise": np.float32(0.25), "points": np.int64(30), "hidden": (np.int32(5),)}
    playground = Playground(**good)
    assert playground.settings == playground.settings | good


def test_a_change_in_another_cell_is_shown(monkeypatch):
    playground, sent = Playground(), []
    monkeypatch.setattr(playground, "send", lambda content, buffers: sent.append(content))
    playground.noise = 0.4
    assert "Noise: 0.4. A new network begins." in sent[-1]["words"]
    playground.hidden = ()
    assert "Hidden units: none." in sent[-1]["words"]
    ask(playground, "reset")
    assert (playground.settings, len(sent)) == (playground.start, 2)


# --- when it diverges


def test_when_the_numbers_become_infinite_it_stops_says_so_and_can_begin_anew():
    playground = Playground(activation="identity", optimizer="sgd", learning_rate=10)
    for _ in range(200):
        content, _ = frame = ask(playground, "frame")
        assert np.isfinite(read(frame)["weights"]).all()
    assert content["stopped"]
    assert "learning rate of 10 is too large for sgd" in content["words"]
    assert content["epoch"] < 200
    put(playground, learning_rate=0.1)
    content, _ = ask(playground, "frame")
    assert (content["stopped"], content["epoch"]) == (False, 1)


def test_a_loss_far_above_guessing_is_remarked_upon():
    playground = Playground(optimizer="sgd", learning_rate=10)
    playground.train(5)
    assert playground.losses[0] > 1
    assert "the learning rate may be too large" in playground.words()


# --- the tasks


def test_the_goals_are_dark_at_the_start_and_with_the_default_settings():
    playground = Playground()
    assert lamps(playground) == [GOAL] * 3
    for dataset in ("circles", "spirals"):
        put(playground, dataset=dataset)
        playground.train(200)
        assert lamps(playground) == [GOAL] * 3


def test_the_spirals_can_be_separated():
    playground = Playground()
    ask(playground, "goal", k=0)
    playground.train(299)
    assert lamps(playground)[0] in (REACHED, BEFORE)
    playground.train(1)
    assert lamps(playground)[0] == BEFORE
    ask(playground, "reset")
    assert lamps(playground) == [GOAL] * 3
    assert playground.settings == playground.start


OVERFIT = {"dataset": "moons", "noise": 0.6, "activation": "relu", "learning_rate": 0.03}


@pytest.mark.parametrize(
    "cure",
    [None, {"l2": 0.1}, {"hidden": (3,), "activation": "tanh", "learning_rate": 0.01}],
)
def test_it_can_be_made_to_overfit_and_be_cured(cure):
    playground = Playground()
    ask(playground, "goal", k=1)
    playground.train(400)
    assert lamps(playground)[1] in (REACHED, BEFORE)
    assert lamps(playground)[2] == GOAL
    put(playground, **cure) if cure else ask(playground, "goal", k=2)
    playground.train(400)
    assert lamps(playground)[1:] == [BEFORE, REACHED]
    assert playground.losses[1] < 0.6


def test_the_cure_counts_only_on_the_data_that_were_overfit():
    playground = Playground()
    put(playground, points=50, **OVERFIT)
    playground.train(200)
    assert lamps(playground)[1] == REACHED
    assert "It overfits." in playground.words()
    put(playground, noise=0.1)
    playground.train(200)
    assert playground.losses[1] < 0.6
    assert lamps(playground)[1:] == [BEFORE, GOAL]


# --- states, as text and as code


def ran(text):
    """The names that a piece of code leaves, with what it prints left out."""
    names = {"print": lambda *_: None}
    exec(text, names)
    return names


def changed_on_the_way(**settings):
    playground = Playground(**settings)
    playground.train(3)
    playground.learning_rate = 0.03
    playground.l2 = 0.01
    playground.put("W2[1,0]", 0.7)
    playground.put("b1[0]", -0.25)
    playground.train(2)
    playground.optimizer = "momentum"
    playground.l1 = 0.003
    playground.batch_size = 64
    playground.train(2)
    return playground


STATES = [
    {"seed": 3},
    {"dataset": "three", "features": ("x1", "x2", "x1*x2", "np.sin(x2)"), "hidden": (3,)},
    {"dataset": "hills", "activation": "relu", "l1": 0.001, "points_seed": 5},
    {"dataset": "own", "own": ((-1, 0.5, 0), (1, 1.25, 1), (0, 0, 2), (1, 1, 1), (0.5, 0.5, 0)), "optimizer": "sgd"},
    {"dataset": "xor", "optimizer": "adamw", "l2": 0.03, "discrete": True, "show_test": False},
]


@pytest.mark.parametrize("settings", STATES)
def test_the_text_of_a_state_restores_it_to_the_last_digit(settings):
    playground = changed_on_the_way(**settings)
    again = Playground(playground.as_text())
    assert (again.epoch, again.losses, again.settings) == (7, playground.losses, playground.settings)
    assert again.as_text() == playground.as_text()
    assert [*map(np.array_equal, again.network.parameters(), playground.network.parameters())].count(False) == 0
    ask(again, "reset")
    assert again.losses == playground.losses, "Reset goes back to where it was restored"


@pytest.mark.parametrize("settings", STATES)
def test_the_code_of_a_state_agrees_to_the_last_digit(settings):
    playground = changed_on_the_way(**settings)
    left = ran(playground.as_code())
    network = left["network"]
    losses = network.evaluate(left["X"], left["y"])["loss"], network.evaluate(left["X_test"], left["y_test"])["loss"]
    assert losses == playground.losses


def test_the_code_of_a_plain_run_has_ten_lines():
    playground = Playground("moons")
    playground.train(2)
    assert len([line for line in playground.as_code().splitlines() if line]) <= 10


@pytest.mark.parametrize(
    "text", ["@", "dataset=moons @5 @3", "hidden=8-x @1", "@2 hidden=3 @4", "colour=red @1", "@2 l2=a"]
)
def test_a_text_that_is_no_state_gets_a_sentence(text):
    with pytest.raises(ValueError, match="Expected a state as as_text"):
        Playground(text)


def test_a_text_with_a_value_that_cannot_be_gets_the_setting_s_own_sentence():
    with pytest.raises(TraitError, match="units from 1 to 8"):
        Playground("hidden=9 @1")


# --- numbers


def test_numbers_of_the_frame_reproduce_the_output_at_the_point():
    playground = Playground("three", features=("x1", "x1**2", "np.sin(x2)"), hidden=(4, 3))
    playground.train(3)
    content, _ = frame = ask(playground, "probe", at=[1.25, -2])
    shown = read(frame)
    assert content["probe"] == (1.25, -2.0)
    assert shown["values"][:3] == pytest.approx([1.25, 1.5625, np.sin(-2)])
    expected = playground.network.predict_proba(np.array([[1.25, 1.5625, np.sin(-2)]]))[0]
    assert shown["values"][-3:] == pytest.approx(expected, rel=1e-5)
    weights, values = shown["weights"].reshape(-1)[-9:].reshape(3, 3), shown["values"][7:10]
    z = weights @ values + shown["biases"][-3:]
    assert shown["sums"][-3:] == pytest.approx(z, rel=1e-5)
    assert np.exp(z) / np.exp(z).sum() == pytest.approx(expected, rel=1e-5)


def test_every_weight_and_bias_is_in_the_table_and_can_be_set():
    playground = Playground(hidden=(3, 2))
    table = playground.as_numbers()
    for l in (1, 2, 3):
        for i, j in np.ndindex(playground.network.W[l].shape):
            assert f"W{l}[{i},{j}] = {playground.network.W[l][i, j]:.5g}" in table
            assert f"b{l}[{i}] = {playground.network.b[l][i, 0]:.5g}" in table
    Z, A = playground.network.forward_pass(np.array([[0.5], [0.5]], np.float32))
    lines = table.splitlines()
    assert lines[:3] == ["at x₁ = 0.5, x₂ = 0.5:", "a0[0] = 0.5 (x₁)", "a0[1] = 0.5 (x₂)"]
    assert [line for line in lines if " = " not in line] == ["layer 1", "layer 2", "output"]
    for l in (1, 2, 3):
        for i, (z, a) in enumerate(zip(Z[l][:, 0], A[l][:, 0], strict=True)):
            assert f"  z{l}[{i}] = {z:.5g}, a{l}[{i}] = {a:.5g}" in lines
    ask(playground, "put", name="b2[1]", value=1.5)
    assert playground.network.b[2][1, 0] == 1.5
    assert "b2[1] = 1.5, set by hand" in playground.words()
    assert playground.curve == [(0, *playground.losses)], "the loss that it had is no more"
    for name, value in (
        ("b2[2]", 1),
        ("W1[0]", 1),
        ("b1[0,0]", 1),
        ("W4[0,0]", 1),
        (None, 1),
        ("b1[0]", "1"),
        ("b1[0]", None),
    ):
        ask(playground, "put", name=name, value=value)
        assert "must be a number" in playground.remark or "Expected a weight or bias" in playground.remark
    with pytest.raises(ValueError, match=r"must be a number"):
        playground.put("b1[0]", float("nan"))


def test_the_gradient_view_has_the_gradient_of_the_loss():
    playground = Playground(l2=0.1)
    assert read(playground.frame())["slopes"].size == 0 or not playground.blame
    playground.blame = True
    slopes = read(playground.frame())["slopes"]
    playground.network.forward(playground.inputs.T)
    expected = np.concatenate([g.ravel() for g in playground.network.gradients(playground.Y.T)])
    assert np.array_equal(slopes, expected)


# --- data, inputs, seeds


def test_the_inputs_are_what_they_are_named():
    playground = Playground(features=tuple(reversed(module.FEATURES)))
    x1, x2 = playground.X.T
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)]
    assert np.array_equal(playground.inputs, np.column_stack(expected))
    assert playground.frame()[0]["inputs"] == ["x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"]


def test_new_points_keep_the_weights_and_new_weights_the_points():
    playground = Playground()
    X, W = playground.X, playground.network.W[1]
    ask(playground, "new points")
    assert np.array_equal(playground.network.W[1], W)
    assert not np.array_equal(playground.X, X)
    X = playground.X
    ask(playground, "new weights")
    assert np.array_equal(playground.X, X)
    assert not np.array_equal(playground.network.W[1], W)


def test_own_points_come_as_rows_or_csv_and_every_fourth_is_to_test():
    playground = Playground("own", own="x1,x2,class\n0,1,0\n1;0;1\n-1 -1 2\n2,2,1\n0.5,0,0")
    assert playground.own == ((0, 1, 0), (1, 0, 1), (-1, -1, 2), (2, 2, 1), (0.5, 0, 0))
    assert (len(playground.X), playground.X_test.tolist(), playground.n_classes) == (4, [[2, 2]], 3)
    ask(playground, "paste", csv="0,10,0\n100,20,1")
    assert playground.own == ((-2, -2, 0), (2, 2, 1)), "stretched into the plane"
    ask(playground, "paste", csv="0,1,0\n1,0")
    assert 'got "1,0". No point was changed.' in playground.words()
    assert len(playground.own) == 2


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("0,1,0\n1,0,3", 'class 0, 1 or 2, as in "0.5, -1, 1"; got "1,0,3". No point was changed.'),
        ("0,1,0\n1,nan,1", 'got "1,nan,1". No point was changed.'),
        ("0,1,0\none,two,three", 'got "one,two,three". No point was changed.'),
        ("", "own must be 2 to 1000 rows (x₁, x₂, class)"),
        ("x1,x2,class\n0,1,0", "got '1 rows'."),
        ("0,1,0\n" * 1001, "got '1001 rows'."),
    ],
)
def test_pasted_lines_that_are_no_points_get_a_sentence_and_change_nothing(csv, words):
    playground = Playground()
    playground.train(2)
    content, _ = ask(playground, "paste", csv=csv)
    assert words in content["words"]
    assert (playground.settings, playground.epoch) == (playground.start, 2)


def test_l1_makes_weights_small_and_spares_biases():
    sums = []
    for l1 in (0, 0.03):
        playground = Playground(l1=l1)
        playground.train(30)
        sums.append(sum(np.abs(W).sum() for W in playground.network.W[1:]))
    assert sums[1] < sums[0] / 2


def test_a_slope_is_fitted():
    playground = Playground("slope")
    playground.train(60)
    assert playground.losses[1] < 0.02
    assert "accuracy" not in playground.caption()


# --- what the learner wrote


def test_the_learners_activation_trains_and_the_code_has_it():
    def bent(z):
        return np.where(z > 0, z, 0.3 * z)

    playground = Playground(activation=bent)
    playground.train(30)
    assert playground.losses[0] < 0.1
    assert "your activation" in playground.caption()
    left = {"bent": bent, "print": lambda *_: None}
    exec(playground.as_code(), left)
    assert left["network"].evaluate(left["X"], left["y"])["loss"] == playground.losses[0]
    again = Playground(playground.as_text(), activation=bent)
    assert again.losses == playground.losses
    playground.activation = "tanh"
    playground.activation = "yours"


class Slow:
    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate

    def step(self, parameters, gradients):
        for theta, g in zip(parameters, gradients, strict=True):
            theta -= self.learning_rate * g


def test_the_learners_optimizer_and_loop_train():
    playground = Playground(optimizer=Slow, learning_rate=0.3)
    expected = Playground(optimizer="sgd", learning_rate=0.3)
    loop = Playground(optimizer=Slow, learning_rate=0.3, loop=find_exercise("6.6", "").right)
    for one in (playground, expected, loop):
        one.train(5)
    assert playground.losses == expected.losses
    assert loop.network.settings["output"] == "softmax"
    assert (loop.epoch, loop.losses[0] < Playground(loop=len).losses[0]) == (5, True)
    left = {"Slow": Slow, "learn": find_exercise("6.6", "").right, "print": lambda *_: None}
    exec(loop.as_code(), left)
    assert left["network"].evaluate(left["X"], left["y"])["loss"] == loop.losses[0]


def test_the_learners_network_trains_as_a_copy():
    mine = Network([2, 5, 1], activation="relu", output="sigmoid", seed=9)
    before = mine.W[1].copy()
    playground = Playground(network=mine)
    playground.train(5)
    assert playground.network.sizes == [2, 5, 1]
    assert np.array_equal(mine.W[1], before)
    left = {"mine": mine, "print": lambda *_: None}
    exec(playground.as_code(), left)
    assert left["network"].evaluate(left["X"], left["y"])["loss"] == playground.losses[0]
    put(playground, hidden=(3,))
    assert "Your network does not fit" in playground.words()


def broken(*_):
    raise RuntimeError("oh")


@pytest.mark.parametrize(
    ("yours", "words"),
    [
        ({"activation": broken}, "Your activation raised RuntimeError: oh."),
        ({"activation": np.sum}, "Your activation returned shape"),
        ({"optimizer": broken}, "Your optimizer cannot be made: RuntimeError oh."),
        ({"optimizer": abs}, "Your optimizer cannot be made: it has no step."),
        ({"loop": broken}, "Your code raised RuntimeError: oh."),
    ],
)
def test_what_the_learner_wrote_may_be_broken(yours, words):
    playground = Playground(**yours)
    for kind in ("look", "frame", "step", "frame"):
        content, _ = ask(playground, kind)
    assert (content["stopped"], content["epoch"]) == (True, 0)
    assert f"Stopped. {words}" in content["words"]
    assert len(playground.figure.axes) == 3


def test_what_is_no_network_or_loop_is_refused():
    for yours in ({"network": 3}, {"network": Network}, {"loop": 3}):
        with pytest.raises(TypeError, match="must be"):
            Playground(**yours)


# --- in the notebook


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden": ()},
        {"hidden": (8, 3, 8), "discrete": True},
        {"dataset": "three", "hidden": (2,)},
        {"dataset": "three", "hidden": (2,), "discrete": True},
        {"dataset": "hills", "features": ("x1", "x2", "x1*x2")},
    ],
)
def test_the_figure_shows_the_state(settings):
    playground = Playground(**settings)
    playground.train(3)
    units, plane, loss = playground.figure.axes
    shown, sizes = read(playground.frame()), playground.network.sizes
    titles = ("Units and weights", "", ""), ("Output", "$x_1$", "$x_2$"), ("Loss", "epoch", "loss")
    assert tuple(labels(playground.figure)) == titles
    tiles = np.array([image.get_extent() for image in units.images])
    x, y = tiles[:, :2].mean(axis=1), tiles[:, 2:].mean(axis=1)
    assert sorted(set(x)) == x[np.cumsum([0, *sizes[:-1]])].tolist(), "a layer is a column"
    assert [image.get_array().tolist() for image in units.images] == shown["units"].tolist()
    frames = np.array([patch.get_bbox().get_points().T.ravel() for patch in units.patches])
    assert frames == pytest.approx(tiles)
    start, lines = 0, iter(units.lines)
    for l, W in enumerate(playground.network.W[1:]):
        for (j, i), w in np.ndenumerate(W):
            line, one, other = next(lines), start + i, start + sizes[l] + j
            assert line.get_xydata().tolist() == [[x[one], y[one]], [x[other], y[other]]]
            assert line.get_color() == (BLUE if w > 0 else ORANGE)
            assert line.get_linewidth() == pytest.approx(min(4, 0.3 + abs(w)))
        assert (np.diff(y[start : start + sizes[l]]) < 0).all(), "the first unit of a layer is the upmost"
        start += sizes[l]
    assert next(lines, None) is None
    assert units.get_xlim()[0] < tiles[:, 0].min() < tiles[:, 1].max() < units.get_xlim()[1]
    assert {text.get_text(): text.get_color() for text in units.texts} == {
        "blue: positive": BLUE, "orange: negative": ORANGE
    }  # fmt: skip

    image, answer = np.asarray(plane.images[0].get_array()), shown["plane"] / 255
    if playground.discrete:
        answer = np.eye(3)[answer.argmax(axis=0)].transpose(2, 0, 1) if len(answer) == 3 else np.round(answer)
    colors = np.array([to_rgb(color) for color in (ORANGE, BLUE, GREEN)])
    expected = np.tensordot(answer, colors, (0, 0)).clip(0, 1) if len(answer) == 3 else 255 * answer[0]
    assert image == pytest.approx(expected)
    assert plane.images[0].get_extent() == [-3, 3, -3, 3]
    points, dots = plane.collections[0], playground.y
    assert np.allclose(points.get_offsets(), playground.X)
    wanted = colors[dots] if playground.n_classes else plane.images[0].cmap(np.clip((1 + dots) / 2, 0, 1))[:, :3]
    assert points.get_facecolors()[:, :3] == pytest.approx(wanted)
    if len(answer) == 1:
        assert [to_rgb(plane.images[0].cmap(end)) for end in (0.0, 1.0)] == [to_rgb(ORANGE), to_rgb(BLUE)]

    for k, (line, name) in enumerate(zip(loss.lines, ("train", "test"), strict=True), 1):
        assert line.get_xydata() == pytest.approx(shown["curve"][:, (0, k)])
        assert line.get_label() == name
        assert line.get_ydata().max() < loss.get_ylim()[1]
    assert loss.lines[1].get_color() == DARK_PINK
    assert (loss.get_xlim(), loss.get_ylim()[0]) == ((0, 10.5), 0)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"dataset": "three"},
            "A 2-8-8-3 network with tanh is to separate three clouds (200 training points, noise 0.1).",
        ),
        (
            {"dataset": "own", "hidden": ()},
            "A 2-1 network with tanh is to separate your own points (3 training points).",
        ),
        (
            {"dataset": "slope", "points": 50},
            "A 2-8-8-1 network with tanh is to fit a slope (50 training points, noise 0.1).",
        ),
        (
            {"dataset": "gauss", "noise": 0},
            "A 2-8-8-1 network with tanh is to separate two clouds (200 training points, noise 0).",
        ),
    ],
)
def test_the_caption_has_the_numbers_of_the_state(settings, says):
    playground = Playground(**settings)
    assert playground.caption() == f"{says} It is not trained yet."
    playground.train(2)
    X, y = playground.inputs_test, playground.y_test
    train, test = playground.network.evaluate(playground.inputs, playground.y), playground.network.evaluate(X, y)
    losses = [f"{one['loss']:.3f}" if one["loss"] >= 0.01 else f"{one['loss']:.2g}" for one in (train, test)]
    right = f", test accuracy {decimal(100 * test['accuracy'], 1)} %" if playground.n_classes else ""
    wanted = f"{says} Epoch 2: train loss {losses[0]}, test loss {losses[1]}{right}."
    assert playground.caption().partition(" To guess")[0] == wanted
    assert playground.numbers() == ["2", *losses, right.removeprefix(", test accuracy ") or "–"]


def test_a_fresh_one_is_stored_as_it_will_be_trained_and_its_words_have_no_computed_number():
    playground = Playground()
    shown, words = playground.still()
    assert (shown.epoch, playground.epoch) == (module.STILL, 0)
    assert words == f"{playground.caption().partition(' It is not')[0]} The picture shows it after 100 epochs."
    playground.train()
    assert playground.still()[0] is playground


def test_numbers_show_what_still_changes():
    playground = Playground(dataset="gauss", noise=0.0, hidden=(4,), learning_rate=0.03)
    playground.train(60)
    early = playground.numbers()
    playground.train(140)
    assert [one == other for one, other in zip(early, playground.numbers(), strict=True)] == [False] * 3 + [True]
    playground.accuracy = 0.995
    assert playground.numbers()[-1] == "99.5 %"
