# The README's commands. Everything they need, they install.
.PHONY: run test build bench setup lint

setup:
	scripts/setup

run: setup
	cargo run --release -p cli -- demo

build: setup
	cargo build --release -p cli

# Writes docs/benchmarks.md. All of it takes more than an hour; SIZES=10000,100000 or ROWS=status,search take less.
bench: setup
	scripts/bench $(if $(SIZES),--sizes $(SIZES)) $(if $(ROWS),--rows $(ROWS))

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

# The suites that hold today; those of certificate, applications, licences and public join as they come true.
SUITES = -p cli -p codes -p evidence -p matters -p kernel -p identity -p registry -p typesetting -p journeys \
	--lib --bin anxu --test all --test evidence --test matters --test registry --test typesetting --test journeys

test: setup
	cargo fmt --all --check
	scripts/with-postgres cargo test --no-fail-fast $(SUITES)
