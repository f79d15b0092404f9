//! Language tags as outlets write them → BCP 47, with the script counted from the text where Chinese is concerned.

/// Characters that only simplified Chinese uses, from the most frequent ones.
const SIMPLIFIED: &str = "们这来说国时会为对学发经过动产种开关长进还从门问间电见车现气总应员业务东书记论传则带实头张无让变处认声边达场设么乐习买乡亲亿仅们优众价伤儿党兰兴写军农冲决况净刘刚创别办劝单卖卫厂厅历厉压县双号叶吗听启员响哑园围图圆坏块坚垒处备复够夺奋奖妇妈孙宁宝审宪宫宽宾对导尔尽层岁岛币师帐帮库废异弃归录忆态怀总恶悬惊愿战户执扩扫扬担择挂损换据敌数断显暂术机权条杨极构标栏树样桥检欢欧残毁毕汇汉沟泽洁测济浓涛润涨渐湾湿满灭灯灵灾点热爱牺犹独环疗确础离称积稳穷竞笔简类粮紧纪约级纯纳纸线练组细织终结给络绝统继绩续维综缓编缩网罗罚义职联肃胜脑脚节药获营虽补装规视览觉观训议讯讲许设访证评识词试诗诚话该详语误说请诸读课调谈谢贝负财责败货质贯贵费贴贸资赏赛赞赶践输轻较辅边迁运远违连迟适选递遗郑释针铁银销锁错镇闪闭闲阵阳阴阶际陆陈险随隐难雾静韩页顶项顺须顾顿预领频题颜额风飞饭馆马驻验鱼鸟鸡鸣麦黄齐龙龄";

/// Characters that only traditional Chinese uses, of the same words.
const TRADITIONAL: &str = "們這來說國時會為對學發經過動產種開關長進還從門問間電見車現氣總應員業務東書記論傳則帶實頭張無讓變處認聲邊達場設麼樂習買鄉親億僅優眾價傷兒黨蘭興寫軍農衝決況淨劉剛創別辦勸單賣衛廠廳歷厲壓縣雙號葉嗎聽啟響啞園圍圖圓壞塊堅壘備復夠奪奮獎婦媽孫寧寶審憲宮寬賓導爾盡層歲島幣師帳幫庫廢異棄歸錄憶態懷惡懸驚願戰戶執擴掃揚擔擇掛損換據敵數斷顯暫術機權條楊極構標欄樹樣橋檢歡歐殘毀畢匯漢溝澤潔測濟濃濤潤漲漸灣濕滿滅燈靈災點熱愛犧猶獨環療確礎離稱積穩窮競筆簡類糧緊紀約級純納紙線練組細織終結給絡絕統繼績續維綜緩編縮網羅罰義職聯肅勝腦腳節藥獲營雖補裝規視覽覺觀訓議訊講許訪證評識詞試詩誠話該詳語誤請諸讀課調談謝貝負財責敗貨質貫貴費貼貿資賞賽贊趕踐輸輕較輔遷運遠違連遲適選遞遺鄭釋針鐵銀銷鎖錯鎮閃閉閒陣陽陰階際陸陳險隨隱難霧靜韓頁頂項順須顧頓預領頻題顏額風飛飯館馬駐驗魚鳥雞鳴麥黃齊龍齡";

/// Words of Hong Kong that Taiwan does not use, and characters that only written Cantonese has.
const HONG_KONG: &[&str] = &[
    "嘅",
    "咗",
    "喺",
    "嘢",
    "啲",
    "唔",
    "冇",
    "佢",
    "的士",
    "巴士",
    "質素",
    "警員",
    "入稟",
    "屋邨",
    "公屋",
    "打工仔",
    "行政長官",
    "立法會",
    "港鐵",
    "特首",
    "士多",
    "茶餐廳",
    "搭的士",
    "影相",
    "單車",
    "電單車",
    "冷氣機",
    "雪櫃",
    "手提電話",
    "互聯網",
    "軟件",
    "資訊科技",
    "打印",
    "數碼",
    "網絡",
    "短訊",
    "三藩市",
    "悉尼",
];

/// Words of Taiwan that Hong Kong does not use.
const TAIWAN: &[&str] = &[
    "計程車",
    "公車",
    "品質",
    "捷運",
    "立法院",
    "行政院",
    "立委",
    "總統府",
    "縣市",
    "鄉鎮",
    "里長",
    "機車",
    "腳踏車",
    "冰箱",
    "行動電話",
    "網際網路",
    "軟體",
    "資訊",
    "列印",
    "數位",
    "網路",
    "簡訊",
    "舊金山",
    "雪梨",
    "台鐵",
    "高鐵",
    "健保",
    "員警",
    "大專院校",
    "國中",
    "部落格",
    "影片",
    "民眾",
];

/// Different words of a region from which on a text is taken to be from there, and how many times those of the other it must have.
const REGION: (usize, usize) = (4, 4);

/// The region of a text in traditional characters, where its words leave no doubt: several of one, and hardly any of the other.
fn region(text: &str) -> Option<&'static str> {
    let end = text.char_indices().nth(ENOUGH).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let count = |words: &[&str]| words.iter().filter(|word| text.contains(**word)).count();
    let (hong_kong, taiwan) = (count(HONG_KONG), count(TAIWAN));
    let (least, times) = REGION;
    if hong_kong >= least && hong_kong >= times * taiwan {
        Some("HK")
    } else if taiwan >= least && taiwan >= times * hong_kong {
        Some("TW")
    } else {
        None
    }
}

/// Names of languages where a tag should stand → tag.
const NAMES: &[(&str, &str)] = &[
    ("chinese", "zh"),
    ("中文", "zh"),
    ("chs", "zh-Hans"),
    ("cht", "zh-Hant"),
    ("gb", "zh-Hans"),
    ("gb2312", "zh-Hans"),
    ("big5", "zh-Hant"),
    ("简体中文", "zh-Hans"),
    ("繁體中文", "zh-Hant"),
    ("simplified chinese", "zh-Hans"),
    ("traditional chinese", "zh-Hant"),
    ("cn", "zh-Hans"),
    ("tw", "zh-Hant"),
    ("english", "en"),
    ("eng", "en"),
    ("japanese", "ja"),
    ("jp", "ja"),
    ("jpn", "ja"),
    ("日本語", "ja"),
    ("korean", "ko"),
    ("kr", "ko"),
    ("kor", "ko"),
    ("한국어", "ko"),
    ("russian", "ru"),
    ("rus", "ru"),
    ("русский", "ru"),
    ("spanish", "es"),
    ("español", "es"),
    ("french", "fr"),
    ("français", "fr"),
    ("fra", "fr"),
    ("german", "de"),
    ("deutsch", "de"),
    ("deu", "de"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("italian", "it"),
    ("italiano", "it"),
    ("chi", "zh"),
    ("zho", "zh"),
];

/// Cleans a tag: `zh-CN` → `zh-Hans`, `zh_TW` and `zh-HK` → `zh-Hant`, `en-us` → `en-US`, `chinese` → `zh`. `None` for what is no tag
/// (BCP 47 § 2.1), for `und`, and for `x-default`. A regional `zh-Hant-HK` keeps its region.
pub fn tag(written: &str) -> Option<String> {
    let written = written.split([',', ';']).next().unwrap_or_default().trim();
    let lower = written.to_lowercase().replace('_', "-");
    if let Some((_, tag)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some((*tag).to_owned());
    }
    let mut parts = lower.split('-');
    let language =
        parts.next().filter(|language| (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase()))?;
    if matches!(language, "und" | "mul" | "zxx") {
        return None;
    }
    let mut rest: Vec<&str> = Vec::new();
    for part in parts {
        if part.len() == 1 || part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            // Extensions such as -t- say how a text came about; that is provenance, not language.
            break;
        }
        rest.push(part);
    }
    let (mut script, mut region) = (None, None);
    for part in rest {
        let alphabetic = part.bytes().all(|b| b.is_ascii_alphabetic());
        match part.len() {
            4 if alphabetic && script.is_none() && region.is_none() => script = Some(part[..1].to_uppercase() + &part[1..]),
            2 if alphabetic && region.is_none() => region = Some(part.to_uppercase()),
            3 if !alphabetic && region.is_none() => region = Some(part.to_owned()),
            3 if language == "zh" && matches!(part, "chs" | "cht") => {
                script = Some(if part == "chs" { "Hans" } else { "Hant" }.to_owned())
            }
            _ => {}
        }
    }
    if matches!(language, "zh" | "cmn") {
        if script.is_none() {
            // The region only stood for the script.
            script = match region.take().as_deref() {
                Some("CN" | "SG" | "MY") => Some("Hans".to_owned()),
                Some("TW" | "HK" | "MO") => Some("Hant".to_owned()),
                _ => None,
            };
        }
        return Some([Some("zh".to_owned()), script, region].into_iter().flatten().collect::<Vec<_>>().join("-"));
    }
    Some([Some(language.to_owned()), script, region].into_iter().flatten().collect::<Vec<_>>().join("-"))
}

/// Longest tag that is written: readers cut or refuse longer ones.
const LONGEST: usize = 50;

/// Whether a tag is well-formed (BCP 47 § 2.1, without the grandfathered tags) and short enough to be passed on as it is.
pub(super) fn is_well_formed(written: &str) -> bool {
    let subtags: Vec<&str> = written.split('-').collect();
    let alphanumeric = |subtag: &str| subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    if written.len() > LONGEST || !subtags.iter().all(|subtag| (1..=8).contains(&subtag.len()) && alphanumeric(subtag)) {
        return false;
    }
    let alphabetic = |subtag: &str| subtag.bytes().all(|b| b.is_ascii_alphabetic());
    let numeric = |subtag: &str| subtag.bytes().all(|b| b.is_ascii_digit());
    let is_private = |subtag: &str| subtag.eq_ignore_ascii_case("x");
    let Some((language, rest)) = subtags.split_first() else { return false };
    if is_private(language) {
        return !rest.is_empty();
    }
    if language.len() < 2 || !alphabetic(language) {
        return false;
    }
    let mut rest = rest.iter().copied().peekable();
    if language.len() <= 3 {
        for _ in 0..3 {
            rest.next_if(|subtag| subtag.len() == 3 && alphabetic(subtag));
        }
    }
    rest.next_if(|subtag| subtag.len() == 4 && alphabetic(subtag));
    rest.next_if(|subtag| subtag.len() == 2 && alphabetic(subtag) || subtag.len() == 3 && numeric(subtag));
    while rest.next_if(|subtag| subtag.len() >= 5 || subtag.len() == 4 && numeric(&subtag[..1])).is_some() {}
    while let Some(singleton) = rest.next() {
        if singleton.len() > 1 {
            return false;
        }
        if is_private(singleton) {
            return rest.next().is_some();
        }
        let mut extended = 0;
        while rest.next_if(|subtag| subtag.len() > 1).is_some() {
            extended += 1;
        }
        if extended == 0 {
            return false;
        }
    }
    true
}

/// What the characters of a text say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    letters: usize,
    han: usize,
    kana: usize,
    hangul: usize,
    simplified: usize,
    traditional: usize,
}

/// Letters from which on a text is believed more than what was declared of it.
const SURE: usize = 200;

/// The language of a text that no script decides, where that can be told reliably.
fn detected(text: &str) -> Option<&'static str> {
    let end = text.char_indices().nth(ENOUGH).map_or(text.len(), |(at, _)| at);
    let found = whatlang::detect(&text[..end]).filter(whatlang::Info::is_reliable)?;
    use whatlang::Lang;
    // ISO 639-3 → BCP 47, which takes the shorter code (RFC 5646 § 2.2.1).
    Some(match found.lang() {
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Bul => "bg",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Cat => "ca",
        Lang::Tur => "tr",
        Lang::Ell => "el",
        Lang::Heb => "he",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        _ => return None,
    })
}

/// Characters looked at: the beginning says enough.
const ENOUGH: usize = 4_000;

fn count(text: &str) -> Count {
    use std::sync::LazyLock;
    /// The block of Han characters that the lists are from.
    const FIRST: u32 = 0x3400;
    const SIMPLIFIED_ONLY: u8 = 1;
    const TRADITIONAL_ONLY: u8 = 2;
    // A few characters are written alike in both lists' words; they say nothing and are left out of both.
    static ONLY: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut scripts = vec![0; (0xa000 - FIRST) as usize];
        for (list, script) in [(SIMPLIFIED, SIMPLIFIED_ONLY), (TRADITIONAL, TRADITIONAL_ONLY)] {
            for c in list.chars() {
                if let Some(known) = (c as u32).checked_sub(FIRST).and_then(|at| scripts.get_mut(at as usize)) {
                    *known |= script;
                }
            }
        }
        scripts
    });
    let only = &*ONLY;
    let mut count = Count::default();
    for c in text.chars().filter(|c| super::text::is_asian_letter(*c) || c.is_alphabetic()).take(ENOUGH) {
        count.letters += 1;
        match c {
            '\u{3041}'..='\u{30fa}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}' => count.kana += 1,
            '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => count.hangul += 1,
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                count.han += 1;
                match only.get((c as u32).wrapping_sub(FIRST) as usize) {
                    Some(&SIMPLIFIED_ONLY) => count.simplified += 1,
                    Some(&TRADITIONAL_ONLY) => count.traditional += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    count
}

/// The language of a text: what its script proves, else what was declared, else what is usual. `declared` are tags as written, most
/// specific first (entry, feed, outlet).
///
/// A text with a good share of kana is Japanese, of hangul Korean, and Chinese gets its script from the characters that only one of
/// the two has: declared tags are wrong often enough, scripts never are. Between languages that share a script, the declaration decides.
pub fn of(text: &str, declared: &[Option<&str>]) -> Option<String> {
    let declared: Vec<String> = declared.iter().flatten().filter_map(|written| tag(written)).collect();
    let count = count(text);
    let asian = count.han + count.kana + count.hangul;
    // A quotation or a name does not make a language.
    let is_asian = asian * 5 >= count.letters && asian >= 2;
    if is_asian && count.hangul * 5 >= asian {
        return Some("ko".to_owned());
    }
    if is_asian && count.kana * 12 >= asian {
        return Some("ja".to_owned());
    }
    let first = declared.first();
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    if is_asian && count.han > 0 {
        // Kanji alone, as in a headline: the declaration knows better.
        if let Some(tag) = first.filter(|tag| language(tag) == "ja" || language(tag) == "yue") {
            return Some(tag.clone());
        }
        let script = match (count.simplified, count.traditional) {
            (simplified, traditional) if simplified > traditional => Some("Hans"),
            (simplified, traditional) if traditional > simplified => Some("Hant"),
            _ => None,
        };
        let said = declared.iter().find(|tag| language(tag) == "zh" && tag.contains("-Han"));
        return Some(match (script, said) {
            (Some(script), Some(said)) if said.contains(script) => said.clone(),
            (Some("Hant"), _) => match region(text) {
                Some(region) => format!("zh-Hant-{region}"),
                None => "zh-Hant".to_owned(),
            },
            (Some(script), _) => format!("zh-{script}"),
            (None, Some(said)) => said.clone(),
            (None, None) => "zh-Hans".to_owned(),
        });
    }
    if count.letters >= SURE
        && let Some(detected) = detected(text)
        && !declared.iter().any(|tag| language(tag) == detected)
    {
        return Some(detected.to_owned());
    }
    // A Latin or Cyrillic text is not Chinese, Japanese or Korean whatever is declared.
    let found = declared.into_iter().find(|tag| count.letters < 20 || !matches!(language(tag).as_str(), "zh" | "ja" | "ko"));
    found.map(|tag| if tag == "zh" { "zh-Hans".to_owned() } else { tag })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_tags() {
        let check = |written: &str, expected: Option<&str>| assert_eq!(tag(written).as_deref(), expected, "{written:?}");
        check("zh-CN", Some("zh-Hans"));
        check("zh_cn", Some("zh-Hans"));
        check("zh-TW", Some("zh-Hant"));
        check("zh-HK", Some("zh-Hant"));
        check("zh-hant-hk", Some("zh-Hant-HK"));
        check("zh-Hans-t-en-t0-und", Some("zh-Hans"));
        check("chinese", Some("zh"));
        check("zh", Some("zh"));
        check("en-us", Some("en-US"));
        check(" EN ", Some("en"));
        check("sr-latn-rs", Some("sr-Latn-RS"));
        check("es-419", Some("es-419"));
        check("en, fr", Some("en"));
        check("und", None);
        check("x-default", None);
        check("nonsense here", None);
        check("", None);
    }

    #[test]
    fn well_formed_tags() {
        for tag in [
            "en",
            "EN-us",
            "zh-Hans",
            "zh-cmn-Hans-CN",
            "es-419",
            "de-CH-1901",
            "sl-rozaj-biske-1994",
            "en-a-bbb-x-a-ccc",
            "x-house",
            "zh-Hant-t-zh-hans",
            "qaa-Qaaa-QM-x-southern",
            "haw",
            "sr-Latn-RS",
            "de-1996",
        ] {
            assert!(is_well_formed(tag), "{tag}");
        }
        for tag in [
            "",
            "-",
            "e",
            "en-",
            "-en",
            "en--US",
            "en_US",
            "en US",
            "español",
            "en-a",
            "en-x",
            "x",
            "i-klingon",
            "en-a-b",
            "1en",
            "123",
            "en-Latn-Latn",
            "en-US-GB",
            "languages1",
            "en-abcdefghi",
            "de-12",
            "zh-Hans;q=1",
        ] {
            assert!(!is_well_formed(tag), "{tag}");
        }
        assert!(is_well_formed(&format!("en-x{}", "-a".repeat(23))) && !is_well_formed(&format!("en-x{}", "-a".repeat(24))));
    }

    #[test]
    fn script_proves_language() {
        let check = |text: &str, declared: &[Option<&str>], expected: Option<&str>| {
            assert_eq!(of(text, declared).as_deref(), expected, "{text:?} {declared:?}");
        };
        check("小镇买下停航的双层渡轮,这里的人们还没习惯。", &[Some("zh-TW")], Some("zh-Hans"));
        check("小鎮買下停航的雙層渡輪,這裡的人們還沒習慣。", &[Some("zh-cn")], Some("zh-Hant"));
        check("小鎮買下停航的雙層渡輪", &[Some("zh-HK")], Some("zh-Hant"));
        check("小鎮買下停航的雙層渡輪", &[Some("zh-Hant-HK")], Some("zh-Hant-HK"));
        check("佢哋喺茶餐廳影相，話的士同巴士嘅質素差咗。", &[], Some("zh-Hant-HK"));
        check("立法院和行政院的軟體品質，民眾搭公車去捷運站。", &[Some("zh")], Some("zh-Hant-TW"));
        check("他搭公車去看茶餐廳的軟件，這裡的人們還沒習慣。", &[], Some("zh-Hant"));
        check("中文", &[None, Some("zh-TW")], Some("zh-Hant"));
        check("中文", &[], Some("zh-Hans"));
        check("町はフェリーを買い、図書館にした。", &[Some("zh")], Some("ja"));
        check("漢字表題", &[Some("ja")], Some("ja"));
        check("마을은 여객선을 사들였다.", &[Some("en")], Some("ko"));
        check("The town bought the ferry and made it a library.", &[Some("zh-CN"), Some("en-AU")], Some("en-AU"));
        check("The town bought the ferry", &[None, None], None);
        check("The word 渡轮 means ferry, and that is all there is to it.", &[Some("en")], Some("en"));
        check("La ville a acheté le ferry", &[Some("fr")], Some("fr"));
        check("Apple与OpenAI的合作", &[], Some("zh-Hans"));
        let french = "Le phare éclaire à trente milles et ne voit rien à trente mètres, ce qui a longtemps suffi pour conclure que personne n'habite \
                      auprès de lui. Nous avons pourtant trouvé des voisins, qui vivent à moins de deux kilomètres du feu et ferment leurs rideaux.";
        check(french, &[Some("en")], Some("fr"));
        check(french, &[None], Some("fr"));
        check(french, &[Some("fr-CA")], Some("fr-CA"));
        check(&"Никто не знает длины этого моста, хотя его измеряли шагами много раз подряд. ".repeat(4), &[], Some("ru"));
    }
}
