# Thin names over ordinary commands (README.md has them all). Paths are relative and quoted, so
# that the book may lie in a folder with spaces. Works with the GNU make 3.81 of macOS.

PYTHON ?= python3
VENV := .venv/bin/python

# The lab, the tests and make execute find the kernel of .venv before any other "python3".
export JUPYTER_PATH := $(CURDIR)/.venv/share/jupyter$(if $(JUPYTER_PATH),:$(JUPYTER_PATH))

.PHONY: help lab test execute fresh move check contents known-good book slides pdf site student assignment setup python
.SILENT:

help:
	echo "make lab                     set up, then open the book in JupyterLab"
	echo "make test                    set up, then run the whole suite (FAST=1: what has not passed here)"
	echo "make execute NOTEBOOK=...    run a notebook again and save its outputs (FRESH=1: replace all;"
	echo "                             ALL=1 in place of NOTEBOOK: every notebook)"
	echo "make fresh NOTEBOOK=...      put a notebook back as shipped, keep yours as a copy"
	echo "make move FROM=... TO=...     give a section another place (SPLIT=1: a copy, INSERT=1: room)"
	echo "make check                   lint, types, spelling, form"
	echo "make contents                write the table of contents in README.md and the search's index"
	echo "make known-good              test, then write constraints.txt"
	echo "make book                    the web book, in build/book (OUT=folder)"
	echo "make slides [NOTEBOOK=...]   one file of slides a notebook, in build/slides (OUT=folder)"
	echo "make pdf                     the book on paper, in build/book.pdf (OUT=file)"
	echo "make site                    the three in one folder, build/site (OUT=, REPOSITORY=OWNER/NAME)"
	echo "make student OUT=folder      notebooks without solutions and outputs (CHAPTER=02_tensors)"
	echo "make assignment OUT=folder   the same as a course of nbgrader (CHAPTER=02_tensors)"
	echo "lab and test take ARGS=\"...\", PYTHON=..., KNOWN_GOOD=1 and TORCH=cpu"

lab: setup
	"$(VENV)" tools/lab.py $(ARGS)

test: setup
	"$(VENV)" -m pytest $(if $(FAST),--unproven) $(ARGS)

execute: setup
	"$(VENV)" tools/execute.py $(if $(FRESH),--fresh) $(if $(ALL),--all) $(if $(NOTEBOOK),"$(NOTEBOOK)")

fresh: python
	"$(PYTHON)" tools/fresh.py "$(NOTEBOOK)"

move: setup
	"$(VENV)" tools/move.py $(if $(SPLIT),--split) $(if $(INSERT),--insert) \
	  $(if $(FROM),"$(FROM)") $(if $(TO),"$(TO)")

check: setup
	"$(VENV)" -m ruff check .
	"$(VENV)" -m ruff format --check .
	"$(VENV)" -m mypy
	"$(VENV)" -m pytest -q -n 0 tests/test_form.py

contents: setup
	"$(VENV)" tools/contents.py
	"$(VENV)" -m publish.answers

book: setup
	"$(VENV)" -m publish.web $(if $(OUT),"$(OUT)")

slides: setup
	"$(VENV)" -m publish.decks $(if $(NOTEBOOK),"$(NOTEBOOK)") $(if $(OUT),--out "$(OUT)")

pdf: setup
	"$(VENV)" -m publish.pdf $(if $(OUT),"$(OUT)")

site: SITE = $(or $(OUT),build/site)
site: setup
	"$(VENV)" -m publish.web "$(SITE)" --beside $(if $(REPOSITORY),--repository "$(REPOSITORY)")
	"$(VENV)" -m publish.decks --out "$(SITE)/slides"
	"$(VENV)" -m publish.pdf "$(SITE)/book.pdf"

student: setup
	"$(VENV)" -m publish.student "$(OUT)" $(if $(CHAPTER),--chapter "$(CHAPTER)")

assignment: setup
	"$(VENV)" -m publish.assignment "$(OUT)" $(if $(CHAPTER),--chapter "$(CHAPTER)")

known-good: test
	"$(VENV)" tools/known_good.py

setup: python
	"$(PYTHON)" tools/setup.py \
	  $(if $(KNOWN_GOOD),$(if $(filter 0,$(KNOWN_GOOD)),--no-known-good,--known-good)) \
	  $(if $(TORCH),--torch "$(TORCH)")

python:
	"$(PYTHON)" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
	  echo "'$(PYTHON)' is not Python 3.11 or newer: install one, or name it:" \
	  "make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12" >&2; exit 1; }
