# make run    set up, and print the reference session
# make test   set up, and run every check
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test lint format docs conformance bench clean

run: $(READY)
	@$(BIN)/ema-calc --decay 0.99 0:1 100:10x7

test: lint
	$(BIN)/pytest -q --cov --cov-report=term

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# make docs     write what is made from the code: the pages' sessions, pictures, ...
docs: $(READY)
	@$(BIN)/python -m tests.made

# make conformance GOLDEN=FILE   replay sequences recorded from the frameworks
conformance: $(READY)
	@$(BIN)/python -m tests.conformance $(GOLDEN)

# make bench   speed, as ratios against references on this machine
bench: $(READY)
	@$(BIN)/python -m tests.benchmarks.ratios

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows pyproject.toml; another PYTHON makes a new one.
$(READY): pyproject.toml $(VENV)/python-is-$(notdir $(PYTHON))
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable '.[fast]' --group dev
	$(BIN)/python -m compileall -q ema_cli
	@touch $@

$(VENV)/python-is-$(notdir $(PYTHON)):
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
