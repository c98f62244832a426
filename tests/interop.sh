#!/usr/bin/env bash
# Runs the interop tests: against real servers, which it installs, starts and stops (httpbin, moto's S3 and
# openai-mock-api), and with other programs, curl and Python, as clients.
#
#     tests/interop.sh                        # all of them
#     tests/interop.sh --test interop_httpbin # arguments go to `cargo test`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly work="${CARGO_TARGET_DIR:-target}/interop"
readonly venv="$work/venv" npm="$work/npm"

fail() {
    echo "interop: $1" >&2
    exit 1
}

source tests/interop/install.sh
source tests/interop/serve.sh

need cargo 'install a Rust toolchain'
need python3 'install Python 3'
need_curl
need_venv_module
need_python_packages
need_node
need_npm_packages

trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
serve HTTPBIN /get gunicorn_httpbin
serve MOTO /moto-api/data.json "$venv/bin/python" -m moto.server -H 127.0.0.1 -p 0
serve OPENAI /health node tests/interop/openai.js "$npm" tests/interop/openai.yaml

CASSETTE_INTEROP_PYTHON=$(realpath "$venv")/bin/python
export CASSETTE_INTEROP_PYTHON

# The features of their SDKs would be under all tests, so only those that need them are run.
targets=()
if [[ " $* " != *' --test'[\ =]* ]]; then
    targets=(--test 'interop_*' --test reqwest_0_12)
fi
# With what recorders of other languages have recorded.
tests/interop/import.sh cargo test -p cassette-tests --features interop "${targets[@]}" "$@"

# Once more with a reqwest that decodes compressed bodies, which the other tests must not have.
cargo test -p cassette-tests --features interop,decompression --test interop_httpbin "$@"
