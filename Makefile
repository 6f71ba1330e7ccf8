# The README's commands. Everything they need, they install.
.PHONY: run test build setup lint

setup:
	scripts/setup

run: setup
	cargo run --release -p cli -- demo

build: setup
	cargo build --release -p cli

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

test: setup lint
	scripts/with-postgres cargo test --workspace --no-fail-fast
