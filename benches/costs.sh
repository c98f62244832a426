#!/usr/bin/env bash
# What it costs to have this library: packages, build times, and the time of a suite of tests in the dev profile.
# README.md says how to read it. It builds in a folder of its own, which takes some minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly root=$PWD
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT
export CARGO_INCREMENTAL=0 # What is compiled again is compiled whole.

# crate <name> <line for dependencies>...
crate() {
    local folder=$work/$1 name=$1
    shift
    mkdir -p "$folder/src" "$folder/tests"
    cp "$root/Cargo.lock" "$folder"
    echo >"$folder/src/lib.rs"
    {
        printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n' "$name"
        printf '%s\n' "$@"
    } >"$folder/Cargo.toml"
}

readonly base=('reqwest = "0.13"' 'reqwest-middleware = "0.5"')
readonly ours=("cassette-reqwest = { path = \"$root/cassette-reqwest\" }")
readonly runtime=('tokio = { version = "1", features = ["macros", "rt-multi-thread"] }')

# Names and versions of what is built for a crate.
packages() {
    (cd "$work/$1" && cargo tree --edges normal,build --prefix none --format '{p}' | sed 's/ (.*//' | grep -v "^$1 " | sort -u)
}

# Seconds of processor time that a command takes, which other work on the machine changes less than the clock.
seconds() {
    local TIMEFORMAT='%U %S'
    { time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.1f", $1 + $2 }'
}

build() {
    (cd "$work/$1" && cargo test --no-run --target-dir "$work/target-$1")
}

clean_build() {
    rm -rf "$work/target-$1"
    seconds build "$1"
}

# tests <count> <attribute> <client>
tests() {
    echo "$3"
    echo 'async fn ask(client: reqwest_middleware::ClientWithMiddleware, test: usize) {
    for request in 0..5 {
        let url = format!("http://api.example.com/{test}/{request}");
        let text = client.get(url).send().await.unwrap().text().await.unwrap();
        assert_eq!(text, "{\"id\":1}");
    }
}'
    for ((test = 0; test < $1; test++)); do
        printf '\n%s\n#[tokio::test]\nasync fn t%s() {\n    ask(client(), %s).await;\n}\n' "$2" "$test" "$test"
    done
}

readonly our_client='fn client() -> reqwest_middleware::ClientWithMiddleware {
    cassette_reqwest::client()
}'
# One client for all, so that its TLS counts for nobody.
readonly canned_client='use std::sync::LazyLock;
struct Canned;
#[async_trait::async_trait]
impl reqwest_middleware::Middleware for Canned {
    async fn handle(
        &self,
        _: reqwest::Request,
        _: &mut http::Extensions,
        _: reqwest_middleware::Next<'"'"'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        Ok(http::Response::new("{\"id\":1}").into())
    }
}
static CLIENT: LazyLock<reqwest_middleware::ClientWithMiddleware> = LazyLock::new(|| {
    reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(Canned).build()
});
fn client() -> reqwest_middleware::ClientWithMiddleware {
    CLIENT.clone()
}'

cassettes() {
    local folder=$work/suite/tests/cassettes/annotated test request interactions
    mkdir -p "$folder"
    for ((test = 0; test < $1; test++)); do
        interactions=
        for request in 0 1 2 3 4; do
            interactions+=${interactions:+,}'{"request":{"method":"GET","url":"http://api.example.com/'$test/$request'"},"response":{"status":200,"body":{"json":{"id":1}}}}'
        done
        printf '{"format":1,"test":"annotated::t%s","recorded_at":"2026-11-30T10:30:00Z","interactions":[%s]}' "$test" "$interactions" >"$folder/t$test.json"
    done
}

# The path of a test binary that is built.
binary() {
    (cd "$work/suite" && cargo test --no-run --test "$1" --target-dir "$work/target-with" 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
}

milliseconds() {
    local begin=$EPOCHREALTIME
    (cd "$work/suite" && "$1" --quiet >/dev/null 2>&1)
    local end=$EPOCHREALTIME
    echo "$(((${end/[.,]/} - ${begin/[.,]/}) / 10))" | awk '{ printf "%.2f\n", $1 / 100 }'
}

crate base "${base[@]}"
crate with "${base[@]}" "${ours[@]}"
echo '## Packages'
packages base >"$work/base.txt"
packages with >"$work/with.txt"
comm -13 "$work/base.txt" "$work/with.txt" | tee "$work/more.txt"
echo "$(wc -l <"$work/base.txt") with reqwest and reqwest-middleware, $(wc -l <"$work/more.txt") more, three of them ours"
if [[ ${1-} == packages ]]; then
    exit
fi

echo '## Clean build, seconds of processor time'
for ((round = 0; round < ${ROUNDS:-2}; round++)); do
    echo "base $(clean_build base), with cassette-reqwest $(clean_build with)"
done

echo '## 500 tests compiled, seconds of processor time'
crate suite "${base[@]}" "${ours[@]}" "${runtime[@]}" 'async-trait = "0.1"' 'http = "1"'
count=500
tests $count '#[cassette_reqwest::cassette]' "$our_client" >"$work/suite/tests/annotated.rs"
tests $count '' "$our_client" >"$work/suite/tests/bare.rs"
compile() {
    (cd "$work/suite" && touch "tests/$1.rs" && cargo test --no-run --test "$1" --target-dir "$work/target-with")
}
compile annotated >/dev/null 2>&1
compile bare >/dev/null 2>&1
for ((round = 0; round < ${ROUNDS:-2}; round++)); do
    echo "without the attribute $(seconds compile bare), with it $(seconds compile annotated)"
done

echo '## 200 tests of 5 requests, milliseconds'
count=200
tests $count '#[cassette_reqwest::cassette]' "$our_client" >"$work/suite/tests/annotated.rs"
tests $count '' "$canned_client" >"$work/suite/tests/canned.rs"
cassettes $count
annotated=$(binary annotated)
canned=$(binary canned)
for ((round = 0; round < 15; round++)); do
    milliseconds "$canned" >>"$work/canned.txt"
    milliseconds "$annotated" >>"$work/annotated.txt"
done
least() { sort -n "$1" | head -1; }
middle() { sort -n "$1" | sed -n 8p; }
echo "canned: least $(least "$work/canned.txt"), median $(middle "$work/canned.txt")"
echo "annotated: least $(least "$work/annotated.txt"), median $(middle "$work/annotated.txt")"
awk -v a="$(least "$work/annotated.txt")" -v c="$(least "$work/canned.txt")" -v n=$count \
    'BEGIN { printf "each test takes %.3f ms more\n", (a - c) / n }'
