"""What a Jupyter kernel is to a lesson, for a page of the website: runs cells and carries the widgets' messages.

worker.js calls `run`, `handle`, `put` and `changed`; what is to be shown goes to page.js by `post`. Real ipywidgets and
anywidget run here. In place of IPython, which takes 3 MB and 3 s more, stands a module with the few names of it that
ipywidgets, matplotlib and the course ask for.
"""

import ast
import base64
import io
import json
import linecache
import re
import sys
import traceback
import types
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import js
from pyodide.ffi import to_js

FOLDER = Path("/course/notebooks")  # where cells run, and what the learner makes is kept
LONGEST = 5_000_000  # bytes of a file that the browser keeps
main = types.ModuleType("__main__")
shown, known, cells = 0, {}, 0
transformers = []  # as IPython's input_transformers_post: functions of the lines of a cell


def post(kind, buffers=(), **content):
    """A message to the page; to_js copies the buffers out of Python's memory."""
    js.postMessage(to_js([kind, json.dumps(content), [bytes(buffer) for buffer in buffers]]))


# --- in place of IPython, and a backend of matplotlib -----------------------------------------------------------------


def prepare():
    """Before the course is imported."""
    sys.modules["__main__"] = main
    main.__dict__.update(display=display)
    names = "IPython", "IPython.core", "IPython.core.interactiveshell", "IPython.core.pylabtools", "IPython.display"
    ipython, core, shell, pylab, shows = (types.ModuleType(name) for name in names)
    sys.modules.update(zip(names, (ipython, core, shell, pylab, shows), strict=True))
    events = types.SimpleNamespace(trigger=lambda *_: None, register=lambda *_: None)
    page = types.SimpleNamespace(kernel=True, events=events, display_pub=None, user_ns=main.__dict__)
    page.input_transformers_post = transformers
    ipython.version_info, ipython.get_ipython, ipython.display, ipython.core = (9, 0), lambda: page, shows, core
    ipython.__path__ = core.__path__ = []
    core.interactiveshell, core.pylabtools, pylab.backend2gui = shell, pylab, {}
    shell.InteractiveShell = type("InteractiveShell", (), {"initialized": staticmethod(lambda: False)})
    shows.display, shows.clear_output, shows.HTML = display, lambda wait=False: post("clear"), Html
    import_comm()
    if find_spec("matplotlib"):
        mend_fonts()


def mend_fonts():
    """Pyodide's list of fonts is of another version and another computer; making it anew takes a second."""
    folder = Path(find_spec("matplotlib").origin).parent
    fonts = json.loads((folder / "fontlist.json").read_text())
    version = re.search(r"__version__ = (\d+)", (folder / "font_manager.py").read_text())
    fonts |= {"_version": int(version[1]), "ttflist": [one for one in fonts["ttflist"] if one["fname"][0] != "/"]}
    (folder / "fontlist.json").write_text(json.dumps(fonts))


def import_comm():
    import comm
    from comm.base_comm import BaseComm, CommManager

    class PageComm(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **_):
            post("comm", buffers or (), type=msg_type, id=self.comm_id, data=data or {}, metadata=metadata or {})

    manager = CommManager()
    comm.create_comm, comm.get_comm_manager = PageComm, lambda: manager


class Html:
    def __init__(self, data):
        self.data = data

    def _repr_html_(self):
        return self.data


def figures():
    """Show the figures that are open, and close them; as Jupyter does at the end of a cell, or at plt.show()."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else ():
        display(pyplot.figure(number))
        pyplot.close(number)


def will_be_shown(value):
    """Is this a figure that `figures` will show?"""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return pyplot is not None and any(value is pyplot.figure(number) for number in pyplot.get_fignums())


# --- showing ----------------------------------------------------------------------------------------------------------


class Handle:
    """What display(…, display_id=True) returns."""

    def __init__(self, number):
        self.number = number

    def update(self, thing, raw=False, metadata=None, **_):
        post("display", number=self.number, update=True, **bundle(thing, raw, metadata))


def display(*things, raw=False, metadata=None, display_id=None, **_):
    global shown
    for thing in things:
        shown += 1
        post("display", number=shown, **bundle(thing, raw, metadata))
    return Handle(shown) if display_id else None


def bundle(thing, raw=False, metadata=None):
    """{"data": {MIME type: text}, "metadata": …} of anything; pictures in base64."""
    if hasattr(thing, "model_id"):  # a widget; the still picture that it also has is for where no kernel runs
        return {"data": {"application/vnd.jupyter.widget-view+json": {"model_id": thing.model_id}}}
    if raw:
        data = thing
    elif type(thing).__name__ == "Figure" and hasattr(thing, "savefig"):
        buffer = io.BytesIO()
        thing.savefig(buffer, format="png", bbox_inches="tight")
        data = {"image/png": buffer.getvalue()}
    elif hasattr(thing, "_repr_mimebundle_"):
        data = thing._repr_mimebundle_()
        data, metadata = data if isinstance(data, tuple) else (data, metadata)
    elif hasattr(thing, "_repr_html_"):
        data = {"text/html": thing._repr_html_()}
    else:
        data = {"text/plain": repr(thing)}
    texts = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
    return {"data": texts, "metadata": metadata or {}}


class Stream(io.TextIOBase):
    def __init__(self, name):
        self.name = name

    def write(self, text):
        post("stream", name=self.name, text=text)
        return len(text)


# --- what the worker calls --------------------------------------------------------------------------------------------


def run(code):
    """Run a cell, and show the value of its last expression and the figures that it made; did it end well?"""
    global cells
    cells += 1
    name = f"<cell {cells}>"
    try:
        for transform in list(transformers):
            code = "".join(transform(code.splitlines(True)))
        linecache.cache[name] = len(code), None, code.splitlines(True), name
        with redirect_stdout(Stream("stdout")), redirect_stderr(Stream("stderr")):
            tree = ast.parse(code, name)
            ends = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec"), main.__dict__)
            value = eval(compile(ast.Expression(ends.value), name, "eval"), main.__dict__) if ends else None
            if value is not None and not code.rstrip().endswith(";") and not will_be_shown(value):
                main.__dict__["_"] = value
                display(value)
            figures()
    except BaseException as error:
        post("error", text=words(error))
        return False
    return True


def words(error):
    """The traceback from the learner's own lines on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename in (__file__, ast.__file__):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace, limit=-8))


def handle(comm_id, text, buffers):
    """A message of the page for a widget."""
    import comm

    target = comm.get_comm_manager().comms.get(comm_id)
    if target is None:
        return
    content = {"comm_id": comm_id, "data": json.loads(text)}
    message = {"content": content, "buffers": [memoryview(buffer) for buffer in buffers.to_py()]}
    try:
        with redirect_stdout(Stream("stdout")), redirect_stderr(Stream("stderr")):
            target.handle_msg(message | {"parent_header": {}, "header": {}, "metadata": {}})
    except BaseException as error:
        post("error", text=words(error))


def put(name, content):
    """Lay a file into the folder, as the browser kept it."""
    known[name] = content.to_bytes()
    (FOLDER / name).write_bytes(known[name])


def changed():
    """Post the files of the folder that are not as they were when this was last called."""
    for path in sorted(FOLDER.iterdir()):
        if path.is_file() and path.stat().st_size <= LONGEST and known.get(path.name) != (now := path.read_bytes()):
            known[path.name] = now
            post("file", [now], name=path.name)
