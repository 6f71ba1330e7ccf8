# The README's commands. Everything they need, they install.
.PHONY: run test e2e build bench setup setup-tests lint web web-check web-api tour

setup:
	scripts/setup

setup-tests: setup
	scripts/setup-tests

run: setup web
	cargo run --release -p cli -- demo

build: setup web
	cargo build --release -p cli

# The pages, into web/dist, from where the program takes them. Fails when the first screen has become too heavy.
web: web/node_modules/.package-lock.json
	cd web && npm run --silent build

web-check: web
	cd web && npm run --silent typecheck && npm run --silent lint && npm test --silent

# The description of the interface and the types that the pages take from it.
web-api: web/node_modules/.package-lock.json
	cargo run -p cli -- openapi > web/openapi.json.new && mv web/openapi.json.new web/openapi.json
	cd web && npm run --silent api

# The pictures of docs/tour.md, from a fresh demo of the built program.
tour: build
	cd web && node scripts/tour.mjs

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-fund --no-audit
	touch $@

# Writes docs/benchmarks.md. All of it takes more than an hour; SIZES=10000,100000 or ROWS=status,search take less.
bench: setup-tests
	scripts/bench $(if $(SIZES),--sizes $(SIZES)) $(if $(ROWS),--rows $(ROWS))

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

# The journeys in a browser, against a fresh demo of a debug build.
e2e: setup web
	cargo build --workspace --bins
	scripts/e2e target/debug/anxu

# Everything but documentation examples and the longer journeys of `make e2e`; ends with cargo's own summaries. The pages
# are checked beside the program.
test: setup-tests
	$(MAKE) -j2 --output-sync=target web-check lint
	cargo build --workspace --all-targets
	scripts/e2e target/debug/anxu -- --project=journeys --grep @core
	scripts/with-postgres --careless cargo test --workspace --all-targets --no-fail-fast
