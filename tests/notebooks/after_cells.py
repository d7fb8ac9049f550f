"""What must hold once a cell has been run, beyond the output that nbval compares.

plugin.py calls `look` in the lesson's own kernel, after each cell of nbval's run. Every figure the cell has shown is
held against the rules of figures.py; a function here, named for its lesson and cell, checks what a figure shows, by an
independent calculation, or what holds of a result that differs from run to run. It gets the lesson's names, then the
figures; it fails by an assertion.
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

CHECKS = {}  # (lesson, cell id): function
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
    if get_ipython().exit_now:
        raise RuntimeError("it ends the kernel, which a later cell would be blamed for")
    if names := list(going_on(get_ipython().user_ns)):
        raise RuntimeError(f"it leaves what still runs, whose output would be a later cell's: {', '.join(names)}")
    replaced = [name for name in ("stdout", "stderr") if getattr(sys, name) is not STREAMS[name]]
    for name in replaced:
        setattr(sys, name, STREAMS[name])
    assert not replaced, f"it leaves sys.{replaced[0]} replaced, so that later cells would print elsewhere"
    found = list(dict.fromkeys(sentence for figure in SHOWN for sentence in figures.defects(figure)))
    assert not found, "; ".join(found)
    if check := CHECKS.get((lesson, cell)):
        try:
            check(SimpleNamespace(**get_ipython().user_ns), *SHOWN)
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


@after("01_neuron", "learn-figure")
def the_last_line_is_the_least_squares_line_and_the_loss_only_falls(lesson, figure):
    houses, losses = figure.axes
    size, price = houses.lines[0].get_data()
    best = np.linalg.lstsq(np.column_stack([size, np.ones_like(size)]), price, rcond=None)[0]
    x, y = houses.lines[-1].get_data()
    assert np.allclose(y, best[0] * np.asarray(x) + best[1], atol=2)  # 300 steps leave less than $2,000
    ((_, loss),) = curves(losses)
    assert np.isclose(loss[0], np.mean(price**2))
    assert (np.diff(loss) < 0).all()


@after("01_neuron", "reads-figure")
def what_the_neuron_reads_is_right_and_its_weights_are_shown(lesson, figure):
    assert lesson.right_share > 0.98  # 99.1 %; a picture is 0.46 %
    assert np.array_equal(figure.axes[0].images[0].get_array(), lesson.w_digits.reshape(28, 28))
    new = np.isin(lesson.sample.y_test, (1, 7))
    z = lesson.w_digits @ lesson.sample.X_test[new].T + lesson.b_digits
    assert np.mean((z > 0) == (lesson.sample.y_test[new] == 7)) == lesson.right_share


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


@after("02_activation_functions", "six")
def four_of_six_learn_and_the_dead_one_says_one_to_everything(lesson):
    shares = dict(lesson.learned)
    stuck = shares.pop("sigmoid, sure and wrong"), shares.pop("ReLU, from 0")
    assert stuck[0] < 0.05
    assert np.isclose(stuck[1], np.mean(lesson.y_test == 0))
    assert min(shares.values()) > 0.97


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


@after("03_forward_propagation", "fold-figure")
def the_bent_line_is_where_the_output_is_one_half(lesson, figure):
    bent = np.array(figure.axes[0].lines[-1].get_data())
    assert np.allclose(np.maximum(lesson.W_xor[1] @ bent, 0).sum(axis=0), 0.5)


@after("04_loss_functions", "three-losses")
def three_losses_and_their_slopes(lesson, figure):
    (e, squared), (_, absolute), (_, huber) = curves(figure.axes[0])
    assert np.allclose(squared, e * e)
    assert np.allclose(absolute, np.sqrt(e * e))
    assert np.allclose(huber, [x * x / 2 if -1 <= x <= 1 else abs(x) - 0.5 for x in e])
    for (x, y), (_, y_prime) in zip(*map(curves, figure.axes), strict=True):
        assert np.allclose(slope(x, y), y_prime[1:-1], atol=0.02)


@after("04_loss_functions", "surprise-figure")
def surprise_is_the_logarithm_of_the_odds_against(lesson, figure):
    ((p, surprise),) = curves(figure.axes[0])
    assert np.allclose(np.exp(-surprise), p)


@after("05_backpropagation_step_by_step", "train-run")
def the_learners_backward_trains_and_the_loop_reads_digits(lesson):
    assert np.mean(lesson.said == lesson.sample.y_test) > 0.8


@after("05_backpropagation_step_by_step", "pixels-figure")
def a_small_move_against_the_blame_mends_the_answer(lesson, figure):
    assert lesson.A_one[2].argmax() != lesson.wanted == lesson.A_repaired[2].argmax()


@after("05_backpropagation_step_by_step", "cost-figure")
def paths_multiply_with_depth_and_delta_stays_cheapest(lesson, figure):
    (_, paths), (_, nudging), (_, delta) = curves(figure.axes[0])
    assert np.all(delta < np.minimum(paths, nudging))
    assert paths[-1] > nudging[-1]


@after("05_backpropagation_step_by_step", "value-torch")
def values_layers_and_pytorch_agree(lesson):
    assert np.allclose(lesson.by_values, lesson.dW_v)


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


@after("07_mnist_training", "seeds")
def the_same_recipe_differs_by_its_seed_and_little(lesson):
    assert len(set(lesson.three)) > 1
    assert lesson.luck < least(lesson, 0.02, 0.06)


@after("07_mnist_training", "experiments-run")
def the_shortest_and_the_fewest_steps_learn_least(lesson):
    few = {"plain SGD", "large batch"}
    assert min(lesson.three) > max(lesson.shares[name] for name in few)
    assert min(lesson.shares.values()) > 0.5


@after("07_mnist_training", "own-row")
def a_row_of_ones_own_learns(lesson):
    assert lesson.mine > 0.8


@after("01_neuron", "speed")
def the_loop_and_the_batch_compute_the_same(lesson):
    assert np.allclose(lesson.one_by_one, lesson.at_once)


@after("06_gradient_descent", "moons")
def the_digits_are_learned(lesson, figure=None):
    assert lesson.live[-1]["loss"] < lesson.live[0]["loss"] / 3
    assert lesson.reader.evaluate(*lesson.settings["validation"])["accuracy"] > 0.9


def least(lesson, full_set, sample):
    """What an accuracy must be at least, by the set that was loaded."""
    return sample if lesson.mnist.source == "sample" else full_set


@after("07_mnist_training", "load")
def every_image_has_784_pixels_and_a_label(lesson):
    mnist = lesson.mnist
    assert mnist.n_classes == 10
    assert mnist.X_train.shape == (len(mnist.y_train), 784)
    assert mnist.X_test.shape == (len(mnist.y_test), 784)


@after("07_mnist_training", "baselines")
def each_baseline_beats_the_one_before(lesson):
    assert lesson.majority < 0.2 < 0.7 < lesson.nearest_mean < lesson.softmax_regression


@after("07_mnist_training", "overfit")
def what_is_known_by_heart_says_nothing_of_the_rest(lesson):
    assert lesson.known == 1
    assert 0.5 < lesson.unknown < 0.85


@after("07_mnist_training", "train")
def the_learners_loop_beats_softmax_regression(lesson):
    assert lesson.net.evaluate(lesson.X_val, lesson.y_val)["accuracy"] > lesson.softmax_regression + 0.02


@after("07_mnist_training", "deeper")
def the_larger_network_is_the_best_of_the_three(lesson):
    assert lesson.best > least(lesson, 0.978, 0.92)


@after("07_mnist_training", "test")
def the_test_set_agrees(lesson):
    assert lesson.right.mean() > least(lesson, 0.98, 0.88)
    assert np.allclose(lesson.P.sum(axis=1), 1, atol=1e-5)


@after("07_mnist_training", "wilson")
def each_end_of_wilsons_interval_is_196_of_its_own_standard_deviations_off(lesson):
    for end in lesson.wilson(98, 100):
        assert np.isclose(abs(0.98 - end), 1.96 * np.sqrt(end * (1 - end) / 100))


@after("07_mnist_training", "styles-count")
def a_line_is_a_1_and_a_long_flag_is_read_worse(lesson):
    read = {name: np.mean(lesson.reader.predict(lesson.pages[name]) == int(name[0])) for name in lesson.pages}
    assert read["1, a line"] > 0.9
    assert read["7, plain"] > 0.9
    assert read["1, long flag"] < read["1, a line"] - 0.2


@after("07_mnist_training", "mistakes")
def the_sure_answers_are_right_more_often_and_not_always(lesson):
    assert lesson.right.mean() < lesson.right[lesson.sure].mean() < 1


@after("07_mnist_training", "weights")
def weights_of_blank_pixels_are_as_they_were_born(lesson, figure):
    newborn = lesson.Network(lesson.network.sizes, seed=0)
    assert np.array_equal(lesson.W_1[:, lesson.blank], newborn.W[1][:, lesson.blank])


@after("07_mnist_training", "trace")
def the_products_and_the_bias_make_the_sum_at_each_step_back(lesson):
    sums, story = lesson.trace(lesson.traced)
    assert sums.argmax() == lesson.network.predict(lesson.traced[None])[0] == story[0][1]
    for l, place, z, products in story:
        assert np.isclose(products.sum() + lesson.network.b[l][place, 0], z, atol=1e-3)
    assert story[-1][3].shape == (784,)


@after("07_mnist_training", "trace-mine")
def without_a_drawing_the_second_test_digit_is_traced(lesson, figure):
    shown = np.asarray(figure.axes[0].images[0].get_array())
    assert np.array_equal(shown.ravel(), lesson.drawn)
    assert np.array_equal(lesson.drawn, lesson.mnist.X_test[1])


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


@after("07_mnist_training", "likes-figure")
def no_digit_excites_the_unit_half_as_much_as_its_perfect_image(lesson, figure):
    assert lesson.most > 2 * lesson.excited.max()


@after("07_mnist_training", "shift")
def four_pixels_are_enough_to_spoil_it(lesson):
    assert lesson.pushed[0] > lesson.pushed[2] > lesson.pushed[4]
    assert lesson.pushed[4] < 0.6


@after("08_training_challenges", "load")
def half_of_the_images_learn_and_as_many_others_validate(lesson):
    assert len(lesson.X_train) == len(lesson.X_val) == len(lesson.y_val) == lesson.n
    assert lesson.n * lesson.epochs == 20_000
    assert not set(lesson.order[: lesson.n]) & set(lesson.order[-lesson.n :])


@after("08_training_challenges", "hook")
def ten_sigmoid_layers_only_guess(lesson):
    accuracy, loss = lesson.by_depth[10]
    assert accuracy < 0.2
    assert abs(loss - np.log(10)) < 0.05
    assert min(accuracy for accuracy, _ in (lesson.by_depth[1], lesson.by_depth[2])) > 0.8


@after("08_training_challenges", "same")
def lists_and_layers_have_the_same_gradients(lesson):
    assert len(lesson.agree) == 6
    assert all(lesson.agree)


@after("08_training_challenges", "blame-figure")
def blame_vanishes_through_sigmoids_and_small_weights_starve_all_layers_alike(lesson, figure):
    sigmoid, tanh, he, half = [np.array(y) for _, y in curves(figure.axes[0])]
    assert sigmoid[0] < 1e-5 * sigmoid[-1]
    assert (np.diff(sigmoid[1:]) > 0).all()
    for level in (tanh, he):
        assert 0.1 < level[1] / level[-2] < 10
    assert half.max() < tanh.min() / 100


@after("08_training_challenges", "depths-table")
def a_good_start_decides(lesson):
    stuck, tiny = lesson.outcomes["10 sigmoid, Xavier"], lesson.outcomes["10 ReLU, weights 0.01"]
    assert max(stuck, tiny) < 0.2
    for name in ("2 sigmoid, Xavier", "10 tanh, Xavier", "10 ReLU, He"):
        assert lesson.outcomes[name] > 0.6
    assert not lesson.outcomes["10 ReLU, weights 0.3"] > 0.2  # burst, or stuck
    assert lesson.first_loss > 100


@after("08_training_challenges", "ratio")
def the_first_sigmoid_layer_stands_still_and_large_weights_are_thrown_away(lesson):
    assert lesson.ratios[-1] > 1
    first = lesson.deep_net(*lesson.patients["10 sigmoid, Xavier"])
    assert 0.05 * lesson.blame(first)[0] < 1e-6 * np.linalg.norm(first.layers[0].W)


@after("08_training_challenges", "asleep")
def one_seed_of_four_never_says_9(lesson):
    assert lesson.silent == {3: [], 4: [], 5: [9], 6: []}
    assert lesson.awake == []


@after("08_training_challenges", "clip-result")
def clipping_saves_it_and_clips_nearly_every_step(lesson):
    assert not lesson.burst > 0.2
    assert lesson.clipped > 0.6
    assert lesson.counted.clipped > 300


@after("08_training_challenges", "norm-run")
def batch_norm_cures_and_widens_the_range_of_rates(lesson):
    assert lesson.ten_normed > 0.8
    assert min(normed for _, normed in lesson.rates.values()) > 0.8
    assert not any(lesson.rates[rate][0] > 0.6 for rate in (1.0, 3.0))
    assert lesson.rates[0.1][0] > 0.85
    assert lesson.dead[1.0] > 0.5


@after("08_training_challenges", "norm-state")
def weights_without_the_running_averages_are_worth_little(lesson):
    assert lesson.bare_right < lesson.shares["predict"] - 0.05


@after("08_training_challenges", "norm-trap")
def reading_as_in_training_is_the_worse_the_smaller_the_batch(lesson):
    assert lesson.shares[2] < 0.55 < lesson.shares[8] < lesson.shares[64]
    assert lesson.shares["predict"] > 0.88


@after("08_training_challenges", "residual-run")
def skips_cure_sigmoids_and_make_relu_burst(lesson):
    assert lesson.skips["sigmoid"] > 0.8
    assert not lesson.skips["ReLU"] > 0.5


@after("08_training_challenges", "norm-skip")
def skips_and_batch_norm_together_learn(lesson):
    assert lesson.both > 0.75


@after("08_training_challenges", "use-cure")
def the_cure_works_here_too(lesson):
    assert lesson.cured > 0.75


@after("08_training_challenges", "overfit")
def wrong_labels_are_learned_by_heart(lesson):
    clean, wrong = (record[-1] for record in lesson.records.values())
    assert clean["accuracy"] > 0.99
    assert wrong["accuracy"] > 0.95
    assert clean["validation_accuracy"] > wrong["validation_accuracy"] + 0.1


@after("08_training_challenges", "overfit-figure")
def the_validation_loss_is_lowest_before_the_end(lesson, figure):
    _, wrong = figure.axes
    training, validation = (np.array(y) for _, y in curves(wrong))
    assert validation.argmin() < 30
    assert (np.diff(training) < 0.02).all()


@after("08_training_challenges", "treat-table")
def new_images_help_most_with_clean_labels_and_brakes_with_wrong_ones(lesson):
    table = dict(lesson.table)
    clean, wrong = table.pop("nothing")
    assert max(table, key=lambda name: table[name][0]) == "shifts ±2"
    for name in ("early stopping", "L2, λ = 0.03", "decay 3", "batch norm", "16 units"):
        assert table[name][0] < clean + 0.01
    for name in ("early stopping", "L2, λ = 0.03", "decay 3", "dropout ½", "shifts ±2"):
        assert table[name][1] > wrong + 0.03
    assert max(table, key=lambda name: table[name][1]).startswith("shifts")
    assert table["batch norm"][1] < wrong < table["shifts, dropout, decay"][1] - 0.08


@after("08_training_challenges", "own-row")
def a_cure_of_ones_own_is_measured(lesson):
    assert lesson.mine[1] > 0.6


@after("08_training_challenges", "slower")
def single_examples_cost_far_more_than_batches(lesson):
    assert lesson.times["one by one"] > 1  # it was over 20 where it was measured


@after("08_training_challenges", "old-net")
def turned_digits_are_harder(lesson):
    assert lesson.upright > least(lesson, 0.93, 0.88)
    assert lesson.untouched < lesson.upright - 0.2


@after("08_training_challenges", "transfer")
def old_weights_are_worth_most_where_labels_are_few(lesson):
    gain = {k: old - fresh for k, (fresh, old) in lesson.gains.items()}
    assert gain[1] > least(lesson, 0.15, 0.03)
    assert gain[1] > gain[30] > -0.02


@after("08_training_challenges", "lab")
def four_units_learn_and_do_not_know_the_points_by_heart(lesson, figure):
    training, validation = (np.array(y) for _, y in curves(figure.axes[1]))
    assert 0.05 < training[-1] < validation[-1] < 0.6 < training[0]


@after("09_applications", "nothing-figure")
def a_network_of_digits_reads_digits_in_noise(lesson, figure):
    assert lesson.reader.evaluate(lesson.mnist.X_test, lesson.mnist.y_test)["accuracy"] > 0.88
    assert lesson.reader.predict_proba(lesson.nothing).max(axis=1).mean() > 0.6


@after("09_applications", "price-table")
def the_network_is_between_the_line_and_the_rule_and_needs_one_ruler(lesson):
    dollars = lesson.dollars
    assert 2 * dollars["network"] < dollars["straight line"] < dollars["the same, raw features"]
    assert dollars["the rule itself"] < dollars["network"] < 1.5 * dollars["the rule itself"]
    assert 100_000 < dollars["mean price"] < 120_000


@after("09_applications", "ensemble-table")
def outside_the_error_grows_more_than_the_spread(lesson):
    (spread, error), (far, farther) = (
        (lesson.apart[here].mean(), lesson.wrong[here].mean()) for here in (lesson.inside, ~lesson.inside)
    )
    assert 1.5 < far / spread < farther / error / 2


@after("09_applications", "series-table")
def the_network_knows_the_temperature_and_not_the_share(lesson):
    off = lesson.off
    assert off["temperature", "network"] < 0.85 * off["temperature", "same as today"]
    assert off["share", "network"] > 1.5 * off["share", "same as today"]
    assert lesson.beyond > 100
    assert off["temperature", "network"] < 1.4 * 0.8  # the mean size of a day's chance


@after("09_applications", "judge-run")
def new_lines_are_harder_than_seen_ones(lesson):
    seen, new = lesson.shares.T
    assert seen.min() > 0.98
    assert 0.65 < new.mean() < 0.8
    assert np.ptp(new) > 0.1


@after("09_applications", "letters-table")
def three_letters_say_more_than_how_frequent_each_is(lesson):
    alike, frequent, network = lesson.losses.values()
    assert np.isclose(alike, np.log(27))
    assert 2.85 < frequent < 2.95
    assert 7.5 < np.exp(network) < 9


@after("09_applications", "write")
def cold_words_are_alike_and_hot_ones_are_not(lesson):
    cold, *_, hot = lesson.written.values()
    assert len(set(cold)) < len(set(hot))
    assert len({word[:1] for word in cold}) <= 2 < len({word[:1] for word in hot})
    assert set("".join(lesson.written[2.0])) <= set(lesson.ALPHABET)


@after("09_applications", "rebuilt")
def the_autoencoder_misses_less_than_pca(lesson):
    missed = lesson.missed
    assert missed["autoencoder, 2"] < 0.9 * missed["PCA, 2 numbers"] < 0.9 * missed["mean image"]
    assert missed["autoencoder, 16"] < 0.9 * missed["PCA, 16 numbers"]


@after("09_applications", "pad")
def all_three_tasks_of_the_pad_can_be_done(lesson, figure):
    ends = np.percentile(lesson.encoder_2.predict(lesson.X_new), [0.5, 99.5], axis=0).T
    grid = np.stack(np.meshgrid(*(np.linspace(*each, 60) for each in ends)), axis=-1).reshape(-1, 2)
    P = lesson.reader_2.predict_proba(lesson.decoder_2.predict_proba(grid))
    codes = lesson.encoder_2.predict(lesson.X_new)
    far = np.array([np.hypot(*((codes - z) / np.ptp(ends, axis=1)).T).min() for z in grid]) > 0.12
    assert P[:, 8].max() > 0.9
    assert np.sort(P, axis=1)[:, -2].max() > 0.3
    assert P[far].max() > 0.9


@after("09_applications", "neighbors-run")
def two_numbers_of_the_autoencoder_are_better_than_pcas_and_sixteen_are_not(lesson):
    near = lesson.neighbors
    assert near["autoencoder, 2"] > near["PCA, 2"] + 0.1
    assert near["autoencoder, 16"] < near["PCA, 16"] + 0.01


@after("09_applications", "purity")
def no_code_has_purer_groups_than_the_pixels(lesson):
    pure = {name: np.mean(shares) for name, shares in lesson.pure.items()}
    assert 0.5 < pure["784 pixels"] < 0.6
    assert pure["PCA, 16"] < pure["784 pixels"] + 0.03
    assert max(pure["autoencoder, 2"], pure["autoencoder, 16"]) < pure["784 pixels"]


@after("09_applications", "centers-figure")
def some_digit_has_several_groups_and_some_has_none(lesson, figure):
    assert len({ax.get_title()[0] for ax in figure.axes}) < 10
    assert len(figure.axes) == 10


@after("09_applications", "denoise")
def the_network_takes_away_most_of_the_noise(lesson):
    assert lesson.left["network"] < lesson.left["PCA, 30 numbers"] < 0.2 * lesson.left["as it came"]


@after("09_applications", "denoise-figure")
def the_right_half_is_read_as_another_digit(lesson, figure):
    says = [int(ax.get_title()[1]) for ax in figure.axes[-10:]]
    same = [digit == label for digit, label in zip(says, lesson.y_new[lesson.samples], strict=True)]
    assert same == 5 * [True] + 5 * [False]


@after("09_applications", "letters-figure")
def every_letter_is_one_and_is_read_as_a_digit(lesson, figure):
    assert lesson.pictures["letters"].shape == (68, 784)
    assert lesson.pictures["letters"].max(axis=1).min() > 0.9
    assert (lesson.P_letters.max(axis=1) > 0.9).any()


@after("09_applications", "trust-table")
def the_ensemble_helps_against_noise_and_temperature_hardly_at_all(lesson):
    one, warm, many = lesson.apart_by.values()
    assert all(0.5 < value < 0.92 for value in one.values())
    assert all(abs(warm[kind] - one[kind]) < 0.03 for kind in one)
    assert many["noise"] > one["noise"] + 0.05
    assert lesson.alike["digits"] > 0.93 > 0.88 > max(lesson.alike[kind] for kind in one)
    assert one["letters"] - 0.01 < many["letters"] < one["letters"] + 0.06
    right, warm_right, _ = lesson.accuracies
    assert right == warm_right < lesson.trust["temperature"]["digits"].mean()
    assert lesson.trust["temperature"]["digits"].mean() < lesson.trust["one network"]["digits"].mean()


@after("09_applications", "draw-nothing")
def the_committee_says_the_mean_of_its_members(lesson, figure):
    X = lesson.pictures["noise"][:3]
    assert np.allclose(sum(net.predict_proba(X) for net in lesson.members) / 5, lesson.committee.predict_proba(X))


@after("10_from_scratch_to_pytorch", "load")
def eleven_of_twelve_images_are_for_training(lesson):
    assert round(len(lesson.X_train) / len(lesson.X_val)) == 11
    assert not set(lesson.train_rows) & set(lesson.val_rows)


@after("10_from_scratch_to_pytorch", "hook")
def fifty_steps_teach_much(lesson):
    assert abs(lesson.losses[0] - np.log(10)) < 0.3
    assert np.mean(lesson.losses[-5:]) < 1


@after("10_from_scratch_to_pytorch", "layers")
def outputs_and_gradients_of_every_layer_agree(lesson):
    assert [len(sizes) for sizes in lesson.apart.values()] == [3, 1, 3, 1, 3]
    assert max(size for sizes in lesson.apart.values() for size in sizes) < 1e-12


@after("10_from_scratch_to_pytorch", "optimizers-table")
def five_optimizers_take_the_same_hundred_steps(lesson):
    assert len(lesson.stepped) == 5
    assert max(lesson.stepped.values()) < 1e-9


@after("10_from_scratch_to_pytorch", "race-ours")
def the_network_of_07_learns(lesson):
    assert lesson.dense_right > least(lesson, 0.97, 0.93)


@after("10_from_scratch_to_pytorch", "race-table")
def pytorch_learns_as_much_from_the_same_batches(lesson):
    for right, _ in lesson.raced.values():
        assert abs(right - lesson.dense_right) < least(lesson, 0.01, 0.02)


@after("10_from_scratch_to_pytorch", "wide-table")
def wide_layers_cost_both_more_than_a_hundred_times_as_much(lesson):
    for ms in (lesson.ours_ms, lesson.theirs_ms):
        assert ms[4096] > 20 * ms[32]


@after("10_from_scratch_to_pytorch", "bugs-table")
def each_bug_does_what_is_said_of_it(lesson):
    right = {
        name: lesson.share_right(getattr(lesson, name), lesson.X_val, lesson.y_val)
        for name in ("healthy", "added", "twice")
    }
    assert right["healthy"] > 0.8
    assert right["added"] < right["healthy"] - 0.1
    assert right["twice"] < right["healthy"] - 0.05
    assert lesson.changed > 0.03
    assert lesson.misread > 0.05


@after("10_from_scratch_to_pytorch", "push")
def pushed_digits_are_lost(lesson):
    assert lesson.dense_pushed[0] > least(lesson, 0.97, 0.9)
    assert (np.diff(lesson.dense_pushed) < 0).all()
    assert lesson.dense_pushed[3] < 0.65


@after("10_from_scratch_to_pytorch", "conv-train")
def the_convolution_learns_about_as_well_as_the_dense_network(lesson):
    convolution, dense = lesson.conv_right.values()
    assert min(convolution, dense) > 0.85
    assert abs(convolution - dense) < 0.04


@after("10_from_scratch_to_pytorch", "conv-speed")
def both_convolutions_were_timed(lesson):
    assert all(0 < ms < np.inf for ms in lesson.conv_ms.values())


@after("10_from_scratch_to_pytorch", "cnn-table")
def the_convolutional_network_reads_pushed_digits(lesson):
    assert lesson.cnn_val > lesson.dense_val - 0.015
    assert lesson.cnn_pushed[3] > lesson.dense_pushed[3] + 0.2
    assert lesson.cnn_pushed[5] < 0.75


@after("10_from_scratch_to_pytorch", "device")
def it_ran_somewhere(lesson):
    assert lesson.device in ("cpu", "cuda", "mps")
    assert min(lesson.gpu_ms.values()) > 0


@after("10_from_scratch_to_pytorch", "tune-table")
def old_layers_make_fifty_labels_go_further(lesson):
    new, tuned, frozen = lesson.tuned_right.values()
    assert min(tuned, frozen) > new + 0.03
    assert min(tuned, frozen) > 0.8


@after("10_from_scratch_to_pytorch", "attention")
def attention_reads_without_training(lesson):
    assert lesson.attended > 0.9
    assert np.allclose(lesson.P.sum(axis=0), 1, atol=1e-5)
