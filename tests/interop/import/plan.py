"""The requests that each recorder makes, read from `requests.txt`."""

import pathlib


def plan(base, recorder):
    """Yields method, URL and body."""
    file = pathlib.Path(__file__).with_name("requests.txt")
    for line in file.read_text().splitlines():
        method, path, *body = line.split(" ", 2)
        yield method, base + path.replace("@", recorder), body[0] if body else None
