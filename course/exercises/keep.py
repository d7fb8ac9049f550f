"""Right answers are kept: their source as a module of its own, and my_network.py, in which all of them stand.

`kept(answer)` finds the text of a function or class in the cell that defines it, by the cell's syntax tree, and of
whatever else of the learner's it calls; packages and functions of packages become imports. `module(texts)` joins many
such texts into one, under the names that the exercises have.
"""

import ast
import hashlib
import linecache
import os
import symtable
import sys
from contextlib import suppress
from functools import partial
from types import FunctionType, ModuleType

import numpy as np

MARK = "\n# made by the course from your right answers; changes by hand are moved to my_network.py.bak: "


class NotKept(Exception):
    """The answer may be right, but its text cannot stand alone; the message says why."""


def definition(answer):
    """The syntax tree of a function, lambda or class as its author wrote it; None where the text is not known."""
    codes = _codes(answer)
    if not codes:
        return None
    is_class, first = issubclass(type(answer), type), codes[0].co_firstlineno
    kind = ast.ClassDef if is_class else ast.Lambda if codes[0].co_name == "<lambda>" else ast.FunctionDef
    with suppress(SyntaxError, ValueError, RecursionError):
        for node in ast.walk(ast.parse("".join(linecache.getlines(codes[0].co_filename)))):
            if isinstance(node, kind):
                begins = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
                named = is_class and node.name == answer.__name__
                if begins == first or (named and begins <= first <= node.end_lineno):
                    return node
    return None


def _codes(answer):
    """The compiled code of a function, or of a class's methods."""
    parts = vars(answer).values() if issubclass(type(answer), type) else [answer]
    return [part.__code__ for part in parts if type(part) is FunctionType]


def kept(answer, name):
    """The answer as the text of a module that defines `name`. Raises NotKept."""
    imports, definitions = {}, {}
    _gather(answer, name, imports, definitions)
    return "\n".join(imports.values()) + "\n" * bool(imports) + "\n\n" + "\n\n\n".join(definitions.values()) + "\n"


def _gather(answer, name, imports, definitions):
    """Add the text of `answer`, and first of what it needs: {what is bound: import line} and {name: text}."""
    text, scope = _text(answer), _scope(answer)
    definitions[name] = ""  # so that it may call itself
    for needed in sorted(_globals(text) - {answer.__name__}):
        if needed not in scope:
            continue  # built in, or never reached
        value = scope[needed]
        if line := _import(value, needed):
            imports[needed] = line
        elif not isinstance(value, FunctionType | type):
            raise NotKept(f"it leans on `{needed}`, which stands outside it: hand it in, or define it inside")
        elif needed not in definitions:
            _gather(value, needed, imports, definitions)
    del definitions[name]
    definitions[name] = text if answer.__name__ == name else f"{text}\n\n{name} = {answer.__name__}\n"


def _scope(answer):
    """The names around a function or class."""
    parts = [answer, *vars(answer).values()] if isinstance(answer, type) else [answer]
    return next((part.__globals__ for part in parts if isinstance(part, FunctionType)), {})


def _text(answer):
    """The text of a whole function or class at the top of its cell."""
    what = getattr(answer, "__name__", "")
    if not isinstance(answer, FunctionType | type):
        raise NotKept("it is no plain function or class, but made by a call: write it as a `def`")
    if what == "<lambda>":
        raise NotKept("it is a `lambda`: write it as a `def`")
    if isinstance(answer, FunctionType) and (answer.__closure__ or hasattr(answer, "__wrapped__")):
        why = "decorated" if hasattr(answer, "__wrapped__") else "made inside another function"
        raise NotKept(f"it is {why}: write it as a plain `def` at the left edge of a cell")
    codes = _codes(answer)
    if len({code.co_filename for code in codes}) > 1:
        raise NotKept("the class is put together from several cells: write it in one")
    node = definition(answer)
    if node is None or node.col_offset or node.name != what:
        raise NotKept("the text that defines it was not found: write it as a `def` at the left edge of a cell")
    if node.decorator_list:
        raise NotKept("it is decorated: write it as a plain `def` at the left edge of a cell")
    lines = linecache.getlines(codes[0].co_filename)
    return "".join(lines[node.lineno - 1 : node.end_lineno]).rstrip() + "\n"


def _globals(text):
    """The names that the text looks up outside itself."""
    names, pending = set(), [symtable.symtable(text, "", "exec")]
    while pending:
        table = pending.pop()
        pending += table.get_children()
        top = table.get_type() == "module"
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return names


def _import(value, name):
    """The line that imports a module, or what a module holds; "" for what is the learner's own."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__}" if value.__name__ == name else f"import {value.__name__} as {name}"
    for ours in ("helpers.network", "helpers.layers"):  # tables such as ACTIVATIONS, and what partial makes, as ReLU
        if isinstance(value, dict | partial) and getattr(sys.modules.get(ours), name, None) is value:
            return f"from {ours} import {name}"
    if isinstance(value, np.ufunc):
        module, own = "numpy", value.__name__
    else:
        module, own = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(own, str) or module in ("__main__", "my_network"):
        return ""
    held = getattr(sys.modules.get(module), own, None)
    if held is not value and getattr(held, "right", None) is not value:
        return ""
    return f"from {module} import {own}" + (f" as {name}" if own != name else "")


def run(text, name):
    """The function or class `name` that a kept text defines, in a namespace of its own."""
    file = f"<my_network: {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace = {"__name__": "my_network"}
    exec(compile(text, file, "exec"), namespace)
    return namespace[name]


def module(parts, head, tail):
    """One module of many kept texts, `parts` = [(title, name, text), …]: its imports, then a section for each.

    What an exercise asks for is defined once, in its own section. Where two texts define or import different things
    under another name, the later one's is renamed.
    """
    split = [_pieces(text) for _, _, text in parts]
    own = {name: definitions[name] for (_, name, _), (_, definitions) in zip(parts, split, strict=True)}
    imports, taken, sections = {}, dict(own), []
    for (title, name, _), (lines, definitions) in zip(parts, split, strict=True):
        renamed = {}
        for bound, line in lines.items():
            if bound not in own and taken.setdefault(bound, line) == line:
                imports[bound] = line
            elif bound not in own:
                renamed[bound] = f"{bound}_of_{name}"
                imports[renamed[bound]] = f"{line.partition(' as ')[0]} as {renamed[bound]}"
        pieces = []
        for defined, piece in definitions.items():
            if defined != name:
                if taken.get(defined) == piece:
                    continue  # it stands in another section
                if defined in taken:
                    renamed[defined] = f"{defined}_of_{name}"
                else:
                    taken[defined] = piece
            pieces.append(piece)
        sections.append(f"# {title}\n\n\n" + "\n\n\n".join(_rename(piece, renamed) for piece in pieces))
    return "\n".join([head, *sorted(imports.values())]) + "\n\n" + "\n\n\n".join(sections) + f"\n{tail}"


def _pieces(text):
    """A kept text as {what is bound: import line} and {name: definition}."""
    imports, definitions, lines = {}, {}, text.splitlines()
    for node in ast.parse(text).body:
        piece = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports[node.names[0].asname or node.names[0].name] = piece
        elif isinstance(node, ast.Assign):  # forward = my_forward
            definitions[node.targets[0].id] = f"{definitions.pop(node.value.id)}\n\n\n{piece}"
        else:
            definitions[node.name] = piece
    return imports, definitions


def _rename(text, names):
    """The text with these names exchanged, wherever they stand as names."""
    if not names:
        return text
    lines = text.split("\n")
    places = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.id in names:
            places.append((node.lineno - 1, node.col_offset, node.id))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names:
            line = lines[node.lineno - 1].encode()
            places.append((node.lineno - 1, line.index(node.name.encode(), node.col_offset), node.name))
    for row, column, name in sorted(places, reverse=True):
        line = lines[row].encode()
        lines[row] = (line[:column] + names[name].encode() + line[column + len(name.encode()) :]).decode()
    return "\n".join(lines)


def write(path, text):
    """Put `text` into the file at once. What was changed by hand is kept as *.bak, and True is returned."""
    before = path.read_text("utf-8", "replace") if path.exists() else ""
    whole = text + MARK + _digest(text) + "\n"
    if before == whole:
        return False
    body, _, written = before.rpartition(MARK)
    edited = before != "" and written.strip() != _digest(body)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.write_text(whole, "utf-8")
        if edited:
            os.replace(path, path.with_name(path.name + ".bak"))
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    return edited


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
