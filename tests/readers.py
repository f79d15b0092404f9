#!/usr/bin/env python3
"""Lets the real program relay an outlet whose articles have everything, and foreign readers read what it publishes.

    target/test-python/bin/python tests/readers.py [--bin target/debug/reprint] [--update]

For every format and reader, entry by entry: title, address, id, byline, translator, date, text, pictures and file as the document has them.
docs/readers.md is the outcome; the test fails where the file differs from it. `--update` writes the file.
"""
import argparse
import calendar
import email.utils
import html
import html.parser
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

import feedparser
import reader

import relay

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs/readers.md"
# JavaScript packages; `tests/run` installs them.
NODE = pathlib.Path(os.environ.get("REPRINT_TEST_NODE", ROOT / "target/test-node"))
# What the program publishes; a format that is added there is added here.
FORMATS = {"rss": "RSS 2.0", "atom": "Atom 1.0", "json": "JSON Feed 1.1"}
ARTICLES = 5
ASPECTS = ["title", "address", "id", "byline", "translator", "date", "text", "pictures", "file"]
ATOM, DC, CONTENT, MARCREL = (
    "{http://www.w3.org/2005/Atom}", "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/rss/1.0/modules/content/}",
    "{http://id.loc.gov/vocabulary/relators/}")
CONFIG = """
[site]
title = "Relay"
url = "https://relay.example.net/"
tag_authority = "relay.example.net,2026"
listen = "127.0.0.1:%d"
[limits]
host_spacing = "0s"
allow_networks = ["127.0.0.1/32"]
[[outlet]]
id = "pier"
name = "栈桥周报"
homepage = "https://pier.example/"
feed = "http://127.0.0.1:%d/pier/feed"
"""


class Fragment(html.parser.HTMLParser):
    """Text and pictures of HTML."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.words, self.pictures = [], []
        self.feed(source or "")
        self.close()
        self.text = re.sub(r"\s+", "", "".join(self.words))

    def handle_data(self, data):
        self.words.append(data)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.pictures.append(dict(attributes).get("src"))


def instant(date):
    """RFC 822 or RFC 3339 to seconds."""
    if not date:
        return None
    at = email.utils.parsedate_tz(date)
    if at:
        return email.utils.mktime_tz(at)
    match = re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)$", date)
    return calendar.timegm(time.strptime(match[1], "%Y-%m-%dT%H:%M:%S")) if match else None


def translators(item):
    return [person["name"] for person in item["_reprint"].get("translation", {}).get("translators", [])]


def expected(kind, document):
    """What the document says, read by a parser of XML or JSON that knows nothing of feeds."""
    if kind == "json":
        return [{
            "id": item["id"], "title": item["title"], "link": item["url"], "date": instant(item["date_published"]),
            # Authors and translators are one list: the translators are those of the extension.
            "byline": [author["name"] for author in item["authors"]][:len(item["authors"]) - len(translators(item))],
            "text": item["content_html"], "file": item["attachments"][0]["url"] if "attachments" in item else None,
            "translator": translators(item)[0] if translators(item) else None} for item in json.loads(document)["items"]]
    root = xml.etree.ElementTree.fromstring(document)
    entries = []
    if kind == "rss":
        for item in root.iter("item"):
            enclosure = item.find("enclosure")
            entries.append({
                "id": item.findtext("guid"), "title": item.findtext("title"), "link": item.findtext("link"),
                "date": instant(item.findtext("pubDate")), "byline": [item.findtext(DC + "creator")],
                "text": item.findtext(CONTENT + "encoded") or item.findtext("description"),
                "file": None if enclosure is None else enclosure.get("url"), "translator": item.findtext(MARCREL + "trl")})
        return entries
    for entry in root.iter(ATOM + "entry"):
        link = {l.get("rel"): l.get("href") for l in reversed(entry.findall(ATOM + "link"))}
        entries.append({
            "id": entry.findtext(ATOM + "id"), "title": entry.findtext(ATOM + "title"), "link": link["alternate"],
            "date": instant(entry.findtext(ATOM + "published")),
            "byline": [author.findtext(ATOM + "name") for author in entry.findall(ATOM + "author")],
            "text": entry.findtext(ATOM + "content"), "file": link.get("enclosure"), "translator": entry.findtext(MARCREL + "trl")})
    return entries


def by_feedparser(url, document, work):
    entries = []
    for e in feedparser.parse(document).entries:
        byline = [a.get("name") for a in e.authors] if e.get("authors") and len(e.authors) > 1 else e.get("author")
        entries.append({
            "id": e.get("id"), "title": e.get("title"), "link": e.get("link"), "date": calendar.timegm(e.published_parsed), "byline": byline,
            "text": e.content[0].value if e.get("content") else e.get("summary"), "file": e.enclosures[0].href if e.get("enclosures") else None})
    return entries


def by_reader(url, document, work):
    library = reader.make_reader(str(work / "reader.sqlite"))
    library.add_feed(url)
    library.update_feed(url)
    entries = []
    for e in library.get_entries():
        entries.append({
            "id": e.id, "title": e.title, "link": e.link, "date": int(e.published.timestamp()), "byline": e.authors_str,
            "text": e.content[0].value if e.content else e.summary, "file": e.enclosures[0].href if e.enclosures else None})
    return entries


def by_newsboat(url, document, work):
    (work / "urls").write_text(url + "\n")
    (work / "config").write_text("cleanup-on-quit no\nmax-items 0\n")
    subprocess.run(
        ["newsboat", "-q", "-u", work / "urls", "-C", work / "config", "-c", work / "cache.db", "-x", "reload"],
        env=dict(os.environ, HOME=str(work)), check=True, timeout=60)
    rows = sqlite3.connect(work / "cache.db").execute("select guid, title, url, pubDate, author, content, enclosure_url from rss_item")
    names = ["id", "title", "link", "date", "byline", "text", "file"]
    return [dict(zip(names, row)) for row in rows.fetchall()]


def by_sfeed(url, document, work):
    said = subprocess.run(["sfeed", url], input=document, stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
    escapes = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}
    entries = []
    for line in said.splitlines():
        fields = [re.sub(r"\\[nt\\]", lambda m: escapes[m[0]], field) for field in line.split("\t")]
        at, title, link, content, _, identity, author, enclosure = fields[:8]
        entries.append({"id": identity, "title": title, "link": link, "date": int(at), "byline": author, "text": content, "file": enclosure})
    return entries


def by_node(name):
    def read(url, document, work):
        script = pathlib.Path(__file__).with_name("readers") / "read.mjs"
        ran = subprocess.run(["node", script, name], input=document, stdout=subprocess.PIPE, check=True, timeout=60,
                             env=dict(os.environ, READERS=str(NODE)))
        entries = json.loads(ran.stdout)
        for entry in entries:
            entry["date"] = instant(re.sub(r"\.000Z$", "Z", entry.get("date") or ""))
        return entries
    return read


# Those of the readers that know JSON Feed.
JSON_READERS = {"reader 3.26 (Python)", "feedsmith 3.0.1 (JavaScript)"}
READERS = {
    "feedparser 6.0.14 (Python)": by_feedparser,
    "reader 3.26 (Python)": by_reader,
    "newsboat (Debian)": by_newsboat,
    "sfeed (Debian)": by_sfeed,
    "rss-parser 3.13.0 (JavaScript)": by_node("rss-parser"),
    "feedsmith 3.0.1 (JavaScript)": by_node("feedsmith"),
}


def compare(want, got):
    """For every aspect: None where there is nothing to see, else whether the reader has it."""
    text, seen = Fragment(want["text"]), Fragment(got.get("text"))
    byline = got.get("byline") or []
    names = byline if isinstance(byline, list) else [byline]
    # Readers with one string for several authors show the first, the last, or all of them with something between.
    whole = all(any(author in name for name in names) for author in want["byline"])
    some = any(author in name for author in want["byline"] for name in names)
    translator = None
    if want["translator"]:
        translator = "byline" if any(want["translator"] in name for name in names) else want["translator"] in seen.text and "text"
    return {
        "title": got.get("title") == want["title"],
        "address": got.get("link") == want["link"],
        "id": got.get("id") == want["id"],
        "byline": whole or (some and "one"),
        "translator": translator,
        "date": got.get("date") == want["date"],
        "text": seen.text == text.text,
        "pictures": seen.pictures == text.pictures if text.pictures else None,
        "file": (got.get("file") or None) == want["file"] if want["file"] else None,
    }


def cell(outcomes):
    outcomes = [outcome for outcome in outcomes if outcome is not None]
    right = sum(outcome is not False for outcome in outcomes)
    if right < len(outcomes):
        return "%d of %d" % (right, len(outcomes))
    words = sorted({outcome for outcome in outcomes if isinstance(outcome, str)})
    return "in the " + words[0] if words and words[0] in ("byline", "text") else "one of two" if words else "yes"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", default="target/debug/reprint")
    ap.add_argument("--update", action="store_true", help="write docs/readers.md")
    a = ap.parse_args()
    binary = os.path.abspath(a.bin)
    rows = []
    with tempfile.TemporaryDirectory(prefix="reprint-readers-") as folder:
        work = pathlib.Path(folder)
        partner = relay.Partner({"pier": pathlib.Path(__file__).with_name("readers") / "outlet.atom"})
        port = relay.free_port()
        base = "http://127.0.0.1:%d" % port
        (work / "feeds.toml").write_text(CONFIG % (port, partner.server_address[1]))
        child = relay.start(binary, work / "feeds.toml", base)
        try:
            for _ in range(200):
                documents = {kind: relay.get("%s/feeds/pier.%s" % (base, kind))[0] for kind in FORMATS}
                if all(len(expected(kind, document)) == ARTICLES for kind, document in documents.items()):
                    break
                time.sleep(0.05)
            for kind, document in documents.items():
                wanted = expected(kind, document)
                if len(wanted) != ARTICLES:
                    relay.problem("%s has %d articles instead of %d" % (kind, len(wanted), ARTICLES))
                for number, (name, read) in enumerate(READERS.items()):
                    if kind == "json" and name not in JSON_READERS:
                        continue
                    place = work / ("%s-%d" % (kind, number))
                    place.mkdir()
                    got = {entry.get("id"): entry for entry in read("%s/feeds/pier.%s" % (base, kind), document, place)}
                    by_link = {entry.get("link"): entry for entry in got.values()}
                    found = [compare(want, got.get(want["id"]) or by_link.get(want["link"]) or {}) for want in wanted]
                    rows.append("| %s | %s | %s |" % (FORMATS[kind], name, " | ".join(cell([f[aspect] for f in found]) for aspect in ASPECTS)))
                    for want, outcome in zip(wanted, found):
                        entry = got.get(want["id"]) or by_link.get(want["link"]) or {}
                        for aspect, right in outcome.items():
                            if right is False:
                                key = "link" if aspect == "address" else aspect
                                print("%s, %s: %s of %s: %r instead of %r" % (kind, name, aspect, want["id"], entry.get(key), want.get(key)))
        finally:
            relay.stop(child)
    table = "\n".join(["| format | reader | " + " | ".join(ASPECTS) + " |", "|---|---|" + "---|" * len(ASPECTS), *rows])
    print(table)
    before, begin, rest = TABLE.read_text("utf-8").partition("<!-- begin -->\n")
    _, end, after = rest.partition("<!-- end -->")
    document = before + begin + table + "\n" + end + after
    if a.update:
        TABLE.write_text(document, "utf-8")
    elif document != TABLE.read_text("utf-8"):
        relay.problem("docs/readers.md says otherwise: `%s tests/readers.py --update` writes it" % sys.executable)
    sys.exit(1 if relay.problems else 0)


main()
