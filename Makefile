# What can be done here; `make` alone lists it.
SHELL := bash
.PHONY: help setup run dev seed test unit bench chaos fmt lint sqlx openapi

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install what is missing
	@scripts/setup

run: ## build and start the product on its own database; prints the address
	@scripts/run

dev: ## the same with quick, unoptimized builds
	@scripts/run dev

seed: ## add a demonstration organization to what `make run` started
	@. scripts/env && cargo build --quiet -p biseda && BISEDA_DATA_DIR="$${BISEDA_DATA_DIR:-$$PWD/data}" "$$CARGO_TARGET_DIR/debug/biseda" seed

test: ## run every check, browser tests included
	@scripts/test

unit: ## run the checks up to the integration tests
	@scripts/test unit

bench: ## measure the release build against the goals of docs/benchmarks.md
	@scripts/bench

chaos: ## kill, stop and starve the program under load: 200 kills, some 12 minutes
	@scripts/chaos

fmt: ## format
	@cargo fmt --all

lint: ## clippy, warnings denied
	@. scripts/env && cargo clippy --workspace --exclude web --all-targets -- -D warnings

sqlx: ## refresh the query cache in .sqlx after a change of SQL or schema
	@scripts/sqlx

openapi: ## write docs/openapi.json anew after a change of the REST API
	@. scripts/env && WRITE_OPENAPI=1 cargo nextest run -p api -E 'test(the_committed_document)'
