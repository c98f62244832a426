#!/usr/bin/env bash
# Runs the interop tests against a real httpbin, which it installs, starts and stops.
#
#     tests/interop.sh                        # all tests of the package
#     tests/interop.sh --test interop_httpbin # arguments go to `cargo test`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly work="${CARGO_TARGET_DIR:-target}/interop"
readonly venv="$work/venv" log="$work/gunicorn.log"
readonly start_limit=30 # seconds
server=

fail() {
    echo "interop: $1" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null || fail "$1 is missing: $2"
}

# Debian ships python3 without what makes a venv.
need_venv_module() {
    if python3 -c 'import ensurepip, venv' 2>/dev/null; then
        return
    fi
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
        fail 'python3 cannot make a venv: install the package python3-venv and run this again'
    fi
    echo 'interop: installing python3-venv'
    {
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    } >&2 || fail 'apt-get could not install python3-venv'
    python3 -c 'import ensurepip, venv' || fail 'python3 is not the system'\''s own, and cannot make a venv'
}

need_httpbin() {
    if "$venv/bin/python" -c 'import gunicorn, httpbin' 2>/dev/null; then
        return
    fi
    echo "interop: making $venv"
    python3 -m venv --clear "$venv" || fail "python3 could not make $venv"
    "$venv/bin/python" -m pip install --quiet httpbin gunicorn || fail 'pip could not install httpbin and gunicorn'
}

start() {
    local options=(--bind 127.0.0.1:0 --worker-class gthread --threads 64 --keep-alive 60 --timeout 120)
    # Recent releases open a socket in the home directory unless told not to.
    if "$venv/bin/python" -m gunicorn --help | grep -q -- --no-control-socket; then
        options+=(--no-control-socket)
    fi
    : >"$log" # It is read before a busy system has started what writes it.
    "$venv/bin/python" -m gunicorn "${options[@]}" httpbin:app >"$log" 2>&1 &
    server=$!
}

stop() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=
    fi
}

# The system chose the port; gunicorn says which one.
address() {
    sed -nE 's|.*Listening at: (http://127\.0\.0\.1:[0-9]+).*|\1|p' "$log" | head -n 1
}

answers() {
    python3 - "$1" 2>/dev/null <<'PYTHON'
import sys, urllib.request
no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(no_proxy.open(sys.argv[1] + "/get", timeout=5).status != 200)
PYTHON
}

await_httpbin() {
    local base
    while ((SECONDS < start_limit)); do
        base=$(address)
        if [[ -n $base ]] && answers "$base"; then
            export CASSETTE_INTEROP_HTTPBIN=$base
            return
        fi
        if ! kill -0 "$server" 2>/dev/null; then
            break
        fi
        sleep 0.2
    done
    cat "$log" >&2
    fail "httpbin does not answer; its log is above"
}

need cargo 'install a Rust toolchain'
need python3 'install Python 3'
need_venv_module
need_httpbin

trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start
SECONDS=0
await_httpbin
echo "interop: httpbin is at $CASSETTE_INTEROP_HTTPBIN"

# With what recorders of other languages have recorded.
tests/interop/import.sh cargo test -p cassette-tests --features interop "$@"

# Once more with a reqwest that decodes compressed bodies, which the other tests must not have.
cargo test -p cassette-tests --features interop,decompression --test interop_httpbin "$@"
