"""How Sphinx makes the website of the lessons' stored outputs; nothing is executed. `make site` builds it.

tools/site.py puts the pages, the notebooks and MathJax together first. COURSE_REPOSITORY names the repository in links.
"""

import os
import sys
import tomllib
from pathlib import Path

ROOT = Path(os.environ["COURSE_ROOT"])
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

project = "Neural networks from scratch"
author = "the authors of the course"
release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
copyright = "BSD-3-Clause (code), CC BY 4.0 (text)"
html_title = project
extensions = ["myst_nb", "sphinx_design", "sphinx_copybutton", "lessons"]
exclude_patterns = ["**.ipynb_checkpoints", "README.md"]
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type", "myst.header"]

html_theme = "sphinx_book_theme"
html_static_path, templates_path = ["static"], ["templates"]
html_favicon = "static/favicon.svg"
html_css_files = ["course.css"]
html_js_files = ["course.js", ("live/button.js", {"type": "module"})]
html_show_sourcelink = False
html_copy_source = True  # the download button takes the notebook from there
mathjax_path = "mathjax/tex-chtml.js"  # ours, from npm: no reader's request goes to another host
html_theme_options = {
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "use_repository_button": False,
    "repository_url": os.environ.get("COURSE_REPOSITORY", "https://github.com/OWNER/REPOSITORY"),
    "repository_branch": "main",
    "path_to_docs": "",
    "use_edit_page_button": True,
    "use_issues_button": True,
    "launch_buttons": {
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    },
}
html_context = {"default_mode": "auto"}

if tags.has("book"):  # noqa: F821  Sphinx's own; tools/book.py has prepared the notebooks
    root_doc = "book"
    extensions.remove("lessons")
    exclude_patterns += ["index.md", "map.md", "half-pages.md", "start.md", "teachers.md", "teaching"]
    html_theme, html_theme_options = "basic", {}
    html_css_files, html_js_files = ["book.css"], []
else:
    exclude_patterns += ["book.md"]
