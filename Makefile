# What a person does with a checkout. Every target makes what it needs by itself, on a machine that has Python 3.11 or
# newer and make: a virtual environment in .venv, the packages of requirements.lock, Node.js where none is suitable.

.DEFAULT_GOAL := help
.PHONY: help demo demo-stop test lint format bench bench-large bench-api bench-lab bench-data load lock dist clean distclean ready ready-for-tests

# What a person types is no program text: make must not expand it, and the shell gets it as a variable.
override QUESTION := $(or $(value QUESTION),How have life expectancy and income changed across the world?)
override DATA := $(value DATA)
override BENCHMARKS := $(value BENCHMARKS)
export QUESTION DATA BENCHMARKS

demo demo-stop distclean: export DASHWRIGHT_DATA_DIR := $(or $(DASHWRIGHT_DATA_DIR),$(CURDIR)/.demo)

# The first Python that is new enough. Another one: make PYTHON=/path/to/python3
PYTHON ?=
export PYTHON
bin := .venv/bin

help: ## Show this list
	@echo "make TARGET, where TARGET is:"
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' Makefile | expand -t 16

demo: ready ## Make a dashboard and say its address; QUESTION="..." and DATA=file-or-address for your own
	@page=$$($(bin)/dashwright new $${DATA:+--data "$$DATA"} -- "$$QUESTION") && \
	echo && printf '%-10s%s\n' "Open it" "$$page" "Stop it" "make demo-stop" "Ask more" "make demo QUESTION=\"...\" DATA=file-or-address"

demo-stop: ## End what `make demo` started; its dashboards stay, in .demo
	@test ! -x $(bin)/dashwright || $(bin)/dashwright down

test: ready-for-tests ## Run every check and every test
	@$(bin)/python .ci/checks.py test

lint: ready ## Run the checks that need no browser and start nothing
	@$(bin)/python .ci/checks.py lint

format: ready ## Put all code in its usual form
	$(bin)/ruff check --fix-only .
	$(bin)/ruff format .
	PATH="$(CURDIR)/$(bin):$$PATH" npm run --silent format

bench: ready-for-tests ## Measure, beside stock papermill, Voilà and duckdb doing the same in the same run
	@$(bin)/python tests/benchmarks/bench.py

bench-large: ready ## Measure reading and profiling 1 GB of CSV, and downloading 1 GB, with peak memory; MEGABYTES=n for another size
	@$(bin)/python tests/benchmarks/large.py
	@$(bin)/python tests/benchmarks/downloading.py

bench-api: ready-for-tests ## Measure the REST API: lists of 100,000 dashboards, events to 1,000 clients
	@$(bin)/python tests/benchmarks/api.py

bench-lab: ready-for-tests ## Measure JupyterLab: its start with the extension and without, 1,000 dashboards, a question
	@$(bin)/python -m tests.benchmarks.lab

load: ready ## Let 100 people use a whole Dashwright for a minute; USERS=n SECONDS=n for others
	@$(bin)/python .ci/prepare.py --load
	@$(bin)/python -m tests.load.run

bench-data: ready ## Score reading and planning; BENCHMARKS=DIR names the folder with the benchmarks
	@$(bin)/python tests/benchmarks/scores.py "$$BENCHMARKS"

lock: ready ## Renew requirements.lock after a change in pyproject.toml; UPGRADE=1 takes the newest of everything
	$(bin)/uv pip compile --quiet --universal --python-version 3.11 --extra all --no-header --no-annotate \
		$(if $(UPGRADE),--upgrade) --no-emit-package dashwright pyproject.toml -o requirements.lock

dist: ready ## Build the wheel and the sdist into dist/
	PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/python -m build --no-isolation

clean: ## Remove what was built and every cache; the environment stays
	rm -rf dist build *.egg-info extension/lib extension/labextension tsconfig.tsbuildinfo
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks test-artefacts
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

distclean: demo-stop clean ## Remove also the environment, the JavaScript packages and the demo's data
	rm -rf .venv node_modules .demo

ready:
	@python=$$(.ci/python) && "$$python" .ci/prepare.py

ready-for-tests:
	@python=$$(.ci/python) && "$$python" .ci/prepare.py --browser
