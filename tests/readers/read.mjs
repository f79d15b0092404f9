// What two feed readers of JavaScript make of a document: node read.mjs rss-parser|feedsmith < FEED, a JSON list of entries to stdout.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

// The packages are installed beside the other tools of the tests, not beside this file.
const require = createRequire(path.join(process.env.READERS, "package.json"));
const text = fs.readFileSync(0, "utf8");
const names = (people) => (people ?? []).map((person) => person.name ?? person);

async function rssParser() {
  const Parser = require("rss-parser");
  const feed = await new Parser().parseString(text);
  return feed.items.map((item) => ({
    id: item.guid ?? item.id,
    title: item.title,
    link: item.link,
    date: item.isoDate,
    byline: item.creator ?? item.author,
    text: item["content:encoded"] ?? item.content,
    file: item.enclosure?.url,
  }));
}

async function feedsmith() {
  const { parseFeed } = require("feedsmith");
  const { format, feed } = parseFeed(text);
  if (format === "atom") {
    const link = (entry, rel) => entry.links?.find((link) => link.rel === rel)?.href;
    return feed.entries.map((entry) => ({
      id: entry.id,
      title: entry.title?.value ?? entry.title,
      link: link(entry, "alternate"),
      date: entry.published,
      byline: names(entry.authors),
      text: entry.content?.value ?? entry.content,
      file: link(entry, "enclosure"),
    }));
  }
  if (format === "json") {
    return feed.items.map((item) => ({
      id: item.id,
      title: item.title,
      link: item.url,
      date: item.date_published,
      byline: names(item.authors),
      text: item.content_html,
      file: item.attachments?.[0]?.url,
    }));
  }
  return feed.items.map((item) => ({
    id: item.guid?.value,
    title: item.title?.value ?? item.title,
    link: item.link,
    date: item.pubDate,
    byline: item.dc?.creators?.[0] ?? item.dc?.creator,
    text: item.content?.encoded ?? item.description?.value ?? item.description,
    file: item.enclosures?.[0]?.url,
  }));
}

const entries = await { "rss-parser": rssParser, feedsmith }[process.argv[2]]();
process.stdout.write(JSON.stringify(entries));
