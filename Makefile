# The commands of the project. `make help` lists them.

VENV ?= .venv
PYTHON ?= python3
# More arguments for the command behind a target: make run ARGS="--server.port 8600"
ARGS ?=

BOOTSTRAP = $(PYTHON) scripts/bootstrap.py --venv "$(VENV)"

.DEFAULT_GOAL := help
.PHONY: help run test check bench clean

help: ## List the commands
	@awk -F ': ## ' '/^[a-z]+: ## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the app on http://localhost:8501
	@$(BOOTSTRAP) requirements.txt
	@"$(VENV)/bin/streamlit" run app.py $(ARGS)

test: ## Run all the tests
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m pytest $(ARGS)

check: ## Check style, format, types and dead code
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/mypy"
	@"$(VENV)/bin/vulture"

bench: ## Measure the speed of what must be fast
	@$(BOOTSTRAP) requirements-dev.txt
	@"$(VENV)/bin/python" -m tests.benchmarks $(ARGS)

clean: ## Remove the virtual environment and the caches of the tools
	@if [ -f "$(VENV)/pyvenv.cfg" ]; then rm -rf -- "$(VENV)"; fi
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	@find . -path ./.git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
