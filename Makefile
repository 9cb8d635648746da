# What a developer types. Each verb prepares what it needs first: Python 3.11, make and Maven are enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup demo test test-unit test-long lint format requirements

setup: .venv/ready

.venv/ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes --requirement requirements-dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/vjt demo

# Three processes on two cores: much of the time they wait for servers.
test: lint
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --quiet

test-unit: setup
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --quiet tests/unit

# The model and the system over a hundred thousand histories, and tables over hundreds: about an hour.
test-long: setup
	$(BIN)/python -m pytest --numprocesses 2 --quiet -m long

lint: setup
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

# After a change of the dependencies in pyproject.toml; needs uv.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
requirements:
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
