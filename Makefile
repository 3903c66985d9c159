# make chat    set everything up, index seeds/, open the chat at http://127.0.0.1:7860
#              ARTICLES=folder   answer from your own articles instead of seeds/
# make test    set everything up, run the tests
# make check   lint, types, tests
# make audit   look up known vulnerabilities of what is installed; says so if it cannot

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARTICLES ?= seeds

.PHONY: chat test check lint types audit setup browser

chat: $(VENV)/ready
	@sh scripts/chat.sh $(BIN)/article-chat "$(ARTICLES)"

# Two workers with a core each: if both compute on both cores, each waits for the other's threads, and
# answers took 70 s in place of 52.
test: $(VENV)/ready-dev browser
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile

check: lint types test

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready-dev
	$(BIN)/mypy

audit: $(VENV)/ready-dev
	@sh scripts/audit.sh $(VENV)

setup: $(VENV)/ready

# The mark is made last: a set-up that was stopped is repeated, a finished one is reused.
$(VENV)/ready: pyproject.toml scripts/setup.sh
	PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/setup.sh .
	touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

browser:
	sh scripts/browser.sh $(BIN)/python
