# Everything a person types. `make run` shows a province of invented people,
# `make test` is what CI runs. What each step needs, it installs first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build run serve invent test browser-test format lint clean kill-test bench

GUITU := .build/release/guitu
DATA := data

help:
	@echo 'make run        a province of invented people on http://127.0.0.1:8080'
	@echo 'make serve      the same program with an empty database'
	@echo 'make build      .build/release/guitu'
	@echo 'make test       every test, on SQLite, PostgreSQL and in a browser'
	@echo 'make setup      only install what is missing'
	@echo 'make format     lay out the Swift sources'
	@echo 'make kill-test  200 kills under load on each database'
	@echo 'make bench      measures beside Flask and FastAPI, on both databases'
	@echo 'make clean      remove what was built (not the data)'

setup:
	@Scripts/setup test

build:
	@Scripts/setup build
	@Scripts/build
	@Scripts/places-index

run: build
	@Scripts/run-invented $(GUITU) $(DATA)

serve: build
	@$(GUITU) serve

test:
	@Scripts/test

browser-test:
	@Scripts/test browser

format:
	@swift format --in-place --recursive Package.swift Sources Tests

lint:
	@Scripts/test format

kill-test:
	@Scripts/setup test
	@Scripts/test kill 200

bench: build
	@Scripts/setup bench
	@[ -x .build/peer/bin/gunicorn ] || python3 -m venv .build/peer
	@.build/peer/bin/pip install -q -r Benchmarks/peer/requirements.txt
	@Benchmarks/run

clean:
	@rm -rf .build
