# make run         set up what the command needs, and print the reference session
# make test        set up everything, and run the checks that take less than four minutes
# make test-all    the longer checks: the tests that take more than a second, and the lowest versions of what is needed
# make coverage    every test, with the bar: all lines and branches of core/ and reading/
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
COMMAND := $(VENV)/.command
READY := $(VENV)/.ready

.PHONY: run test test-all coverage lint format docs conformance everywhere mutants fuzz sanitize prove properties browser bench clean

run: $(COMMAND)
	@$(BIN)/ema-calc --decay 0.99 0:1 100:10x7

test: lint
	$(BIN)/pytest -q -n auto -m "not long"

test-all: $(READY)
	$(BIN)/pytest -q -n auto -m long
	$(BIN)/python -m pip install --quiet --group everywhere
	PATH=$(abspath $(BIN)):$$PATH $(BIN)/nox -s "tests-3.11(lowest)" -- tests/cli tests/suggest tests/test_cases.py tests/formats

coverage: $(READY)
	$(BIN)/python -m pip $(INSTALL) '.[tensorboard]'
	$(BIN)/pytest -q -n auto --cov --cov-report=term
	$(BIN)/coverage report --include='ema_cli/core/*,ema_cli/reading/*' --fail-under=100

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# make docs     write what is made from the code: the pages' sessions, pictures, ...
docs: $(READY)
	@$(BIN)/python -m tests.made

# make conformance GOLDEN=FILE   replay sequences recorded from the frameworks
conformance: $(READY)
	@$(BIN)/python -m tests.conformance $(GOLDEN)

# make everywhere [ONLY=SESSION]   the packages on each Python, with the newest and the lowest versions of what they need,
# and for type checkers (noxfile.py); takes some minutes for each
everywhere: $(READY)
	$(BIN)/python -m pip install --quiet --group everywhere
	PATH=$(abspath $(BIN)):$$PATH $(BIN)/nox $(if $(ONLY),-s "$(ONLY)")

# make mutants [ONLY="MODULE..."]   changes the program in one small place at a time, and says what no test finds
mutants: $(READY)
	@$(BIN)/python -m tests.mutants $(ONLY)

# make bench   speed, as ratios against references on this machine
bench: $(READY)
	@$(BIN)/python -m tests.benchmarks.ratios

# make fuzz SECONDS=N ONLY="..."   generated input for every parser and writer, following the coverage
SECONDS ?= 60
fuzz: $(READY)
	@$(BIN)/python -m pip install --quiet --group fuzz
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ONLY)

# make sanitize [TESTS="..."]   the compiled core built with ASan and UBSan, under its own tests and the fuzz targets
sanitize: $(READY)
	$(BIN)/python -m tests.native.sanitized $(TESTS)

# make prove [COUNT=N]   the compiled core prints all positive floats and N random doubles, and reads N random texts
COUNT ?= 1000000000
PROOF := $(VENV)/prove_numbers
prove: $(READY)
	$(BIN)/python -c 'from ema_cli.native.generate import powers_of_ten; print(powers_of_ten())' > $(PROOF).cpp
	c++ -O2 -std=c++17 -Iema_cli/native $$($(BIN)/python -c 'import sysconfig; print("-I" + sysconfig.get_path("include"))') \
		tests/native/prove_numbers.cpp ema_cli/native/print.cpp ema_cli/native/numbers.cpp $(PROOF).cpp -o $(PROOF)
	$(PROOF) print $(COUNT)
	$(PROOF) read $(COUNT)
	$(PROOF) floats

# make properties TIMES=N   every property on N times as many examples, drawn anew; make test draws the same each time
TIMES ?= 20
properties: $(READY)
	TIMES=$(TIMES) $(BIN)/pytest -q -n auto -m hypothesis

# make browser   open the pages in the system's Chromium: the interactive page, and axe on every page
browser: $(READY)
	$(BIN)/python -m pip install --quiet --group browser
	$(BIN)/pytest -q -m browser

clean:
	rm -rf $(VENV) .nox .mutants .fuzz .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows pyproject.toml; another PYTHON makes a new one. The command alone waits for no compiler, and the
# pip of PYTHON, where it has one, installs it in half the time that it takes to install a pip first.
INSTALL := install --quiet --disable-pip-version-check --editable

$(COMMAND): pyproject.toml $(VENV)/python-is-$(notdir $(PYTHON))
	@EMA_CALC_PURE=1 $(PYTHON) -m pip --python $(BIN)/python $(INSTALL) . 2>/dev/null \
	  || { $(BIN)/python -m ensurepip >/dev/null && EMA_CALC_PURE=1 $(BIN)/python -m pip $(INSTALL) .; }
	@touch $@

$(READY): pyproject.toml $(VENV)/python-is-$(notdir $(PYTHON))
	@$(BIN)/python -m ensurepip >/dev/null
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip $(INSTALL) '.[plot,xlsx]' --group dev
	@touch $@ $(COMMAND)

$(VENV)/python-is-$(notdir $(PYTHON)):
	$(PYTHON) -m venv --clear --without-pip $(VENV)
	@touch $@
