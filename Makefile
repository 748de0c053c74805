# Every command of the project. `make` alone lists them.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATE ?= $(shell date +%F)

.DEFAULT_GOAL := help
.PHONY: help run test test-rapide test-browser outils transcriptions bench-pages lint fix train index evaluate bench bench-catalogue knowledge-check captures clean fit equite simulate

help: ## List these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.run: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

$(VENV)/.train: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[training]'
	touch $@

run: $(VENV)/.run ## Start the web chat on http://127.0.0.1:8000
	$(BIN)/python -m web --port $(PORT)

test: $(VENV)/.dev ## All checks and tests, browser ones included (needs Debian's chromium)
	@command -v chromium >/dev/null || { echo "Browser tests need chromium: apt-get install -y chromium"; exit 1; }
	$(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term

test-rapide: $(VENV)/.dev ## The tests without a browser
	$(BIN)/pytest -n auto --dist loadfile -m 'not browser'

tests/outils/node_modules/.installed: tests/outils/package-lock.json
	@command -v npm >/dev/null && command -v java >/dev/null || { echo "Needs node 18.19 or later, npm and java 17: apt-get install -y nodejs npm default-jre-headless"; exit 1; }
	npm --prefix tests/outils ci --ignore-scripts --no-audit --no-fund
	touch $@

outils: tests/outils/node_modules/.installed ## Install the checkers that need node: HTML, Lighthouse, screen reader

test-browser: $(VENV)/.dev outils ## The tests in a browser and every checker of pages, none left out
	CAP_SOIN_OUTILS=1 $(BIN)/pytest -m browser --durations=15
	CAP_SOIN_OUTILS=1 $(BIN)/pytest tests/test_html.py

transcriptions: $(VENV)/.dev outils ## Write down again what a screen reader says in five journeys
	TRANSCRIRE=1 CAP_SOIN_OUTILS=1 $(BIN)/pytest tests/browser/test_lecteur_ecran.py

lint: $(VENV)/.dev ## Linter, formatter and strict types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/.dev ## Let the linter and the formatter repair what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: $(VENV)/.train ## Remake every model: make train ROME=folder of the ROME 4.0 archive
	@test -n "$(ROME)" || { echo "Say where the ROME 4.0 archive is: make train ROME=DIR"; exit 1; }
	$(BIN)/python -m training.distill --rome $(ROME) --date $(DATE)
	$(BIN)/python -m training.finetune --rome $(ROME) --date $(DATE) --cible models/artefacts/encodeur
	$(BIN)/python -m training.fit_comprehension --date $(DATE)
	$(MAKE) fit

fit: $(VENV)/.train ## Refit what is learned from knowledge and phrasings, encoder unchanged
	$(BIN)/python -m training.build_index --date $(DATE)
	$(BIN)/python -m training.fit_affinite --date $(DATE)
	$(BIN)/python -m training.fit_gardes --date $(DATE)
	$(BIN)/python -m training.fit_ranker --date $(DATE)
	$(BIN)/python -m training.fit_questions --date $(DATE)

index: $(VENV)/.run ## Remake the index after a change of the métier files
	$(BIN)/python -m training.build_index --date $(DATE)

evaluate: $(VENV)/.train ## Compare encoders, then measure the service: docs/qualite.md (COURBE=--courbe: learning curve too)
	$(BIN)/python -m training.evaluate paroles
	$(BIN)/python -m training.qualite --date $(DATE) $(COURBE)

equite: $(VENV)/.run ## Measure who gets which answer, and write docs/equite.md again
	$(BIN)/python -m training.equite --date $(DATE)

simulate: $(VENV)/.run ## Measure how many questions are enough, and write its part of docs/qualite.md again
	$(BIN)/python -m training.simulation --date $(DATE)

bench: $(VENV)/.dev ## Speed and memory, as ratios in one run
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.conversation

bench-pages: $(VENV)/.dev ## What an old phone on a slow line waits for: bytes, LCP, TBT, CLS
	$(BIN)/python -m benchmarks.pages

bench-catalogue: $(VENV)/.dev ## Import and search 118,000 offres (OFFRES="118000 1000000" for more)
	$(BIN)/python -m benchmarks.catalogue $(OFFRES)

knowledge-check: $(VENV)/.run ## Check every knowledge file; list old and unsure facts
	$(BIN)/python -m knowledge.check

captures: $(VENV)/.dev ## Remake the screenshots of docs/captures
	$(BIN)/python -m tests.browser.captures

clean: ## Remove what was built
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage tests/outils/node_modules
