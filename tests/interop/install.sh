# What the interop tests need, installed into `$venv` and `$npm`.

need() {
    command -v "$1" >/dev/null || fail "$1 is missing: $2"
}

# apt <package>...
apt() {
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
        fail "install the packages $* and run this again"
    fi
    echo "interop: installing $*"
    {
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } >&2 || fail "apt-get could not install $*"
}

# Debian ships python3 without what makes a venv.
need_venv_module() {
    if python3 -c 'import ensurepip, venv' 2>/dev/null; then
        return
    fi
    apt python3-venv
    python3 -c 'import ensurepip, venv' || fail 'python3 is not the system'\''s own, and cannot make a venv'
}

need_python_packages() {
    if "$venv/bin/python" -c 'import flask_cors, gunicorn, httpbin, moto.server, requests' 2>/dev/null; then
        return
    fi
    echo "interop: making $venv"
    python3 -m venv --clear "$venv" || fail "python3 could not make $venv"
    # What `moto[server]` has for services other than S3 takes longer than all the rest.
    "$venv/bin/python" -m pip install --quiet gunicorn httpbin 'moto[s3]' flask-cors requests ||
        fail 'pip could not install gunicorn, httpbin, moto and requests'
}

need_curl() {
    if ! command -v curl >/dev/null; then
        apt curl
    fi
}

need_node() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        apt nodejs npm
    fi
}

need_npm_packages() {
    if (cd "$npm" && node -e "require('openai-mock-api')") 2>/dev/null; then
        return
    fi
    echo "interop: making $npm"
    mkdir -p "$npm"
    npm install --prefix "$npm" --no-save --no-audit --no-fund --silent openai-mock-api >&2 ||
        fail 'npm could not install openai-mock-api'
}
