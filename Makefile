PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help serve test image-test lint bench bench-http bench-guard lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/serve ## run the service on HOST:PORT with WORKERS processes
	@$(BIN)/python -m api compile
	@HOST=$(HOST) PORT=$(PORT) WORKERS=$(WORKERS) exec $(BIN)/python -m api

test: $(VENV)/dev ## run every test but those of the image
	$(BIN)/python -m pytest -n 2 --ignore tests/image $(PYTEST_ARGS)
	@echo "Tests of the container image are run by make image-test."

image-test: $(VENV)/dev ## build the image and test it running; needs a Docker engine, or root on Debian
	$(BIN)/python -m pytest tests/image $(PYTEST_ARGS)

lint: $(VENV)/dev ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/dev ## measure, as ratios
	$(BIN)/python -m pytest bench $(PYTEST_ARGS)

bench-http: $(VENV)/dev ## the same over HTTP, beside what it is compared with; needs wrk
	@$(BIN)/python -m bench.http

bench-guard: $(VENV)/dev ## fail where the hot loop or the hot path has become slow; needs gcc and wrk
	$(BIN)/python -m bench.guard

lock: $(VENV)/dev ## write requirements/ anew from pyproject.toml
	$(BIN)/$(LOCK) pyproject.toml -o requirements/serve.txt
	$(BIN)/$(LOCK) pyproject.toml --group dev -c requirements/serve.txt -o requirements/dev.txt

clean: ## remove the environment and every cache
	rm -rf $(VENV) .cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)

# Each stamp installs one lock file; dev holds all that serve does, in the same versions.
$(VENV)/%: requirements/%.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
