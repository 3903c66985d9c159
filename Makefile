# make chat    set everything up, index seeds/, open the chat at http://127.0.0.1:7860
# make test    set everything up, pass the tests
# make check   lint, types, tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARTICLES ?= seeds

.PHONY: chat test check lint types setup browser

chat: $(VENV)/ready
	$(BIN)/article-chat index $(ARTICLES)
	$(BIN)/article-chat chat

test: $(VENV)/ready-dev browser
	$(BIN)/pytest

check: lint types test

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready-dev
	$(BIN)/mypy

setup: $(VENV)/ready

# The mark is written last: a set-up that was stopped is done again, a finished one is reused.
$(VENV)/ready: pyproject.toml scripts/setup.sh
	PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/setup.sh .
	touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

browser:
	sh scripts/browser.sh $(BIN)/python
