#!/usr/bin/env bash
# Has recorders of other languages record a server, imports what they have written with `cargo cassette`, and
# runs a command that can look at it.
#
#     tests/interop/import.sh                        # the tests that replay it
#     tests/interop/import.sh cargo test --features interop -p cassette-tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work="$(pwd)/target/interop/import"
if [[ -n ${CARGO_TARGET_DIR:-} ]]; then
    mkdir -p "$CARGO_TARGET_DIR"
    work="$(cd "$CARGO_TARGET_DIR" && pwd)/interop/import"
fi
readonly work scripts=tests/interop/import
readonly recorders="$work/recorders/bin/python" npm="$work/npm" recorded="$work/recorded" package="$work/package"
readonly gopath=/usr/share/gocode # where Debian's packages for Go are
readonly start_limit=60 # seconds
jobs=()

fail() {
    echo "interop: $1" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null || fail "$1 is missing: $2"
}

# Debian's names of what is missing; installing them takes root.
need_system_packages() {
    local missing=()
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    { ruby -e 'require "vcr"; require "webmock"' || missing+=(ruby-vcr ruby-webmock); } 2>/dev/null
    { command -v go && [[ -d $gopath/src/github.com/dnaeon/go-vcr ]]; } >/dev/null ||
        missing+=(golang-go golang-github-dnaeon-go-vcr-dev)
    { command -v node && command -v npm; } >/dev/null || missing+=(nodejs npm)
    if ((${#missing[@]} == 0)); then
        return
    fi
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
        fail "install ${missing[*]} and run this again"
    fi
    echo "interop: installing ${missing[*]}"
    {
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    } >&2 || fail "apt-get could not install ${missing[*]}"
}

# A virtual environment of this name with these packages. mitmproxy asks for others' versions that the
# recorders do not take, so it has its own.
need_python_packages() {
    local folder=$work/$1
    shift
    if [[ -e $folder/complete ]]; then
        return
    fi
    echo "interop: making $folder"
    python3 -m venv --clear "$folder" || fail "python3 could not make $folder"
    "$folder/bin/python" -m pip install --quiet --prefer-binary "$@" || fail "pip could not install $*"
    : >"$folder/complete"
}

need_npm_packages() {
    if [[ -d $npm/node_modules/undici && -d $npm/node_modules/har-validator ]]; then
        return
    fi
    echo "interop: making $npm"
    mkdir -p "$npm"
    (cd "$npm" && npm install --silent --no-fund --no-audit --prefix . undici@7 har-validator@5) ||
        fail 'npm could not install undici and har-validator'
}

stop() {
    local job
    for job in "${jobs[@]}"; do
        kill "$job" 2>/dev/null || true
        wait "$job" 2>/dev/null || true
    done
    jobs=()
}

# Waits till a file has a line that this expression finds, and prints what it captures.
await_line() {
    local file=$1 expression=$2 found
    SECONDS=0
    while ((SECONDS < start_limit)); do
        found=$(sed -nE "s#$expression#\1#p" "$file" | head -n 1)
        if [[ -n $found ]]; then
            echo "$found"
            return
        fi
        sleep 0.2
    done
    cat "$file" >&2
    fail "nothing was started; what it said is above"
}

start_server() {
    : >"$work/server.log"
    python3 "$scripts/server.py" >"$work/server.log" 2>&1 &
    jobs+=($!)
    base=$(await_line "$work/server.log" '(http://127.0.0.1:[0-9]+)')
}

record_through_mitmproxy() {
    : >"$work/mitmproxy.log"
    "$work/mitmproxy/bin/mitmdump" --listen-host 127.0.0.1 -p 0 --set "hardump=$recorded/mitmproxy.har" \
        >"$work/mitmproxy.log" 2>&1 &
    local proxy=$! address
    jobs+=("$proxy")
    address=$(await_line "$work/mitmproxy.log" '.*listening at .*(127\.0\.0\.1:[0-9]+).*')
    "$recorders" "$scripts/through_proxy.py" "$base" "http://$address" mitmproxy
    # It writes the archive when it ends.
    kill "$proxy"
    wait "$proxy" || true
}

record() {
    rm -rf "$recorded" "$package"
    mkdir -p "$recorded" "$package/src"
    "$recorders" "$scripts/record_vcrpy.py" "$base" "$recorded"
    "$recorders" "$scripts/record_cassetter.py" "$base" "$recorded"
    NODE_PATH="$npm/node_modules" node "$scripts/record_snapshot_agent.cjs" "$base" "$recorded"
    ruby "$scripts/record_vcr.rb" "$base" "$recorded"
    GO111MODULE=off GOPATH="$gopath" GOCACHE="$work/go" \
        go run "$scripts/record_go_vcr.go" "$base" "$recorded" "$scripts/requests.txt"
    record_through_mitmproxy
}

# What is imported belongs to a package of its own.
make_package() {
    printf '[package]\nname = "imported"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n' >"$package/Cargo.toml"
    : >"$package/src/lib.rs"
}

import() {
    "$cli" cassette import --manifest-path "$package/Cargo.toml" "$@"
}

import_all() {
    import "$recorded"
    import "$recorded/followed.yaml" --name followed --follow-redirects --force
    import "$recorded/followed.yaml" --name interop_import/attribute/a_test_with_the_attribute_replays_what_was_imported
    "$cli" cassette export --manifest-path "$package/Cargo.toml" vcrpy vcr --har -o "$work/exported.har"
    NODE_PATH="$npm/node_modules" node "$scripts/validate_har.cjs" "$work/exported.har"
    "$cli" cassette export --manifest-path "$package/Cargo.toml" vcrpy --har -o "$work/exported.har"
    import "$work/exported.har" --name exported
}

need cargo 'install a Rust toolchain'
need python3 'install Python 3'
need_system_packages
mkdir -p "$work"
need_python_packages recorders cassetter httpx requests vcrpy
need_python_packages mitmproxy mitmproxy
need_npm_packages

cargo build -p cargo-cassette
cli="${CARGO_TARGET_DIR:-$(pwd)/target}/debug/cargo-cassette"

trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start_server
record
make_package
import_all

export CASSETTE_INTEROP_IMPORT_SERVER=$base CASSETTE_INTEROP_IMPORT_CLI=$cli
export CASSETTE_INTEROP_IMPORT_PACKAGE=$package
if (($# == 0)); then
    set -- cargo test -p cassette-tests --features interop --test interop_import
fi
"$@"
