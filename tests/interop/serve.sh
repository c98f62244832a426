# Servers on free ports of the loopback.

readonly start_limit=60 # seconds
servers=()

stop() {
    local server
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
    done
    for server in "${servers[@]}"; do
        wait "$server" 2>/dev/null || true
    done
    servers=()
}

# serve <name> <path that is answered> <command>...: starts a server, which says in its output where it listens, and
# exports that as CASSETTE_INTEROP_<name>.
serve() {
    local name=$1 path=$2 log="$work/$1.log"
    shift 2
    : >"$log" # It is read before a busy system has started what writes it.
    "$@" >"$log" 2>&1 &
    servers+=($!)
    await "$name" "$path" "$log" $!
}

await() {
    local name=$1 path=$2 log=$3 server=$4 base end=$((SECONDS + start_limit))
    while ((SECONDS < end)); do
        # The system chose the port.
        base=$(grep -oE -m 1 'http://127\.0\.0\.1:[0-9]+' "$log" || true)
        if [[ -n $base ]] && answers "$base$path"; then
            export "CASSETTE_INTEROP_$name=$base"
            echo "interop: $name is at $base"
            return
        fi
        if ! kill -0 "$server" 2>/dev/null; then
            break
        fi
        sleep 0.2
    done
    cat "$log" >&2
    fail "$name does not answer; its log is above"
}

answers() {
    python3 - "$1" 2>/dev/null <<'PYTHON'
import sys, urllib.request
no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(no_proxy.open(sys.argv[1], timeout=5).status != 200)
PYTHON
}

gunicorn_httpbin() {
    local options=(--bind 127.0.0.1:0 --worker-class gthread --threads 64 --keep-alive 60 --timeout 120)
    # Recent releases open a socket in the home directory unless told not to.
    if "$venv/bin/python" -m gunicorn --help | grep -q -- --no-control-socket; then
        options+=(--no-control-socket)
    fi
    exec "$venv/bin/python" -m gunicorn "${options[@]}" httpbin:app
}
