# Each target does all of its own set-up. A machine needs Python 3.11+, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
REALPARTS_FLAGS ?=

.PHONY: smoke test unit lint types contracts realparts bench lock wheel clean

smoke: $(VENV)/run.stamp ## the smoke suite on the embedded service
	$(BIN)/pytest -m smoke --ops-report reports/smoke.html

test: lint types contracts unit ## everything that has to be green

unit: $(VENV)/dev.stamp ## the project's own tests, with the real parts that are here
	$(BIN)/pytest tests -q -n 2 --durations=25

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp ## who may import whom
	$(BIN)/lint-imports

realparts: $(VENV)/dev.stamp ## build the real servers that tests use into a cache folder
	$(BIN)/python -m tests.parts build $(REALPARTS_FLAGS)

bench: $(VENV)/dev.stamp ## side-by-side measurements; prints ratios
	$(BIN)/python -m benchmarks

wheel: $(VENV)/dev.stamp
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

lock: ## needs uv; names no index
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	  pyproject.toml --extra service --extra report --extra parallel --extra web --extra history --group build -o requirements/run.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	  pyproject.toml --extra all --group build --group dev -c requirements/run.lock -o requirements/dev.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	  service/deploy/image.in -c requirements/run.lock -o service/deploy/image.lock
	cd tests/parts/recipes && uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal \
	  --python-version 3.11 litellm.in -o litellm.lock

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "opscheck needs Python 3.11 or newer; $$($(PYTHON) --version) is too old: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/run.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/run.stamp
	$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@
