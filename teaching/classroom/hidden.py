"""Hidden cases: for an exercise that asks for a function, calls with numbers from a random generator.

`HIDDEN["2.3"](rng)` is a list of cases. They keep to what the lesson promises (labels are 0 or 1, columns of targets
sum to 1, activations belong to their sums), so whatever is right for all inputs is right for them. Exercises that are
answered with numbers, choices or a network have none.
"""

import numpy as np

from course.results import Case, case
from helpers import network


def numbers(rng, *shape):
    """Normal numbers with two decimals, as an array."""
    return rng.normal(0, 1.5, shape).round(2)


def labels(rng, *shape):
    return rng.integers(0, 2, shape) * 1.0


def one_hot(rng, n, m):
    return np.eye(n)[:, rng.integers(0, n, m)]


def some(make, *sizes):
    """A function of rng that gives one case for each of the sizes: make(rng, *size)."""
    return lambda rng: [make(rng, *np.atleast_1d(size)) for size in sizes]


def lists(rng, sizes):
    """W and b as the course's lists, for layers of these sizes."""
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    return [None, *(numbers(rng, *pair) for pair in pairs)], [None, *(numbers(rng, n, 1) for n in sizes[1:])]


def passed(rng, sizes, m):
    """A forward pass as 5.3 takes it: W, Z, A, Y, f_prime, with softmax at the end."""
    W, b = lists(rng, sizes)
    A, Z = [numbers(rng, sizes[0], m)], [None]
    for l in range(1, len(sizes)):
        Z.append(W[l] @ A[-1] + b[l])
        A.append((network.softmax if l == len(sizes) - 1 else network.tanh)(Z[l]))
    words = f"a network of sizes {sizes} and {m} examples"
    return case(words, W=W, Z=Z, A=A, Y=one_hot(rng, sizes[-1], m), f_prime=network.tanh_prime)


def training(rng, n, m, steps):
    return {"X": numbers(rng, n, m), "y": labels(rng, m), "steps": int(steps), "rate": 0.25}


def forward(rng, *sizes):
    W, b = lists(rng, list(map(int, sizes)))
    f = [None, *[network.relu] * (len(sizes) - 2), network.sigmoid]
    return case(f"sizes {[*map(int, sizes)]}", A0=numbers(rng, sizes[0], 4), W=W, b=b, f=f)


def rows(rng, *sizes):
    W, b = lists(rng, list(map(int, sizes)))
    return case(f"sizes {[*map(int, sizes)]}", X=numbers(rng, 5, sizes[0]), W=W, b=b)


def elementwise(name, make=numbers, **more):
    return lambda rng: [case(**{name: make(rng, 5)}, **more), case(**{name: make(rng, 2, 3)}, **more)]


def probabilities(rng, *shape):
    return rng.uniform(0.02, 0.98, shape).round(2)


def train_neuron(rng, n, m, steps):
    made = training(rng, n, m, steps)
    return case(X=made["X"], y=made["y"], f=network.sigmoid, steps=made["steps"], rate=made["rate"])


def train_with_slope(rng, n, m, steps):
    made, start = training(rng, n, m, steps), {"w": numbers(rng, n), "b": float(numbers(rng))}
    how = {"steps": made["steps"], "rate": made["rate"]}
    return case(X=made["X"], y=made["y"], f=network.tanh, f_prime=network.tanh_prime, **start, **how)


def skip(rng, n, m):
    arrays = {name: numbers(rng, n, m) for name in ("dA", "A_prev", "Z")}
    return case("other numbers", **arrays, W=numbers(rng, n, n), f_prime=network.tanh_prime)


def confusion(rng, n, k):
    return case(y=rng.integers(0, k, n), y_pred=rng.integers(0, k, n), k=int(k))


def images(rng, m, h, w, k, s):
    return case(f"{m} images of {h} × {w}", X=numbers(rng, m, h, w), K=numbers(rng, k, s, s))


def image_blame(rng, m, h, w, k, s):
    dZ = numbers(rng, m, k, h - s + 1, w - s + 1)
    return case(f"{m} images of {h} × {w}", X=numbers(rng, m, h, w), dZ=dZ)


def linear(rng, n, k, m):
    return case(
        "other numbers", A=numbers(rng, k, m), dZ=numbers(rng, n, m), W=numbers(rng, n, k), b=numbers(rng, n, 1)
    )


def batch_norm(rng, n, m):
    columns = {"gamma": numbers(rng, n, 1), "beta": numbers(rng, n, 1)}
    return case("other numbers", A=numbers(rng, n, m), dA=numbers(rng, n, m), **columns)


HIDDEN = {
    "1.1": some(lambda rng, n: case(x=numbers(rng, n), w=numbers(rng, n), b=0.5, f=network.sigmoid), 2, 4),
    "1.2": some(
        lambda rng, n, m: case(X=numbers(rng, n, m), w=numbers(rng, n), b=-0.5, f=network.sigmoid), (3, 4), (2, 5)
    ),
    "1.5": some(train_neuron, (2, 4, 3), (3, 5, 2)),
    "2.1": elementwise("z"),
    "2.2": elementwise("a", probabilities),
    "2.3": elementwise("z", slope=0.05),
    "2.4": elementwise("z", slope=0.05),
    "2.5": some(lambda rng, n, m: case(z=numbers(rng, n, m)), (3, 4), (5, 2)),
    "2.7": some(train_with_slope, (2, 4, 3), (3, 5, 2)),
    "3.1": some(forward, (3, 4, 1), (2, 3, 4, 2)),
    "3.2": some(lambda rng, m, n, k: case(X=numbers(rng, m, n), W=numbers(rng, k, n), b=numbers(rng, k)), (4, 3, 2)),
    "3.3": lambda rng: [Case(sizes=rng.integers(2, 90, n).tolist()) for n in (2, 3, 5)],
    "4.1": some(lambda rng, n, m: case(A=numbers(rng, n, m), Y=numbers(rng, n, m)), (2, 4), (3, 1)),
    "4.2": some(lambda rng, n, m: case(A=numbers(rng, n, m), Y=numbers(rng, n, m)), (2, 4), (3, 1)),
    "4.3": some(lambda rng, n, m: case(Z=numbers(rng, n, m), Y=labels(rng, n, m)), (2, 4), (1, 5)),
    "4.4": some(lambda rng, n, m: case(Z=numbers(rng, n, m), Y=one_hot(rng, n, m)), (3, 4), (5, 2)),
    "5.1": lambda rng: [case(x=x, w=w, b=b, y=1.0) for x, w, b in numbers(rng, 2, 3).tolist()],
    "5.2": some(
        lambda rng, n, k, m: case(delta=numbers(rng, n, m), A_prev=numbers(rng, k, m), W=numbers(rng, n, k)), (3, 2, 4)
    ),
    "5.3": lambda rng: [passed(rng, [3, 4, 2], 5), passed(rng, [2, 5, 3, 4], 3)],
    "5.9": some(skip, (2, 4), (3, 2)),
    "5.10": lambda rng: [case(a=a, b=b, upstream=up) for a, b, up in numbers(rng, 2, 3).tolist()],
    "5.11": lambda rng: [case(a=a, upstream=up) for a, up in numbers(rng, 2, 2).tolist()],
    "5.12": lambda rng: [case(a=round(rng.uniform(0.5, 3), 2), n=n, upstream=2.0) for n in (2, 3, -1)],
    "7.1": some(lambda rng, m, n: case(X=numbers(rng, 2, n), X_train=numbers(rng, m, n)), (5, 3), (4, 2)),
    "7.2": some(lambda rng, m, k: case(P=rng.dirichlet(np.ones(k), m), y=rng.integers(0, k, m)), (7, 3), (5, 4)),
    "7.4": some(confusion, (12, 3), (8, 4)),
    "8.1": some(linear, (2, 3, 4), (3, 2, 5)),
    "8.2": lambda rng: [
        case("other numbers", name=name, Z=numbers(rng, 2, 3), dA=numbers(rng, 2, 3)) for name in ("tanh", "relu")
    ],
    "8.4": some(batch_norm, (2, 6), (3, 4)),
    "9.1": some(
        lambda rng, m, n: case("other houses", X_train=numbers(rng, m, n), X=numbers(rng, 2, n)), (5, 3), (4, 2)
    ),
    "9.2": some(lambda rng, n, k: case(series=numbers(rng, n), k=int(k)), (8, 3), (6, 2)),
    "9.6": some(lambda rng, n, m: case(inside=probabilities(rng, n), outside=probabilities(rng, m)), (5, 4), (3, 6)),
    "10.1": some(rows, (3, 4, 2), (2, 5, 4, 3)),
    "10.2": some(
        lambda rng, m, n, k: case(X=numbers(rng, m, n), weight=numbers(rng, k, n), dZ=numbers(rng, m, k)), (4, 3, 2)
    ),
    "10.4": some(images, (2, 5, 4, 3, 2), (1, 6, 5, 2, 3)),
    "10.5": some(image_blame, (2, 5, 4, 3, 2), (3, 6, 5, 2, 3)),
}
