# What one does here. `just` lists it.

default:
    @just --list

# everything the tests need, then every test
test *ARGS:
    tests/run {{ARGS}}

# what CI does
ci:
    .ci/run

# the program at work, without network or configuration
demo:
    cargo run --release -- demo

fmt:
    cargo fmt

lint:
    cargo clippy --all-targets --locked -- -D warnings

# prints figures and ratios: start, cycle, stages, parse, attribute, render, translate, opencc, serve, push
bench NAME:
    cargo bench --bench {{NAME}}

# licences, sources and banned versions (needs cargo-deny)
deny:
    cargo deny --offline check bans licenses sources
