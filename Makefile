# Huoshui 活水
#
#   make run    install, build the frontend, start the demo instance
#   make test   install the test tools too, run every gate and every test
#   make help   the other targets
#
# Everything is installed into .venv; stamp files keep a second start quick.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PY := $(BIN)/python

# What `make run` passes to `huoshui serve --demo` beside it, and what `make test` passes to pytest.
SERVE_ARGS ?=
PYTEST_ARGS ?=
PYTEST_WORKERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- installing -----------------------------------------------------------------

# scripts/find_python prints a Python 3.11 or newer with a working venv module
# (PYTHON=... overrides), or says in one line what is missing.
$(STAMPS)/venv:
	@python=$$(PYTHON='$(PYTHON)' scripts/find_python) && \
	echo "venv: $(VENV) with $$($$python --version)" && \
	$$python -m venv --clear '$(VENV)'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements/run.txt $(STAMPS)/venv
	@echo "installing requirements/run.txt"
	@$(PY) -m pip install -qq --require-hashes -r requirements/run.txt
	@touch $@

$(STAMPS)/package: pyproject.toml scripts/hatch_build.py LICENSE $(STAMPS)/run
	@$(PY) -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/test: requirements/test.txt $(STAMPS)/package
	@echo "installing requirements/test.txt"
	@$(PY) -m pip install -qq --require-hashes -r requirements/test.txt
	@touch $@

.PHONY: install install-run
install-run: $(STAMPS)/package

install: $(STAMPS)/test ## the venv with everything, tests' tools included

# --- building -------------------------------------------------------------------

.PHONY: frontend messages messages-update messages-check build
frontend: install-run ## build the frontend (quick when its sources are unchanged)
	@$(PY) scripts/build_frontend.py

messages: install-run ## compile the message catalogues (.po to .mo)
	@$(PY) scripts/messages.py compile

messages-update: install-run ## bring the catalogues (.po) up to date with the sources
	@$(PY) scripts/messages.py update

messages-check: install-run ## fail when a catalogue lacks a translation
	@$(PY) scripts/messages.py check

build: frontend messages

.PHONY: wheel
wheel: build ## a wheel in dist/, with the built frontend inside
	@$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls -1 dist/*.whl

# --- running --------------------------------------------------------------------

.PHONY: run
run: build ## install, build, and start the demo instance
	@exec $(BIN)/huoshui serve --demo $(SERVE_ARGS)

# --- testing --------------------------------------------------------------------

.PHONY: test gates pytest browser
test: install build browser gates pytest ## every gate, then every test

browser: install
	@$(PY) scripts/ensure_browser.py

# Neither gates nor tests touch the data of `make run`.
gates pytest: export HUOSHUI_DATA_DIR := $(CURDIR)/build/test-data
# HUOSHUI_TEST_SKIP_BROWSER=1 leaves the browser tests out.
# Tests start the product a hundred times: each compiled it anew where the environment forbids to keep that.
pytest: export PYTHONDONTWRITEBYTECODE :=
pytest: override PYTEST_ARGS += $(if $(HUOSHUI_TEST_SKIP_BROWSER),-m 'not browser')

gates: install messages ## style, types, layers, sizes, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PY) scripts/check_sizes.py
	$(PY) scripts/messages.py check
	DJANGO_SETTINGS_MODULE=huoshui.settings $(PY) -m django makemigrations --check --dry-run

pytest: install build ## the tests alone (PYTEST_ARGS='-k name')
	$(PY) -m pytest -n $(PYTEST_WORKERS) $(PYTEST_ARGS)

# A running instance, best a demo: what is found writes to it. See docs/api.md.
FUZZ_URL ?= http://127.0.0.1:8000
FUZZ_SECONDS ?= 300
FUZZ_CHECKS := not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
.PHONY: fuzz
fuzz: install ## schemathesis against a running instance (FUZZ_URL, FUZZ_TOKEN, FUZZ_SECONDS)
	@$(BIN)/schemathesis run $(FUZZ_URL)/api/v1/openapi.json -H 'Authorization: Bearer $(FUZZ_TOKEN)' \
	  --checks $(FUZZ_CHECKS) --max-time $(FUZZ_SECONDS) --max-examples 50 --continue-on-failure \
	  --phases coverage,fuzzing --suppress-health-check all --warnings off --exclude-path-regex 'tokens|deactivate'

.PHONY: bench
bench: install build ## time the demo district: build/bench.txt, build/bench.json
	$(PY) -m bench

# --- developing -----------------------------------------------------------------

.PHONY: fmt lock clean distclean
fmt: install ## format, and fix what ruff can fix
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/venv
	@$(PY) -m pip install -qq --require-hashes -r requirements/dev.txt
	@touch $@

lock: $(STAMPS)/dev $(STAMPS)/run ## regenerate all lock files (UPGRADE=1 for newer versions)
	@$(PY) scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove what was built, keep the venv and the data
	rm -rf build dist src/huoshui/web/static/huoshui/app.js src/huoshui/web/static/huoshui/app.css src/huoshui/web/static/huoshui/charts.js src/huoshui/web/static/huoshui/map.js src/huoshui/web/static/huoshui/map.css src/huoshui/web/static/huoshui/map-worker.js src/huoshui/reports/fonts \
	  .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
	find src -name '*.mo' -delete 2>/dev/null || true

distclean: clean ## also remove the venv and node_modules
	rm -rf $(VENV) frontend/node_modules
