# make lab         open the course in JupyterLab
# make test        run every check
# make notebooks   build the notebooks from lessons/ (one: make notebooks N=02_word_vectors)
# make assets      fetch the texts and weights (one: make assets N=glove)
# make bench       measure the course beside its peers; writes benchmarks/README.md
# make checkpoints  train the course's own models again: what is missing, or whose recipe has changed
# make clean       remove what the above have made here
#
# The first run of each makes .venv and installs the pinned requirements; later runs do that only if these change.
# Another Python, before .venv is made or after `make clean`: make lab PYTHON=python3.12. Options for JupyterLab: make lab LAB_ARGS="--no-browser --port=9000".

PYTHON = python3
LAB_ARGS =
N =

RUN = .venv/bin/python
INSTALL = $(RUN) -m pip install --disable-pip-version-check
FETCH = $(RUN) -m helpers.assets
# Every Python process of a test is cut off from other machines: see tests/offline/sitecustomize.py.
PYTEST = PYTHONPATH="$(CURDIR)/tests/offline" $(RUN) -m pytest

.PHONY: lab test notebooks assets bench checkpoints clean

lab: .venv/learner.stamp
	@$(FETCH) && $(MAKE) -s .venv/texts.stamp || echo "The lessons run without what is missing, on smaller texts."
	$(RUN) -m jupyterlab --ServerApp.root_dir="$(CURDIR)" \
	    --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_ARGS)

test: .venv/developer.stamp
	$(RUN) -m ruff check .
	@$(FETCH) && $(MAKE) -s .venv/texts.stamp || echo "Tests of what is missing will fail or be skipped."
	$(PYTEST) -n 2 --dist loadfile tests --ignore=tests/lessons --ignore=tests/browser
	$(PYTEST) -n 2 --dist worksteal tests/lessons
	$(PYTEST) --nbval-lax --nbval-current-env --nbval-cell-timeout 180 -n 2 --dist loadfile notebooks
	$(PYTEST) -n 2 --dist loadfile tests/browser

notebooks: .venv/developer.stamp
	$(RUN) lessons/build.py $(N)

assets: .venv/learner.stamp
	$(FETCH) $(N)
	$(if $(N),,@$(MAKE) -s .venv/texts.stamp)

bench: .venv/developer.stamp
	$(RUN) -m benchmarks

checkpoints: .venv/learner.stamp
	$(RUN) -m helpers.checkpoints

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# Texts are parsed once, so that no lesson has to wait for it; the parser keeps what it read in the cache folder.
.venv/texts.stamp: .venv/learner.stamp $(wildcard helpers/data/*.py)
	@echo "Reading the texts once …"
	@$(RUN) -m helpers.data > /dev/null
	@touch $@

.venv/learner.stamp: .venv/pyvenv.cfg requirements.txt pyproject.toml
	$(INSTALL) -r requirements.txt
	@touch $@

.venv/developer.stamp: .venv/pyvenv.cfg requirements.txt requirements-dev.txt pyproject.toml
	$(INSTALL) -r requirements-dev.txt
	@touch .venv/learner.stamp $@

.venv/pyvenv.cfg:
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))" || { echo "The course\
	 needs Python 3.11 to 3.14, and this is '`$(PYTHON) --version 2>&1`'. Name another one: make PYTHON=python3.12";\
	 exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "'$(PYTHON) -m venv' failed: see the lines above."; exit 1; }
