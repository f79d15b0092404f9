#!/usr/bin/env python3
"""Serves every feed file of a folder on loopback as an outlet, lets the real program relay them, and holds what it publishes against
foreign readers.

    target/test-python/bin/python tests/relay.py FOLDER [--bin target/debug/reprint] [--keep DIR]

For every file: what the program reads (`inspect --json`) is published or held with a reason, or the outlet says in words why not. For every
published feed, RSS and Atom: xmllint finds it well-formed; feedparser reads it with bozo == 0 and sees title, link, id, author, source and content
of each entry; newsboat loads as many articles. Then the program is stopped and started: same bytes, same ETags, no partner asked again.
"""
import argparse
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import feedparser

TYPES = {".json": "application/feed+json", ".rss": "application/rss+xml", ".atom": "application/atom+xml"}
problems = []


def problem(text):
    problems.append(text)
    print("  WRONG " + text)


class Partner(http.server.ThreadingHTTPServer):
    """Serves the files under /ID/feed and counts what is asked."""

    daemon_threads = True

    def __init__(self, files):
        self.files, self.requests = files, []
        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.strip("/").split("/")[0]
        path = self.server.files.get(name)
        self.server.requests.append(name)
        body = path.read_bytes() if path else b"no such feed"
        self.send_response(200 if path else 404)
        self.send_header("Content-Type", TYPES.get(path.suffix, "text/xml") if path else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"%d"' % len(body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=10) as r:
        return r.read(), r.headers


def start(binary, toml, base):
    log = open(toml.parent / "log.txt", "ab")
    child = subprocess.Popen([binary, "run", "--config", toml], stderr=log, stdout=log)
    for _ in range(400):
        if child.poll() is not None:
            sys.exit("the program ended: " + (toml.parent / "log.txt").read_text())
        try:
            get(base + "/healthz")
            return child
        except OSError:
            time.sleep(0.05)
    sys.exit("the program does not answer")


def stop(child):
    child.send_signal(signal.SIGTERM)
    if child.wait(30) != 0:
        problem("the program ended with %d after SIGTERM" % child.returncode)


def command(binary, *words):
    return subprocess.run([binary, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


def check_feed(name, url, expected):
    body, headers = get(url)
    lint = subprocess.run(["xmllint", "--noout", "--nonet", "-"], input=body, stderr=subprocess.PIPE)
    if lint.returncode:
        problem("%s is not well-formed: %s" % (name, lint.stderr.decode()[:300]))
    d = feedparser.parse(body, response_headers={"content-type": headers["Content-Type"]})
    if d.bozo:
        problem("%s: feedparser: %r" % (name, d.bozo_exception))
    if len(d.entries) != expected:
        problem("%s has %d entries instead of %d" % (name, len(d.entries), expected))
    if len({e.id for e in d.entries}) != len(d.entries):
        problem("%s has an id twice" % name)
    for e in d.entries:
        # feedparser gives an RSS description without content:encoded as the summary: that is the full text there (RSS profile § 4.1.1.20.4).
        text = e.content[0].value if e.get("content") else e.get("summary", "")
        source = e.get("source", {})
        for what, value in [("title", e.get("title")), ("link", e.get("link")), ("id", e.get("id")), ("author", e.get("author")),
                            ("source title", source.get("title")), ("source address", source.get("href") or source.get("id")), ("content", text)]:
            if not value or not value.strip():
                problem("%s: an entry without %s: %s" % (name, what, e.get("title") or e.get("id")))
    return body, headers["ETag"], len(d.entries)


def newsboat(folder, urls, expected):
    (folder / "urls").write_text("".join(u + "\n" for u in urls))
    (folder / "config").write_text("cleanup-on-quit no\nmax-items 0\n")
    cache = folder / "cache.db"
    subprocess.run(["newsboat", "-q", "-u", folder / "urls", "-C", folder / "config", "-c", cache, "-x", "reload"],
                   env=dict(os.environ, HOME=str(folder)), check=True, timeout=120)
    rows = sqlite3.connect(cache).execute("select count(*), sum(title != ''), sum(url != ''), sum(author != ''), sum(content != '') from rss_item").fetchone()
    print("newsboat: %d articles; with title %d, address %d, author %d, content %d" % rows)
    if any(n != expected for n in rows):
        problem("newsboat has %s instead of %d" % (rows, expected))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--bin", default="target/debug/reprint")
    ap.add_argument("--keep", type=pathlib.Path, help="keep the work folder here")
    ap.add_argument("--save", type=pathlib.Path, help="write every published document here, for validators")
    a = ap.parse_args()
    binary = os.path.abspath(a.bin)
    files = {}
    for path in sorted(a.folder.iterdir()):
        if path.suffix in (".xml", ".json", ".rss", ".atom", ".rdf"):
            files[re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")] = path
    if not files:
        sys.exit("no feeds in %s" % a.folder)
    work = pathlib.Path(tempfile.mkdtemp(prefix="reprint-relay-"))
    partner = Partner(files)
    host = "http://127.0.0.1:%d" % partner.server_address[1]
    port = free_port()
    base = "http://127.0.0.1:%d" % port
    toml = work / "feeds.toml"
    lines = ['[site]', 'title = "Relay"', 'url = "%s/"' % base, 'listen = "127.0.0.1:%d"' % port, '[limits]', 'host_spacing = "0s"', 'allow_networks = ["127.0.0.1/32"]']
    for name in files:
        lines += ["[[outlet]]", 'id = "%s"' % name, 'name = "%s"' % files[name].stem, 'homepage = "%s/%s/"' % (host, name), 'feed = "%s/%s/feed"' % (host, name)]
        lines += ["[[feed]]", 'id = "%s"' % name, 'outlets = ["%s"]' % name, "size = 1000"]
    lines += ["[[feed]]", 'id = "all"', "size = 1000"]
    toml.write_text("\n".join(lines))

    child = start(binary, toml, base)
    for _ in range(300):
        state = json.loads(command(binary, "outlets", "--json", "--config", toml).stdout)
        if all(o["sources"][0]["last_attempt"] for o in state["outlets"]):
            break
        time.sleep(0.1)
    else:
        problem("not every outlet was polled")
    time.sleep(1)

    total = 0
    before = {}
    for outlet in state["outlets"]:
        name, source = outlet["id"], outlet["sources"][0]
        read = command(binary, "inspect", "--json", str(files[name]), "--base", host + "/" + name + "/feed")
        if source["problem"]:
            print("%-46s %s: %s" % (name, source["problem"]["code"], source["problem"]["message"]))
            if read.returncode == 0:
                problem("%s can be inspected but not polled" % name)
            continue
        # Entries of one identity are one article.
        entries = json.loads(read.stdout)["entries"]
        keys = {e.get("id") or e.get("link") or e.get("title") for e in entries}
        published, held = outlet["published"], len(outlet["held"])
        print("%-46s %3d entries, %3d distinct: %3d published, %2d held" % (name, len(entries), len(keys), published, held))
        for h in outlet["held"]:
            print("    held: %s [%s]" % (h["reason"], h["code"]))
        if published + held != len(keys):
            problem("%s: %d distinct entries, but %d published and %d held" % (name, len(keys), published, held))
        for extension in ("rss", "atom"):
            url = "%s/feeds/%s.%s" % (base, name, extension)
            body, etag, n = check_feed(name + "." + extension, url, published)
            before[url] = body, etag
        total += published
    for extension in ("rss", "atom"):
        url = "%s/feeds/all.%s" % (base, extension)
        body, etag, n = check_feed("all." + extension, url, total)
        before[url] = body, etag
        newsboat(pathlib.Path(tempfile.mkdtemp(dir=work)), [url], n)
    if child.poll() is not None:
        problem("the program has died")
    if a.save:
        a.save.mkdir(parents=True, exist_ok=True)
        for url, (body, _) in before.items():
            (a.save / url.rsplit("/", 1)[1]).write_bytes(body)

    asked = len(partner.requests)
    stop(child)
    child = start(binary, toml, base)
    time.sleep(2)
    same = sum(get(url)[0] == body and get(url)[1]["ETag"] == etag for url, (body, etag) in before.items())
    print("restart: %d of %d documents byte-identical with the same ETag; %d requests to partners" % (same, len(before), len(partner.requests) - asked))
    if same != len(before) or len(partner.requests) != asked:
        problem("a restart changed documents or asked partners again")
    stop(child)
    if "panicked" in (work / "log.txt").read_text():
        problem("something panicked: see the log")
    if a.keep:
        shutil.copytree(work, a.keep, dirs_exist_ok=True)
    shutil.rmtree(work)
    print("%d articles relayed from %d files, %d problems" % (total, len(files), len(problems)))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
