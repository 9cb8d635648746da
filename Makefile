# What a developer types. `make test`, `make demo` and the others prepare what they need first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test test-unit lint format

setup: .venv/ready

.venv/ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/vjt demo

test: lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --quiet

test-unit: setup
	$(BIN)/python -m pytest --numprocesses 2 --quiet tests/unit

lint: setup
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet
