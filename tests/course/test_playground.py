"""The playground of lesson 06 without a browser: messages go in as the page sends them, frames are read back."""

from functools import partial

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from moving import BEFORE, GOAL, REACHED, lamps
from traitlets import TraitError

from course.exercises import find_exercise
from course.text import decimal
from course.widgets import playground as module
from course.widgets.playground import BUFFERS, CHOICES, GRID, OPTIMIZERS, PLANE, REACH, TILE, Playground
from helpers.colors import BLUE, GREEN, ORANGE
from helpers.network import Network


def read(frame):
    """A frame's buffers as arrays."""
    content, buffers = frame
    shapes = {
        "plane": (-1, GRID, GRID), "units": (sum(content["sizes"]), TILE, TILE), "curve": (-1, 3), "points": (-1, 3),
    }  # fmt: skip
    kinds = {"plane": np.uint8, "units": np.uint8}
    named = zip(BUFFERS, buffers, strict=False)
    return {name: np.frombuffer(raw, kinds.get(name, np.float32)).reshape(shapes.get(name, -1)) for name, raw in named}


def ask(playground, kind, **content):
    return playground.answer({"kind": kind, **content})


def trained(epochs, *arguments, **settings):
    playground = Playground(*arguments, **settings)
    playground.train(epochs)
    return playground


def losses_of_code(playground, **names):
    """What its code, run with these names of the learner's, comes to."""
    left = {"print": lambda *_: None, **names}
    exec(playground.as_code(), left)
    sets = (left["X"], left["y"]), (left["X_test"], left["y_test"])
    return tuple(left["network"].evaluate(X, y)["loss"] for X, y in sets)


def put(playground, **settings):
    """As the page changes them."""
    playground.set_state(settings)
    assert playground.settings == playground.settings | settings


def test_a_frame_has_what_units_and_network_answer_on_the_plane_the_weights_and_the_points():
    playground = trained(3, activation="relu", points=50)
    content, _ = frame = playground.frame()
    shown, net = read(frame), playground.network
    assert np.abs(shown["plane"] / 255 - net.predict_proba(PLANE.T).reshape(GRID, GRID)).max() <= 0.5 / 255 + 1e-6
    assert PLANE[:, 0] == pytest.approx([-REACH + REACH / GRID, REACH - REACH / GRID])  # the top left
    _, A = net.forward_pass(PLANE)
    for unit, tile in zip(np.concatenate(A[:-1]), shown["units"], strict=False):
        values = unit.reshape(GRID, GRID)[::2, ::2]
        assert tile == pytest.approx(127.5 * (1 + values / max(1, np.abs(values).max())), abs=0.51)
    assert np.array_equal(shown["weights"], np.concatenate([W.ravel() for W in net.W[1:]]))
    assert content["trains_on"] == 50
    sets = (playground.X, playground.y), (playground.X_test, playground.y_test)
    assert np.array_equal(shown["points"], np.vstack([np.column_stack(each) for each in sets]))
    assert not set(map(tuple, playground.X.tolist())) & set(map(tuple, playground.X_test.tolist()))


@pytest.mark.parametrize("dataset", [name for name in CHOICES["dataset"] if name not in ("own", *module.REGRESSION)])
def test_every_data_set_fills_the_same_plane(dataset):
    X, y = module.points(dataset, 1000, 0, seed=0)
    assert 1 <= np.abs(X).max() <= 2.001
    assert set(y) == ({0, 1, 2} if dataset == "three" else {0, 1})
    noisy, _ = module.points(dataset, 1000, 0.2, seed=0)
    assert np.std(noisy - X) == pytest.approx(0.2, rel=0.05)


def test_the_curve_stays_short_and_ends_with_now(monkeypatch):
    monkeypatch.setattr(module, "N_CURVE", 30)
    playground = trained(123, points=20, batch_size=400)
    curve = read(playground.frame())["curve"]
    assert len(curve) <= 31
    assert curve[0, 0] == 0
    assert curve[-1].tolist() == np.float32([123, *playground.losses]).tolist()
    assert (np.diff(curve[:-1, 0]) == 8).all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_l1_and_l2_are_in_the_gradients_of_weights_but_adamw_takes_l2_as_its_weight_decay(optimizer):
    playground = Playground(optimizer=optimizer, l1=0.02, l2=0.03)
    playground.network.forward(playground.X.T)
    l2 = 0 if optimizer == "adamw" else 0.03
    expected = playground.network.gradients(playground.Y.T, l2)
    for W, dW in zip(playground.network.W[1:], expected, strict=False):
        dW += 0.02 * np.sign(W)
    for gradient, right in zip(playground.gradients(playground.Y.T), expected, strict=True):
        assert np.array_equal(gradient, right)
    assert getattr(playground.update_rule, "weight_decay", 0) == 0.03 - l2
    assert ("weight decay" in playground.words()) == (optimizer == "adamw")
    put(playground, l2=0)
    ask(playground, "step")
    assert getattr(playground.update_rule, "weight_decay", 0) == 0


def test_a_frame_is_one_epoch_and_nothing_else_trains():
    playground = Playground()
    _, first = playground.frame()
    for kind, epochs in (("look", 0), ("frame", 1), ("frame", 2), ("look", 2), ("step", 3), ("restart", 0)):
        content, buffers = ask(playground, kind)
        assert content["epoch"] == epochs
        assert ("points" in read((content, buffers))) == (kind not in ("frame", "step"))
    assert buffers == first


@pytest.mark.parametrize("name", [*CHOICES, "hidden"])
def test_what_fits_the_network_goes_on_and_what_does_not_begins_anew(name):
    playground = trained(2)
    choices = CHOICES.get(name, [(3,)])
    put(playground, **{name: choices[-1] if playground.settings[name] != choices[-1] else choices[0]})
    assert playground.epoch == (0 if name in module.ANEW else 2)
    assert ("begins" if name in module.ANEW else "goes on") in playground.words()
    playground.train()
    assert "goes on" not in playground.words()
    assert playground.network.sizes[1:-1] == list(playground.hidden)


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
    playground = trained(1)
    for change in (partial(setattr, playground, name), lambda value: playground.set_state({"l2": 0.1, name: value})):
        if name == "seed":  # the page does not have it
            continue
        with pytest.raises(TraitError, match=words):
            change(value)
        assert (playground.settings, playground.epoch) == (playground.start, 1)
        assert playground.optimizer == playground.start["optimizer"]


def corners():
    """All settings at the least, and all at the most, and there each of them in turn at its others."""
    yield {name: choices[0] for name, choices in CHOICES.items()} | {"hidden": ()}
    most = {name: choices[-1] for name, choices in CHOICES.items()} | {"hidden": (8, 8, 8)}
    for name, choices in CHOICES.items():
        yield from (most | {name: value} for value in (choices if isinstance(choices[0], str) else choices[::-4]))
    for hidden in ((), (1,), (8,), (8, 8), (1, 8, 1), (8, 8, 8)):
        yield {"hidden": hidden}
    for optimizer in CHOICES["optimizer"]:
        for activation in CHOICES["activation"]:
            yield {"optimizer": optimizer, "activation": activation, "learning_rate": 10, "l2": 0.1}


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
    playground = trained(5, optimizer="sgd", learning_rate=10)
    assert playground.losses[0] > 1
    assert "the learning rate may be too large" in playground.words()


def test_the_spirals_can_be_separated_but_not_with_the_default_settings():
    playground = Playground()
    put(playground, dataset="spirals")
    playground.train(200)
    assert lamps(playground) == [GOAL] * 3
    ask(playground, "goal", k=0)
    playground.train(200)
    assert lamps(playground)[0] in (REACHED, BEFORE)
    playground.epoch = 299
    playground.train()
    assert lamps(playground)[0] == BEFORE, "too late"
    ask(playground, "reset")
    assert (lamps(playground), playground.settings) == ([GOAL] * 3, playground.start)


@pytest.mark.parametrize(("losses", "state"), [((0.19, 0.81), REACHED), ((0.21, 0.81), GOAL), ((0.19, 0.79), GOAL)])
def test_it_overfits_with_the_losses_that_the_goal_names(losses, state):
    playground = Playground("moons")
    playground.losses = losses
    playground._look()
    assert lamps(playground)[1] == state


FEWER = {"hidden": (3,), "activation": "tanh", "learning_rate": 0.01}


@pytest.mark.parametrize(
    ("cure", "state"), [({}, REACHED), ({"l2": 0.1}, REACHED), (FEWER, REACHED), ({"noise": 0.1}, GOAL)]
)
def test_it_can_be_made_to_overfit_and_be_cured_on_the_same_points(cure, state):
    playground = Playground()
    ask(playground, "goal", k=1)
    playground.train(200)
    assert lamps(playground)[1:] == [REACHED, GOAL]
    assert "It overfits." in playground.words()
    put(playground, **cure) if cure else ask(playground, "goal", k=2)
    playground.train(200)
    assert lamps(playground)[1:] == [BEFORE, state]
    assert playground.losses[1] < 0.6


STATES = [
    {"seed": 3},
    {"dataset": "three", "features": ("x1", "x2", "x1*x2", "np.sin(x2)"), "hidden": (3,)},
    {"dataset": "hills", "activation": "relu", "l1": 0.001, "points_seed": 5},
    {"dataset": "own", "own": ((-1, 0.5, 0), (1, 1.25, 1), (0, 0, 2), (1, 1, 1), (0.5, 0.5, 0)), "optimizer": "sgd"},
    {"dataset": "xor", "optimizer": "adamw", "l2": 0.03, "discrete": True, "show_test": False},
]


@pytest.mark.parametrize("settings", STATES)
def test_the_text_and_the_code_of_a_state_restore_it_to_the_last_digit(settings):
    playground = trained(3, **settings)
    playground.learning_rate = 0.03
    playground.l2 = 0.01
    playground.put("W2[1,0]", 0.7)
    playground.put("b1[0]", -0.25)
    playground.train(2)
    playground.optimizer = "momentum"
    playground.l1 = 0.003
    playground.batch_size = 64
    playground.train(2)
    again = Playground(playground.as_text())
    assert (again.epoch, again.losses, again.settings) == (7, playground.losses, playground.settings)
    assert again.as_text() == playground.as_text()
    assert all(map(np.array_equal, again.network.parameters(), playground.network.parameters()))
    ask(again, "reset")
    assert again.losses == playground.losses, "Reset goes back to where it was restored"
    assert losses_of_code(playground) == playground.losses


def test_a_change_before_the_first_epoch_belongs_to_the_beginning():
    playground = Playground()
    playground.learning_rate = 0.003
    assert playground.as_text() == "learning_rate=0.003 @0"


def test_the_code_of_a_plain_run_has_ten_lines():
    assert len([line for line in trained(2, "moons").as_code().splitlines() if line]) <= 10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *((text, "Expected a state as as_text") for text in ("@", "dataset=moons @5 @3", "hidden=8-x @1")),
        *((text, "Expected a state as as_text") for text in ("@2 hidden=3 @4", "colour=red @1", "@2 l2=a")),
        ("hidden=9 @1", "units from 1 to 8"),
    ],
)
def test_a_text_that_is_no_state_gets_a_sentence_and_a_value_that_cannot_be_the_setting_s_own(text, words):
    with pytest.raises((ValueError, TraitError), match=words):
        Playground(text)


def test_numbers_of_the_frame_reproduce_the_output_at_the_point():
    playground = trained(3, "three", features=("x1", "x1**2", "np.sin(x2)"), hidden=(4, 3))
    content, _ = frame = ask(playground, "probe", at=[1.25, -2])
    shown = read(frame)
    assert content["probe"] == (1.25, -2.0)
    assert shown["values"][:3] == pytest.approx([1.25, 1.5625, np.sin(-2)])
    expected = playground.network.predict_proba(np.array([[1.25, 1.5625, np.sin(-2)]]))[0]
    assert shown["values"][-3:] == pytest.approx(expected, rel=1e-5)
    z = shown["weights"][-9:].reshape(3, 3) @ shown["values"][7:10] + shown["biases"][-3:]
    assert shown["sums"][-3:] == pytest.approx(z, rel=1e-5)
    assert np.exp(z) / np.exp(z).sum() == pytest.approx(expected, rel=1e-5)


def test_every_weight_and_bias_is_in_the_table_and_can_be_set():
    playground = Playground(hidden=(3, 2))
    net, expected = playground.network, ["at x₁ = 0.5, x₂ = 0.5:", "a0[0] = 0.5 (x₁)", "a0[1] = 0.5 (x₂)"]
    Z, A = net.forward_pass(np.array([[0.5], [0.5]], np.float32))
    for l, name in ((1, "layer 1"), (2, "layer 2"), (3, "output")):
        expected.append(name)
        for i, row in enumerate(net.W[l]):
            weights = [f"W{l}[{i},{j}] = {w:.5g}" for j, w in enumerate(row)]
            expected.append(", ".join([f"b{l}[{i}] = {net.b[l][i, 0]:.5g}", *weights]))
            expected.append(f"  z{l}[{i}] = {Z[l][i, 0]:.5g}, a{l}[{i}] = {A[l][i, 0]:.5g}")
    assert playground.as_numbers().splitlines() == expected
    ask(playground, "put", name="b2[1]", value=1.5)
    assert playground.network.b[2][1, 0] == 1.5
    assert "b2[1] = 1.5, set by hand" in playground.words()
    assert playground.curve == [(0, *playground.losses)], "the loss that it had is no more"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        *((name, 1, "Expected a weight or bias") for name in ("b2[2]", "W1[0]", "b1[0,0]", "W4[0,0]", None)),
        *(("b1[0]", value, "b1[0] must be a number") for value in ("1", None, float("nan"))),
    ],
)
def test_what_cannot_be_set_is_told(name, value, said):
    content, _ = ask(Playground(hidden=(3, 2)), "put", name=name, value=value)
    assert content["words"].startswith(said)


def test_the_gradient_view_has_the_gradient_of_the_loss():
    playground = Playground(l2=0.1)
    playground.blame = True
    playground.network.forward(playground.inputs.T)
    expected = np.concatenate([g.ravel() for g in playground.network.gradients(playground.Y.T)])
    assert np.array_equal(read(playground.frame())["slopes"], expected)


def test_the_inputs_are_what_they_are_named():
    playground = Playground(features=tuple(reversed(module.FEATURES)))
    x1, x2 = playground.X.T
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)]
    assert np.array_equal(playground.inputs, np.column_stack(expected))
    assert playground.frame()[0]["inputs"] == ["x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"]


@pytest.mark.parametrize(("kind", "changes"), [("new points", (True, False)), ("new weights", (False, True))])
def test_new_points_keep_the_weights_and_new_weights_the_points(kind, changes):
    playground = Playground()
    X, W = playground.X, playground.network.W[1]
    ask(playground, kind)
    assert (not np.array_equal(playground.X, X), not np.array_equal(playground.network.W[1], W)) == changes


def test_own_points_come_as_rows_or_csv_and_every_fourth_is_to_test():
    playground = Playground("own", own="x1,x2,class\n0,1,0\n1;0;1\n-1 -1 2\n2,2,1\n0.5,0,0")
    assert playground.own == ((0, 1, 0), (1, 0, 1), (-1, -1, 2), (2, 2, 1), (0.5, 0, 0))
    assert (len(playground.X), playground.X_test.tolist(), playground.n_classes) == (4, [[2, 2]], 3)
    ask(playground, "paste", csv="0,10,0\n100,20,1")
    assert playground.own == ((-2, -2, 0), (2, 2, 1)), "stretched into the plane"


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("0,1,0\n1,0", 'got "1,0". No point was changed.'),
        ("0,1,0\n1,0,3", 'class 0, 1 or 2, as in "0.5, -1, 1"; got "1,0,3". No point was changed.'),
        ("0,1,0\n1,nan,1", 'got "1,nan,1". No point was changed.'),
        ("0,1,0\none,two,three", 'got "one,two,three". No point was changed.'),
        ("", "own must be 2 to 1000 rows (x₁, x₂, class)"),
        ("x1,x2,class\n0,1,0", "got '1 rows'."),
        ("0,1,0\n" * 1001, "got '1001 rows'."),
    ],
)
def test_pasted_lines_that_are_no_points_get_a_sentence_and_change_nothing(csv, words):
    playground = trained(2)
    content, _ = ask(playground, "paste", csv=csv)
    assert words in content["words"]
    assert (playground.settings, playground.epoch) == (playground.start, 2)


def bent(z):
    return np.where(z > 0, z, 0.3 * z)


def bent_prime(z):
    return np.where(z > 0, 1, 0.3)


class Slow:
    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate

    def step(self, parameters, gradients):
        for theta, g in zip(parameters, gradients, strict=True):
            theta -= self.learning_rate * g


@pytest.mark.parametrize("activation", [bent, (bent, bent_prime)])
def test_the_learners_activation_trains_and_the_code_has_it(activation):
    playground = trained(30, activation=activation)
    assert playground.losses[0] < 0.1
    assert "your activation" in playground.caption()
    assert losses_of_code(playground, bent=bent, bent_prime=bent_prime) == playground.losses
    assert Playground(playground.as_text(), activation=activation).losses == playground.losses
    playground.activation = "tanh"
    playground.activation = "yours"


def test_the_learners_optimizer_and_loop_train_and_the_code_has_them():
    yours = {"optimizer": Slow, "learning_rate": 0.3}
    assert trained(5, **yours).losses == trained(5, optimizer="sgd", learning_rate=0.3).losses
    learn = find_exercise("6.6", "").right
    loop = trained(5, **yours, loop=learn)
    assert (loop.network.settings["output"], loop.network.sizes[-1]) == ("softmax", 2)
    assert (loop.epoch, loop.losses[0] < Playground(loop=len).losses[0]) == (5, True)
    assert losses_of_code(loop, Slow=Slow, learn=learn) == loop.losses
    assert "Your loop" not in loop.words()
    assert "Your loop is for classes: this is the course's." in Playground("slope", loop=learn).words()


def test_the_learners_network_trains_as_a_copy_and_the_code_has_it():
    mine = Network([2, 5, 1], activation="relu", output="sigmoid", seed=9)
    before = mine.W[1].copy()
    playground = trained(5, network=mine)
    assert playground.network.sizes == [2, 5, 1]
    assert np.array_equal(mine.W[1], before)
    assert losses_of_code(playground, mine=mine) == playground.losses
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


@pytest.mark.parametrize("yours", [{"network": 3}, {"network": Network}, {"loop": 3}])
def test_what_is_no_network_or_loop_is_refused(yours):
    with pytest.raises(TypeError, match="must be"):
        Playground(**yours)


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
    playground = trained(3, **settings)
    units, plane, loss = playground.figure.axes
    shown, sizes = read(playground.frame()), playground.network.sizes
    tiles = np.array([image.get_extent() for image in units.images])
    x, y = tiles[:, :2].mean(axis=1), tiles[:, 2:].mean(axis=1)
    assert sorted(set(x)) == x[np.cumsum([0, *sizes[:-1]])].tolist(), "a layer is a column"
    assert [image.get_array().tolist() for image in units.images] == shown["units"].tolist()
    start, lines = 0, iter(units.lines)
    for l, W in enumerate(playground.network.W[1:]):
        for (j, i), w in np.ndenumerate(W):
            line, one, other = next(lines), start + i, start + sizes[l] + j
            assert line.get_xydata().tolist() == [[x[one], y[one]], [x[other], y[other]]]
            assert line.get_color() == (BLUE if w > 0 else ORANGE)
        assert (np.diff(y[start : start + sizes[l]]) < 0).all(), "the first unit of a layer is the upmost"
        start += sizes[l]
    assert next(lines, None) is None

    image, answer = np.asarray(plane.images[0].get_array()), shown["plane"] / 255
    if playground.discrete:
        answer = np.eye(3)[answer.argmax(axis=0)].transpose(2, 0, 1) if len(answer) == 3 else np.round(answer)
    colors = np.array([to_rgb(color) for color in (ORANGE, BLUE, GREEN)])
    expected = np.tensordot(answer, colors, (0, 0)).clip(0, 1) if len(answer) == 3 else 255 * answer[0]
    assert image == pytest.approx(expected)
    points, dots = plane.collections[0], playground.y
    assert np.allclose(points.get_offsets(), playground.X)
    wanted = colors[dots] if playground.n_classes else plane.images[0].cmap(np.clip((1 + dots) / 2, 0, 1))[:, :3]
    assert points.get_facecolors()[:, :3] == pytest.approx(wanted)
    for k, line in enumerate(loss.lines, 1):
        assert line.get_xydata() == pytest.approx(shown["curve"][:, (0, k)])
        assert line.get_ydata().max() < loss.get_ylim()[1]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"dataset": "three"}, "8-8-3 network with tanh is to separate three clouds (200 training points, noise 0.1)"),
        ({"dataset": "own", "hidden": ()}, "2-1 network with tanh is to separate your own points (3 training points)"),
        ({"dataset": "slope", "points": 50}, "1 network with tanh is to fit a slope (50 training points, noise 0.1)"),
        ({"activation": "relu", "noise": 0}, "network with relu is to separate circles (200 training points, noise 0)"),
        ({"dataset": "gauss"}, "8-8-1 network with tanh is to separate two clouds (200 training points, noise 0.1)"),
    ],
)
def test_the_caption_and_the_numbers_are_those_of_the_state(settings, says):
    playground = Playground(**settings)
    assert playground.caption().endswith(f"{says}. It is not trained yet.")
    playground.train(2)
    test = playground.network.evaluate(playground.inputs_test, playground.y_test)
    playground.losses = 0.0123, 0.00123
    accuracy = f"{decimal(100 * test['accuracy'], 1)} %" if playground.n_classes else "–"
    assert playground.numbers() == ["2", "0.012", "0.0012", accuracy]
    right = f", test accuracy {accuracy}." if playground.n_classes else "."
    assert playground.caption().endswith(f"{says}. Epoch 2: train loss 0.012, test loss 0.0012{right}")
    playground.accuracy = 0.995
    assert playground.numbers()[-1] == ("99.5 %" if playground.n_classes else "–")


def test_a_fresh_one_is_stored_as_it_will_be_trained_and_its_words_have_no_computed_number(monkeypatch):
    monkeypatch.setattr(module, "STILL", 2)
    playground = Playground()
    shown, words = playground.still()
    assert (shown.epoch, playground.epoch) == (2, 0)
    assert words == f"{playground.caption().partition(' It is not')[0]} The picture shows it after 2 epochs."
    playground.train()
    assert playground.still()[0] is playground
