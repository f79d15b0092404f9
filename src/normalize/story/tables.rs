//! What hides the address of an article behind another one: a list to maintain.
//!
//! A line here says how addresses of a kind are built, never that of one site's article. Hosts are written without `www.`; `*` at their
//! front or end stands for any labels.

/// A redirector that has its target in a query parameter.
#[derive(Debug)]
pub(super) struct Redirector {
    /// Host.
    pub host: &'static str,
    /// Path, or where it begins when it ends in `*`.
    pub path: &'static str,
    /// Parameters the target may be in.
    pub parameters: &'static [&'static str],
}

const fn redirector(host: &'static str, path: &'static str, parameters: &'static [&'static str]) -> Redirector {
    Redirector { host, path, parameters }
}

/// Services that lead a reader who clicks elsewhere.
pub(super) const REDIRECTORS: &[Redirector] = &[
    redirector("google.*", "/url", &["url", "q"]),
    redirector("l.facebook.com", "/l.php", &["u"]),
    redirector("lm.facebook.com", "/l.php", &["u"]),
    redirector("facebook.com", "/l.php", &["u"]),
    redirector("l.instagram.com", "/*", &["u"]),
    redirector("l.threads.net", "/*", &["u"]),
    redirector("l.messenger.com", "/l.php", &["u"]),
    redirector("youtube.com", "/redirect", &["q"]),
    redirector("out.reddit.com", "/*", &["url"]),
    redirector("t.umblr.com", "/redirect", &["z"]),
    redirector("away.vk.com", "/away.php", &["to"]),
    redirector("vk.com", "/away.php", &["to"]),
    redirector("linkedin.com", "/redir/*", &["url"]),
    redirector("linkedin.com", "/safety/go", &["url"]),
    redirector("duckduckgo.com", "/l/", &["uddg"]),
    redirector("slack-redir.net", "/link", &["url"]),
    redirector("*.safelinks.protection.outlook.com", "/*", &["url"]),
    redirector("steamcommunity.com", "/linkfilter/*", &["u", "url"]),
    redirector("disq.us", "/*", &["url"]),
    redirector("exit.sc", "/*", &["url"]),
    redirector("link.zhihu.com", "/*", &["target"]),
    redirector("link.juejin.cn", "/*", &["target"]),
    redirector("link.csdn.net", "/*", &["target"]),
    redirector("jianshu.com", "/go-wild", &["url"]),
    redirector("c.pc.qq.com", "/*", &["pfurl", "url"]),
    redirector("weibo.cn", "/sinaurl", &["u", "toasturl"]),
    redirector("weibo.com", "/sinaurl", &["u", "toasturl"]),
    redirector("douban.com", "/link2/*", &["url"]),
    redirector("gate.sc", "/*", &["url"]),
];

/// Last segments of the path of a redirector of an outlet's own (`/go?to=https://…`). Not among them: `login`, `share`, `translate`, which do
/// something else with the address.
pub(super) const LEADS: &[&str] = &[
    "url",
    "url.php",
    "redirect",
    "redirect.php",
    "redirect.aspx",
    "redir",
    "redir.php",
    "rd",
    "out",
    "out.php",
    "outlink",
    "outbound",
    "away",
    "away.php",
    "go",
    "go.php",
    "goto",
    "goto.php",
    "jump",
    "jump.php",
    "link",
    "link.php",
    "linkout",
    "leave",
    "exit",
    "external",
    "click",
    "click.php",
    "l.php",
];

/// Parameters such a redirector has its target in.
pub(super) const TARGETS: &[&str] =
    &["url", "u", "q", "to", "target", "dest", "destination", "goto", "link", "href", "redirect", "redirect_url", "redirecturl"];

/// Copies of a page at another host whose path ends in the page's address: host and what stands before it. `*` is one segment; a segment `s`
/// behind it says https.
pub(super) const COPIES: &[(&str, &str)] = &[
    ("web.archive.org", "/web/*/"),
    ("google.*", "/amp/"),
    ("*.cdn.ampproject.org", "/c/"),
    ("*.cdn.ampproject.org", "/v/"),
    ("*.cdn.ampproject.org", "/wp/"),
];

/// First labels of hosts that show the same pages to telephones, or quickly.
pub(super) const SMALL_HOSTS: &[&str] = &["m", "mobile", "wap", "3g", "amp", "touch"];

/// First or last segments of the path that do.
pub(super) const AMP_SEGMENTS: &[&str] = &["amp", "amp.html", "amp.htm"];

/// Last segments that are what a folder shows.
pub(super) const INDEXES: &[&str] =
    &["index.html", "index.htm", "index.shtml", "index.php", "index.asp", "index.aspx", "default.asp", "default.aspx"];

/// Parameters that say how the page is shown or to whom, beside those that say how the reader came. With values where only those do.
pub(super) const MANNERS: &[(&str, &[&str])] = &[
    ("amp", &[]),
    ("outputtype", &["amp"]),
    ("output", &["amp", "1"]),
    ("view", &["mobile", "amp", "print"]),
    ("mobile", &["1", "0", "true", "yes"]),
    ("m", &["1", "0"]),
    ("print", &["1", "true", "yes"]),
    ("phpsessid", &[]),
    ("jsessionid", &[]),
    ("from", &["rss", "feed", "singlemessage", "groupmessage", "timeline", "weibo", "weixin", "wechat", "qq", "app", "search"]),
    ("source", &["rss", "feed", "weibo", "weixin", "wechat", "qq", "app", "twitter", "facebook"]),
    ("ref", &["rss", "feed", "home", "homepage", "twitter", "facebook", "share"]),
    ("src", &["rss", "feed"]),
    ("cmp", &["rss"]),
    ("feature", &["rss", "share"]),
    ("partner", &["rss", "rssfeed"]),
    ("emc", &["rss"]),
];
