# Each command sets up .venv, and is quick the second time. ARGS is passed on to behave (make test: to pytest).
#
#   make acceptance               run the specification (PARALLEL=8: with 8 worker processes)
#   make tenants URL=http://localhost:9380    sign up two users on a RAGFlow; prints the settings of a run
#   make explore                  run random sequences of requests (ARGS="-D stories=500 -D seed=7")
#   make load                     many clients at the same time, for a minute (USERS=100 SECONDS=300; see docs/load.md)
#   make test                     check the project: style, types, tests
#   make compare FROM=0.27 TO=0.27-go   can we switch? Two releases, or two addresses
#   make releases                 write docs/releases.md: which rule holds in which release (a minute)
#   make sweep ARGS=--yes         remove what killed runs left on a deployment
#   make docs                     write what the documents show of the features
#   make clean                    remove what is installed
#
# CONTRIBUTING.md lists the commands for maintainers.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Only on the command line: other programs use an environment variable of this name.
PARALLEL :=
URL :=
USERS ?= 20
SECONDS ?= 60

.PHONY: acceptance clean compare docs explore load releases sweep tenants test

acceptance: $(VENV)/running
	@$(BIN)/python -m acceptance $(if $(PARALLEL),-D parallel=$(PARALLEL)) $(ARGS)

explore: $(VENV)/running
	@$(BIN)/python -m acceptance --tags=@explore $(ARGS)

load: $(VENV)/loading
	@$(BIN)/locust -f load/locustfile.py --headless --only-summary --users $(USERS) --spawn-rate 10 \
		--run-time $(SECONDS)s --html reports/load.html --csv reports/load $(ARGS)

compare: $(VENV)/running
	@$(BIN)/python -m acceptance.compare $(FROM) $(TO) $(ARGS)

releases: $(VENV)/running
	@$(BIN)/python -m acceptance.releases $(ARGS)

sweep: $(VENV)/running
	@$(BIN)/python -m acceptance.sweep $(ARGS)

tenants: $(VENV)/running
	@$(BIN)/python -m acceptance.tenants $(if $(URL),'$(URL)') $(ARGS)

docs: $(VENV)/running
	@$(BIN)/python -m acceptance.reports.documents

test: $(VENV)/developing $(VENV)/browsing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/reformat-gherkin --check features
	$(BIN)/pytest $(ARGS)

clean:
	rm -rf $(VENV) tests/browser/node_modules *.egg-info

# A stamp is written after a complete installation, so that an interrupted one starts again.
$(VENV)/running: requirements.txt pyproject.toml $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# What a run needs, and Locust.
$(VENV)/loading: load/requirements.txt requirements.txt pyproject.toml $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r load/requirements.txt
	@touch $@ $(VENV)/running

$(VENV)/developing: requirements-dev.txt load/requirements.txt requirements.txt pyproject.toml $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/loading $(VENV)/running

# axe-core, which checks the accessibility of the page. Without npm its tests are skipped.
$(VENV)/browsing: tests/browser/package-lock.json $(VENV)/created
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error && touch $@; fi

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed. Name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
