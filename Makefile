# newsflow: `make run` shows it, `make test` proves it. Everything is installed into .venv, nothing system-wide.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv/bin
# one more than CI has cores: tests with a real Airflow or a slow server wait much of their time
WORKERS ?= 3
LOCK = $(VENV)/uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate \
	$(if $(UPGRADE),--upgrade) --custom-compile-command "make lock"
.DEFAULT_GOAL := help

.PHONY: help setup setup-tests run test test-busy test-airflows conformance lint bench chaos cluster fuzz queries docs lock screenshots down clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what a run needs into .venv
	@$(PYTHON) -I plugins/newsflow/local/install.py

setup-tests:
	@$(PYTHON) -I plugins/newsflow/local/install.py --tests

run: setup ## Start Postgres and Airflow, run news_ingest, stay up (ONCE=1: end with the run's status; FEEDS=file)
	@$(VENV)/newsflow up --run $(if $(filter-out 0,$(ONCE)),--once) $(if $(FEEDS),--feeds "$(FEEDS)")

down: ## Stop what `make run` left running elsewhere
	@$(VENV)/newsflow down

# Each process of a test run would compile our modules again where the machine says PYTHONDONTWRITEBYTECODE.
test: export PYTHONDONTWRITEBYTECODE =
test: setup-tests ## Run every test (ARGS="-k newsroom" for some)
	@$(VENV)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# each busy process ends with the shell that started it
test-busy: setup-tests ## The same beside LOAD=20 busy processes: no test may fail because the machine is slow
	@for n in $$(seq $(or $(LOAD),20)); do $(PYTHON) -c "import itertools, os; shell = os.getppid(); \
		any(os.getppid() != shell for _ in itertools.count())" & done; $(MAKE) test

test-airflows: setup-tests ## A night and our pages under other releases of Airflow (RELEASES="3.1 3.2 3.3")
	@$(VENV)/python -m tests.package.airflow_versions $(or $(RELEASES),3.1 3.2 3.3)

conformance: setup-tests ## Play the known cases of politeness on loopback, print the scored table, write docs/conformance.md
	@$(VENV)/python -m pytest -q tests/conformance --conformance

lint: setup-tests ## ruff and strict mypy
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy

bench: setup-tests ## Measure: all, or PART=extraction (PART=list names them) with ARGS="--help"
	@$(VENV)/python -m benchmarks $(PART) $(ARGS)

chaos: setup-tests ## Crash campaign against an undisturbed twin (FAULTS=80 NIGHTS=6 SEED=3)
	@$(VENV)/python -m benchmarks.chaos --faults $(or $(FAULTS),50) --nights $(or $(NIGHTS),3) --seed $(or $(SEED),1)

cluster: setup-tests ## Nights on two Celery workers, each with a fault, against one process (ARGS="--only Redis" or --speed)
	@$(VENV)/python -m benchmarks.cluster $(ARGS)

fuzz: setup-tests ## Damaged inputs of all kinds through the steps and the database (MINUTES=10 SEED=3)
	@$(VENV)/python -m benchmarks.fuzz --minutes $(or $(MINUTES),5) --seed $(or $(SEED),1)

docs: setup-tests ## Write the generated pages and files anew: schema, data dictionary, settings, commands, runbooks, Dags
	@$(VENV)/newsflow maintain docs
	@$(VENV)/python -m newsflow.reference
	@$(VENV)/python -m newsflow.airflow_glue.dag_docs

screenshots: setup-tests ## Take the pictures of docs/images from a real run
	@NEWSFLOW_SCREENSHOTS=docs/images $(VENV)/python -m pytest -q tests/real_airflow/test_1_first_run.py tests/ops/test_site.py

queries: setup-tests ## Write the functions of the named queries anew, after a change below sql/
	@$(VENV)/python -m newsflow.maintain.typed_queries

lock: setup-tests ## Resolve the dependencies of pyproject.toml again, with hashes (UPGRADE=1: to the newest versions)
	@# the tests' lock comes first and bounds the others: the image's, and what a laptop has beside that
	@$(LOCK) pyproject.toml --group dev --all-extras -o tests/requirements.txt
	@$(LOCK) -c tests/requirements.txt pyproject.toml --extra s3 --extra celery --extra fab -o requirements.txt
	@$(LOCK) -c tests/requirements.txt .ci/local.in -o .ci/local.txt
	@$(LOCK) .ci/bootstrap.in -o .ci/bootstrap.txt
	@$(LOCK) .ci/sbom.in -o .ci/sbom.txt
	@for group in peers mediacloud; do $(VENV)/uv pip compile -q --universal --python-version 3.10 --no-annotate \
		--no-header $(if $(UPGRADE),--upgrade) benchmarks/extraction/peers/$$group.in -o benchmarks/extraction/peers/$$group.txt; done

clean: ## Remove .venv and caches; the news in .newsflow stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
