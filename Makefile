# make app: open the workbench on the photos below ROOT.   make test: all tests.
# make check: lint, types, imports.   make browser, screenshots, bench: those tests alone.
PYTHON ?= python3
ROOT ?= $(HOME)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --constraint constraints.txt

.PHONY: app test check browser screenshots bench browser-program database-program

app: $(VENV)/.app
	@$(BIN)/coursekit app --root "$(ROOT)" $(ARGS)

test: $(VENV)/.test browser-program database-program
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: $(VENV)/.test browser-program
	$(BIN)/python -m pytest -m browser $(ARGS)

screenshots: $(VENV)/.test browser-program
	COURSEKIT_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser $(ARGS)

bench: $(VENV)/.test
	$(BIN)/python -m tests.benchmarks $(ARGS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "coursekit needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.app: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV); the first time this downloads PyTorch, some gigabytes."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/.app
	@$(PIP) --editable '.[test,lint]'
	@touch $@

# A browser for the tests: one that is there, else Debian's, where we may install it.
browser-program:
	@$(BIN)/python -c 'import sys; from coursekit.app import browser; sys.exit(not browser.find())' || \
	if ! command -v apt-get >/dev/null; then \
	  echo "No Chrome or Chromium was found: browser tests will be skipped."; \
	elif [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	elif sudo -n true 2>/dev/null; then \
	  sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	else \
	  echo "No Chrome or Chromium was found: browser tests will be skipped. apt install chromium"; \
	fi

# A database server for the tests, likewise.
database-program:
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then \
	  sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends postgresql; \
	else \
	  echo "No PostgreSQL was found: its tests will be skipped. apt install postgresql"; \
	fi
