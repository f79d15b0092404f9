//! The pages for people, in a real browser: four scripts, light and dark, on a phone and on a desk, with scripts switched off.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::harness::{Partner, Reply, Reprint, get, until};
use crate::published::python;

/// A picture of one pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Language, outlet, title, author and a sentence of each.
const OUTLETS: [(&str, &str, &str, &str, &str); 4] = [
    ("zh-Hans", "河湾日报", "渡口的钟“响”了一个清晨", "周岸", "船夫们把缆绳一根一根收回甲板，等着雾从河面上散开。"),
    ("zh-Hant", "沙洲週報", "燈塔旁的圖書館，只在退潮時開門", "林汐", "館員說，漲潮以後書架會搬到二樓，讀者得自己划船回家。"),
    (
        "en",
        "The Ferry Bell",
        "A ferryman’s notebook, kept for forty winters",
        "Ada Rowe",
        "He wrote down the ice, the fares and the weather, in that order.",
    ),
    (
        "ar",
        "جريدة المرسى",
        "جرس العبّارة يرنّ مرة أخرى",
        "ليلى المرسي",
        "جمع البحّارة الحبال واحدًا بعد آخر وانتظروا انقشاع الضباب عن النهر.",
    ),
];

/// What a page has to cope with: headings, pictures without text, a table wider than a phone, code, a word without end, ruby, emphasis.
fn text(sentence: &str, picture: &str) -> String {
    let cells: String = (0..14).map(|n| format!("<td>{n}000000</td>")).collect();
    format!(
        "<p>{sentence}</p><h3>{sentence}</h3><figure><img src=\"{picture}\"><figcaption>{sentence}</figcaption></figure><p><em>{sentence}</em> \
         <ruby>渡<rt>dù</rt>口<rt>kǒu</rt></ruby></p><table><tr>{cells}</tr></table><pre>{}</pre><p>{}</p><blockquote><p>{sentence}</p></blockquote>",
        "ferry --bell ".repeat(12),
        "a".repeat(200),
    )
}

fn feed(partner: &Partner, (language, outlet, title, author, sentence): (&str, &str, &str, &str, &str)) -> String {
    let link = partner.url(&format!("/{language}/1.html"));
    let text = text(sentence, partner.url("/1.gif").as_str());
    format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{outlet}</title><link>{link}</link><description>d</description>\
         <language>{language}</language><item><title>{title}</title><link>{link}</link><guid>{link}</guid><category>{sentence:.6}</category>\
         <dc:creator>{author}</dc:creator><pubDate>Mon, 04 May 2026 08:00:00 +0800</pubDate><description><![CDATA[{text}]]></description></item></channel></rss>"
    )
}

#[tokio::test]
async fn pages_are_sound_in_a_browser_on_every_screen_and_without_scripts() {
    let partner = Partner::start().await;
    partner.put("/1.gif", Reply::ok("image/gif", GIF));
    let mut toml = "[site]\ntitle = \"南十字转载\"\nurl = \"https://relay.example.net\"\nlanguage = \"zh-Hans\"\n[limits]\nhost_spacing = \"0s\"\n\
                    shortest_interval = \"1s\"\nallow_networks = [\"127.0.0.2/32\"]\n"
        .to_owned();
    for (number, outlet) in OUTLETS.into_iter().enumerate() {
        let path = format!("/{}.rss", outlet.0);
        partner.put(&path, Reply::ok("application/rss+xml; charset=utf-8", feed(&partner, outlet)));
        toml.push_str(&format!(
            "[[outlet]]\nid = \"o{number}\"\nname = \"{}\"\nlanguage = \"{}\"\nhomepage = \"http://o{number}.example/\"\nfeed = \"{}\"\nschedule = \"* * * * * *\"\n\
             [outlet.terms]\nexpire = \"3650d\"\nlicence = \"https://o{number}.example/terms\"\n",
            outlet.1,
            outlet.0,
            partner.url(&path)
        ));
    }
    let program = Reprint::start(&toml).await.unwrap_or_else(|failure| panic!("{}: {}", failure.status, failure.stderr));
    let mut atom = String::new();
    for _ in 0..400 {
        atom = get(&program.url("feeds/all.atom"), &[]).await.text();
        if atom.matches("<entry").count() == OUTLETS.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let mut pages: Vec<String> =
        ["", "feeds/all", "outlets", "ns/1.0", "feeds/all.atom", "feeds/all.rss", "not/there"].map(str::to_owned).to_vec();
    pages.extend(atom.split("https://relay.example.net/a/").skip(1).map(|rest| format!("a/{:.20}", rest)));
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), 7 + OUTLETS.len(), "{pages:?}");
    look(&program, &pages).await;
    // The pictures were shown, from the outlet's own server: the policy of the pages lets them in.
    until("a picture to be asked for", || partner.seen().iter().any(|seen| seen.path == "/1.gif")).await;

    // What stands in place of articles that were withdrawn.
    let withdrawn: Vec<String> = pages.iter().filter(|path| path.starts_with("a/")).take(2).cloned().collect();
    for (path, legal) in withdrawn.iter().zip([&["--legal"][..], &[]]) {
        let (code, _, stderr) = program.command(&[&["withdraw", &path[2..], "--reason", "سُحبت بطلب من الجريدة"], legal].concat());
        assert_eq!(code, Some(0), "{stderr}");
    }
    let statuses = [get(&program.url(&withdrawn[0]), &[]).await.status, get(&program.url(&withdrawn[1]), &[]).await.status];
    assert_eq!(statuses, [451, 410]);
    look(&program, &withdrawn).await;
}

/// Has the pages looked at; fails the test with what is wrong with them.
pub async fn look(program: &Reprint, pages: &[String]) {
    let mut browser = Command::new(python());
    browser.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser.py"));
    browser.args(pages.iter().map(|path| program.url(path).to_string()));
    let output = tokio::task::spawn_blocking(move || browser.output()).await.expect("it ends").expect("Python runs");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    let looks = format!("{} looks at {} pages, 0 faults", 4 * pages.len(), pages.len());
    assert!(said.contains(&looks), "{looks}: {said}");
}
