//! Bodies as outlets send them.

use proptest::prelude::*;

use super::*;

fn base() -> Url {
    Url::parse("https://outlet.example/a/1").expect("a literal")
}

fn setting<'a>(base: &'a Url, own: &'a [&'a str]) -> Setting<'a> {
    Setting { base, own, title: "渡轮停航第三周" }
}

fn body(source: &str) -> Body {
    read(source, &["Known notice, as data.".to_owned()], &setting(&base(), &["今日港"]))
}

fn check(source: &str, html: &str, disclaimers: &[&str], outlet: Option<(&str, Option<&str>)>) {
    let got = body(source);
    assert_eq!(got.html.as_str(), html, "{source}");
    assert_eq!(got.disclaimers, disclaimers, "{source}");
    let party = got.chain.first().map(|party| (party.name.as_str(), party.url.as_ref().map(Url::as_str)));
    assert_eq!(party, outlet, "{source}");
}

#[test]
fn lifts_notices_and_source_lines_out() {
    let nameless = read("<p>来源:<a href=https://ledger.example/1>原文链接</a></p><p>t</p>", &[], &setting(&base(), &[""]));
    assert_eq!(
        nameless.chain.into_iter().next().and_then(|party| party.url).map(String::from).as_deref(),
        Some("https://ledger.example/1")
    );
    check(
        "<p>本文转载自海港纪事,不代表本网立场。</p><p>渡轮停了。</p><p>来源:<a href='https://ledger.example/1'>原文链接</a></p><p>本文转载自海港纪事,不代表本网立场。</p>",
        "<p>渡轮停了。</p>",
        &["本文转载自海港纪事,不代表本网立场。"],
        Some(("海港纪事", Some("https://ledger.example/1"))),
    );
    check("来源:海港纪事<br>渡轮停了。<br>来源不明的船来了。", "渡轮停了。<br>来源不明的船来了。", &[], Some(("海港纪事", None)));
    check("<p>渡轮停了。(本文转载自海港纪事)</p>", "<p>渡轮停了。</p>", &["(本文转载自海港纪事)"], Some(("海港纪事", None)));
    check("<blockquote>来源:海港纪事</blockquote><p>t</p>", "<blockquote>来源:海港纪事</blockquote><p>t</p>", &[], None);
    check("<p>来源:今日港</p><p>渡轮停了。</p>", "<p>渡轮停了。</p>", &[], None);
    check("<div><div><p>Known notice,  as <b>data</b>.</p></div></div><p>t</p>", "<p>t</p>", &["Known notice, as data."], None);
    check("<p>The post Ferry appeared first on <a href=/>今日港</a>.</p><p>t</p>", "<p>t</p>", &[], None);
}

#[test]
fn cards_of_facts() {
    let card = "<p><b>档案卡</b><br>标题：雾里的水位表<br>作者：林书白<br>发表日期：2024.6.25<br>来源：海港纪事<br>收藏夹：雾<br>版权说明：该作品版权归原作者所有。</p><p>渡轮停了。</p>";
    let got = body(card);
    assert_eq!(got.html.as_str(), "<p>渡轮停了。</p>");
    assert_eq!(got.names, [(people::Role::Author, "林书白".to_owned())]);
    assert_eq!(got.chain.first().map(|party| party.name.as_str()), Some("海港纪事"));
    assert_eq!(got.disclaimers, ["版权说明：该作品版权归原作者所有。"]);
    // A conversation has but one kind of label that is known.
    let talk = "<p>记者：船停了几天？<br>船长：九天。<br>记者：然后呢？<br>船长：等雾散。<br>记者：谢谢。</p><p>渡轮停了。</p>";
    assert!(body(talk).text.contains("等雾散"), "{}", body(talk).text);
}

#[test]
fn facts_in_other_dress() {
    let check = |source: &str, html: &str, date: Option<&str>| {
        let got = body(source);
        assert_eq!((got.html.as_str(), got.date.as_deref()), (html, date), "{source}");
    };
    check(
        "<h4>Publicado em 27/06/2024 - 10:12 Por Nora Field</h4><p>A balsa parou.</p>",
        "<p>A balsa parou.</p>",
        Some("27/06/2024 10:12"),
    );
    check("<h4>Em 27/06/2024 a balsa parou de vez</h4><p>t</p>", "<h4>Em 27/06/2024 a balsa parou de vez</h4><p>t</p>", None);
    let got = body("<p>渡轮停了。</p><p>船还在。</p><p>原文链接：</p><p>https://tideline.example/a/1</p>");
    assert_eq!(got.html.as_str(), "<p>渡轮停了。</p><p>船还在。</p>");
    assert_eq!(got.chain.first().and_then(|party| party.url.as_ref()).map(Url::as_str), Some("https://tideline.example/a/1"));
    let got = body("<p>渡轮停了。</p><p class=author>Nora Field</p>");
    assert_eq!(got.names, [(people::Role::Author, "Nora Field".to_owned())]);
    // A sign in a link to a front page is no picture of the text.
    let got = body("<p>渡轮停了。<a href=https://tideline.example/><img src=https://tideline.example/i/logo.png></a></p>");
    assert!(got.images.is_empty(), "{:?}", got.images);
    let got = body("<p>渡轮停了。<img src=https://tideline.example/i/logo.png></p>");
    assert_eq!(got.images.len(), 1);
}

#[test]
fn lines_at_either_end() {
    let people = |source: &str| {
        let got = body(source);
        let names: Vec<String> = got.names.iter().map(|(role, name)| format!("{role:?}:{name}")).collect();
        (got.html.as_str().to_owned(), names.join(" "))
    };
    let check_people = |source: &str, html: &str, names: &str| {
        assert_eq!(people(source), (html.to_owned(), names.to_owned()), "{source}");
    };
    check("<p>渡轮停了。</p><p>雾散了。</p><p>(北岬通信)</p>", "<p>渡轮停了。</p><p>雾散了。</p>", &[], Some(("北岬通信", None)));
    check("<p>渡轮停了。</p><p>雾散了。</p><p>(笑)</p>", "<p>渡轮停了。</p><p>雾散了。</p><p>(笑)</p>", &[], None);
    check_people("<p>渡轮停了。</p><p>责任编辑:</p>", "<p>渡轮停了。</p>", "");
    check_people("<p>記者周若谷／北岬報導</p><p>渡輪停了。</p>", "<p>渡輪停了。</p>", "Author:周若谷");
    check_people("<p>Nora Field. Переклад: Анна Бор</p><p>Пором.</p>", "<p>Пором.</p>", "Author:Nora Field Translator:Анна Бор");
    check_people("<p>Phà dừng.</p><p><b>Thu Hà</b> (Theo Tideline)</p>", "<p>Phà dừng.</p>", "Author:Thu Hà");
    check_people("<p>渡輪停了。</p><p>本文轉載自北岬月刊，由蘇若翻譯。</p>", "<p>渡輪停了。</p>", "Translator:蘇若");
}

#[test]
fn lifts_our_own_blocks_out() {
    check(
        "<div class=\"reprint-credit\"><p>来源:<a href='https://x.example/'>X</a></p></div><div class=\"reprint-disclaimer\">仅供参考。</div><p>t</p><hr><div class=\"reprint-disclaimer\">仅供参考。</div>",
        "<p>t</p>",
        &["仅供参考。"],
        None,
    );
}

#[test]
fn bylines_become_names() {
    let got = body("<p>作者:Nora Whitfield|译者:林书白</p><p>渡轮停了。</p>");
    assert_eq!(got.html.as_str(), "<p>渡轮停了。</p>");
    assert_eq!(got.names, [(people::Role::Author, "Nora Whitfield".to_owned()), (people::Role::Translator, "林书白".to_owned())]);
}

#[test]
fn pictures_become_figures() {
    let got = body("<p>a</p><p><img src=/1.jpg width=600></p><p>渡轮。 TOMAS REED, VIA HW</p><p>住在七层的会计每天都去。</p>");
    assert_eq!(
        got.html.as_str(),
        "<p>a</p><figure><img src=\"https://outlet.example/1.jpg\" width=\"600\"><figcaption>渡轮。 TOMAS REED, VIA HW</figcaption></figure><p>住在七层的会计每天都去。</p>"
    );
    let image = &got.images[0];
    assert_eq!(
        (image.caption.as_deref(), image.credit.as_deref(), image.width),
        (Some("渡轮。"), Some("TOMAS REED, VIA HW"), Some(600))
    );

    let got = body(
        "<figure><img src=/1.jpg><figcaption>甲板。摄影:林书白</figcaption></figure><p><img src=/2.jpg></p><p>渡轮停了。</p>",
    );
    assert_eq!(got.images.len(), 2);
    assert_eq!((got.images[0].caption.as_deref(), got.images[0].credit.as_deref()), (Some("甲板。"), Some("林书白")));
    assert_eq!(got.images[1].caption, None);
}

#[test]
fn refused_markup_is_kept_as_text_with_a_warning() {
    let got = body(&("<div>".repeat(400) + "t"));
    assert_eq!(got.html.as_str(), "<p>t</p>");
    assert_eq!(got.warnings[0].code, "html_too_deep");
}

#[test]
fn long_bodies_take_time_in_proportion() {
    for part in [
        "<p>渡轮停了。<br>没人知道为什么。</p><p><img src=/1.jpg></p><p>图为渡轮</p>",
        "本文转载自海港纪事。<br>",
        "<img src=/1.jpg><br>图为渡轮<br>",
    ] {
        let source = format!("<div>{}</div>", part.repeat(4_000));
        let started = std::time::Instant::now();
        assert!(!body(&source).html.is_empty());
        assert!(started.elapsed().as_secs() < 20, "{part} took {:?}", started.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_comes_the_result_is_clean(parts in prop::collection::vec(prop::sample::select(vec![
        "<p>", "</p>", "<br>", "<img src=/1.jpg>", "来源:海港纪事 原文链接", "本文转载自海港纪事。", "(本文转载自海港纪事)", "图为渡轮", "© HW", "<div>", "</div>",
        "<table><tr><td>", "</table>", "<figure>", "</figure>", "<figcaption>", "作者:林书白", "text", "<a href=/x>", "</a>", "<b>", "</b>", "<hr>",
        "<div class=reprint-credit>", "<div class=\"reprint-disclaimer\">", "<blockquote>", "<ul><li>", "</ul>", "<noscript>", "<picture>", "<span>", "</span>",
    ]), 0..20)) {
        let got = body(&parts.concat());
        let again = html::sanitize(got.html.as_str(), &Url::parse("https://outlet.example/").expect("a literal"));
        prop_assert_eq!(again.as_str(), got.html.as_str());
    }
}
