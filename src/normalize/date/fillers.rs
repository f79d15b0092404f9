//! Words that stand in dates and say nothing more than the numbers do, folded, as data.

/// Words between the parts of a date.
const FILLERS: &[&str] = &[
    // English
    "at",
    "on",
    "the",
    "of",
    "hrs",
    "o'clock",
    // German, Dutch
    "um",
    "uhr",
    "am",
    "den",
    "der",
    "vom",
    "ab",
    "om",
    "op",
    "uur",
    // French, Spanish, Portuguese, Italian, Catalan, Romanian
    "a",
    "le",
    "de",
    "du",
    "d'",
    "del",
    "el",
    "la",
    "las",
    "los",
    "do",
    "as",
    "e",
    "y",
    "h",
    "hs",
    "alle",
    "ore",
    "il",
    "al",
    "dia",
    "hora",
    "horas",
    "heures",
    "les",
    "l'",
    "min",
    "ora",
    "orele",
    "in",
    "em",
    "s",
    "dels",
    "nos",
    // Scandinavian, Finnish
    "kl",
    "klo",
    "den",
    "d",
    "i",
    "kello",
    // Slavic
    "г",
    "год",
    "года",
    "гг",
    "р",
    "рік",
    "року",
    "рр",
    "в",
    "во",
    "о",
    "об",
    "у",
    "от",
    "від",
    "час",
    "роки",
    "roku",
    "r",
    "godz",
    "o",
    "w",
    "v",
    "ve",
    "dne",
    // Greek, Turkish
    "στισ",
    "στη",
    "τησ",
    "την",
    "του",
    "ωρα",
    "σαατ",
    "saat",
    "gunu",
    "tarihinde",
    // Vietnamese, Indonesian, Malay
    "ngay",
    "luc",
    "vao",
    "nam",
    "pukul",
    "pkl",
    "jam",
    "hari",
    "tanggal",
    "tgl",
    "pada",
    "jam",
    "phut",
    // Arabic, Persian, Hebrew, Hindi, Thai
    "يوم",
    "م",
    "الموافق",
    "الساعة",
    "في",
    "عام",
    "سنة",
    "من",
    "ساعت",
    "روز",
    "ماه",
    "سال",
    "در",
    "ב",
    "בשעה",
    "ה",
    "को",
    "बजे",
    "के",
    "น",
    "เวลา",
    "วันที่",
    "ที่",
    "เมื่อ",
    "เมื่อวันที่",
    "เดือน",
    "ปี",
    "พ.ศ",
    "ค.ศ",
];

/// Words before the hour: what comes after them is a time of day, "kl 18" or "ore 18.30".
const BEFORE_HOUR: &[&str] = &[
    "at",
    "um",
    "om",
    "a",
    "as",
    "alle",
    "ore",
    "ora",
    "h",
    "kl",
    "klo",
    "kello",
    "в",
    "о",
    "об",
    "у",
    "godz",
    "o",
    "v",
    "ve",
    "στισ",
    "saat",
    "luc",
    "pukul",
    "pkl",
    "jam",
    "الساعة",
    "ساعت",
    "בשעה",
    "เวลา",
    "las",
    "les",
    "orele",
    "hora",
];

/// Words behind the hour, "18 Uhr".
const AFTER_HOUR: &[&str] = &["h", "hs", "hrs", "uhr", "uur", "heures", "horas", "ч", "gio", "น", "นาฬิกา", "बजे", "o'clock"];

/// Labels of the date of publication, perhaps with a colon.
const PUBLISHED: &[&str] = &[
    "published",
    "publish date",
    "published on",
    "published at",
    "posted",
    "posted on",
    "date",
    "publie",
    "publie le",
    "mis en ligne le",
    "publicado",
    "publicado el",
    "publicado em",
    "publicada em",
    "fecha",
    "data",
    "publicat",
    "publicat el",
    "publicat la",
    "veroffentlicht",
    "veroffentlicht am",
    "erstellt",
    "erschienen",
    "datum",
    "gepubliceerd",
    "gepubliceerd op",
    "geplaatst",
    "pubblicato",
    "pubblicato il",
    "publicerad",
    "publicerat",
    "publisert",
    "publiceret",
    "offentliggjort",
    "udgivet",
    "julkaistu",
    "opublikowano",
    "data publikacji",
    "dodano",
    "publikovano",
    "vydano",
    "publikovane",
    "megjelent",
    "kozzeteve",
    "опубликовано",
    "дата публикации",
    "размещено",
    "опубліковано",
    "дата публікаціі",
    "публікація",
    "публикувана",
    "δημοσιευση",
    "δημοσιευτηκε",
    "δημοσιευθηκε",
    "yayinlanma",
    "yayin tarihi",
    "yayinlanma tarihi",
    "giris",
    "eklenme",
    "giris tarihi",
    "dang luc",
    "xuat ban",
    "dipublikasikan",
    "diterbitkan",
    "terbit",
    "tayang",
    "tarikh",
    "نشر",
    "نشر في",
    "تاريخ النشر",
    "نشرت",
    "نشر بتاريخ",
    "تاريخ انتشار",
    "انتشار",
    "منتشر شده در",
    "פורסם",
    "תאריך",
    "प्रकाशित",
    "प्रकाशित तिथि",
    "पोस्ट",
    "เผยแพร่",
    "เผยแพร่เมื่อ",
    "วันที่เผยแพร่",
    "โพสต์เมื่อ",
    "发布于",
    "發布於",
    "发表于",
    "發表於",
    "发布时间",
    "發布時間",
    "发表时间",
    "时间",
    "日期",
    "公開",
    "公開日",
    "配信",
    "投稿日",
    "掲載",
    "入力",
    "입력",
    "등록",
    "게재",
    "기사입력",
];

/// Labels of the date of a change.
const UPDATED: &[&str] = &[
    "updated",
    "updated on",
    "last updated",
    "last modified",
    "modified",
    "mis a jour",
    "mis a jour le",
    "maj",
    "actualizado",
    "actualizado el",
    "atualizado",
    "atualizado em",
    "actualitzat",
    "actualizat",
    "aktualisiert",
    "stand",
    "aktualisiert am",
    "bijgewerkt",
    "laatste update",
    "aggiornato",
    "aggiornato il",
    "ultimo aggiornamento",
    "uppdaterad",
    "oppdatert",
    "opdateret",
    "paivitetty",
    "aktualizacja",
    "zaktualizowano",
    "aktualizovano",
    "frissitve",
    "обновлено",
    "оновлено",
    "ενημερωση",
    "guncelleme",
    "son guncelleme",
    "guncellenme tarihi",
    "guncelleme tarihi",
    "cap nhat",
    "cap nhat luc",
    "diperbarui",
    "dikemas kini",
    "تحديث",
    "اخر تحديث",
    "به روز رساني",
    "עודכן",
    "अपडेट",
    "अपडेटेड",
    "อัปเดต",
    "อัพเดต",
    "更新",
    "最終更新",
    "更新时间",
    "수정",
    "최종수정",
];

/// What else stands behind a date on pages of forums and portals.
const TRAILERS: &[&str] = &["只看该作者", "只看該作者", "只看楼主", "只看樓主", "来源", "來源", "来自", "來自"];

pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

pub(super) fn before_hour(word: &str) -> bool {
    BEFORE_HOUR.contains(&word)
}

pub(super) fn after_hour(word: &str) -> bool {
    AFTER_HOUR.contains(&word)
}

/// Whether words say before or after noon, or a part of the day in which hours up to 11 are after noon.
pub(super) fn meridiem(words: &str) -> Option<bool> {
    match words {
        "am"
        | "a.m"
        | "a m"
        | "πμ"
        | "π.μ"
        | "ص"
        | "صباحا"
        | "ق.ظ"
        | "صبح"
        | "sang"
        | "pagi"
        | "पूर्वाह्न"
        | "सुबह"
        | "de la manana"
        | "da manha"
        | "del mattino"
        | "לפנה\"צ"
        | "בבוקר" => Some(false),
        "pm"
        | "p.m"
        | "p m"
        | "μμ"
        | "μ.μ"
        | "م"
        | "مساء"
        | "ب.ظ"
        | "عصر"
        | "بعدازظهر"
        | "ظهرا"
        | "chieu"
        | "toi"
        | "siang"
        | "sore"
        | "petang"
        | "malam"
        | "अपराह्न"
        | "शाम"
        | "दोपहर"
        | "रात"
        | "de la tarde"
        | "de la noche"
        | "da tarde"
        | "da noite"
        | "del pomeriggio"
        | "di sera"
        | "אחה\"צ"
        | "בערב" => Some(true),
        _ => None,
    }
}

/// A text without the label before it and the trailers behind it; whether the label was one of a change.
pub(super) fn unlabelled(folded: &str) -> (&str, bool) {
    let mut rest = folded;
    if let Some(at) = rest.rfind([' ', '|']).filter(|at| TRAILERS.contains(&rest[at + 1..].trim_end_matches([':', ' ']))) {
        rest = rest[..at].trim_end_matches([' ', '|']);
    }
    let strip = |labels: &[&str]| {
        labels
            .iter()
            .filter_map(|label| rest.strip_prefix(label))
            .filter(|after| {
                // "published 2025-03-27", "入力 2025", "Published:27/03", never "postedia".
                after.starts_with([' ', ':']) || !rest.is_ascii() && after.starts_with(|c: char| c.is_ascii_digit())
            })
            .min_by_key(|after| after.len())
    };
    let trim = |after: &'_ str| after.len() - after.trim_start_matches([' ', ':', '-', '|']).len();
    if let Some(after) = strip(PUBLISHED) {
        return (&after[trim(after)..], false);
    }
    match strip(UPDATED) {
        Some(after) => (&after[trim(after)..], true),
        None => (rest, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::date::fold::fold;

    #[test]
    fn words_stand_as_they_are_looked_up() {
        let unfolded: Vec<&&str> = [FILLERS, BEFORE_HOUR, AFTER_HOUR, PUBLISHED, UPDATED, TRAILERS]
            .into_iter()
            .flatten()
            .filter(|word| fold(word) != ***word)
            .collect();
        assert!(unfolded.is_empty(), "{unfolded:?}");
    }
}
