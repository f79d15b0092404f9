//! Dates of newspapers in many languages, in the outlet's zone; what is no date in any.

use proptest::prelude::*;

use super::tests::{check_in, clock, read};
use super::*;

/// 27 March 2025, 18:30, in UTC, in as many ways as there are to write it.
#[test]
fn one_moment_in_every_language() {
    let wrong = |text: &&str| read("UTC", text).as_deref().map(|at| &at[..16]) != Some("2025-03-27T18:30");
    let texts = [
        "Published: 27/03/2025 18:30",
        "27/03/2025 18:30",
        "27-03-2025 18:30",
        "27.03.2025, 18:30 Uhr",
        "Donnerstag, 27. März 2025, 18.30 Uhr",
        "Do., 27.03.2025 - 18:30",
        "donderdag 27 maart 2025 om 18:30 uur",
        "27 mrt. 2025 18:30",
        "jeudi 27 mars 2025 à 18h30",
        "Publié le 27 mars 2025 à 18 h 30",
        "27 mars 2025 - 18:30",
        "jueves, 27 de marzo de 2025 a las 18:30",
        "27 mar. 2025 18:30h",
        "27/03/2025 a las 6:30 p. m.",
        "Publicado em 27/3/2025 às 18h30",
        "Quinta-feira, 27 de março de 2025, 18h30",
        "27 mar 2025 18h30",
        "giovedì 27 marzo 2025 alle 18.30",
        "27 Marzo 2025 ore 18:30",
        "27 de març de 2025, 18.30 h",
        "dijous, 27 març 2025 18:30",
        "joi, 27 martie 2025, 18:30",
        "torsdag 27 mars 2025 kl. 18.30",
        "27 mars 2025 18:30",
        "27. marts 2025 kl. 18.30",
        "torsdag d. 27. marts 2025 kl. 18:30",
        "27. mars 2025 kl. 18:30",
        "27.3.2025 klo 18.30",
        "torstai 27. maaliskuuta 2025 klo 18:30",
        "2025. március 27. 18:30",
        "2025. március 27., csütörtök 18:30",
        "2025.03.27. 18:30",
        "27 марта 2025 г., 18:30",
        "27 мар 2025, 18:30",
        "Четверг, 27 марта 2025 года, 18:30",
        "Опубліковано: 27 березня 2025, 18:30",
        "четвер, 27 березня 2025 р., 18:30",
        "27 бер. 2025 о 18:30",
        "27 март 2025 г., 18:30 ч.",
        "czwartek, 27 marca 2025, 18:30",
        "27.03.2025, godz. 18:30",
        "27 mar 2025 o 18:30",
        "čtvrtek 27. března 2025 v 18:30",
        "27. 3. 2025 18:30",
        "27. března 2025, 18.30",
        "štvrtok 27. marca 2025 o 18:30",
        "Πέμπτη, 27 Μαρτίου 2025, 18:30",
        "27 Μαρ 2025 6:30 μ.μ.",
        "27 ΜΑΡΤΙΟΥ 2025 18:30",
        "27 Mart 2025 Perşembe 18:30",
        "27 MART 2025, SAAT 18.30",
        "27 مارس 2025، 18:30",
        "الخميس 27 آذار 2025 18:30",
        "٢٧ مارس ٢٠٢٥ ١٨:٣٠",
        "27 آذار/مارس 2025 الساعة 18:30",
        "27 مارس 2025 - 6:30 مساءً",
        "۷ فروردین ۱۴۰۴ - ۱۸:۳۰",
        "پنج‌شنبه ۷ فروردین ۱۴۰۴ ساعت ۱۸:۳۰",
        "27 במרץ 2025 18:30",
        "27 मार्च 2025, 6:30 PM",
        "२७ मार्च २०२५ १८:३०",
        "गुरुवार, 27 मार्च 2025 शाम 6:30 बजे",
        "27 มีนาคม 2568 18:30 น.",
        "27 มี.ค. 2568 เวลา 18:30 น.",
        "27 มี.ค. 68 18:30",
        "วันพฤหัสบดีที่ 27 มีนาคม พ.ศ. 2568 เวลา 18.30 น.",
        "๒๗ มีนาคม ๒๕๖๘ ๑๘:๓๐",
        "Thứ Năm, 27/03/2025, 18:30 (GMT+0)",
        "27 tháng 3, 2025 18:30",
        "Thứ năm, ngày 27 tháng 3 năm 2025, 18h30",
        "Kamis, 27 Maret 2025 18:30",
        "Kamis, 27 Mar 2025 pukul 18.30",
        "Khamis, 27 Mac 2025 6:30 petang",
        "27 Mac 2025 18:30",
        "March 27, 2025 6:30pm",
        "Thursday 27th March 2025, 6.30pm",
        "Mar. 27, 2025, 6:30 p.m.",
        "27/Mar/2025 18:30",
        "入力 2025.03.27 18:30",
        "发表于 2025-3-27 18:30:00 | 只看该作者",
        "2025-03-27 18:30:00 来源",
    ];
    let failures: Vec<_> = texts.into_iter().filter(wrong).map(|text| (text, read("UTC", text))).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn zones_that_are_written() {
    check_in(
        "Europe/Berlin",
        &[
            ("Thu, Mar 27, 2025 at 6:30 p.m. ET", "2025-03-27T22:30:00Z"),
            ("January 27, 2025 6:30 PM ET", "2025-01-27T23:30:00Z"),
            ("March 27, 2025 6:30pm EDT", "2025-03-27T22:30:00Z"),
            ("27 мар 2025, 18:30 (МСК)", "2025-03-27T15:30:00Z"),
            ("27 марта 2025, 18:30 по московскому времени", "2025-03-27T15:30:00Z"),
            ("27/03/2025 18:30 BST", "2025-03-27T17:30:00Z"),
            ("Kamis, 27 Mar 2025 18:30 WIB", "2025-03-27T11:30:00Z"),
            ("Thứ Năm, 27/03/2025, 18:30 (GMT+7)", "2025-03-27T11:30:00Z"),
            ("27 March 2025 18:30 GMT +7", "2025-03-27T11:30:00Z"),
            ("27. März 2025, 18:30 Uhr MEZ", "2025-03-27T17:30:00Z"),
            ("27 de março de 2025 18:30 (horário de Brasília)", "2025-03-27T21:30:00Z"),
        ],
    );
}

#[test]
fn the_month_stands_first_where_the_outlet_is_american_and_the_text_english() {
    check_in(
        "America/New_York",
        &[
            ("4/8/2025 14:30", "2025-04-08T18:30:00Z"),
            ("04/08/2025", "2025-04-08T04:00:00Z"),
            ("Tuesday, 4/8/2025 at 2:30 pm", "2025-04-08T18:30:00Z"),
            ("4/8/2025 a las 14:30", "2025-08-04T18:30:00Z"),
            ("27/3/2025", "2025-03-27T04:00:00Z"),
            ("4.8.2025", "2025-08-04T04:00:00Z"),
            ("4/8 2:30 pm", "2026-04-08T18:30:00Z"),
        ],
    );
    check_in("UTC", &[("4/8/2025 14:30", "2025-08-04T14:30:00Z"), ("3/27/2025", "2025-03-27T00:00:00Z")]);
    check_in("Australia/Sydney", &[("4/8/2025", "2025-08-03T14:00:00Z")]);
    check_in("America/Sao_Paulo", &[("Publicado em 8/4/2025 às 14h30", "2025-04-08T17:30:00Z")]);
}

#[test]
fn a_day_without_its_year() {
    check_in(
        "Asia/Tokyo",
        &[
            ("6/1(月) 9:05", "2026-06-01T00:05:00Z"),
            ("6/12(木) 9:05", "2025-06-12T00:05:00Z"),
            ("6/12 9:05", "2025-06-12T00:05:00Z"),
            ("5月27日 09:12", "2026-05-27T00:12:00Z"),
        ],
    );
    check_in("Asia/Seoul", &[("오전 9:12", "2026-06-02T00:12:00Z"), ("오후 9:12", "2026-06-01T12:12:00Z")]);
    check_in(
        "Europe/Helsinki",
        &[
            ("27.3. klo 18.30", "2026-03-27T16:30:00Z"),
            ("6/1 9:05", "2026-01-06T07:05:00Z"),
            ("27 мая, 18:30", "2026-05-27T15:30:00Z"),
        ],
    );
    check_in("Asia/Tehran", &[("۷ فروردین", "2026-03-26T20:30:00Z"), ("1404/01/07 18:30", "2025-03-27T15:00:00Z")]);
    check_in("Asia/Bangkok", &[("27/03/2568 18:30", "2025-03-27T11:30:00Z"), ("27/03/2025 18:30", "2025-03-27T11:30:00Z")]);
    for text in ["6/12", "27.3.", "12.50", "6/12(X) 9:05"] {
        assert_eq!(read("UTC", text), None, "{text}");
    }
}

/// The fetch is at 02:30 in UTC.
#[test]
fn spans_in_every_language() {
    let check = |texts: &[&str], expected: &str, precision: Precision| {
        let read = |text: &str| {
            parse(text, &clock("UTC")).map(|found| (found.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), found.precision))
        };
        let wanted = Some((expected.to_owned(), precision));
        let failures: Vec<_> = texts.iter().filter(|text| read(text) != wanted).map(|text| (text, read(text))).collect();
        assert!(failures.is_empty(), "{failures:#?}");
    };
    check(
        &[
            "2 hours ago",
            "2h ago",
            "about 2 hours ago",
            "two hours ago",
            "vor 2 Std.",
            "vor zwei Stunden",
            "2 uur geleden",
            "il y a 2 heures",
            "il y a 2 h",
            "Il y a environ 2 heures",
            "hace 2 horas",
            "há 2 horas",
            "2 horas atrás",
            "2 ore fa",
            "fa 2 hores",
            "acum 2 ore",
            "för 2 timmar sedan",
            "2 timmar sedan",
            "2 timer siden",
            "for 2 timer siden",
            "for to timer siden",
            "2 tuntia sitten",
            "2 órája",
            "2 órával ezelőtt",
            "2 часа назад",
            "2 години тому",
            "преди 2 часа",
            "2 godziny temu",
            "2 godz. temu",
            "před 2 hodinami",
            "před dvěma hodinami",
            "pred 2 hodinami",
            "πριν από 2 ώρες",
            "2 ώρες πριν",
            "2 saat önce",
            "2 SAAT ÖNCE",
            "منذ ساعتين",
            "منذ 2 ساعات",
            "قبل ٢ ساعات",
            "۲ ساعت پیش",
            "לפני 2 שעות",
            "2 घंटे पहले",
            "२ घंटे पहले",
            "2 ชั่วโมงที่แล้ว",
            "เมื่อ 2 ชั่วโมงที่แล้ว",
            "2 ชม. ก่อน",
            "2 giờ trước",
            "cách đây 2 giờ",
            "2 jam lalu",
            "2 jam yang lalu",
            "2小时前",
            "两小时前",
            "2時間前",
            "2시간 전",
        ],
        "2026-06-02T00:30:00Z",
        Precision::Hour,
    );
    check(
        &[
            "5 min ago",
            "hace 5 min",
            "il y a 5 min",
            "vor 5 Min.",
            "5 minuten geleden",
            "há 5 min",
            "5 minuti fa",
            "fa 5 minuts",
            "acum 5 minute",
            "5 min sedan",
            "5 minutter siden",
            "5 min sitten",
            "5 perce",
            "5 мин. назад",
            "5 хвилин тому",
            "5 minut temu",
            "před 5 minutami",
            "πριν 5 λεπτά",
            "5 dakika önce",
            "5 dk önce",
            "منذ 5 دقائق",
            "۵ دقیقه پیش",
            "5 मिनट पहले",
            "5 นาทีที่แล้ว",
            "5 phút trước",
            "5 menit lalu",
            "5 minit yang lalu",
            "5分钟前",
            "5分前",
            "5분 전",
        ],
        "2026-06-02T02:25:00Z",
        Precision::Minute,
    );
    check(
        &[
            "an hour ago",
            "час назад",
            "годину тому",
            "godzinę temu",
            "vor einer Stunde",
            "منذ ساعة",
            "bir saat önce",
            "hace una hora",
            "en time siden",
            "před hodinou",
        ],
        "2026-06-02T01:30:00Z",
        Precision::Hour,
    );
    check(
        &["半小时前", "half an hour ago", "полчаса назад", "yarım saat önce", "vor einer halben Stunde", "pół godziny temu"],
        "2026-06-02T02:00:00Z",
        Precision::Minute,
    );
    check(
        &["przed chwilą", "щойно", "az önce", "à l’instant", "baru saja", "vừa xong", "刚刚", "zojuist", "juuri nyt"],
        "2026-06-02T02:30:00Z",
        Precision::Minute,
    );
    check(
        &[
            "yesterday 18:30",
            "wczoraj 18:30",
            "вчера в 18:30",
            "gestern, 18:30 Uhr",
            "ieri alle 18:30",
            "hier à 18h30",
            "ayer a las 18:30",
            "ontem às 18h30",
            "gisteren om 18:30",
            "i går kl. 18.30",
            "igår 18:30",
            "eilen klo 18.30",
            "tegnap 18:30",
            "вчора о 18:30",
            "včera v 18:30",
            "χθες 18:30",
            "dün 18:30",
            "أمس 18:30",
            "دیروز ۱۸:۳۰",
            "कल 18:30",
            "เมื่อวานนี้ 18:30 น.",
            "hôm qua 18:30",
            "kemarin, 18:30",
            "semalam 6:30 petang",
            "昨天 18:30",
            "昨日 18:30",
            "18:30, вчера",
            "ahir a les 18.30",
        ],
        "2026-06-01T18:30:00Z",
        Precision::Minute,
    );
    check(
        &["3 дня назад", "منذ 3 أيام", "3 gün önce", "há 3 dias", "il y a 3 jours", "3 dni temu", "3 วันที่แล้ว"],
        "2026-05-30T02:30:00Z",
        Precision::Day,
    );
    check(&["منذ أسبوعين", "2 tygodnie temu", "2 недели назад", "2 hafta önce"], "2026-05-19T02:30:00Z", Precision::Day);
    check(&["2 mesi fa", "2 месяца назад", "منذ شهرين", "2 bulan lalu"], "2026-04-02T02:30:00Z", Precision::Month);
}

/// Texts that stand between the paragraphs of articles.
const NO_DATES: &[&str] = &[
    "3 людей",
    "5 min",
    "5 Minuten",
    "3 minutes",
    "3 perc",
    "5 min read",
    "Lesezeit: 3 Min.",
    "2 hours",
    "3 días",
    "3 hours later",
    "1-2",
    "3:2",
    "3:2 (2:1)",
    "1/2",
    "2-1 (1-0)",
    "3–1",
    "$5.30",
    "5.30 €",
    "12.50",
    "1.299,00",
    "1,299.00",
    "€ 12,50",
    "12.500",
    "100 บาท",
    "12.50 บาท",
    "18 €",
    "+49 30 123456",
    "030/123456",
    "0123 456789",
    "555-0123",
    "555-01-23",
    "03-12-31",
    "110",
    "112",
    "2013",
    "22013",
    "031231",
    "1780367400",
    "1.2.24",
    "10.0.1",
    "192.0.2.1",
    "2009-10",
    "2024/25",
    "2024-25",
    "Mark 5",
    "Mark 5 2024",
    "Mars 2",
    "Mars 2025 mission",
    "set 10",
    "3 out",
    "tem 10",
    "Janitor 3 2024",
    "March",
    "Mai",
    "Mars",
    "Ara",
    "Most",
    "Ora",
    "ma",
    "Hier",
    "9:12",
    "9:12 Uhr",
    "18.30",
    "오전 9:12",
    "下午3点",
    "Mittwoch",
    "monday",
    "Sonntag 18:30",
    "Updated: 27/03/2025 18:30",
    "fa caldo",
    "vor Ort",
    "vor 3 Leuten",
    "hace calor",
    "il y a 3 chats",
    "há dias",
    "3 ago",
    "5 thousand years ago today",
    "ten years ago we met",
    "the day before",
    "前",
    "三天",
    "3日",
    "7天",
    "第3天",
    "3月",
    "2 of 3",
    "1 of 2026 pages",
    "10 Downing Street",
    "Kapitel 3",
    "Chapter 12",
    "§ 5",
    "No. 7",
    "1.",
    "2)",
    "12 h",
    "24/7",
    "9/11",
    "20%",
    "37 °C",
    "4x4",
    "A4",
    "M1",
    "Route 66",
    "B-52",
    "7-Eleven",
    "1:0",
    "21.5 km",
    "3 × 4",
    "10 000",
];

#[test]
fn what_stands_in_articles_is_no_date() {
    let zones = ["UTC", "America/New_York", "Asia/Shanghai", "Asia/Bangkok", "Asia/Tehran"];
    let found = |zone: &'static str| {
        NO_DATES.iter().filter(move |text| shown(text, &clock(zone)).is_some()).map(move |text| (zone, text))
    };
    let failures: Vec<_> = zones.into_iter().flat_map(found).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn what_people_write_is_shown() {
    for text in [
        "27/03/2025 18:30",
        "27.03.2025",
        "27.03.25",
        "2025-03-27",
        "20250327",
        "2025/3/27",
        "27 March 2025",
        "March 27, 2025",
        "Mar 27",
        "5 мая",
        "3 hours ago",
        "gestern, 18:30 Uhr",
        "yesterday",
        "przed chwilą",
        "2025年3月27日",
        "03-27 09:12",
        "6/12 9:05",
        "6/12(木) 9:05",
        "7天前",
        "刚刚",
        "Thu, 27 Mar 2025 18:30:00 GMT",
        "2025-03-27T18:30:00Z",
        "5 лютого 2025, 12:30",
        "3/4/25 9:05",
        "June 2026",
    ] {
        assert!(shown(text, &clock("UTC")).is_some(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn a_number_and_a_unit_are_no_date(number in 0_u32..10_000, unit in prop::sample::select(vec![
        "людей", "people", "min", "Minuten", "hours", "h", "km", "kg", "€", "$", "руб.", "zł", "TL", "dakika", "saat", "perc", "ore", "жителей", "человек", "personas", "人", "元", "円", "원", "次", "分钟", "小时", "天", "岁", "歳",
        "บาท", "phút", "người", "comments", "Kommentare", "likes", "views", "reads", "%", "GB", "x", "th", "st", "uur", "Uhr",
    ])) {
        for text in [format!("{number} {unit}"), format!("{number}{unit}"), format!("{unit} {number}")] {
            prop_assert!(shown(&text, &clock("UTC")).is_none(), "{text:?}");
        }
    }

    #[test]
    fn scores_and_prices_and_telephone_numbers_are_no_dates(one in 0_u32..200, two in 0_u32..200, three in 0_u32..10_000) {
        for text in [
            format!("{one}-{two}"), format!("{one} - {two}"), format!("{one}:{}", two % 10), format!("{one}/{two}"), format!("{one}.{two:02}"), format!("{one},{two:02}"), format!("{one}:{} ({}:{})", two % 10, one % 10, two % 7),
            format!("+{one} {two:03} {three:04}"), format!("0{one:03} {three:04}"), format!("({one:03}) {two:03}-{three:04}"), format!("${one}.{two:02}"), format!("{one} {two}"), format!("{one}, {two}"), format!("{three}"),
        ] {
            prop_assert!(shown(&text, &clock("UTC")).is_none(), "{text:?}");
        }
    }

    #[test]
    fn words_of_articles_are_no_dates(words in prop::collection::vec("[a-zäöüéñçа-яα-ω]{2,9}", 3..9)) {
        let text = words.join(" ");
        // Words out of the air could be a date with next to no likelihood; three of them that are none are enough.
        prop_assert!(shown(&text, &clock("UTC")).is_none(), "{text:?}");
    }

    #[test]
    fn whether_a_text_is_a_date_does_not_depend_on_the_zone(
        text in "[0-9]{1,2}[/.-][0-9]{1,2}([/.-]([0-9]{2}|20[0-9]{2}))?( [0-9]{1,2}:[0-9]{2})?"
    ) {
        let yes = shown(&text, &clock("UTC")).is_some();
        for zone in ["America/Chicago", "Asia/Tokyo", "Asia/Tehran", "Asia/Bangkok"] {
            prop_assert_eq!(shown(&text, &clock(zone)).is_some(), yes, "{} in {}", text, zone);
        }
    }

    #[test]
    fn months_by_name_are_read_in_every_language(language in 0_usize..100, month in 0_usize..12, day in 1_u32..29) {
        let languages: Vec<_> = languages::all().filter(|language| !language.months.is_empty()).collect();
        let language = languages[language % languages.len()];
        for forms in [language.months, language.short_months] {
            for form in forms.split('|').nth(month).unwrap_or_default().split(' ').filter(|form| !form.is_empty()) {
                let text = format!("{day} {} 2025, 18:30", form.replace('_', " "));
                let expected = format!("2025-{:02}-{day:02}T18:30:00Z", month + 1);
                prop_assert_eq!(read("UTC", &text), Some(expected), "{}", text);
            }
        }
    }

    #[test]
    fn never_panics_on_words_of_dates(parts in prop::collection::vec(prop::sample::select(vec![
        "27", "2025", "1404", "2568", "68", "mar", "мая", "มี.ค.", "فروردین", "مساءً", "à", "18h30", "18.30", "6/12", "(木)", "오전", "gestern", "hôm qua", "منذ", "ساعتين", "vor", "Std.", " ", ".", "/", "-", ":", "(", ")", "et", "AM", "GMT", "+7",
        "tháng", "İ", "ß", "\u{301}", "\u{64b}", "９", "٣", "Published:", "|", "只看该作者", "99999999999", "½", "²",
    ]), 0..10)) {
        for zone in ["UTC", "Asia/Tehran", "America/New_York"] {
            let _ = parse(&parts.concat(), &clock(zone));
            let _ = shown(&parts.join(" "), &clock(zone));
        }
    }
}
