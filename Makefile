# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# What was compiled is kept, wherever it runs: loading everything again takes seconds each time.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# boto3 and what it brings, which Lambda's Python runtimes have.
RUNTIMES_OWN := boto3 botocore s3transfer python-dateutil six urllib3

.PHONY: help demo check test fast lint types unit e2e browser pictures bench dist template manual messages format lock clean

help:  ## say what each target does
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.demo: requirements-demo.txt | .venv/bin/python
	$(PIP) -r requirements-demo.txt
	@touch $@

.venv/.dev: requirements-dev.txt requirements.txt | .venv/bin/python
	$(PIP) -r requirements-dev.txt -r requirements.txt
	@touch $@ .venv/.demo

demo: .venv/.demo  ## run the weekly digest on a simulated account: no AWS, no Slack, no Docker
	@PYTHONPATH=lambda_src:. $(BIN)/python -m simulator

# All at once; each tells what it found when it is done, and one that fails lets the others end.
AT_ONCE = --no-print-directory --keep-going -j3 $(if $(filter output-sync,$(.FEATURES)),-O)

check: .venv/.dev  ## lint, strict types and the fast tests: while you work
	@$(MAKE) $(AT_ONCE) lint types fast

test: .venv/.dev  ## lint, strict types and all tests
	@$(MAKE) $(AT_ONCE) lint types unit

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

fast: .venv/.dev
	$(BIN)/pytest -n 2 --dist loadfile --fast

unit: .venv/.dev
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

build/engines/.done: requirements-e2e.txt
	$(PYTHON) -m venv build/engines
	build/engines/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-e2e.txt
	@touch $@

node_modules/.done: package-lock.json
	npm ci --silent
	@touch $@

e2e: .venv/.dev build/engines/.done node_modules/.done .venv/bin/uv  ## deploy to stand-ins for AWS and Slack, let the schedule fire, read the digest
	SFN_E2E=1 $(BIN)/pytest tests/e2e

browser: .venv/.dev node_modules/.done  ## read the page in headless Chromium, and hold the pictures to what is shown
	SFN_BROWSER_TESTS=1 $(BIN)/pytest tests/browser tests/pictures

pictures/node_modules/.done: pictures/package-lock.json
	npm ci --silent --prefix pictures
	@touch $@

pictures: .venv/.dev node_modules/.done pictures/node_modules/.done  ## draw the pictures of the README again from the demo's data
	@PYTHONPATH=lambda_src:. $(BIN)/python -m pictures

bench: .venv/.dev  ## measure speed, calls and memory, and print the README's table
	@PYTHONPATH=lambda_src:. $(BIN)/python -m bench

.venv/bin/uv: | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

dist: .venv/bin/uv  ## build the wheel and the source distribution, and check them
	rm -rf dist
	$(BIN)/uv build --quiet
	$(BIN)/uv tool run --quiet twine check --strict dist/*

template: .venv/.dev node_modules/.done  ## write a CloudFormation template and the function's zip: SETTINGS="tag=team=data"
	@PYTHONPATH=lambda_src:. $(BIN)/python -m infra.template dist $(SETTINGS)

manual: .venv/.dev  ## write the manual page again from the command's words
	PYTHONPATH=lambda_src:. $(BIN)/python -m tools.manual > docs/sfn-digest.1

messages: .venv/.dev  ## bring the catalogs of translations up to what the source says
	@PYTHONPATH=lambda_src:. $(BIN)/python -m translations

format: .venv/.dev  ## format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/bin/uv  ## pin the requirements again, with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes requirements-lambda.in -o lambda_src/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes -c requirements-dev.txt requirements-demo.in -o requirements-demo.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes -c requirements-dev.txt requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes requirements-e2e.in -o requirements-e2e.txt
	$(BIN)/uv pip compile --quiet --python-version 3.13 --python-platform aarch64-manylinux_2_28 --no-header --no-annotate --generate-hashes -c lambda_src/requirements.txt $(RUNTIMES_OWN:%=--no-emit-package %) requirements-lambda.in -o infra/lambda-requirements.txt

clean:  ## remove what was installed and built
	rm -rf .venv build dist cdk.out node_modules pictures/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
