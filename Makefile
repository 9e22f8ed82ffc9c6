# Rolecall: two commands are enough. `make demo` shows it, `make test` checks it.
#
# VENV=folder           the virtual environment (.venv)
# ROLECALL_HOME=folder  where the stack keeps its data and logs (.rolecall)
# PYTHON=python3.12     which Python makes the virtual environment

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
ROLECALL_HOME ?= .rolecall
export ROLECALL_HOME

export VENV PYTHON PAGES

RUN := "$(VENV)/bin/python"
USABLE := $(RUN) -c 'import httpx, psutil, psycopg, pydantic, redis' >/dev/null 2>&1

.PHONY: help doctor start demo up down status env image compose-up compose-down compose-logs logs setup setup-dev test test-all test-stack test-browser test-any-day chaos bench judge lint audit-verify rotate-keys backup restore reconcile employers-check docs pictures lock

Makefile: ; # is not made

.DEFAULT:
	@PYTHONPATH=.:include $$(command -v python3 || echo python) -S -m local.help target "$@"

### start: see it, run it, stop it

help: ## this list
	@echo "usage: make TARGET      (./rolecall help: the commands of a running stack)"
	@awk -F ':.*## ' '/^### / { print "\n" substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' Makefile

setup: ## make the virtual environment and install what running needs
	@./rolecall setup

demo: ## install, start, and run the whole way once (PAGES=folder: on saved pages <board>/*.html)
	@exec ./rolecall demo

ANSWERS := CV NAME EMAIL WORK PLACES REMOTE SALARY LANGUAGES CONTRACT EMPLOYER APPLY CONTACT \
	SMTP_HOST SMTP_PORT SMTP_USER SMTP_PASSWORD SMTP_FROM SMTP_SECURITY SENDGRID_API_KEY BROWSER_FORMS
export ROLECALL_GIVEN := $(foreach name,$(ANSWERS),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))

start: ## install, ask for your CV and wishes, and find your own matches (CV=cv.pdf NAME=… EMAIL=… WORK=… PLACES=…: asks nothing)
	@exec ./rolecall start

up: ## install, start everything in the background, or bring it to what the environment says now
	@exec ./rolecall up

down: ## stop everything that was started, and only that
	@if $(USABLE); then exec ./rolecall down; else echo "nothing was installed, so nothing runs"; fi

### look: what runs, and what it says

doctor: ## what this machine has of what is needed, and what to do about the rest
	@exec ./rolecall doctor

status: ## what runs, and why something does not
	@if [ -f .env ] && [ ! -d "$(ROLECALL_HOME)/run" ]; then sh docker/compose.sh status || true; \
	elif $(USABLE); then ./rolecall status || true; else echo "not installed, or not to its end → make up"; fi

logs: ## follow the logs of all processes
	@exec ./rolecall logs

### containers: the same in docker or podman (docs/deploying.md)

comma := ,

env: ## write .env with random secrets for docker-compose.yaml (SANDBOX=1: for the demo; BROWSER=1: with Chromium for forms)
	@sh docker/env.sh .env $(if $(SANDBOX)$(BROWSER),COMPOSE_PROFILES=$(if $(SANDBOX),sandbox$(if $(BROWSER),$(comma)))$(if $(BROWSER),browser)) \
		$(if $(BROWSER),SERVICES_HOST=rolecall-browser) $(if $(SANDBOX),SANDBOX_URL=http://sandbox:8090 SANDBOX_SMTP_HOST=sandbox SANDBOX_SMTP_PORT=8025)

image: ## build the image of every container
	@sh docker/compose.sh build

compose-up: ## start the containers and wait until they are healthy
	@sh docker/compose.sh up

compose-down: ## stop the containers; what they keep stays
	@sh docker/compose.sh down

compose-logs: ## follow the containers' logs
	@sh docker/compose.sh logs -f --tail 20

### develop: check a change, measure, write what is generated

setup-dev: ## install what tests and checks need on top
	@sh local/install.sh "$(VENV)" requirements-dev.lock

APART := --ignore tests/integration --ignore tests/chaos

test: lint ## style, types, and every test that a change needs
	$(RUN) -m pytest -q -n 3 --dist loadgroup $(APART) -m "not long and not chaos and not browser"

test-all: lint ## the same with the long tests
	$(RUN) -m pytest -q -n 3 --dist loadgroup $(APART) -m "not chaos and not browser"

test-stack: setup-dev ## a whole demo and every command of the docs in its stack, and the drills with killed processes in short
	$(RUN) -m pytest -q -n 2 --dist loadgroup -m "not long and not chaos" tests/integration tests/chaos

test-any-day: setup-dev ## the tests under other clocks: later days, midnight, 29 February, far zones, a locale (SHORT=1: the essence)
	@$(RUN) -m tests.any_day

test-browser: setup-dev ## the web UI in a real Chromium; skipped where there is none (ROLECALL_PICTURES=folder keeps screenshots; SHORT=1: each twelfth page)
	$(RUN) -m pytest -q -m "browser$(if $(SHORT), and not long)" tests/browser

chaos: setup-dev ## drills with killed processes (ONLY=tests/monitoring)
	$(RUN) -m pytest -q -s -m chaos $(ONLY)

bench: setup-dev ## measure, side by side with what a user would use instead (ONLY=parse OPTIONS=--help)
	@for name in $(or $(ONLY),$(patsubst bench/%.py,%,$(wildcard bench/[a-z]*.py))); do \
		echo "== $$name"; $(RUN) -m "bench.$$(echo "$$name" | tr / .)" $(OPTIONS) || exit 1; \
	done

judge: setup-dev ## measure what is read on real texts, beside baselines (ONLY=places, SHORT=1, OPTIONS=--json)
	@$(RUN) -m judge $(if $(ONLY),--only $(ONLY)) $(if $(SHORT),--short) $(OPTIONS)

lint: setup-dev ## style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

employers-check: ## ask every board of the directory of employers, politely, and take out those that are gone (needs make up and the internet)
	./rolecall employers check

docs: setup-dev ## write what of docs is made from sources, and docs and README as a site into build/site, links checked
	@AIRFLOW_HOME="$(abspath $(ROLECALL_HOME))/docs" AIRFLOW__CORE__LOAD_EXAMPLES=False PYTHONPATH=.:include:plugins $(RUN) docs/generate_dags.py
	@AIRFLOW_HOME="$(abspath $(ROLECALL_HOME))/docs" PYTHONPATH=.:include:plugins $(RUN) docs/generate_reference.py
	@$(RUN) docs/generate_mails.py
	@$(RUN) docs/rooms.py
	@$(RUN) -m mkdocs build --strict --quiet && echo "build/site/index.html"

pictures: setup-dev ## take the pictures of docs/pictures from the running demo, in Chromium (make demo first)
	@$(RUN) docs/take_pictures.py

COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

lock: ## pin everything again after a change to requirements*.txt (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv (https://docs.astral.sh/uv)"; exit 1; }
	$(COMPILE) requirements-local.txt -o requirements.lock
	$(COMPILE) requirements-local.txt requirements-celery.txt -c requirements.lock -o requirements-celery.lock
	$(COMPILE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	$(COMPILE) requirements-browser.txt -c requirements.lock -o requirements-browser.lock

### keep: backups, restores, the audit log

backup: ## make a backup of the running stack now
	@exec ./rolecall backup

restore: ## rebuild an empty stack from a backup: FROM=file, folder or address
	@exec ./rolecall restore "$(FROM)"

reconcile: ## compare a restored ledger with the receiving side, then let it send again: NAME='who says so'
	@exec ./rolecall reconcile $(LOOKED) "$(NAME)"

rotate-keys: ## new keys for what is sealed and signed: starts the running stack again, seals anew, drops the old key
	@$(RUN) -m local.rotate_keys

audit-verify: ## check the running stack's audit log: the chain, every row, the anchors
	@exec ./rolecall audit verify
