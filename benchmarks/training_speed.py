"""How long one epoch takes: our network beside PyTorch, scikit-learn, a loop over examples, and the bare products.

    python benchmarks/training_speed.py             all of it, about six minutes on two cores
    python benchmarks/training_speed.py --quick     the small network, a tenth of the data, two rounds; for tests

An epoch is 60,000 examples in float32, already in memory, in batches of 64, with plain SGD. Everything is measured on
one thread and on two. The number of threads has to be known before NumPy loads its matrix library, so this script
starts itself once for each.

Other programs disturb a clock. So the contestants take turns, round after round, and a ratio compares two times of the
same round; what is printed is the median over the rounds, after one round that does not count. Where others took much
of the processors, more rounds are run, and those in which they took least are kept, whatever their times. The last line
says the same in JSON. PyTorch and scikit-learn are left out where they are not installed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATIONS = {"small": [784, 128, 10], "large": [784, 512, 256, 10]}
THREADS = (1, 2)
N, BATCH, RATE = 60_000, 64, 0.1
LOOP_EXAMPLES = 20 * BATCH  # the loop over examples is slow: it gets this many, and its time is scaled up
QUIET = 0.1  # a round counts as quiet if other programs took less than this share of the processors
PATIENCE = 100  # seconds to wait for enough quiet rounds of one configuration, before taking the quietest there are
PAUSE = 0.25  # seconds between contestants: threads of the one before still spin for a while, waiting for work
RATIOS = {
    "torch": "torch",
    "torch_tuned": "torch, tuned",
    "dataloader": "torch with DataLoader",
    "sklearn": "scikit-learn",
    "loop": "per-example loop",
}

# Contestants. Each takes layer sizes, rows X (N, 784), labels y (N,), and returns a new network's epoch as a function.


def ours(sizes, X, y):
    """What a learner calls, with all its checks, the loss and the accuracy."""
    from helpers.network import Network
    from helpers.training import SGD, train

    network = Network(sizes)
    return lambda: train(network, X, y, epochs=1, batch_size=BATCH, optimizer=SGD(RATE))


def torch_model(sizes, X, y, **options):
    """The same network, loss and optimizer (with options) in PyTorch, and the data as its tensors."""
    import torch

    layers = [layer for pair in pairwise(sizes) for layer in (torch.nn.Linear(*pair), torch.nn.ReLU())]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, **options)
    return model, torch.nn.CrossEntropyLoss(), optimizer, torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))


def torch_in_memory(sizes, X, y):
    """PyTorch without its slow part, the DataLoader: tensors in memory, indexed batch by batch, and no bookkeeping."""
    import torch

    model, loss_function, optimizer, X, y = torch_model(sizes, X, y)

    def epoch():
        for batch in torch.randperm(len(X)).split(BATCH):
            loss = loss_function(model(X[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def torch_tuned(sizes, X, y):
    """The same with what makes it faster, short of compiling: index_select for the batch, and one kernel for the step.

    SGD's foreach=True changes nothing here.
    """
    import torch

    model, loss_function, optimizer, X, y = torch_model(sizes, X, y, fused=True)

    def epoch():
        for batch in torch.randperm(len(X)).split(BATCH):
            loss = loss_function(model(X.index_select(0, batch)), y.index_select(0, batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def torch_dataloader(sizes, X, y):
    """PyTorch as its tutorials write it."""
    from torch.utils.data import DataLoader, TensorDataset

    model, loss_function, optimizer, X, y = torch_model(sizes, X, y)
    loader = DataLoader(TensorDataset(X, y), batch_size=BATCH, shuffle=True, num_workers=0)

    def epoch():
        for X_batch, y_batch in loader:
            loss = loss_function(model(X_batch), y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def scikit_learn(sizes, X, y):
    from sklearn.neural_network import MLPClassifier

    settings = {"solver": "sgd", "batch_size": BATCH, "learning_rate_init": RATE, "momentum": 0, "alpha": 0}
    model = MLPClassifier(sizes[1:-1], max_iter=1, early_stopping=False, random_state=0, **settings)

    def epoch():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it did not converge in one epoch, indeed
            model.fit(X, y)

    return epoch


def per_example_loop(sizes, X, y):
    """Textbook code: forward and backward for one example at a time, gradients summed over the batch, then a step."""
    rng = np.random.default_rng(0)
    shapes = list(zip(sizes[1:], sizes, strict=False))
    W = [(rng.standard_normal(shape) * np.sqrt(2 / shape[1])).astype(np.float32) for shape in shapes]
    b = [np.zeros((n, 1), np.float32) for n in sizes[1:]]
    answers = np.eye(sizes[-1], dtype=np.float32)[y]
    examples = [(x[:, None], answer[:, None]) for x, answer in zip(X, answers, strict=True)]

    def backprop(x, answer):
        zs, activations = [], [x]
        for w, bias in zip(W, b, strict=True):
            zs.append(w @ activations[-1] + bias)
            activations.append(np.maximum(zs[-1], 0))
        e = np.exp(zs[-1] - zs[-1].max())
        delta = e / e.sum() - answer
        dW, db = [None] * len(W), [None] * len(W)
        for l in range(len(W) - 1, -1, -1):
            dW[l], db[l] = delta @ activations[l].T, delta
            if l:
                delta = W[l].T @ delta * (zs[l - 1] > 0)
        return dW, db

    def epoch():
        order = rng.permutation(len(examples))
        for start in range(0, len(examples), BATCH):
            batch = [examples[i] for i in order[start : start + BATCH]]
            sum_W, sum_b = [np.zeros_like(w) for w in W], [np.zeros_like(bias) for bias in b]
            for x, answer in batch:
                dW, db = backprop(x, answer)
                sum_W = [total + g for total, g in zip(sum_W, dW, strict=True)]
                sum_b = [total + g for total, g in zip(sum_b, db, strict=True)]
            for theta, g in zip([*W, *b], [*sum_W, *sum_b], strict=True):
                theta -= RATE / len(batch) * g

    return epoch


def bare_products(sizes, X, y):
    """The floor: the matrix products of an epoch and nothing else, on batches that lie in order in memory."""
    rng = np.random.default_rng(0)
    L = len(sizes) - 1

    def normal(*shape):
        return rng.standard_normal(shape, np.float32)

    W = [None, *[normal(n, n_in) for n, n_in in zip(sizes[1:], sizes, strict=False)]]
    A = {m: [normal(n, m) for n in sizes] for m in {BATCH, len(X) % BATCH or BATCH}}
    delta = A  # of the same shapes; the values do not matter

    def epoch():
        for start in range(0, len(X), BATCH):
            A0 = X[start : start + BATCH].T
            m = A0.shape[1]
            W[1] @ A0
            for l in range(2, L + 1):
                W[l] @ A[m][l - 1]
            for l in range(L, 1, -1):
                delta[m][l] @ A[m][l - 1].T
                W[l].T @ delta[m][l]
            delta[m][1] @ A0.T

    return epoch


CONTESTANTS = {
    "ours": ours,
    "torch": torch_in_memory,
    "torch, tuned": torch_tuned,
    "torch with DataLoader": torch_dataloader,
    "scikit-learn": scikit_learn,
    "per-example loop": per_example_loop,
    "bare products": bare_products,
}

# Measuring, in a process of its own for each number of threads


def mnist():
    """MNIST from MNIST_DIR or the cache, or None: a benchmark downloads nothing."""
    from helpers import mnist as loader

    loader.MIRRORS = ()
    try:
        return loader.load_mnist("full")
    except FileNotFoundError:
        if os.environ.get("MNIST_DIR"):
            raise
        return None


def examples(n):
    """Rows X (n, 784), labels y (n,), and what they are."""
    digits = mnist()
    if digits:
        return digits.X_train[:n].copy(), digits.y_train[:n].copy(), "MNIST"
    rng = np.random.default_rng(0)
    return rng.random((n, 784), np.float32), rng.integers(10, size=n, dtype=np.uint8), "random numbers, not MNIST"


def competitors(threads):
    """The contestants that can run here, and a note for each that cannot."""
    able, notes = dict(CONTESTANTS), []
    try:
        import torch

        torch.set_num_threads(threads)
    except ImportError:
        able = {name: new for name, new in able.items() if not name.startswith("torch")}
        notes.append("PyTorch is not installed: left out.")
    try:
        import sklearn.neural_network  # noqa: F401
    except ImportError:
        del able["scikit-learn"]
        notes.append("scikit-learn is not installed: left out.")
    return able, notes


def others_seconds():
    """Processor time that other programs have spent so far; 0 where the system does not tell (it is not Linux)."""
    try:
        _cpu, user, nice, system, _idle, _wait, *interrupts = Path("/proc/stat").read_text().split("\n")[0].split()
    except (OSError, ValueError):
        return 0.0
    return sum(map(int, [user, nice, system, *interrupts[:3]])) / os.sysconf("SC_CLK_TCK") - time.process_time()


def measure(threads, configurations, n, repeat, patience):
    """{"seconds": {configuration: {contestant: [seconds of each round]}}, "data": …, "notes": […], "busy": …}."""
    X, y, data = examples(n)
    able, notes = competitors(threads)
    seconds, busy = {}, []
    for name in configurations:
        rounds = []  # pairs: the share that others took, and {contestant: seconds}
        give_up = time.perf_counter() + patience
        while len(rounds) <= repeat or (_quiet(rounds) < repeat and time.perf_counter() < give_up):
            rounds.append(one_round(able, CONFIGURATIONS[name], X, y))
            share = f"others took {rounds[-1][0]:.0%} of the processors"
            print(f"  {name}, {_threads(threads)}: round {len(rounds) - 1}, {share}", file=sys.stderr, flush=True)
        quietest = sorted(rounds[1:], key=lambda pair: pair[0])[:repeat]  # round 0 warms up
        seconds[name] = {contestant: [times[contestant] for _, times in quietest] for contestant in able}
        busy.append(quietest[-1][0])
    return {"seconds": seconds, "data": data, "notes": notes, "busy": max(busy)}


def one_round(able, sizes, X, y):
    """One epoch of each contestant: the share of the processors that others took, and {contestant: seconds}."""
    seconds, others, available = {}, 0.0, 0.0
    for contestant, new in able.items():
        n = min(len(X), LOOP_EXAMPLES) if contestant == "per-example loop" else len(X)
        epoch = new(sizes, X[:n], y[:n])
        time.sleep(PAUSE)
        start, others_before = time.perf_counter(), others_seconds()
        epoch()
        elapsed = time.perf_counter() - start
        others += others_seconds() - others_before
        available += elapsed * os.cpu_count()
        seconds[contestant] = elapsed * N / n
    return max(0.0, others / available), seconds


def _quiet(rounds):
    return sum(share < QUIET for share, _ in rounds[1:])


MEMORY = """
import resource, sys
sys.path.insert(0, "benchmarks")
from training_speed import mnist
from helpers.network import Network
from helpers.training import train
digits = mnist()
if digits:
    X, y = digits.X_train, digits.y_train
    train(Network([784, 128, 10]), X[:55000], y[:55000], epochs=2, validation=(X[55000:], y[55000:]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (2**20 if sys.platform == "darwin" else 2**10))
"""
IMPORT = """
import numpy, time
start = time.perf_counter()
import helpers.network
print(time.perf_counter() - start)
"""


def fresh(*arguments, threads=1):
    """What a new Python, on so many threads, prints."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, str(threads)), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


# Reporting


def table(seconds):
    """The rows of one configuration's table, and its entry in the JSON."""

    def ratio(a, b):
        return median(x / y for x, y in zip(seconds[a], seconds[b], strict=True))

    lines = []
    for contestant, times in seconds.items():
        label = {"ours": "ours (helpers.network)", "bare products": "bare matrix products: the floor"}.get(contestant)
        label = f"{contestant}, from {LOOP_EXAMPLES:,} examples" if contestant == "per-example loop" else label
        spread = f"{min(times):.3g} – {max(times):.3g}"
        row = f"{label or contestant:40}{median(times):8.3g}   {spread:16}"
        lines.append(f"{row}{ratio(contestant, 'ours'):8.2f}")
    entry = {f"{key}_over_ours": _round(ratio(a, "ours")) if a in seconds else None for key, a in RATIOS.items()}
    entry["ours_over_floor"] = _round(ratio("ours", "bare products"))
    entry["ours_seconds"] = _round(median(seconds["ours"]))
    return lines, entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, help="rounds that count, after one to warm up (default 5)")
    parser.add_argument("--quick", action="store_true", help="the small network, a tenth of the data, two rounds")
    parser.add_argument("--worker", type=int, metavar="THREADS", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    repeat = arguments.repeat or (2 if arguments.quick else 5)
    if repeat < 1:
        parser.error("--repeat must be at least 1")
    configurations = ["small"] if arguments.quick else list(CONFIGURATIONS)
    n = N // 10 if arguments.quick else N
    if arguments.worker:
        print(json.dumps(measure(arguments.worker, configurations, n, repeat, 0 if arguments.quick else PATIENCE)))
        return

    result = {}
    options = ["--repeat", repeat, *["--quick"] * arguments.quick]
    measured = {
        threads: json.loads(fresh(__file__, "--worker", threads, *options, threads=threads)) for threads in THREADS
    }
    first = measured[THREADS[0]]
    print(
        f"One epoch of {N:,} examples ({first['data']}), float32, batches of {BATCH}, SGD; medians of {repeat} rounds."
    )
    if n < N:
        print(f"Measured on {n:,} examples and scaled up.")
    for note in first["notes"]:
        print(note)
    for name in configurations:
        for threads in THREADS:
            lines, result[f"{name}_{_threads(threads).replace(' ', '')}"] = table(measured[threads]["seconds"][name])
            title = f"{'-'.join(map(str, CONFIGURATIONS[name]))}, {_threads(threads)}"
            print(f"\n{title:40}{'seconds':>8}   {'min – max':16}{'÷ ours':>8}", *lines, sep="\n")

    peak = fresh("-c", MEMORY)
    result["peak_memory_mb"] = round(float(peak)) if peak else None
    imports = [float(fresh("-c", IMPORT)) for _ in range(3 if arguments.quick else 9)]
    result["import_seconds_beyond_numpy"] = round(median(imports), 4)
    print(f"\nPeak memory of load_mnist and two epochs of 784-128-10: {result['peak_memory_mb'] or '?'} MB.")
    print(f"Import of helpers.network after NumPy: {1000 * median(imports):.1f} ms.")
    busy = max(part["busy"] for part in measured.values())
    result["others_share_of_processors"] = _round(busy)
    print(f"In the noisiest round that counts, other programs took {busy:.0%} of the {os.cpu_count()} processors.")
    if busy > QUIET:
        print("That is much: trust the ratios a little, the seconds less, and two threads least.")
    print(json.dumps(result))


def _threads(n):
    return f"{n} thread{'s' * (n > 1)}"


def _round(value):
    return float(f"{value:.4g}")


if __name__ == "__main__":
    main()
