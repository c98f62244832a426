"""What the recorders ask: a server with answers of every kind, always the same, on a port of its own.

It prints its URL. Nothing in it depends on who asks, but `/count/NAME`, which counts for each name.
"""

import gzip
import json
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COUNTS = Counter()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body=b"", status=200, headers=(), reason=None, chunks=None):
        self.send_response_only(status, reason)
        for name, value in headers:
            self.send_header(name, value)
        if chunks is not None:
            self.send_header("Transfer-Encoding", "chunked")
        elif status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        for chunk in chunks or ():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(body if chunks is None else b"0\r\n\r\n")

    def do_GET(self):
        path = urlsplit(self.path).path
        if path.startswith("/count/"):
            COUNTS[path] += 1
            return self.answer(str(COUNTS[path]).encode(), headers=[("Content-Type", "text/plain")])
        PAGES.get(path, missing)(self)

    do_HEAD = do_GET

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.answer(body, status=201, headers=[("Content-Type", self.headers.get("Content-Type", "text/plain"))])


def send_json(request):
    text = json.dumps({"é": [1.5, True, None], "a": "<&>", "big": 12345678901234567890}, separators=(",", ":"), ensure_ascii=False)
    request.answer(text.encode(), headers=[("Content-Type", "application/json"), ("X-Two", "1"), ("X-Two", "2")])


def text(request):
    body = "first line\r\n\tsecond: 'it' \"is\" # no comment\n\n  thîrd 😀 \n"
    request.answer(body.encode(), headers=[("Content-Type", "text/plain; charset=utf-8")])


def binary(request):
    request.answer(bytes(range(256)), headers=[("Content-Type", "application/octet-stream")])


def packed(request):
    body = gzip.compress(b'{"packed":true}', mtime=0)
    request.answer(body, headers=[("Content-Type", "application/json"), ("Content-Encoding", "gzip")])


def cookies(request):
    first = "a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT; Path=/"
    request.answer(b"two", headers=[("Content-Type", "text/plain"), ("Set-Cookie", first), ("Set-Cookie", "b=2; HttpOnly")])


def events(request):
    chunks = [b'data: {"n":%d}\n\n' % n for n in range(3)]
    request.answer(headers=[("Content-Type", "text/event-stream")], chunks=chunks)


def missing(request):
    request.answer(b"no", status=404, reason="Nobody Here", headers=[("Content-Type", "text/plain")])


def empty(request):
    request.answer(status=204)


def redirect(request):
    request.answer(status=302, headers=[("Location", "/json")])


PAGES = {
    "/json": send_json,
    "/text": text,
    "/binary": binary,
    "/packed": packed,
    "/cookies": cookies,
    "/events": events,
    "/empty": empty,
    "/redirect": redirect,
}

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
