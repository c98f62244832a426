"""Records with vcrpy: requests in YAML and JSON, httpx in YAML."""

import sys

import httpx
import requests
import vcr
from plan import plan

base, folder = sys.argv[1:]


# Its JSON serializer refuses what is not UTF-8.
BINARY = ("/binary", "/packed")


def with_requests(name, serializer, extension):
    recorder = vcr.VCR(record_mode="all", serializer=serializer)
    with recorder.use_cassette(f"{folder}/{name}.{extension}"), requests.Session() as session:
        session.trust_env = False
        for method, url, body in plan(base, name):
            if serializer == "json" and url.endswith(BINARY):
                continue
            headers = {"Accept-Encoding": "gzip", "Authorization": "Bearer t-5up3r-s3cr3t-0123456789"}
            if body:
                headers["Content-Type"] = "application/json"
            session.request(method, url, data=body, headers=headers, allow_redirects=False)


def with_httpx(name):
    with vcr.VCR(record_mode="all").use_cassette(f"{folder}/{name}.yaml"), httpx.Client(trust_env=False) as client:
        for method, url, body in plan(base, name):
            headers = {"Content-Type": "application/json"} if body else {}
            client.request(method, url, content=body, headers=headers)


def following(name):
    with vcr.VCR(record_mode="all").use_cassette(f"{folder}/{name}.yaml"), requests.Session() as session:
        session.trust_env = False
        session.get(base + "/redirect")


with_requests("vcrpy", "yaml", "yaml")
with_requests("vcrpy-json", "json", "json")
with_httpx("vcrpy-httpx")
following("followed")
