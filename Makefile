# The commands of the course. `make` alone lists them. Everything is installed into .venv and nothing outside it.
# Needs make and Python 3.11 or newer; on Windows see README.md.

PYTHON   ?= python3
VENV     ?= .venv
PIP_ARGS ?=# for example: make test PIP_ARGS="-c tests/oldest.txt"
CLASS    ?= build/class# a folder outside outlives `make clean`: make class CLASS=../class-2026
LAB_ARGS ?=# for example: make lab LAB_ARGS="--no-browser --port=8890"

ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif
PY      := "$(BIN)/python"
SPACE   := $() $()
STAMPS  := $(subst $(SPACE),\$(SPACE),$(VENV))# as make writes a space in the name of a target
WORKERS ?= auto
LEARNER  = tests/notebooks/test_course.py
NBVAL    = $(PY) -m pytest -p no:cacheprovider -p tests.notebooks.plugin -p nbval --nbval --nbval-current-env \
           --nbval-cell-timeout=300 --nbval-sanitize-with tests/nbval_sanitize.cfg -n $(WORKERS) --dist loadscope

# In a pack that `make offline` made, everything is installed from this folder, and no index is asked.
ifneq ($(wildcard wheels/*.whl),)
  export PIP_NO_INDEX   := 1
  export PIP_FIND_LINKS := wheels
endif

# One BLAS thread: sums come out the same everywhere, and workers do not wait for each other's threads.
test unit learner nbval notebooks class-test: export OMP_NUM_THREADS = 1
test nbval notebooks: export OPENBLAS_NUM_THREADS = 1
test nbval notebooks: export MKL_NUM_THREADS = 1
test nbval notebooks: export PYTHONHASHSEED = 0
test nbval notebooks: export COURSE_PROGRESS = off

class-test: export CLASS_IN_FULL ?= 1

nbval notebooks: export MPLBACKEND = module://matplotlib_inline.backend_inline

# What is run is what is installed here, and not what lies in the folders that a shell names.
unexport PYTHONPATH PYTHONHOME

# Before anything that needs it, but not under `make -n`: an environment that does not work, or is another folder's, is
# mended.
ifneq ($(if $(findstring n,$(firstword -$(MAKEFLAGS))),,$(filter-out help clean,$(MAKECMDGOALS))),)
  ifneq ($(shell $(PYTHON) tools/environment.py "$(VENV)" 1>&2 && echo ready),ready)
    $(error No environment, for the reason above. (If that is about Python, name another, 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12))
  endif
endif

.PHONY: help lab smoke test lint unit learner check nbval browser-test test-cpus links notebooks pictures site site-test pdf lite offline slides guide class class-test bench torch clean
.DEFAULT_GOAL := help

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-12s %s\n", $$1, $$2}'

lab: $(STAMPS)/course.stamp ## Open the course in JupyterLab
	$(PY) tools/lab.py $(LAB_ARGS)

smoke: $(STAMPS)/course.stamp ## See in ten seconds that everything works
	@$(PY) -W ignore tools/smoke.py

test: lint unit learner nbval ## Run everything that proves the course

lint: $(STAMPS)/test.stamp ## Check the style of code and notebooks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

unit: $(STAMPS)/test.stamp ## Run the unit tests (COVERAGE=1 prints how much of the code they run)
	$(PY) -m pytest -n $(WORKERS) --dist worksteal --ignore=$(LEARNER) $(if $(COVERAGE),--cov=helpers --cov=course --cov-report=term)

learner: $(STAMPS)/test.stamp ## Take the lessons as a learner who answers everything, first wrong
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(LEARNER)

check: $(STAMPS)/test.stamp ## Check that the notebooks are in the state a learner should meet
	$(PY) -m pytest -q tests/notebooks/test_rules.py

nbval: $(STAMPS)/test.stamp ## Run every notebook, compare its outputs with the stored ones, and check its figures
	$(NBVAL) notebooks

browser-test: $(STAMPS)/test.stamp $(STAMPS)/browser.stamp ## Run the lessons in a real browser (needs Chromium or Chrome)
	$(PY) -m pytest -o addopts="-ra" -n 2 --dist loadscope tests/browser $(BROWSER_ARGS)

test-cpus: $(STAMPS)/test.stamp ## Run what depends on matrix products as on other processors (CPUS="Haswell Zen")
	$(PY) tools/cpus.py $(CPUS)

links: ## Ask whether the links of the lessons still answer
	@$(PYTHON) tools/links.py

notebooks: $(STAMPS)/test.stamp ## Run the notebooks and store their outputs (NB="notebooks/07…" for one)
	$(PY) tools/notebooks.py run $(NB)

pictures: $(STAMPS)/course.stamp ## Make the pictures of the README anew
	$(PY) tools/pictures.py

site: $(STAMPS)/site.stamp ## Build the website from the stored outputs (needs npm, for MathJax)
	$(PY) tools/site.py

site-test: site slides $(STAMPS)/test.stamp $(STAMPS)/browser.stamp $(STAMPS)/book.stamp ## Read every page of the website in a browser
	$(PY) -m pytest -o addopts="-ra" tests/site

pdf: $(STAMPS)/site.stamp $(STAMPS)/book.stamp ## Print the course as one book, build/book.pdf (needs npm, and Chromium or Chrome)
	$(PY) tools/book.py

slides: $(STAMPS)/course.stamp ## Make a talk of each lesson in build/slides, for offline use (needs npm, for reveal.js)
	$(PY) -m teaching.slides

guide: $(STAMPS)/course.stamp ## Write the teacher's guide with votes and mistakes, as Markdown, into build/guide
	@$(PY) -m teaching.guide

class: $(STAMPS)/course.stamp ## Make the editions for a class and the course for nbgrader, in build/class or CLASS=folder
	$(PY) -m teaching.classroom.make_class "$(CLASS)"

class-test: $(STAMPS)/test.stamp $(STAMPS)/class.stamp ## Grade a class, and run a hub with ten students (needs npm; CLASS_IN_FULL=0 for less)
	npm install --silent --no-save --prefix build/hub configurable-http-proxy@5.3.0
	$(PY) -m pytest -s -p no:cacheprovider tests/teaching/test_class.py tests/teaching/test_hub.py

lite: export COURSE_LITE = 1
lite: site ## Build the notebooks in JupyterLite, Jupyter in a browser, beside the website in build/site/lite
	$(PY) tools/lite.py

offline: site ## Pack the course, its wheels and the website into one zip for a room without a network
	$(PY) tools/offline.py

bench: $(STAMPS)/bench.stamp ## Measure speed against PyTorch and scikit-learn, accuracy against time, and widgets
	$(PY) benchmarks/training_speed.py
	$(PY) benchmarks/peers.py
	$(PY) benchmarks/accuracy.py
	$(PY) benchmarks/widget_latency.py
	$(PY) benchmarks/playground_fps.py

torch: $(STAMPS)/course.stamp ## Install PyTorch, which the comparisons use and the lessons do not need
	$(PY) -m pip install $(PIP_ARGS) "torch>=2.4"

clean: ## Remove the environment and everything made by running
	test ! -e "$(VENV)/pyvenv.cfg" || rm -rf "$(VENV)"
	rm -rf artifacts build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say which extras are installed; a change of pyproject.toml installs again.
$(STAMPS)/course.stamp: pyproject.toml
	@test -x $(PY) || $(PYTHON) -m venv "$(VENV)" || \
	  { rm -rf "$(VENV)"; echo "Python could not make an environment in $(VENV), for the reason above. If that is ensurepip or venv, on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -e .
	@touch "$@"

$(STAMPS)/test.stamp $(STAMPS)/browser.stamp $(STAMPS)/site.stamp $(STAMPS)/book.stamp $(STAMPS)/class.stamp $(STAMPS)/bench.stamp: $(STAMPS)/course.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -e ".[$$(basename "$@" .stamp)]"
	@touch "$@"
