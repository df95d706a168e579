# Each command sets up .venv by itself, and is quick the second time.
#
#   make acceptance               run the specification
#   make test                     check the project: style, types, tests, the specification
#   make compare FROM=0.24 TO=0.27    what changes between two releases, or between two addresses
#   make sweep ARGS=--yes         remove what killed runs have left on a deployment
#   make faults                   which scenarios notice which fault of a server
#   make interruptions            200 runs that are ended at random moments: whether they leave something (3 minutes)
#   make mutation                 how many mutants of the embedded server the specification kills (6 minutes)
#   make acceptance ARGS="..."    hand something on to behave (make test: to pytest)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: acceptance compare docs faults interruptions mutation sweep test clean

acceptance: $(VENV)/running
	@$(BIN)/python -m acceptance $(ARGS)

compare: $(VENV)/running
	@$(BIN)/python -m acceptance.reports.comparison $(FROM) $(TO) $(ARGS)

sweep: $(VENV)/running
	@$(BIN)/python -m acceptance.sweep $(ARGS)

faults: $(VENV)/developing
	@$(BIN)/python -m tests.faults $(ARGS)

interruptions: $(VENV)/developing
	@$(BIN)/python -m tests.specification.interruptions $(ARGS)

mutation: $(VENV)/developing
	@$(BIN)/python -m tests.mutation $(ARGS)

docs: $(VENV)/running
	@$(BIN)/python -m acceptance.reports.documents

test: $(VENV)/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/reformat-gherkin --check features
	$(BIN)/pytest $(ARGS)

clean:
	rm -rf $(VENV)

# A stamp is written when everything is installed, so that an interrupted installation is begun again.
$(VENV)/running: requirements.txt $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/developing: requirements-dev.txt requirements.txt $(VENV)/created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/running

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed. Name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
