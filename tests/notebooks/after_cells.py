"""What must hold once a cell has been run, beyond the output that nbval compares.

plugin.py calls `look` in the lesson's own kernel, after each cell of nbval's run. Every figure the cell has shown is
held against the rules of figures.py. RESULTS says what holds of results that differ from run to run, and of some
figures; what else a figure must show, a function here checks by an independent calculation.
"""

import asyncio
import os
import sys
import threading
from types import SimpleNamespace

import numpy as np
from IPython import get_ipython
from matplotlib.figure import Figure

from helpers import data
from tests.notebooks import figures

CHECKS = {}  # (lesson, cell id): a function of the lesson's names and the figures, which fails by an assertion
RESULTS = {}  # (lesson, cell id): what must hold, as expressions of the lesson's names
SHOWN = []  # the figures that the last cell has shown
STREAMS = {}  # the kernel's own


def begin(lesson):
    """Keep the figures that cells show from here on: those of matplotlib, and those inside widgets.

    Lessons from 08 on, which train a lot, run on the sample; with LESSONS_IN_FULL=1 on what MNIST_DIR holds.
    """
    if lesson[:2] >= "08" and not os.environ.get("LESSONS_IN_FULL"):
        full = data.load_mnist
        data.load_mnist = lambda source="auto": full("sample")
    shell = get_ipython()
    format_as_before = shell.display_formatter.format

    def keep_and_format(value, *args, **kwargs):
        figure = value if isinstance(value, Figure) else getattr(value, "figure", None)
        if isinstance(figure, Figure):
            SHOWN.append(figure)
        return format_as_before(value, *args, **kwargs)

    shell.display_formatter.format = keep_and_format
    shell.events.register("pre_run_cell", lambda info: SHOWN.clear())  # not called for `look`, which is run silently
    STREAMS.update(stdout=sys.stdout, stderr=sys.stderr)


def look(lesson, cell):
    """Raise AssertionError if something is wrong with what the cell has just done, RuntimeError if it still goes on."""
    names = get_ipython().user_ns
    if get_ipython().exit_now:
        raise RuntimeError("it ends the kernel, which a later cell would be blamed for")
    if left := list(going_on(names)):
        raise RuntimeError(f"it leaves what still runs, whose output would be a later cell's: {', '.join(left)}")
    replaced = [name for name in STREAMS if getattr(sys, name) is not STREAMS[name]]
    for name in replaced:
        setattr(sys, name, STREAMS[name])
    assert not replaced, f"it leaves sys.{replaced[0]} replaced, so that later cells would print elsewhere"
    found = list(dict.fromkeys(sentence for figure in SHOWN for sentence in figures.defects(figure)))
    assert not found, "; ".join(found)
    known = names | {
        "np": np,
        "figure": SHOWN[0] if SHOWN else None,
        "heights": lambda k: [np.asarray(y) for _, y in curves(SHOWN[0].axes[k])],
        "by_set": lambda full, sample: sample if names["mnist"].source == "sample" else full,
    }
    for must_hold in RESULTS.get((lesson, cell), ()):
        assert eval(must_hold, known), f"it does not hold that {must_hold}"
    if check := CHECKS.get((lesson, cell)):
        try:
            check(SimpleNamespace(**names), *SHOWN)
        except AssertionError as error:
            raise AssertionError(f"it does not hold that {check.__name__.replace('_', ' ')} {error}".strip()) from error


def going_on(names):
    """The threads, timers and asyncio's tasks that run functions of the cells, whose names are these."""
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        frame = sys._current_frames().get(thread.ident)
        while frame and frame.f_globals is not names:
            frame = frame.f_back
        if frame or getattr(getattr(thread, "function", None), "__globals__", None) is names:
            yield thread.name
    for task in asyncio.all_tasks():
        if getattr(getattr(task.get_coro(), "cr_frame", None), "f_globals", None) is names:
            yield task.get_name()


def after(lesson, cell):
    return lambda check: CHECKS.setdefault((lesson, cell), check)


def curves(ax):
    """The (x, y) of the lines of an axes that go through more than two points."""
    return [line.get_data() for line in ax.lines if len(line.get_xdata()) > 2]


def slope(x, y):
    """dy/dx by central differences at the inner points."""
    return (y[2:] - y[:-2]) / (x[2:] - x[:-2])


# The cells of a lesson, each with what must hold after it. `figure` is the first that it shows, `heights(k)` are those
# of the curves in its k-th axes, and `by_set(a, b)` is a where all of MNIST was loaded, and b with the sample.
LINES = """
01_neuron
reads-figure     np.array_equal(figure.axes[0].images[0].get_array(), w_digits.reshape(28, 28))
                 np.mean((w_digits @ X_new + b_digits > 0) == y_new) == right_share
speed            np.allclose(one_by_one, at_once)

03_forward_propagation
fold-figure      np.allclose(np.maximum(W_xor[1] @ figure.axes[0].lines[-1].get_data(), 0).sum(axis=0), 0.5)

04_loss_functions
surprise-figure  np.allclose(np.exp(-heights(0)[0]), figure.axes[0].lines[0].get_xdata())

05_backpropagation_step_by_step
pixels-figure    A_one[2].argmax() != wanted == A_repaired[2].argmax()
cost-figure      np.all(heights(0)[2] < np.minimum(heights(0)[0], heights(0)[1]))  # those of paths, nudging, delta
                 heights(0)[0][-1] > heights(0)[1][-1]
value-torch      np.allclose(by_values, dW_v)

06_gradient_descent
moons            live[-1]["loss"] < live[0]["loss"] / 3
                 reader.evaluate(*settings["validation"])["accuracy"] > 0.9

07_mnist_training
load             mnist.n_classes == 10
                 mnist.X_train.shape == (len(mnist.y_train), 784) and mnist.X_test.shape == (len(mnist.y_test), 784)
baselines        majority < 0.2 < 0.7 < nearest_mean < softmax_regression
overfit          known == 1 and 0.5 < unknown < 0.85
train            net.evaluate(X_val, y_val)["accuracy"] > softmax_regression + 0.02
deeper           best > by_set(0.978, 0.92)
seeds            len(set(three)) > 1 and luck < by_set(0.02, 0.06)
experiments-run  min(three) > max(shares["plain SGD"], shares["large batch"])  # which take the fewest steps
                 min(shares.values()) > 0.5
own-row          mine > 0.8
test             right.mean() > by_set(0.98, 0.88) and np.allclose(P.sum(axis=1), 1, atol=1e-5)
wilson           all(np.isclose(abs(0.98 - end), 1.96 * np.sqrt(end * (1 - end) / 100)) for end in wilson(98, 100))
styles-count     np.mean(reader.predict(pages["1, a line"]) == 1) > 0.9  # so one with a long flag is read worse
                 np.mean(reader.predict(pages["7, plain"]) == 7) > 0.9
                 np.mean(reader.predict(pages["1, long flag"]) == 1) < 0.7
mistakes         right.mean() < right[sure].mean() < 1
weights          np.array_equal(W_1[:, blank], Network(network.sizes, seed=0).W[1][:, blank])  # as they were born
trace-mine       np.array_equal(figure.axes[0].images[0].get_array().ravel(), drawn)
                 np.array_equal(drawn, mnist.X_test[1])  # where nothing was drawn
likes-figure     most > 2 * excited.max()
shift            pushed[0] > pushed[2] > pushed[4] and pushed[4] < 0.6

08_training_challenges
load             n * epochs == 20_000 and not set(order[:n]) & set(order[-n:])
hook             by_depth[10][0] < 0.2 and abs(by_depth[10][1] - np.log(10)) < 0.05  # ten sigmoid layers only guess
                 min(by_depth[1][0], by_depth[2][0]) > 0.8
depths-table     max(outcomes["10 sigmoid, Xavier"], outcomes["10 ReLU, weights 0.01"]) < 0.2
                 min(outcomes[name] for name in ("2 sigmoid, Xavier", "10 tanh, Xavier", "10 ReLU, He")) > 0.6
                 not outcomes["10 ReLU, weights 0.3"] > 0.2 and first_loss > 100  # burst (nan), or stuck
ratio            ratios[-1] > 1  # a step is larger than the large weights; below, smaller than a millionth of 8, theirs
                 0.05 * blame(deep_net(*patients["10 sigmoid, Xavier"]))[0] < 8e-6
asleep           silent == {3: [], 4: [], 5: [9], 6: []} and awake == []
clip-result      not burst > 0.2  # it may be nan
                 clipped > 0.6 and counted.clipped > 300
norm-run         ten_normed > 0.8 and min(normed for _, normed in rates.values()) > 0.8
                 rates[0.1][0] > 0.85 and not rates[1.0][0] > 0.6 and not rates[3.0][0] > 0.6 and dead[1.0] > 0.5
norm-state       bare_right < shares["predict"] - 0.05
norm-trap        shares[2] < 0.55 < shares[8] < shares[64] and shares["predict"] > 0.88
residual-run     skips["sigmoid"] > 0.8 and not skips["ReLU"] > 0.5
norm-skip        both > 0.75
use-cure         cured > 0.75
overfit          records["clean labels"][-1]["accuracy"] > 0.99 and records["30 % wrong"][-1]["accuracy"] > 0.95
                 np.subtract(*(record[-1]["validation_accuracy"] for record in records.values())) > 0.1
overfit-figure   heights(1)[1].argmin() < 30 and (np.diff(heights(1)[0]) < 0.02).all()  # validation, training
treat-table      max(table, key=lambda name: table[name][0]) == "shifts ±2"  # clean labels, and below wrong ones
                 max(table, key=lambda name: table[name][1]).startswith("shifts")
                 max(table[k][0] for k in ("early stopping", "L2, λ = 0.03", "decay 3")) < table["nothing"][0] + 0.01
                 max(table["batch norm"][0], table["16 units"][0]) < table["nothing"][0] + 0.01
                 min(table[k][1] for k in {*table} - {"nothing", "batch norm", "16 units"}) > table["nothing"][1] + 0.03
                 table["batch norm"][1] < table["nothing"][1] < table["shifts, dropout, decay"][1] - 0.08
own-row          mine[1] > 0.6
slower           times["one by one"] > 1  # it was over 20 where it was measured
old-net          upright > by_set(0.93, 0.88) and untouched < upright - 0.2
transfer         gains[1][1] - gains[1][0] > by_set(0.15, 0.03)  # with old weights, and from scratch
                 gains[1][1] - gains[1][0] > gains[30][1] - gains[30][0] > -0.02
lab              0.05 < heights(1)[0][-1] < heights(1)[1][-1] < 0.6 < heights(1)[0][0]  # training, validation

09_applications
nothing-figure   reader.evaluate(mnist.X_test, mnist.y_test)["accuracy"] > 0.88
                 reader.predict_proba(nothing).max(axis=1).mean() > 0.6
price-table      2 * dollars["network"] < dollars["straight line"] < dollars["the same, raw features"]
                 dollars["the rule itself"] < dollars["network"] < 1.5 * dollars["the rule itself"]
                 100_000 < dollars["mean price"] < 120_000
ensemble-table   1.5 < apart[~inside].mean() / apart[inside].mean() < wrong[~inside].mean() / wrong[inside].mean() / 2
series-table     off["temperature", "network"] < 0.85 * off["temperature", "same as today"] and beyond > 100
                 off["temperature", "network"] < 1.4 * 0.8  # the mean size of a day's chance
                 off["share", "network"] > 1.5 * off["share", "same as today"]
judge-run        shares[:, 0].min() > 0.98 and 0.65 < shares[:, 1].mean() < 0.8 and np.ptp(shares[:, 1]) > 0.1
letters-table    np.isclose(losses["all letters alike"], np.log(27)) and 2.85 < losses["how frequent each is"] < 2.95
                 7.5 < np.exp([*losses.values()][2]) < 9
write            len(set(written[0.1])) < len(set(written[2.0])) and set("".join(written[2.0])) <= set(ALPHABET)
                 len({word[:1] for word in written[0.1]}) <= 2 < len({word[:1] for word in written[2.0]})
rebuilt          missed["autoencoder, 2"] < 0.9 * missed["PCA, 2 numbers"] < 0.9 * missed["mean image"]
                 missed["autoencoder, 16"] < 0.9 * missed["PCA, 16 numbers"]
neighbors-run    neighbors["autoencoder, 2"] > neighbors["PCA, 2"] + 0.1
                 neighbors["autoencoder, 16"] < neighbors["PCA, 16"] + 0.01
purity           0.5 < np.mean(pure["784 pixels"]) < 0.6
                 np.mean(pure["PCA, 16"]) < np.mean(pure["784 pixels"]) + 0.03
                 max(np.mean(pure[f"autoencoder, {n}"]) for n in (2, 16)) < np.mean(pure["784 pixels"])
centers-figure   len({ax.get_title()[0] for ax in figure.axes}) < 10 == len(figure.axes)  # one digit has several groups
denoise          left["network"] < left["PCA, 30 numbers"] < 0.2 * left["as it came"]
denoise-figure   [int(ax.get_title()[1]) for ax in figure.axes[-10:-5]] == list(y_new[samples[:5]])
                 not any(int(ax.get_title()[1]) == y for ax, y in zip(figure.axes[-5:], y_new[samples[5:]]))
letters-figure   pictures["letters"].shape == (68, 784) and pictures["letters"].max(axis=1).min() > 0.9
                 (P_letters.max(axis=1) > 0.9).any()
trust-table      0.5 < min(apart_by["one network"].values()) and max(apart_by["one network"].values()) < 0.92
                 all(abs(area - apart_by["one network"][kind]) < 0.03 for kind, area in apart_by["temperature"].items())
                 apart_by["ensemble"]["noise"] > apart_by["one network"]["noise"] + 0.05
                 -0.01 < apart_by["ensemble"]["letters"] - apart_by["one network"]["letters"] < 0.06
                 alike["digits"] > 0.93 > 0.88 > max(alike[kind] for kind in ("letters", "noise", "turned"))
                 accuracies[0] == accuracies[1] < trust["temperature"]["digits"].mean()
                 trust["temperature"]["digits"].mean() < trust["one network"]["digits"].mean()
draw-nothing     np.allclose(committee.predict_proba(X), np.mean([net.predict_proba(X) for net in members], axis=0))

10_from_scratch_to_pytorch
load             round(len(X_train) / len(X_val)) == 11 and not set(train_rows) & set(val_rows)
hook             abs(losses[0] - np.log(10)) < 0.3 and np.mean(losses[-5:]) < 1
layers           [len(sizes) for sizes in apart.values()] == [3, 1, 3, 1, 3]
                 max(size for sizes in apart.values() for size in sizes) < 1e-12
optimizers-table len(stepped) == 5 and max(stepped.values()) < 1e-9
race-ours        dense_right > by_set(0.97, 0.93)
race-table       all(abs(right - dense_right) < by_set(0.01, 0.02) for right, _ in raced.values())
wide-table       ours_ms[4096] > 20 * ours_ms[32] and theirs_ms[4096] > 20 * theirs_ms[32]
bugs-table       share_right(healthy, X_val, y_val) > 0.8
                 share_right(added, X_val, y_val) < share_right(healthy, X_val, y_val) - 0.1
                 share_right(twice, X_val, y_val) < share_right(healthy, X_val, y_val) - 0.05
                 changed > 0.03 and misread > 0.05
push             dense_pushed[0] > by_set(0.97, 0.9) and (np.diff(dense_pushed) < 0).all() and dense_pushed[3] < 0.65
conv-train       min(conv_right.values()) > 0.85 and np.ptp([*conv_right.values()]) < 0.04
conv-speed       all(0 < ms < np.inf for ms in conv_ms.values())
cnn-table        cnn_val > dense_val - 0.015 and cnn_pushed[3] > dense_pushed[3] + 0.2 and cnn_pushed[5] < 0.75
device           device in ("cpu", "cuda", "mps") and min(gpu_ms.values()) > 0
tune-table       min(tuned_right["all of the old"], tuned_right["last layer"]) > 0.8
                 min(tuned_right["all of the old"], tuned_right["last layer"]) > tuned_right["new network"] + 0.03
attention        attended > 0.9 and np.allclose(P.sum(axis=0), 1, atol=1e-5)
"""
lesson = cell = ""
for name, must_hold in (line.partition(" ")[::2] for line in LINES.split("\n") if line):
    if must_hold:
        cell = name or cell
        RESULTS.setdefault((lesson, cell), []).append(must_hold.strip())
    else:
        lesson = name


@after("01_neuron", "learn-figure")
def the_last_line_is_the_least_squares_line_and_the_loss_only_falls(lesson, figure):
    houses, losses = figure.axes
    size, price = houses.lines[0].get_data()
    x, y = houses.lines[-1].get_data()
    assert np.allclose(y, np.polyval(np.polyfit(size, price, 1), x), atol=2)  # 300 steps leave less than $2,000
    ((_, loss),) = curves(losses)
    assert np.isclose(loss[0], np.mean(price**2))
    assert (np.diff(loss) < 0).all()


@after("01_neuron", "geometry-figure")
def a_neuron_is_zero_on_its_line(lesson, figure):
    left, right = figure.axes
    x1, x2 = next(line.get_data() for line in left.lines if line.get_color() == "#222222")
    assert np.allclose(3 * x1 + 4 * x2, 10)
    drawn = [3 * x1 + 4 * x2 for x1, x2 in (line.get_data() for line in right.lines) if len(np.ravel(x1)) == 2]
    assert np.allclose(np.transpose(drawn), [15, 10, 5, 0, -5])


@after("02_activation_functions", "s-figure")
def the_s_curves_and_their_slopes(lesson, figure):
    values, slopes = figure.axes
    (z, sigmoid), (_, tanh), (_, relu) = curves(values)
    assert np.allclose(sigmoid, 1 / (1 + np.exp(-z)))
    assert np.allclose(tanh, (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)))
    assert np.array_equal(relu, [max(0, x) for x in z])
    for (x, y), (_, y_prime) in zip(curves(values), curves(slopes), strict=True):
        assert np.sum(np.abs(slope(x, y) - y_prime[1:-1]) > 0.01) <= 1  # the corner of ReLU


@after("02_activation_functions", "hook-figure")
def the_two_that_are_wrong_are_sevens_below_one_half(lesson, figure):
    marked = [line.get_data() for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert len(marked) == len(lesson.wrong) == 2
    for (z,), (a,) in marked:
        assert z < 0
        assert np.isclose(a, np.exp(z) / (1 + np.exp(z)))
    assert lesson.y_new[lesson.wrong].all()


@after("02_activation_functions", "bricks-figure")
def two_hinges_make_a_ramp(lesson, figure):
    (x, once), (_, twice), (_, flipped), (_, ramp) = [curves(ax)[-1] for ax in figure.axes]
    assert np.allclose(once, np.interp(x, [-1, 0, 3], [0, 0, 3]))
    assert np.allclose(twice, 2 * once)
    assert np.allclose(flipped, np.interp(x, [-1, 1, 3], [0, 0, -4]))
    assert np.allclose(ramp, np.interp(x, [-1, 0, 1, 3], [0, 0, 2, 2]))


@after("02_activation_functions", "hardly-figure")
def a_relu_hardly_learns_where_its_largest_sum_is_negative(lesson, figure):
    (bias, relu), *smooth, (_, leaky) = curves(figure.axes[0])
    largest = lesson.sums.max(axis=1)
    assert np.allclose(relu, [100 * np.mean(largest + each <= 0) for each in bias])
    assert not np.any(leaky)
    for _, share in smooth:
        assert (np.asarray(share) <= relu).all()
        assert (np.diff(share) >= 0).all()


@after("02_activation_functions", "gallery")
def dashed_is_the_slope_of_solid(lesson, figure):
    assert len(figure.axes) == 12
    for ax in figure.axes[:11]:
        (x, y), (_, y_prime) = curves(ax)
        wrong = np.abs(slope(x, y) - y_prime[1:-1]) > 0.02
        assert wrong.sum() <= 2, f"{ax.get_title(loc='left')}: wrong at {x[1:-1][wrong]}"  # a kink may be on two


@after("03_forward_propagation", "curve-figure")
def the_zigzag_is_the_sum_of_three_hinges(lesson, figure):
    *parts, total = [curves(ax)[-1] for ax in figure.axes]
    x, y = total
    assert np.allclose(y, np.interp(x, [-1, 0, 1, 2, 4], [0, 0, 1, 0, 2]))
    assert np.allclose(y, sum(part for _, part in parts))


@after("03_forward_propagation", "hinges-figure")
def hinges_meet_the_wave_and_are_straight_between(lesson, figure):
    for ax, k in zip(figure.axes, (1, 3, 10, 50), strict=True):
        (x, wave), (_, y) = curves(ax)
        places = np.linspace(-1, 1, k + 1)
        assert np.allclose(wave, np.sin(np.pi * x))
        assert np.allclose(y, np.interp(x, places, np.sin(np.pi * places)))


@after("04_loss_functions", "three-losses")
def three_losses_and_their_slopes(lesson, figure):
    (e, squared), (_, absolute), (_, huber) = curves(figure.axes[0])
    assert np.allclose(squared, e * e)
    assert np.allclose(absolute, np.sqrt(e * e))
    assert np.allclose(huber, [x * x / 2 if -1 <= x <= 1 else abs(x) - 0.5 for x in e])
    for (x, y), (_, y_prime) in zip(*map(curves, figure.axes), strict=True):
        assert np.allclose(slope(x, y), y_prime[1:-1], atol=0.02)


@after("06_gradient_descent", "regimes-figure")
def every_step_multiplies_the_weight_by_one_minus_alpha_c(lesson, figure):
    for ax, alpha in zip(figure.axes, (0.01, 0.25, 0.45, 0.5, 0.55), strict=True):
        (x, bowl), (w, loss) = curves(ax)
        assert np.allclose(bowl, 2 * x**2)
        assert np.allclose(loss, 2 * w**2)
        assert np.allclose(w[1:], w[:-1] - alpha * 4 * w[:-1])


@after("06_gradient_descent", "schedules-figure")
def the_schedules_start_and_end_where_they_should(lesson, figure):
    (x, step), (_, cosine), (_, warm_up) = [(x, np.array(y)) for x, y in curves(figure.axes[0])]
    assert np.array_equal(np.unique(step), [0.01, 0.1, 1])
    assert np.allclose(cosine, np.cos(np.pi * x / 2) ** 2)
    assert np.allclose(warm_up[[0, -1]], 0)
    assert np.isclose(x[warm_up.argmax()], 0.1)


@after("07_mnist_training", "confusion-figure")
def each_cell_counts_its_pairs(lesson, figure):
    written = {text.get_position(): int(text.get_text()) for text in figure.axes[0].texts}
    true, said = lesson.mnist.y_test, lesson.y_pred
    counts = {(j, i): np.sum((true == i) & (said == j)) for i in range(10) for j in range(10)}
    assert written == {place: count for place, count in counts.items() if count}
    assert not np.diag(figure.axes[0].images[0].get_array()).any()
    assert lesson.confusion.sum() == len(said)
    assert np.isclose(np.trace(lesson.confusion) / lesson.confusion.sum(), lesson.right.mean())


@after("07_mnist_training", "trace")
def the_products_and_the_bias_make_the_sum_at_each_step_back(lesson):
    sums, story = lesson.trace(lesson.traced)
    assert sums.argmax() == lesson.network.predict(lesson.traced[None])[0] == story[0][1]
    for l, place, z, products in story:
        assert np.isclose(products.sum() + lesson.network.b[l][place, 0], z, atol=1e-3)
    assert story[-1][3].shape == (784,)


@after("07_mnist_training", "fool-count")
def a_few_pixels_fool_it_and_the_blame_is_the_slope(lesson):
    assert lesson.pixels <= 15
    x, label = lesson.mnist.X_test[lesson.readable[0]], lesson.mnist.y_test[lesson.readable[0]]
    blame, k = lesson.pixel_blame(x, label), 400
    twin = lesson.Network(lesson.network.sizes, dtype=np.float64)
    for theta, value in zip(twin.parameters(), lesson.network.parameters(), strict=True):
        theta[...] = value
    nudged = [x.astype(float) + h * (np.arange(784) == k) for h in (1e-5, -1e-5)]
    up, down = (twin.evaluate(y[None], [label])["loss"] for y in nudged)
    assert np.isclose((up - down) / 2e-5, blame[k], rtol=1e-2, atol=1e-4)


@after("08_training_challenges", "blame-figure")
def blame_vanishes_through_sigmoids_and_small_weights_starve_all_layers_alike(lesson, figure):
    sigmoid, tanh, he, half = [np.array(y) for _, y in curves(figure.axes[0])]
    assert sigmoid[0] < 1e-5 * sigmoid[-1]
    assert (np.diff(sigmoid[1:]) > 0).all()
    for level in (tanh, he):
        assert 0.1 < level[1] / level[-2] < 10
    assert half.max() < tanh.min() / 100


@after("09_applications", "pad")
def all_three_tasks_of_the_pad_can_be_done(lesson, figure):
    codes = lesson.encoder_2.predict(lesson.X_new)
    ends = np.percentile(codes, [0.5, 99.5], axis=0).T
    grid = np.stack(np.meshgrid(*(np.linspace(*each, 60) for each in ends)), axis=-1).reshape(-1, 2)
    P = lesson.reader_2.predict_proba(lesson.decoder_2.predict_proba(grid))
    far = np.array([np.hypot(*((codes - z) / np.ptp(ends, axis=1)).T).min() for z in grid]) > 0.12
    assert P[:, 8].max() > 0.9
    assert np.sort(P, axis=1)[:, -2].max() > 0.3
    assert P[far].max() > 0.9
