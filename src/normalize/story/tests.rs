use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a literal")
}

#[test]
fn one_page_under_many_addresses() {
    let page = "//bay.example/2026/ferry";
    let check = |address: &str, expected: Option<&str>| assert_eq!(same_page(&url(address)).as_deref(), expected, "{address}");
    for address in [
        "https://bay.example/2026/ferry",
        "http://www.bay.example/2026/ferry/",
        "https://m.bay.example/2026/ferry?utm_source=rss#top",
        "https://amp.bay.example/2026/ferry",
        "https://bay.example/amp/2026/ferry",
        "https://bay.example/2026/ferry/amp",
        "https://bay.example/2026/ferry.amp",
        "https://bay.example/2026/ferry/index.html",
        "https://bay.example/2026/ferry?amp=1",
        "https://bay.example/2026/ferry?from=singlemessage&isappinstalled=0",
        "https://bay.example/2026/ferry;jsessionid=0A1B",
        "https://www.google.com/url?sa=t&q=https%3A%2F%2Fbay.example%2F2026%2Fferry&usg=x",
        "https://google.co.uk/url?url=https://bay.example/2026/ferry",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fbay.example%2F2026%2Fferry%3Ffbclid%3Dx&h=y",
        "https://link.zhihu.com/?target=https%3A//bay.example/2026/ferry",
        "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbay.example%2F2026%2Fferry&data=x",
        "https://gull.example/redirect.php?to=http://bay.example/2026/ferry",
        "https://gull.example/out/?url=https://l.facebook.com/l.php?u=https%253A%252F%252Fbay.example%252F2026%252Fferry",
        "https://web.archive.org/web/20260501000000/https://bay.example/2026/ferry",
        "https://www.google.com/amp/s/bay.example/2026/ferry",
        "https://bay-example.cdn.ampproject.org/c/s/bay.example/2026/ferry",
    ] {
        check(address, Some(page));
    }
    check("https://bay.example/a?b=2&a=1", Some("//bay.example/a?a=1&b=2"));
    check("https://bay.example/a?from=2", Some("//bay.example/a?from=2"));
    check("https://bay.example/%e6%b8%a1", Some("//bay.example/%E6%B8%A1"));
    check("https://bay.example/a%", Some("//bay.example/a%"));
    check("https://en.m.bay.example/wiki/Ferry", Some("//en.bay.example/wiki/Ferry"));
    check("https://bay.example:8080/a", Some("//bay.example:8080/a"));
    check("https://bay.example/?p=7", Some("//bay.example?p=7"));
    check("https://bay.example/#!/7", Some("//bay.example#!/7"));
    check("http://192.0.2.7/1", Some("//192.0.2.7/1"));
}

#[test]
fn what_is_another_page_stays_another() {
    let check = |one: &str, other: &str| assert_ne!(same_page(&url(one)), same_page(&url(other)), "{one} {other}");
    check("https://bay.example/1", "https://bay.example/2");
    check("https://bay.example/?p=1", "https://bay.example/?p=2");
    check("https://bay.example/a", "https://gull.example/a");
    check("https://zh.bay.example/a", "https://bay.example/a");
    // What does something else with an address is no way to it.
    check("https://gull.example/share?url=https://bay.example/1", "https://bay.example/1");
    check("https://gull.example/login?redirect=https://bay.example/1", "https://bay.example/1");
    check("https://gull.example/translate?u=https://bay.example/1", "https://bay.example/1");
    check("https://gull.example/go?to=1", "https://gull.example/go?to=2");
}

#[test]
fn a_front_page_is_no_article() {
    for address in ["https://bay.example", "https://www.bay.example/?utm_source=x", "https://m.bay.example/index.html"] {
        assert_eq!(same_page(&url(address)), None, "{address}");
    }
}

#[test]
fn redirectors_in_a_circle_end() {
    let mut address = "https://gull.example/go?to=https://bay.example/1".to_owned();
    for _ in 0..30 {
        let inner: String = ::url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
        address = format!("https://gull.example/out?url={inner}");
        if address.len() > 1_500 {
            break;
        }
    }
    assert!(same_page(&url(&address)).is_some());
    let own = "https://gull.example/go?to=https://gull.example/go?to=https://gull.example/go";
    assert!(same_page(&url(own)).is_some());
}
