//! The vocabulary of feeds.toml: one table that the reader, the messages and the test of the example share.

/// One key of feeds.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Table it belongs to: `site`, `limits`, `outlet`, `feed`, or one inside another such as `outlet.terms`.
    pub table: &'static str,
    /// Name in that table.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Meaning, default included, in one line.
    pub about: &'static str,
}

const fn optional(table: &'static str, name: &'static str, about: &'static str) -> Key {
    Key { table, name, required: false, about }
}

const fn required(table: &'static str, name: &'static str, about: &'static str) -> Key {
    Key { table, name, required: true, about }
}

/// Every key there is, table by table. A table inside another is a key of the outer one as well (`terms` of `outlet`).
pub const KEYS: &[Key] = &[
    required("site", "title", "name of the site"),
    required("site", "url", "public address of the site, http or https; ids of articles are minted from it and never change"),
    optional("site", "language", "language of the site's own words, BCP 47; default \"en\""),
    optional("site", "time_zone", "time zone of pages, and of outlets without their own; default \"UTC\""),
    optional("site", "contact", "e-mail address that partners can write to; default none"),
    optional("site", "listen", "address and port of the HTTP server; default \"127.0.0.1:8080\""),
    optional("site", "database", "file of the SQLite database, below the state directory; default \"reprint.db\""),
    optional("site", "templates", "folder of templates that replace the built-in ones; default none"),
    optional(
        "site",
        "site_rules",
        "folder of FiveFilters site configuration files, for article pages of outlets without extract; default none",
    ),
    optional(
        "site",
        "default_disclaimer",
        "disclaimer for outlets without their own; default a standard wording in the article's language",
    ),
    optional("site", "user_agent", "how we introduce ourselves to partners; default product, version, address and contact"),
    optional(
        "site",
        "tag_authority",
        "authority of article ids, \"domain,year\" (RFC 4151); default the host of url and the first year",
    ),
    optional("site", "blocked_by", "address of the page on who takes articles down for legal reasons (RFC 7725); default none"),
    optional(
        "site",
        "admin_token_file",
        "file with the token that opens /status, /status.json and /metrics; default none: they are for this machine only",
    ),
    optional("limits", "body_bytes", "largest document taken, decoded; default \"8 MiB\""),
    optional("limits", "entries_per_poll", "most entries taken from one document; default 1000"),
    optional("limits", "connect_timeout", "time to connect; default \"5s\""),
    optional("limits", "total_timeout", "time for a whole request; default \"30s\""),
    optional("limits", "redirects", "most redirects followed; default 5"),
    optional("limits", "host_spacing", "pause between two requests to one host; default \"1s\""),
    optional("limits", "concurrent_polls", "most polls under way at once; default 16"),
    optional("limits", "shortest_interval", "a schedule that fires more often is a mistake; default \"60s\""),
    optional("limits", "longest_backoff", "longest pause after failures; default \"24h\""),
    optional("limits", "allow_networks", "non-public networks that may be asked, on any port; default none"),
    optional("limits", "allow_ports", "ports that may be asked; default [80, 443, 8080, 8443]"),
    optional("limits", "connections", "most connections of readers at once; default 4096"),
    optional("limits", "connections_per_address", "most of them from one address; default 64"),
    optional("limits", "requests_per_minute", "most requests of one client for one address, 0: any number; default 60"),
    optional("limits", "proxies", "front proxies whose X-Forwarded-For or Forwarded is believed; default loopback addresses"),
    optional("limits", "request_timeout", "time for the head of a request; default \"10s\""),
    optional("limits", "idle_timeout", "time between two requests on a connection; default \"30s\""),
    optional("limits", "stall_timeout", "time in which a reader must take something of its answer; default \"30s\""),
    optional(
        "websub",
        "hub",
        "who tells subscribers of changes: \"built-in\", the address of a hub, or \"off\"; default \"off\"",
    ),
    optional("websub", "subscribe", "whether to subscribe at the hubs that partners' feeds name; default false"),
    optional("websub", "allow_sha1", "whether pushes that are signed with SHA-1 count; default false"),
    optional("websub", "take_pushed", "whether what a signed push brings is taken, instead of polling; default false"),
    optional("websub", "lease", "how long subscriptions last, 1 h to 10 days; default \"10d\""),
    optional("websub", "subscriptions", "most subscriptions at the built-in hub; default 10000"),
    optional("websub", "subscriptions_per_host", "most of them at one host; default 50"),
    optional(
        "outlet",
        "id",
        "short name in addresses, a-z 0-9 and hyphens; default made from the name, else from the feed's host",
    ),
    required("outlet", "name", "name as people know it: the credit"),
    optional("outlet", "feed", "address of its feed; this, feeds or pages is needed"),
    optional("outlet", "feeds", "addresses of its feeds, when there are several"),
    optional("outlet", "homepage", "home page; default what its feed says"),
    optional("outlet", "language", "language of articles that do not say it themselves, BCP 47; default none"),
    optional("outlet", "time_zone", "zone of its schedule and of its dates without zone; default that of the site"),
    optional("outlet", "schedule", "when to poll, as for cron; default \"*/30 * * * *\""),
    optional("outlet", "charset", "character set where the document's own declarations fail; default guessed"),
    optional(
        "outlet",
        "full_text",
        "whether texts are read from the articles' pages where the feed has only a part; default false",
    ),
    optional("outlet", "hold_below", "articles whose origin is less sure than this, of 100, are held; default 50"),
    optional("outlet", "rule", "what lines of its texts and pages say, where the general rules get them wrong"),
    optional("outlet", "extract", "how its article pages are read, where the general rules fail"),
    optional("outlet", "pages", "pages that list its articles, where there is no feed"),
    optional("outlet", "terms", "on what terms we repost its articles"),
    optional("outlet.extract", "content", "CSS selector of the text; default found by its looks"),
    optional("outlet.extract", "remove", "CSS selectors of what is no part of the text; default none"),
    optional(
        "outlet.extract",
        "next",
        "CSS selector of the link to an article's next page; default found by its words and address",
    ),
    optional("outlet.extract", "title", "CSS selector of the headline; default what the page declares"),
    optional("outlet.extract", "author", "CSS selector of the authors' names; default what the page declares"),
    optional("outlet.extract", "date", "CSS selector of the date of publication; default what the page declares"),
    required(
        "outlet.rule",
        "field",
        "what the line says: source, author, translator, editor, disclaimer, date, section, or drop for nothing",
    ),
    required("outlet.rule", "match", "regular expression for the line; the group `name` is what it says, `url` its address"),
    required("outlet.pages", "url", "address of the page"),
    optional("outlet.pages", "item", "CSS selector of one entry of the list; default found by its looks"),
    optional("outlet.pages", "link", "CSS selector of the link to the article, inside the item; default its first link"),
    optional("outlet.pages", "title", "CSS selector of the title, inside the item; default the text of the link"),
    optional("outlet.pages", "date", "CSS selector of the date, inside the item; default what looks like one"),
    optional(
        "outlet.terms",
        "publish",
        "how much of each article is shown: \"full\", \"excerpt\" or \"title\"; default \"full\"",
    ),
    optional("outlet.terms", "excerpt", "most characters of an excerpt; default 200 of Chinese, Japanese and Korean, else 400"),
    optional("outlet.terms", "embargo", "time from its date during which an article is not shown; default none"),
    optional("outlet.terms", "expire", "time from its date after which an article is not shown any more; default never"),
    optional("outlet.terms", "languages", "languages of the articles that are relayed, BCP 47; default every language"),
    optional("outlet.terms", "images", "\"link\" to show pictures from the outlet's server, \"none\" for none; default \"link\""),
    optional(
        "outlet.terms",
        "counter",
        "\"keep\" where the outlet asks republishers to keep its counter of one pixel; default \"drop\"",
    ),
    optional("outlet.terms", "noindex", "whether search engines are asked to leave its articles out; default false"),
    optional("outlet.terms", "disclaimer", "disclaimer at both ends of each article; default site.default_disclaimer"),
    optional("outlet.terms", "rights", "rights line where the feed has none; default none"),
    optional("outlet.terms", "licence", "address of the licence where the feed has none; default none"),
    optional("outlet", "credentials", "how it knows us, where it asks for a password or key; secrets are in files; default none"),
    optional("outlet.credentials", "basic", "user name and password"),
    required("outlet.credentials.basic", "user", "user name"),
    required("outlet.credentials.basic", "password_file", "file with the password"),
    optional("outlet.credentials", "bearer_file", "file with a token that is sent as Authorization: Bearer"),
    optional("outlet.credentials", "header", "a header field of the outlet's own"),
    required("outlet.credentials.header", "name", "name of the header field"),
    required("outlet.credentials.header", "value_file", "file with its value"),
    optional("outlet.credentials", "query", "a parameter that is added to the address when it is asked"),
    required("outlet.credentials.query", "name", "name of the parameter"),
    required("outlet.credentials.query", "value_file", "file with its value"),
    required("feed", "id", "name in the address /feeds/{id}.rss, a-z 0-9 and hyphens"),
    optional("feed", "title", "title; default made from the site and the id"),
    optional(
        "feed",
        "language",
        "language of the feed as a whole, BCP 47; default that of its outlets if they agree, else of the site",
    ),
    optional("feed", "outlets", "ids of the outlets it takes; default all, or the one it shares its id with"),
    optional("feed", "categories", "categories of which an article must have one; default any"),
    optional("feed", "languages", "languages of the articles it takes, BCP 47; default every language"),
    optional("feed", "include", "regular expressions of which one must be found in an article; default none is needed"),
    optional("feed", "exclude", "regular expressions of which none may be found in an article; default none"),
    optional(
        "feed",
        "never_back",
        "id of the outlet of the partner it is made for, who never gets its own articles; default none",
    ),
    optional("feed", "title_prefix", "what stands before every title, {outlet} for the name of its outlet; default nothing"),
    optional("feed", "size", "newest articles it holds; default 50"),
    optional("feed", "keep_hours", "articles younger than this stay even beyond size; default 48"),
    optional("feed", "access", "who may read it: \"public\", or \"partners\" for those whose feeds name it; default \"public\""),
    optional("feed", "translate", "the language its articles are brought into, and how; default none"),
    required("feed.translate", "to", "language wanted, BCP 47, Chinese with its script"),
    optional("feed.translate", "engine", "id of the translator; default \"opencc\", which changes the script of Chinese"),
    optional("feed.translate", "pending", "meanwhile \"original\" or \"wait\"; default \"original\""),
    optional("feed.translate", "bilingual", "\"no\", \"title\" or \"paragraphs\"; default \"no\""),
    optional(
        "feed.translate",
        "budget",
        "most this feed may cost in a day of UTC, in the unit of the translator; default no bound",
    ),
    required("translator", "id", "name in feeds' translate, a-z 0-9 and hyphens"),
    required("translator", "kind", "opencc, apertium, libretranslate, deepl or openai"),
    optional("translator", "url", "address of its server; needed but for opencc and deepl"),
    optional("translator", "key_file", "file with its key; default none, needed for deepl"),
    optional("translator", "model", "model of a language model; needed for openai"),
    optional(
        "translator",
        "output",
        "form a language model answers in: \"json_schema\" or \"json_object\"; default \"json_schema\"",
    ),
    optional("translator", "glossary", "file of fixed translations, TOML or CSV; default none"),
    optional("translator", "budget", "most it may cost in a day of UTC: characters, for openai tokens; default no bound"),
    optional("translator", "rate", "most requests a minute, those that are tried again included; default no bound"),
    optional("translator", "concurrency", "most requests at once; default 2"),
    optional("translator", "timeout", "time for one request; default \"60s\""),
    optional("translator", "fallback", "id of the translator that is asked when this one cannot; default none"),
    required("partner", "id", "its user name, a-z 0-9 and hyphens"),
    optional("partner", "name", "name as people know it; default the id"),
    optional("partner", "token_file", "file with its token; this or token_files is needed"),
    optional("partner", "token_files", "files with its tokens, the old and the new one while they are changed"),
    required("partner", "feeds", "ids of the feeds it may read"),
    optional("partner", "allow", "networks it may come from; default any"),
    optional("partner", "rate", "most requests a minute; default no bound but limits.requests_per_minute"),
    optional("partner", "expires", "last day on which it may read, \"2027-06-30\" (UTC); default none"),
    optional("partner", "never_back", "id of its outlet: what came from it is not sent back; default none"),
];

/// Tables at the top of the file, and whether they are written `[[so]]`, once for each.
pub(super) const TABLES: [(&str, bool); 7] = [
    ("site", false),
    ("limits", false),
    ("websub", false),
    ("outlet", true),
    ("translator", true),
    ("feed", true),
    ("partner", true),
];

/// The keys of a table.
pub(super) fn of(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.table == table)
}

/// How the header of a table is written.
pub(super) fn header(table: &str) -> String {
    if matches!(table, "outlet" | "outlet.pages" | "outlet.rule" | "translator" | "feed" | "partner") {
        format!("[[{table}]]")
    } else {
        format!("[{table}]")
    }
}

/// The nearest of some names, if any is near.
pub(super) fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Far enough below 1 for two typing mistakes in a short word, far enough above 0 that no other word is proposed.
    const NEAR: f64 = 0.84;
    let written: String = written.chars().take(64).flat_map(char::to_lowercase).collect();
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&written, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name() {
        let check =
            |written: &str, expected: Option<&str>| assert_eq!(nearest(written, of("outlet").map(|key| key.name)), expected);
        check("shedule", Some("schedule"));
        check("Schedule", Some("schedule"));
        check("timezone", Some("time_zone"));
        check("lang", Some("language"));
        check("colour", None);
        check("", None);
        check("时间表", None);
    }

    #[test]
    fn every_key_belongs_to_a_table_and_is_named_once() {
        for (index, key) in KEYS.iter().enumerate() {
            let (outer, inner) = key.table.rsplit_once('.').unwrap_or((key.table, ""));
            let top = key.table.split('.').next();
            assert!(TABLES.iter().any(|(table, _)| Some(*table) == top), "{key:?}");
            assert!(inner.is_empty() || of(outer).any(|key| key.name == inner), "{key:?}");
            assert!(!KEYS[..index].iter().any(|other| (other.table, other.name) == (key.table, key.name)), "{key:?}");
            assert!(!key.about.is_empty() && !key.about.contains('\n'), "{key:?}");
        }
    }
}
