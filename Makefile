# Each command sets up .venv by itself, and is quick the second time.
#
#   make acceptance               run the specification (PARALLEL=8: so many scenarios at a time)
#   make explore                  tell stories that nobody has written (ARGS="-D stories=500 -D seed=7")
#   make load                     many people at the same time, for a minute (USERS=100 SECONDS=300; see docs/load.md)
#   make test                     check the project: style, types, tests, the specification
#   make compare FROM=0.24 TO=0.27    what changes between two releases, or between two addresses
#   make releases                 what holds in which release, side by side (a minute); renews what make docs writes
#   make sweep ARGS=--yes         remove what killed runs have left on a deployment
#   make faults                   which scenarios notice which fault, and why (10 minutes; ARGS=--all: an hour)
#   make interruptions            200 runs that are ended at random moments: whether they leave something (3 minutes)
#   make mutation                 how many mutants of the embedded server the specification kills (6 minutes)
#   make bench                    what a run costs beside its requests (3 minutes; ARGS=source, slow, same)
#   make growth                   time and memory by the number of sessions, of clients, of assistants (4 minutes)
#   make docs, make screenshots   renew what the documents show of the features, and of the pages
#   make acceptance ARGS="..."    hand something on to behave (make test: to pytest)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# On the command line only: other programs have a variable of this name in the environment.
PARALLEL :=
USERS ?= 20
SECONDS ?= 60

.PHONY: acceptance bench clean compare docs explore faults growth interruptions load mutation releases screenshots sweep test

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

faults: $(VENV)/developing
	@$(BIN)/python -m tests.faults $(ARGS)

interruptions: $(VENV)/developing
	@$(BIN)/python -m tests.runs.interruptions $(ARGS)

mutation: $(VENV)/developing
	@$(BIN)/python -m tests.mutation $(ARGS)

bench: $(VENV)/developing
	@$(BIN)/python -m tests.bench $(ARGS)

growth: $(VENV)/developing
	@$(BIN)/python -m tests.bench.growth $(ARGS)

screenshots: $(VENV)/developing
	@$(BIN)/python -m tests.browser.screenshots

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
	rm -rf $(VENV) tests/browser/node_modules

# A stamp is written when everything is installed, so that an interrupted installation is begun again.
$(VENV)/running: requirements.txt $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# What running needs, and Locust.
$(VENV)/loading: load/requirements.txt requirements.txt $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r load/requirements.txt
	@touch $@ $(VENV)/running

$(VENV)/developing: requirements-dev.txt load/requirements.txt requirements.txt $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/loading $(VENV)/running

# What the pages are checked for accessibility with. Without npm there is none, and its tests are skipped.
$(VENV)/browsing: tests/browser/package-lock.json $(VENV)/created
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error && touch $@; fi

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed. Name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
