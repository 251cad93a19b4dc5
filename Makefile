# The commands of the project. `make help` lists them.

VENV ?= .venv
PYTHON ?= python3
# More arguments for the command behind a target: make run ARGS="--server.port 8600"
ARGS ?=
# How many tests run at the same time.
WORKERS ?= 2
# How many servers stand behind nginx, and at which port it is; theirs follow it.
N ?= 2
PORT ?= 8080
# Which files or folders of tests: make test TESTS=tests/unit/spec
TESTS ?=

BOOTSTRAP = $(PYTHON) scripts/bootstrap.py --venv "$(VENV)"

# What is public is loaded when it is asked for, and pdoc looks at what is there.
DOCUMENT = from mnistviz import *; from pdoc.__main__ import cli; cli()

# Pylint compares the Python files; of it, symilar compares those of any language.
COPIED_LINES = 6
COMPONENTS = $(shell find mnistviz/ui -name '*.js' -o -name '*.css')

.DEFAULT_GOAL := help
.PHONY: help run scale test test-unit test-app test-browser check vulnerabilities bench load screenshots docs wheel clean

help: ## List the commands
	@awk -F ': ## ' '/^[a-z-]+: ## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the app on http://localhost:8501
	@$(BOOTSTRAP) requirements.txt
	@"$(VENV)/bin/streamlit" run app.py $(ARGS)

scale: ## Serve it from N processes behind nginx: make scale N=2 PORT=8080
	@$(BOOTSTRAP) requirements.txt
	@"$(VENV)/bin/python" scripts/scale.py --servers $(N) --port $(PORT)

test: ## Run all the tests
test-unit: TESTS = tests/unit tests/bootstrap
test-unit: ## Run the tests that need neither Streamlit nor a browser: about a minute
test-app: TESTS = tests/app
test-app: ## Run the tests of the pages, in Streamlit's AppTest
test-browser: TESTS = tests/browser
test-browser: ## Run the tests in the system's Chromium or Chrome

test test-unit test-app test-browser:
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m pytest -n $(WORKERS) --dist worksteal $(TESTS) $(ARGS)

check: ## Check style, format, types, dead code and copies
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/mypy"
	@"$(VENV)/bin/vulture"
	@"$(VENV)/bin/pylint" mnistviz pages scripts tests app.py
	@copies="$$("$(VENV)/bin/symilar" --duplicates=$(COPIED_LINES) $(COMPONENTS))"; \
	echo "$$copies" | grep -q "duplicates=0 " || { echo "$$copies"; exit 1; }

vulnerabilities: ## Ask whether one is known in what is installed
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" scripts/vulnerabilities.py

bench: ## Measure the speed of what must be fast
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m tests.benchmarks $(ARGS)

load: ## Measure how it stands a full house: make load ARGS="--sessions 60 --pace 5"
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m tests.load $(ARGS)

screenshots: ## Take a picture of every page on every screen, into build/screenshots
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m scripts.screenshots $(ARGS)

docs: ## Write what is public of the library as pages, into build/docs
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -c "$(DOCUMENT)" --docformat google --no-show-source -o build/docs mnistviz

wheel: ## Build the source distribution and the wheel, into dist, and check them
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m build --no-isolation .
	@"$(VENV)/bin/python" -m twine check --strict dist/*

clean: ## Remove the virtual environment and the caches of the tools
	@if [ -f "$(VENV)/pyvenv.cfg" ]; then rm -rf -- "$(VENV)"; fi
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	@find . -path ./.git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
