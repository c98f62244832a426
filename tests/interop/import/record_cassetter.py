"""Records with cassetter: httpx, in YAML and TOML."""

import sys

import httpx
from cassetter import use_cassette
from plan import plan

base, folder = sys.argv[1:]


def record(name, extension):
    with use_cassette(f"{folder}/{name}.{extension}", record_mode="all"), httpx.Client(trust_env=False) as client:
        for method, url, body in plan(base, name):
            headers = {"Content-Type": "application/json"} if body else {}
            client.request(method, url, content=body, headers=headers)


record("cassetter", "yaml")
record("cassetter-toml", "toml")
