"""Makes the requests through a proxy that records them."""

import sys

import requests
from plan import plan

base, proxy, name = sys.argv[1:]

with requests.Session() as session:
    session.trust_env = False
    session.proxies = {"http": proxy}
    for method, url, body in plan(base, name):
        headers = {"Content-Type": "application/json"} if body else {}
        session.request(method, url, data=body, headers=headers, allow_redirects=False)
