//! What a text says of itself: that it is a repost, a translation, the outlet's own. The words stand in the tables; nobody judges here.

use super::boilerplate::fold;
use super::words::{self, Words};

const OPENING: &[char] = &['[', '【', '(', '（', '〔', '［'];
const CLOSING: &[char] = &[']', '】', ')', '）', '〕', '］'];

/// Labels at the front of a title that are looked at: "[转载][组图]".
const LABELS: usize = 4;

/// The words with which it says that it is a repost: a label of the title ("[转载]…", "Repost: …"), else a notice that names nobody.
pub(super) fn repost(title: &str, notices: &[String]) -> Option<String> {
    let label = labels(title).into_iter().find(|label| is(|words| words.reposted, label));
    let colon = || {
        let (label, _) = title.split_once([':', '：'])?;
        let label = label.trim();
        // More stands before colons than in brackets.
        (is(|words| words.reposted, label) && is(|words| words.title_prefixes, label)).then(|| label.to_owned())
    };
    label.map(str::to_owned).or_else(colon).or_else(|| notice(|words| words.says_reposted, notices))
}

/// The words with which it says that it is a translation: a label of the title, else a notice.
pub(super) fn translation(title: &str, notices: &[String]) -> Option<String> {
    let label = labels(title).into_iter().find(|label| is(|words| words.translated, label));
    label.map(str::to_owned).or_else(|| notice(|words| words.says_translated, notices))
}

/// The line among those that were lifted out with which the outlet says that the text is its own.
pub(super) fn own<'a>(mut lines: impl Iterator<Item = &'a str>) -> Option<String> {
    lines
        .find(|line| {
            let folded = fold(line);
            words::all(|words| words.own).any(|mark| folded.contains(mark))
        })
        .map(str::to_owned)
}

/// The labels in brackets at the front of a title, without their brackets.
fn labels(title: &str) -> Vec<&str> {
    let mut rest = title.trim();
    let mut found = Vec::new();
    while found.len() < LABELS
        && let Some((label, behind)) = rest.strip_prefix(OPENING).and_then(|rest| rest.split_once(CLOSING))
    {
        found.push(label.trim());
        rest = behind.trim_start();
    }
    found
}

fn is(list: fn(&Words) -> &'static [&'static str], label: &str) -> bool {
    let folded = fold(label);
    words::all(list).any(|word| word == folded)
}

fn notice(list: fn(&Words) -> &'static [&'static str], notices: &[String]) -> Option<String> {
    let says = |notice: &&String| {
        let folded = fold(notice);
        words::all(list).any(|words| folded.contains(words))
    };
    notices.iter().find(says).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notices(notice: &str) -> Vec<String> {
        if notice.is_empty() { Vec::new() } else { vec![notice.to_owned()] }
    }

    #[test]
    fn reposts_say_so_in_labels_and_in_notices_that_name_nobody() {
        let check = |title: &str, notice: &str, expected: Option<&str>| {
            assert_eq!(repost(title, &notices(notice)).as_deref(), expected, "{title} {notice}");
        };
        check("[转载]渡轮", "", Some("转载"));
        check("【組圖】【轉載】渡輪", "", Some("轉載"));
        check("Repost: Ferry", "", Some("Repost"));
        check("(Перепечатка) Паром", "", Some("Перепечатка"));
        check("[펌] 나루터", "", Some("펌"));
        check("转载这首歌的人", "", None);
        check("Reposted letters: a history", "", None);
        check("[图]渡轮", "", None);
        check("渡轮", "本文系转载,版权归原作者。", Some("本文系转载,版权归原作者。"));
        check("渡轮", "文章来源于网络，侵删。", Some("文章来源于网络，侵删。"));
        check("Ferry", "This is a repost.", Some("This is a repost."));
        check("渡轮", "部分图片来源于网络", None);
        check("渡轮", "未经许可,不得转载。", None);
        check("渡轮", "本文转载自海港纪事。", None);
    }

    #[test]
    fn translations_say_so_in_labels_and_notices() {
        let check = |title: &str, notice: &str, expected: bool| {
            assert_eq!(translation(title, &notices(notice)).is_some(), expected, "{title} {notice}");
        };
        check("【译】渡轮", "", true);
        check("[Перевод] Паром", "", true);
        check("渡轮", "(编译自《海港纪事》)", true);
        check("渡輪", "本文譯自海港紀事。", true);
        check("Ferry", "This translation is published with permission.", true);
        check("Le bac", "Article traduit de l'anglais par Nora Field.", true);
        check("Die Fähre", "Übersetzt aus dem Englischen.", true);
        check("译者的房间", "", false);
        check("Ferry", "Republished from The Quay.", false);
        check("渡轮", "", false);
    }

    #[test]
    fn a_line_may_claim_the_text() {
        assert_eq!(own(["7天前", "今日港原创"].into_iter()).as_deref(), Some("今日港原创"));
        assert_eq!(own(["7天前", "来源:海港纪事"].into_iter()), None);
    }
}
