"""The exercises, the quiz and answers to the challenges of lesson 09, What networks are for.

Around a network is more code than in it: what goes in is scaled, cut into windows, or counted; what comes out is drawn
from, or compared. These are the six pieces that the lesson is made of, and no cell above them has their lines.
"""

import numpy as np

from course.exercises.grading import challenge, exercise
from course.exercises.questions import Question
from course.results import case
from helpers.network import softmax

TITLE = "What networks are for"


# --- 9.1: standardize -------------------------------------------------------------------------------------------------

HOUSES = [[1.0, 900.0, 3.0], [2.0, 2100.0, 3.0], [4.0, 1500.0, 3.0], [5.0, 3900.0, 3.0]]


@exercise(
    "9.1",
    "standardize",
    points=1,
    minutes=6,
    level=1,
    cases=[
        case("four houses and two others", X_train=[row[:2] for row in HOUSES], X=[[3.0, 2000.0], [8.0, 400.0]]),
        case("two features of three houses", X_train=[[0.0, 0.1], [2.0, 0.5], [7.0, 0.0]], X=[[1.0, 0.1]]),
        case("houses that all have 3 rooms", X_train=HOUSES, X=[[3.0, 2000.0, 3.0], [8.0, 400.0, 4.0]]),
    ],
    hints=[
        "Each feature has a mean and a spread of its own. A house is a row: over which axis do you take the mean, so "
        "that there is one number for each feature?",
        "`X_train.mean(axis=0)` and `X_train.std(axis=0)` have a number for each column. Both are of X_train, also "
        "where X is something else.",
        "`np.where(std == 0, 1, std)` is the spread, and 1 where there is none. Subtract the mean from X, then divide.",
    ],
    reason="Mean and spread are learned from the training set, like weights, and then belong to the network: a new "
    "house must be measured with the old ruler. A feature that never changes has no spread; dividing by 1 leaves it.",
    takeaway="Scaling is part of what was learned: take it from the training set alone, and keep it.",
)
def standardize(X_train, X):  # X_train (N, n), X (m, n) → (m, n)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X - mean) / np.where(std == 0, 1, std)


OWN_RULER = "You measured X with its own mean and spread. Take both from X_train: for a new house there is no others."
standardize.mistake(OWN_RULER, {"X_train.mean": "X.mean", "X_train.std": "X.std"})
standardize.mistake("The mean is that of X. Take it from X_train, like the spread.", {"X_train.mean": "X.mean"})
standardize.mistake("The spread is that of X. Take it from X_train, like the mean.", {"X_train.std": "X.std"})
standardize.mistake("This is X_train, standardized. What is asked for is X.", {"(X - mean)": "(X_train - mean)"})
standardize.mistake(
    "X and X_train are exchanged: the ruler is made from X_train, and X is measured with it.",
    {"X_train.mean": "X.mean", "X_train.std": "X.std", "(X - mean)": "(X_train - mean)"},
)
standardize.mistake(
    "One feature that never changes, and all are divided by 1. Choose for each: `np.where(std == 0, 1, std)`.",
    {"np.where(std == 0, 1, std)": "(1 if np.any(std == 0) else std)"},
)
standardize.mistake("The mean is not subtracted.", {"(X - mean)": "X"})
standardize.mistake("It is only centered. Divide by the spread, too.", {" / np.where(std == 0, 1, std)": ""})
standardize.mistake(
    "You divide by the variance; the spread is its root, `std`.",
    {"X_train.std": "X_train.var"},
    {"X_train.std": "X_train.var", "np.where(std == 0, 1, std)": "std"},
)
standardize.mistake(
    "One mean and one spread for all features together. Each has its own: `axis=0`.",
    {"mean(axis=0)": "mean()", "std(axis=0)": "std()"},
)
standardize.mistake(
    "A feature that never changes has a spread of 0, and you divided by it. Divide by 1 there.",
    {"np.where(std == 0, 1, std)": "std"},
    {"(X - mean) / np.where(std == 0, 1, std)": "np.nan_to_num((X - mean) / std)"},
)
standardize.mistake(
    "The spread has N − 1 in it (`ddof=1`). Here it is `std` as NumPy has it, with N.",
    {"std(axis=0)": "std(axis=0, ddof=1)"},
    {"std(axis=0)": "std(axis=0, ddof=1)", "np.where(std == 0, 1, std)": "std"},
)
standardize.mistake(
    "`axis=1` takes one mean for each house, over feet and rooms. Each feature has its own: `axis=0`.",
    {"mean(axis=0)": "mean(axis=1)", "std(axis=0)": "std(axis=1)"},
    {
        "mean(axis=0)": "mean(axis=1, keepdims=True)",
        "std(axis=0)": "std(axis=1, keepdims=True)",
    },
)
standardize.mistake(
    "You divide by largest minus smallest, and one odd house decides that. The spread here is `std`.",
    {"X_train.std(axis=0)": "np.ptp(X_train, axis=0)"},
    {"X_train.std(axis=0)": "np.ptp(X_train, axis=0)", "np.where(std == 0, 1, std)": "std"},
)
standardize.mistake(
    "That brings features to 0 … 1, by smallest and largest, and one odd house decides it. Take mean and spread.",
    {
        "X_train.mean(axis=0), X_train.std(axis=0)": "X_train.min(axis=0), np.ptp(X_train, axis=0)",
    },
    lambda X_train, X: (X - X_train.min(axis=0)) / np.ptp(X_train, axis=0),
)
standardize.mistake(
    "First subtract, then divide: brackets around `X - mean`.",
    {"(X - mean)": "X - mean"},
    {"(X - mean) / np.where(std == 0, 1, std)": "X / np.where(std == 0, 1, std) - mean"},
)
standardize.mistake(
    "Mean and spread are those of X_train and X together. New houses have no say in them: take X_train alone.",
    {"    mean, std": "    X_train = np.vstack([X_train, X])\n    mean, std"},
)
standardize.mistake(
    "You only divided by the mean. Subtract it, then divide by the spread.", lambda X_train, X: X / X_train.mean(axis=0)
)
standardize.mistake("You multiplied by the spread. Divide by it.", {") / np": ") * np"})
standardize.mistake("The mean is added. Subtract it.", {"X - mean": "X + mean"})
standardize.mistake("The sign is wrong: what is above the mean becomes positive.", {"X - mean": "mean - X"})


for tiny in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 1.0):
    standardize.mistake(
        "You added something to the spread. Where it is 0 divide by 1; elsewhere by the spread alone.",
        {"np.where(std == 0, 1, std)": f"(std + {tiny})"},
    )
standardize.mistake(
    "Where the spread is below 1 you divide by 1. Only where it is 0, that is asked for.",
    {"np.where(std == 0, 1, std)": "np.maximum(std, 1)"},
)
standardize.mistake(
    "A feature that was the same in all of X_train may differ in X: 4 rooms are 1 more than 3. Divide by 1 there.",
    {"(X - mean) / np.where(std == 0, 1, std)": "np.where(std == 0, 0, (X - mean) / np.where(std == 0, 1, std))"},
)
standardize.mistake("The median is subtracted. Take the mean.", {"X_train.mean(axis=0)": "np.median(X_train, axis=0)"})
standardize.mistake(
    "You only divided by the largest value. Subtract the mean, and divide by the spread.",
    lambda X_train, X: X / X_train.max(axis=0),
)


# --- 9.2: windows -----------------------------------------------------------------------------------------------------


@exercise(
    "9.2",
    "windows of a series",
    points=2,
    minutes=10,
    level=2,
    returns=("X", "y"),
    cases=[
        case(series=[3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0], k=3),
        case(series=[2.0, 7.0, 1.0, 8.0, 2.5], k=2),
        case(series=[5.0, 6.0, 9.0], k=1),
        case(series=[5.0, 6.0, 9.0, 7.0], k=3),
    ],
    hints=[
        "Write it down for 3, 1, 4, 1.5, 9 and k = 3: how many windows have a value after them?",
        "Window i begins at i and ends before i + k; its answer is `series[i + k]`. i runs over all places where that "
        "exists, so there are `len(series) - k` rows.",
        "The rows can be made by a list comprehension over `range(len(series) - k)`, and turned into an array. The "
        "answers are one slice: all values from place k on.",
    ],
    reason="Value k is the first that has k values before it, so the answers are `series[k:]`; its window begins k "
    "places earlier. No answer stands in its own window.",
    takeaway="With windows, a series is a table like the houses: k inputs, one answer. Never let the answer in.",
)
def windows(series, k):  # series (N,) → X (N − k, k), y (N − k,)
    X = np.array([series[i : i + k] for i in range(len(series) - k)])
    return X, series[k:]


windows.mistake(
    "The answer is the last value of its own window, so the network can copy it. It is the value after the window.",
    {"series[k:]": "series[k - 1 : -1]"},
    {"len(series) - k)": "len(series) - k + 1)", "series[k:]": "series[k - 1 :]"},
)
windows.mistake(
    "One window is missing at the end: the last answer is the last value of the series.",
    {"len(series) - k)": "len(series) - k - 1)", "series[k:]": "series[k:-1]"},
)
windows.mistake(
    "The last window has no value after it, so it has no answer: there are N − k of them.",
    {"len(series) - k)": "len(series) - k + 1)"},
)
windows.mistake("One row is missing in X: there are N − k windows.", {"len(series) - k)": "len(series) - k - 1)"})
windows.mistake(
    "The answer stands in its own window, as the last of k + 1 values. A window has k.",
    {"i : i + k]": "i : i + k + 1]"},
)
windows.mistake("The windows are one value too short: `i : i + k` has k values.", {"i : i + k]": "i : i + k - 1]"})
windows.mistake(
    "The values of a window stand in reverse. Keep them in their order, the oldest first.",
    {"i : i + k]": "i : i + k][::-1]"},
)
windows.mistake(
    "The windows do not overlap. The next one begins one value later, not k.",
    {
        "for i in range(len(series) - k)": "for i in range(0, len(series) - k, k)",
        "series[k:]": "series[k::k]",
    },
)
windows.mistake("y is the whole series. Its first k values have no full window before them.", {"series[k:]": "series"})
windows.mistake("X and y are exchanged: give back X first.", {"return X, series[k:]": "return series[k:], X"})
windows.mistake("Give back both, `return X, y`.", {"return X, series[k:]": "return X"})
windows.mistake(
    "y are the values before the windows end, the first N − k. Take the last N − k.",
    {"series[k:]": "series[: len(series) - k]"},
)


windows.mistake(
    "Each window begins one value too late, so it ends with its own answer. Window i begins with value i.",
    {"series[i : i + k]": "series[i + 1 : i + k + 1]"},
)
windows.mistake(
    "One answer is missing: y begins with value k, the first after the first window.", {"series[k:]": "series[k + 1 :]"}
)
windows.mistake(
    "There is a gap between a window and its answer. The value right after window i is `series[i + k]`.",
    {"len(series) - k)": "len(series) - k - 1)", "series[k:]": "series[k + 1 :]"},
)
windows.mistake(
    "Your answers are windows, too. The answer to a window is one value, the next.",
    {"series[k:]": "np.array([series[i + 1 : i + k + 1] for i in range(len(series) - k)])"},
)
windows.mistake(
    "y are the last k values. The answers begin with value k: `series[k:]`, without a minus.",
    {"series[k:]": "series[-k:]"},
)
windows.mistake(
    "The windows do not overlap, and there are fewer of them than answers. The next one begins one value later.",
    {"range(len(series) - k)": "range(0, len(series) - k, k)"},
)
windows.mistake(
    "You cut the series into pieces. Windows overlap: the next one begins one value later, not k.",
    lambda series, k: (series[: len(series) // k * k].reshape(-1, k), series[k::k]),
)


# --- 9.3: a bag of words ----------------------------------------------------------------------------------------------


def lines_case(words, *lines):
    made = case(lines=lines)
    made["words"], made.words = words, f"the words {', '.join(words)} and the lines “{'”, “'.join(lines)}”"
    return made


@exercise(
    "9.3",
    "a bag of words",
    points=2,
    minutes=10,
    level=2,
    cases=[
        lines_case(("it", "is", "slow"), "it is slow", "slow slow slow", "with wit"),
        lines_case(("good", "not"), "not good", "not bad not good", "a good good good one", "is it"),
        lines_case(("a",), "a banana", "an apple a day"),
    ],
    hints=[
        "A row for each line, a column for each word. What stands where they cross?",
        "`line.split()` is the list of a line's words, and a list can count: `[…].count(word)`. A string can "
        "count, too, but it finds “it” in “with”.",
        "Two loops, one inside the other, as a list of lists: the outer one over the lines, the inner one over the "
        "words. `np.array` makes a table of it.",
    ],
    reason="Split first, then count whole words. What is not in the list of words is not counted, so a line may be a "
    "row of zeros. The order of the words in the line is gone.",
    takeaway="A text has become a row of numbers, of the same length for every text. That is all a network asks for.",
)
def bag_of_words(lines, words):  # N strings, V words → counts (N, V)
    return np.array([[line.split().count(word) for word in words] for line in lines])


bag_of_words.mistake(
    "You counted letters in a row, so “it” is found in “with”, too. Split the line into words first.",
    {"line.split().count(word)": "line.count(word)"},
)
bag_of_words.mistake(
    "Two equal words in a row share the blank between them, and `count` does not count it twice. Split the line.",
    {"line.split().count(word)": "f' {line} '.count(f' {word} ')"},
)
bag_of_words.mistake(
    "You say whether a word is there, not how often: a word that comes twice counts 2.",
    {"line.split().count(word)": "1 * (word in line.split())"},
)
bag_of_words.mistake(
    "You say whether the letters of a word are somewhere in the line. Count whole words: split first.",
    {"line.split().count(word)": "1 * (word in line)"},
)
bag_of_words.mistake(
    "Your columns are the words of these lines. They are to be those of `words`, in that order, whatever lines come.",
    {"for word in words]": "for word in sorted({w for line in lines for w in line.split()})]"},
)
bag_of_words.mistake(
    "These are shares of the line's words. Counts are asked for.",
    {"line.split().count(word)": "line.split().count(word) / len(line.split())"},
)
bag_of_words.mistake(
    "It is transposed: a line is a row, a word a column.",
    {"for word in words] for line in lines": "for line in lines] for word in words"},
)
bag_of_words.mistake(
    "These are sums over all lines. Each line has a row of its own.",
    {"np.array(": "np.sum(", "for line in lines])": "for line in lines], axis=0)"},
)
bag_of_words.mistake(
    "These are sums over all words. Each word has a column of its own.",
    {"np.array(": "np.sum(", "for line in lines])": "for line in lines], axis=1)"},
)


def words_looked_up(lines, words):
    counts = np.zeros((len(lines), len(words)))
    for i, line in enumerate(lines):
        for word in line.split():
            counts[i, words.index(word)] += 1
    return counts


def words_in_a_dictionary(lines, words):
    places = {word: j for j, word in enumerate(words)}
    counts = np.zeros((len(lines), len(words)))
    for i, line in enumerate(lines):
        for word in line.split():
            counts[i, places[word]] += 1
    return counts


for looked_up in (words_looked_up, words_in_a_dictionary):
    bag_of_words.mistake(
        "A word of the line is not in the list, and was looked up there. Pass over it: `if word in words`.", looked_up
    )
bag_of_words.mistake(
    "You went through the line letter by letter: a string is a row of letters. `line.split()` has its words.",
    {"line.split().count(word)": "list(line).count(word)"},
)


# --- 9.4: write -------------------------------------------------------------------------------------------------------


def waves(context):
    """Logits of five letters that depend on every letter of the context, on its place, and on their number."""
    places = np.arange(1, len(context) + 1)
    return 3 * np.sin(np.outer(np.arange(1, 6), places) @ np.asarray(context) + np.arange(5))


def first_two_thirds(p):
    """A draw without chance: the first letter at which the probabilities add up to two thirds."""
    return int(np.argmax(np.cumsum(p) >= 2 / 3))


def write_case(start, n, T):
    words = f"start = {list(start)}, n = {n}, T = {T}"
    made = case(words, logits_of=waves, start=start, n=n, T=T, draw=first_two_thirds)
    made["start"] = list(start)  # as the lesson has it, not an array
    return made


@exercise(
    "9.4",
    "write with a network",
    points=3,
    minutes=12,
    level=3,
    cases=[
        write_case((0, 0, 0), 6, 1.0),
        write_case((1, 4, 2), 8, 0.5),
        write_case((3, 1, 0), 8, 2.5),
        write_case((2, 2, 4), 1, 1.0),
    ],
    hints=[
        "It is a loop: look at the last three letters, ask, draw one letter, put it at the end. Then the last three "
        "letters are others.",
        "`letters = list(start)` can grow. The probabilities are lesson 02's softmax with a temperature: logits "
        "divided by T.",
        "In the loop: `p = softmax(logits_of(letters[-3:]) / T)`, and what `draw(p)` gives is appended. After the "
        "loop give back the whole list.",
    ],
    reason="The network only ever guesses one letter. Because each guess becomes input, it writes. T decides how far "
    "from its best guess it may go.",
    takeaway="Guess, append, ask again: every language model writes with this loop.",
)
def write(logits_of, start, n, T, draw):  # start: 3 letters, as numbers → 3 + n letters
    letters = list(start)
    for _ in range(n):
        p = softmax(logits_of(letters[-3:]) / T)
        letters.append(draw(p))
    return np.array(letters)


write.mistake("T has no effect: divide the logits by it, before softmax.", {" / T)": ")"})
write.mistake(
    "A high temperature makes logits alike: divide them by T. Here it is as if they were multiplied.",
    {" / T)": " * T)"},
)
write.mistake(
    "The probabilities are divided by T. Divide the logits, inside softmax.",
    {"softmax(logits_of(letters[-3:]) / T)": "softmax(logits_of(letters[-3:])) / T"},
)
write.mistake(
    "You asked about the first three letters every time. What was just written must count: the last three.",
    {"letters[-3:]": "letters[:3]"},
    {"letters[-3:]": "start"},
)
write.mistake(
    "You gave the network the whole text. It takes three letters: `letters[-3:]`.", {"letters[-3:]": "letters"}
)
write.mistake("You gave the network four letters. It takes the last three.", {"letters[-3:]": "letters[-4:]"})
write.mistake(
    "You gave the network one letter, the last. It takes the last three: `letters[-3:]`.",
    {"letters[-3:]": "letters[-1:]"},
)
write.mistake(
    "The last three letters are in reverse. Keep them in the order in which they were written.",
    {"letters[-3:]": "letters[:-4:-1]"},
)
write.mistake(
    "Softmax is taken twice, and the second makes all letters nearly alike. Once is enough.",
    {"logits_of(letters[-3:]) / T": "softmax(logits_of(letters[-3:])) / T"},
    {"softmax(logits_of(letters[-3:]) / T)": "softmax(softmax(logits_of(letters[-3:]) / T))"},
)
write.mistake("You gave the network two letters. It takes the last three.", {"letters[-3:]": "letters[-2:]"})
write.mistake(
    "The most probable letter is taken each time. Let `draw(p)` decide; else it writes the same for ever.",
    {"draw(p)": "int(np.argmax(p))"},
)
write.mistake(
    "`draw` was given logits. It takes probabilities: softmax first.",
    {"softmax(logits_of(letters[-3:]) / T)": "logits_of(letters[-3:]) / T"},
    {"softmax(logits_of(letters[-3:]) / T)": "logits_of(letters[-3:])"},
)
write.mistake(
    "e^(z / T) are no probabilities yet: they must sum to 1, and `softmax` sees to that.",
    {"softmax(logits_of(letters[-3:]) / T)": "np.exp(logits_of(letters[-3:]) / T)"},
)
write.mistake(
    "The start is missing in what you give back, and it is all that you ever asked about. Ask about the last three.",
    {"letters[-3:]": "start", "np.array(letters)": "np.array(letters[3:])"},
)
write.mistake("The start is missing in what you give back.", {"np.array(letters)": "np.array(letters[3:])"})
write.mistake(
    "`letters = start` is no copy: the list of whoever called grows. Take `list(start)`.",
    {"list(start)": "start"},
)
write.mistake("There is one letter too few.", {"range(n)": "range(n - 1)"})
write.mistake("There is one letter too many.", {"range(n)": "range(n + 1)"})
write.mistake("n counts the start, too. Write n letters after it.", {"range(n)": "range(n - 3)"})
write.mistake(
    "The loop ends after its first round. Move `return` to the left, out of the loop.", {"    return": "        return"}
)
write.mistake(
    "New letters are put at the beginning. Append them.", {"letters.append(draw(p))": "letters.insert(0, draw(p))"}
)
write.mistake(
    "The letters before the last three are lost: keep them all, and show the network the last three.",
    {"letters.append(draw(p))": "letters = [*letters[-2:], draw(p)]"},
)


# --- 9.5: k-means -----------------------------------------------------------------------------------------------------

CLOUD = [[0.0, 0.0], [1.0, 0.5], [0.0, 2.0], [4.0, 4.0], [5.0, 3.0], [2.5, 2.0], [6.0, 0.0]]
CHAIN = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [20.0]]  # each step moves both centers
FAR = [[0.0, 0.0], [5.0, 5.0], [40.0, 40.0]]  # nobody is near the last


def many_points():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 100))
    return X, X[:10], 2


@exercise(
    "9.5",
    "k-means",
    points=4,
    minutes=18,
    level=3,
    returns=("centers", "labels"),
    cases=[
        case("seven points, two centers and one step", X=CLOUD, centers=[[0.0, 1.0], [1.0, 3.0]], steps=1),
        case("seven points, two centers and two steps", X=CLOUD, centers=[[0.0, 1.0], [1.0, 3.0]], steps=2),
        case(
            "seven points, three centers and three steps",
            X=CLOUD,
            centers=[[1.0, 1.0], [2.0, 1.5], [6.0, 6.0]],
            steps=3,
        ),
        case("eight numbers, two centers and three steps", X=CHAIN, centers=[[0.0], [1.0]], steps=3),
        case("eight numbers, two centers and four steps", X=CHAIN, centers=[[0.0], [1.0]], steps=4),
        case(
            "three points, two centers and one step",  # squares, |differences| and the largest of them disagree
            X=[[0.0, 0.0], [6.0, 1.0], [3.0, 4.0]],
            centers=[[3.0, 3.0], [4.0, 0.0]],
            steps=1,
        ),
        case("a center with no points", X=CLOUD, centers=FAR, steps=2),
        case("a point as near to one center as to the other", X=[[0.0], [2.0], [4.5]], centers=[[1.0], [3.0]], steps=1),
    ],
    large=many_points,
    hints=[
        "Each step has two halves. Every point joins the center nearest to it; then every center moves to the mean of "
        "its points.",
        "`[np.sum((X - center) ** 2, axis=1) for center in centers]` has a row of squared distances for each center; "
        "`np.argmin(…, axis=0)` says which row is smallest, point by point.",
        "`X[labels == j]` are the points of center j, and `.mean(axis=0)` is where it moves. Make a new array of "
        "centers; where `(labels == j).any()` is False, keep the old one.",
    ],
    reason="Neither half can make the sum of squared distances larger, so it comes to rest. Where, depends on where "
    "the centers began. A center without points has no mean: it stays.",
    takeaway="No label was used. It finds groups of points that are near each other, and knows nothing of digits.",
)
def k_means(X, centers, steps):  # X (N, n), centers (k, n) → centers, labels (N,)
    for _ in range(steps):
        squares = [np.sum((X - center) ** 2, axis=1) for center in centers]
        labels = np.argmin(squares, axis=0)
        means = [X[labels == j].mean(axis=0) if (labels == j).any() else c for j, c in enumerate(centers)]
        centers = np.array(means)
    return centers, labels


k_means.mistake(
    "A center without points has no mean: leave it where it is.",
    {" if (labels == j).any() else c": ""},
    {" else c": " else 0 * c"},
    {" else c": " else X[0]"},
    {" else c": " else X.mean(axis=0)"},
    {" if (labels == j).any() else c for j, c in enumerate(centers)": " for j in np.unique(labels)"},
)
k_means.mistake(
    "The centers are moved in the array that was handed in. Begin with `centers = centers.copy()`.",
    {"centers = np.array(means)": "centers[:] = means"},
)
k_means.mistake(
    "`argmin(axis=1)` finds the nearest point of each center. With a row for each center, `axis=0` finds the nearest "
    "center of each point.",
    {"np.argmin(squares, axis=0)": "np.argmin(squares, axis=1)"},
)
k_means.mistake(
    "At a tie a point joins the first center, as `np.argmin` has it. Yours joined the last.",
    {"np.argmin(squares, axis=0)": "len(centers) - 1 - np.argmin(squares[::-1], axis=0)"},
)
k_means.mistake("Points joined the farthest center. The nearest has the smallest distance.", {"argmin": "argmax"})
k_means.mistake(
    "Only the first step had an effect. Points join anew after each move, by their distances to the moved centers.",
    {
        "    for _ in range(steps):\n        squares": "    for _ in range(1):\n        squares",
    },
)
k_means.mistake(
    "The centers stay where they were. After the points have joined, each moves to the mean of its points.",
    {"centers = np.array(means)": "means = 0"},
)
k_means.mistake(
    "The labels belong to the centers after the last move. They are asked for as they were at the last assignment: "
    "return them without another one.",
    {
        "    return centers, labels": "    squares = [np.sum((X - center) ** 2, axis=1) for center in centers]\n"
        "    return centers, np.argmin(squares, axis=0)"
    },
)
k_means.mistake(
    "Distances are measured along the axes, as a sum of |differences|. Square the differences.",
    {"(X - center) ** 2": "np.abs(X - center)"},
)
k_means.mistake(
    "The differences are added without a square, so left and right cancel.", {"(X - center) ** 2": "(X - center)"}
)
k_means.mistake(
    "The differences are added first, so left and right cancel. Square each, then add.",
    {"np.sum((X - center) ** 2, axis=1)": "np.sum(X - center, axis=1) ** 2"},
)
k_means.mistake(
    "The distance is the largest of the differences. Square all of them, and add.",
    {"np.sum((X - center) ** 2, axis=1)": "np.max(np.abs(X - center), axis=1)"},
)
k_means.mistake(
    "Only the first column counts in your distances. Add the squares of all: `axis=1`.",
    {"np.sum((X - center) ** 2, axis=1)": "(X - center)[:, 0] ** 2"},
)
k_means.mistake(
    "You looked for the largest product with a center. The nearest center has the smallest squared distance.",
    {"np.argmin(squares, axis=0)": "np.argmax(X @ centers.T, axis=1)"},
)
k_means.mistake(
    "The old center was counted as one of its points. The mean is that of its points alone.",
    {"X[labels == j].mean(axis=0)": "np.vstack([X[labels == j], c]).mean(axis=0)"},
)
k_means.mistake(
    "Each center moves to the first of its points. It moves to their mean.",
    {"X[labels == j].mean(axis=0)": "X[labels == j][0]"},
)
k_means.mistake(
    "You gave back the centers from before the last move.",
    {"centers = np.array(means)": "before, centers = centers, np.array(means)", "return centers": "return before"},
)
k_means.mistake(
    "Each center moves to the median of its points; k-means takes the mean.",
    {"X[labels == j].mean(axis=0)": "np.median(X[labels == j], axis=0)"},
)
k_means.mistake(
    "All centers move to one place, the mean of all points. Take the points of center j: `X[labels == j]`.",
    {"X[labels == j].mean": "X.mean"},
)
k_means.mistake("There is one step too few.", {"range(steps)": "range(steps - 1) if steps > 1 else [0]"})
k_means.mistake("There is one step too many.", {"range(steps)": "range(steps + 1)"})
k_means.mistake("The centers and the labels are exchanged: centers first.", {"centers, labels": "labels, centers"})
k_means.mistake("Give back both, `return centers, labels`.", {"return centers, labels": "return centers"})
k_means.mistake(
    "Each center moves half way to the mean. It moves there.",
    {"X[labels == j].mean(axis=0)": "(c + X[labels == j].mean(axis=0)) / 2"},
)
k_means.mistake("These are sums of points, not means.", {"X[labels == j].mean(axis=0)": "X[labels == j].sum(axis=0)"})


k_means.mistake(
    "Each center got one number for all its coordinates. Take the mean over its points only: `axis=0`.",
    {"X[labels == j].mean(axis=0)": "0 * c + X[labels == j].mean()"},
    {
        "X[labels == j].mean(axis=0) if (labels == j).any() else c": "X[labels == j].mean() "
        "if (labels == j).any() else 0"
    },
)
k_means.mistake(
    "Centers are numbered from 0. Yours begin at 1, so each center moved to another one's points.",
    {"np.argmin(squares, axis=0)": "np.argmin(squares, axis=0) + 1"},
)
k_means.mistake("Those are the smallest distances. A label says which center it is: `argmin`.", {"np.argmin": "np.min"})


# --- 9.6: AUROC -------------------------------------------------------------------------------------------------------


@exercise(
    "9.6",
    "how well two kinds are told apart",
    points=2,
    minutes=10,
    level=2,
    cases=[
        case(inside=[0.9, 0.8, 0.6], outside=[0.7, 0.3]),
        case(inside=[0.9, 0.5], outside=[0.9, 0.5, 0.2, 0.9]),
        case(inside=[0.4, 0.2, 0.3, 0.6], outside=[0.8, 0.5]),
        case(inside=[0.99, 0.6, 0.95, 0.97], outside=[0.6, 0.96, 0.6]),
    ],
    hints=[
        "Make it with pencil first: 0.9, 0.8 and 0.6 against 0.7 and 0.3 are six pairs. In how many is the first "
        "larger?",
        "All pairs at once: `inside.reshape(-1, 1)` is a column, and comparing it with the row `outside` gives a table "
        "with a row for each of the one and a column for each of the other.",
        "Two tables, `column > outside` and `column == outside`; True counts 1 in a mean. The second one counts half.",
    ],
    reason="A mean over a table of pairs. 0.5 is what chance gives; 1 means that some threshold has all of one kind "
    "above it and all of the other below.",
    takeaway="It needs no threshold, and does not care how many there are of each kind.",
)
def auroc(inside, outside):  # (N,), (M,): how sure it was → one number, 0 … 1
    column = inside.reshape(-1, 1)
    return np.mean(column > outside) + np.mean(column == outside) / 2


auroc.mistake(
    "Arrays of N and M do not meet place by place. Each of the one meets each of the other: `inside[:, None]` is a "
    "column, and a column beside a row makes a table.",
    lambda inside, outside: np.mean(inside > outside),
)
auroc.mistake("A tie counts nothing here. It counts half.", {" + np.mean(column == outside) / 2": ""})
auroc.mistake("A tie counts as a whole. It counts half.", {" / 2": ""})
auroc.mistake(
    "It is the other way round: count pairs in which `inside` is larger.",
    {"column > outside": "column < outside"},
    {"column > outside": "column < outside", " + np.mean(column == outside) / 2": ""},
)
auroc.mistake(
    "You compared one number of each kind. Compare all pairs.",
    lambda inside, outside: float(np.mean(inside) > np.mean(outside)),
    lambda inside, outside: float(np.median(inside) > np.median(outside)),
    lambda inside, outside: np.mean(inside) / (np.mean(inside) + np.mean(outside)),
)
auroc.mistake(
    "These are counts. Divide by the number of pairs: `np.mean`.",
    {"np.mean": "np.sum"},
    {" + np.mean(column == outside) / 2": "", "np.mean": "np.sum"},
)
auroc.mistake(
    "You compared with a threshold of ½. No threshold: compare each of the one with each of the other.",
    lambda inside, outside: np.mean(np.append(inside > 0.5, outside <= 0.5)),
    lambda inside, outside: (np.mean(inside > 0.5) + np.mean(outside <= 0.5)) / 2,
)
auroc.mistake(
    "That is the mean difference. Only which of the two is larger counts, not by how much.",
    lambda inside, outside: np.mean(inside) - np.mean(outside),
)
auroc.mistake(
    "Each was compared with the mean of the other kind. Compare it with every single one.",
    lambda inside, outside: np.mean(inside > np.mean(outside)),
)
auroc.mistake(
    "Only the first few are compared, place by place. Compare each of the one with each of the other.",
    lambda inside, outside: np.mean([a > b for a, b in zip(inside, outside, strict=False)]),
    lambda inside, outside: np.mean([(a > b) + (a == b) / 2 for a, b in zip(inside, outside, strict=False)]),
    lambda inside, outside: np.mean([a > b for a, b in zip(sorted(inside), sorted(outside), strict=False)]),
)

auroc.mistake(
    "Each was compared with the largest of the other kind. Compare it with every single one.",
    lambda inside, outside: np.mean(inside > outside.max()),
)
auroc.mistake(
    "½ is added once. Add it for each tie: half the share of equal pairs.",
    {"np.mean(column == outside) / 2": "0.5"},
)
auroc.mistake(
    "All pairs count half here. Only a tie does.",
    {"np.mean(column > outside) +": "np.mean(column > outside) / 2 +"},
)
auroc.mistake(
    "You divided by the number of one of them. The number of pairs is their product.",
    {"np.mean(column > outside) + np.mean(column == outside) / 2": "np.sum(column > outside) / len(inside)"},
    {
        "np.mean(column > outside) + np.mean(column == outside) / 2": "np.sum((column > outside) + "
        "(column == outside) / 2) / len(inside)"
    },
    lambda inside, outside: np.sum((inside[:, None] > outside) + (inside[:, None] == outside) / 2) / len(outside),
)
auroc.mistake(
    "You divided by the sum of the two numbers. The number of pairs is their product.",
    {
        "np.mean(column > outside) + np.mean(column == outside) / 2": "np.sum((column > outside) + "
        "(column == outside) / 2) / (len(inside) + len(outside))"
    },
)
auroc.mistake(
    "That is a number for each of one kind. Take the mean over all pairs.",
    lambda inside, outside: ((inside[:, None] > outside) + (inside[:, None] == outside) / 2).mean(axis=1),
    lambda inside, outside: (inside[:, None] > outside).mean(axis=1),
)
auroc.mistake("That is the table of pairs. Take its mean.", lambda inside, outside: inside[:, None] > outside)

EXERCISES = (standardize, windows, bag_of_words, write, k_means, auroc)


# --- answers to the challenges ----------------------------------------------------------------------------------------


@challenge(
    "9.c1",
    "a linear autoencoder",
    result="Without ReLU, 784-2-784 and squared error, it comes to PCA's error, to three digits, and not below it.",
    notice="PCA is the best that is possible with two numbers and without a bend. What yours gained, its ReLUs gained.",
    holds=lambda errors: errors["PCA"] <= errors["linear"] < 1.002 * errors["PCA"],
    long=True,
)
def linear_autoencoder():
    from helpers.data import load_mnist
    from helpers.layers import Linear, Sequential
    from helpers.training import Adam, cosine_schedule, train

    X = load_mnist("sample").X_train
    X = X - X.mean(axis=0)
    V = np.linalg.svd(X, full_matrices=False)[2][:2]
    net = Sequential([Linear(784, 2, "xavier"), Linear(2, 784, "xavier")], output="identity")
    train(net, X, X, epochs=20, optimizer=Adam(0.005), schedule=cosine_schedule)
    return {"PCA": np.mean((X @ V.T @ V - X) ** 2), "linear": np.mean((net.predict(X) - X) ** 2)}


@challenge(
    "9.c2",
    "an eleventh class",
    result="Trained on noise as an eleventh class, it knows nearly all noise, and no turned digit.",
    notice="It learned what *that* noise looks like, not what a digit is not. All that is unlike both gets a digit.",
    holds=lambda shares: shares["noise"] > 0.95 and shares["turned"] < 0.1,
    long=True,
)
def eleventh_class():
    from helpers.data import load_mnist
    from helpers.layers import Linear, ReLU, Sequential
    from helpers.training import Adam, train

    mnist, rng = load_mnist("sample"), np.random.default_rng(0)
    X = np.vstack([mnist.X_train, rng.random((500, 784))]).astype(np.float32)
    net = Sequential([Linear(784, 64), ReLU(), Linear(64, 11)])
    train(net, X, np.append(mnist.y_train, np.full(500, 10)), epochs=5, optimizer=Adam())
    turned = np.rot90(mnist.X_test.reshape(-1, 28, 28), axes=(1, 2)).reshape(-1, 784)
    others = {"noise": rng.random((500, 784)), "turned": turned}
    return {name: float(np.mean(net.predict(X) == 10)) for name, X in others.items()}


@challenge(
    "9.c3",
    "which start of k-means",
    result="Ten starts end at ten different purities, several points apart; the one with the smallest sum of squares "
    "need not be the purest.",
    notice="The sum of squares is all k-means knows. Whether its groups are digits is another question.",
    holds=lambda ends: (
        len({round(p, 3) for _, p in ends}) > 5 and max(p for _, p in ends) > min(p for _, p in ends) + 0.02
    ),
)
def ten_starts():
    from helpers.data import load_mnist

    mnist, ends = load_mnist("sample"), []
    X, y = mnist.X_train[:1000], mnist.y_train[:1000]
    for seed in range(10):
        start = np.random.default_rng(seed).choice(len(X), 10, replace=False)
        centers, labels = k_means(X, X[start], 10)
        pure = sum(np.bincount(y[labels == j]).max() for j in np.unique(labels)) / len(y)
        ends.append((float(np.mean((X - centers[labels]) ** 2)), float(pure)))
    return sorted(ends)


CHALLENGES = (linear_autoencoder, eleventh_class, ten_starts)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "9.q1",
        "The same layers shall now guess prices. What must change?",
        {
            "Only the number of inputs": "The output and the loss, too: a softmax cannot say 250,000 dollars.",
            "Inputs, output and loss": "Numbers in, one output without softmax, squared error. The layers stay.",
            "Everything: prices are no pictures": "Layers see numbers in either case.",
            "The hidden activation": "ReLU does not know what the numbers mean.",
        },
        right="Inputs, output and loss",
    ),
    Question(
        "9.q2",
        "You standardize with the mean and spread of all data, validation included. What is wrong?",
        {
            "Nothing, if there are enough": "The harm may be small, but a measurement should not depend on luck.",
            "The network learns more slowly": "It learns as fast; what suffers is the measurement.",
            "What should be unseen had a say": (
                "Mean and spread are learned like weights. From validation data they must not be."
            ),
            "The spread becomes 0": "Only if a feature never changes.",
        },
        right="What should be unseen had a say",
    ),
    Question(
        "9.q3",
        "A network guesses tomorrow's price with an error of 1.5 %. What do you ask first?",
        {
            "What “same as today” gives": "If that gives 1.4 %, the network is worth less than nothing.",
            "How many layers it has": "That does not say whether the error is small.",
            "Its error on the training days": "It will be smaller, and says even less.",
            "Its accuracy": "There are no classes here.",
        },
        right="What “same as today” gives",
    ),
    Question(
        "9.q4",
        "“not good, but bad” and “not bad, but good”: what does a bag of words see?",
        {
            "Two opposite lines": "You do. It has lost the order.",
            "The same row of counts": "The words are the same, and so is their number. Order is gone.",
            "Two rows of zeros": "Only if none of the words is in its list.",
            "The word “not” twice": "It stands once in each.",
        },
        right="The same row of counts",
    ),
    Question(
        "9.q5",
        "One-hot letters times W. What does this product do?",
        {
            "It adds up all columns of W": "Only one of the inputs is 1; all others are 0.",
            "It normalizes the letters": "Nothing is divided.",
            "It counts the letters": "There is one 1 in each, whatever the letter is.",
            "It picks a column of W": "Times 1 for that letter, times 0 for all others: an embedding.",
        },
        right="It picks a column of W",
    ),
    Question(
        "9.q6",
        "The network says 99 % to a letter J. What does that tell you?",
        {
            "That the J looks like a digit to you": "Perhaps, but the network says as much to noise.",
            "That it needs more epochs": "More epochs make it surer, of everything.",
            "Little: J was never among its choices": (
                "Softmax shares 100 % among ten digits. “None of these” is not on offer."
            ),
            "That softmax is wrong": "It does what it should: shares that sum to 1.",
        },
        right="Little: J was never among its choices",
    ),
)
