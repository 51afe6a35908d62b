# The commands of the house. Each target is one line; what it does is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test bench fuzz soak islands e2e

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: ## build and serve the demo city at http://127.0.0.1:8080
	@scripts/run.sh

test: ## everything that must hold before a change lands
	@scripts/test.sh

bench: ## the measured tables of docs/benchmarks.md, beside peers
	@scripts/bench.sh

fuzz: ## hostile texts against the parsers, a bounded time each (FUZZ_SECONDS=60)
	@scripts/fuzz.sh

soak: ## the ledger under crashes and power cuts for SOAK_MINUTES=10, then SOAK_KILLS=1000 kills amid bookings
	@scripts/soak.sh

islands: ## the scripts of the pages
	@scripts/islands.sh

e2e: ## only the tests of the pages in Chromium
	@scripts/e2e.sh
