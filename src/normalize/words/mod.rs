//! What newsrooms write around an article, as data: one table a language, and nothing but data in them.
//!
//! All strings are in lower case with ASCII punctuation, as [`super::boilerplate::fold`] makes the text they are compared with.

mod ar;
mod ca;
mod de;
mod en;
mod es;
mod fa;
mod fr;
mod hi;
mod id;
mod it;
mod ja;
mod ko;
mod nl;
mod pl;
mod pt;
mod ru;
mod sv;
mod th;
mod tr;
mod uk;
mod vi;
mod zh_hans;
mod zh_hant;

/// What the value after a label, or the name before a mark, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label {
    /// Who wrote the text.
    Author,
    /// Who translated it.
    Translator,
    /// Who edited or checked it.
    Editor,
    /// Who made the pictures: credited with them.
    Photographer,
    /// The outlet the text was taken from.
    Source,
    /// The outlet that one had it from.
    Via,
    /// The original: its title or address, and where it was published.
    Original,
    /// The title it had there, and other lines of the desk that are no part of the text.
    OriginalTitle,
    /// When this page was published.
    Published,
    /// When it was changed: never the date of publication.
    Updated,
    /// How many comments there are.
    Comments,
    /// The section it is in.
    Section,
    /// What it is about.
    Tags,
    /// Who put it up here, which is nobody who made it: "reposted by". A date may stand between.
    Poster,
    /// A notice comes: "提示", "注".
    Note,
    /// Of the page, not of the article: readers, size of letters, share, print.
    Chrome,
}

/// A paragraph that travels with a text and is no part of it.
#[derive(Debug)]
pub(super) struct Notice {
    /// It begins with one of these; empty: anything.
    pub(super) starts: &'static [&'static str],
    /// It holds one of each group.
    pub(super) holds: &'static [&'static [&'static str]],
    /// Characters it has at most: a paragraph of the article may begin like a notice, but goes on.
    pub(super) longest: usize,
}

type List = &'static [&'static str];

/// What one language says. Every list may be empty.
#[derive(Debug)]
pub(super) struct Words {
    /// BCP 47 tag, for people who read the table.
    #[cfg_attr(not(test), expect(dead_code, reason = "the name of the table; tests print it"))]
    pub(super) tag: &'static str,
    /// Labels with their value after them: `label:value`, `label/value`, `<b>label</b> value`; those of Han characters also `label value`.
    pub(super) labels: &'static [(Label, List)],
    /// Words with a name right after them and nothing between but a space, at the beginning of a line or part of one: "by", "words by".
    pub(super) before: &'static [(Label, List)],
    /// Marks behind a name, with the space or bracket they need: " 기자", "(译)".
    pub(super) after: &'static [(Label, List)],
    /// What stands before or behind a person's name and is no part of it: professions, offices, honours ("reporter", "correspondent").
    pub(super) titles: List,
    /// Names of nobody: accounts, offices.
    pub(super) nobody: List,
    /// Endings of names of offices and accounts.
    pub(super) offices: List,
    /// Marks by which an outlet says that a text is its own: "原创". Alone, or behind the outlet's name.
    pub(super) own: List,
    /// Texts of the link to the original: never the name of an outlet.
    pub(super) link_texts: List,
    /// Notices and disclaimers that travel with the text.
    pub(super) notices: &'static [Notice],
    /// Lines of the site that are neither text nor notice: invitations to subscribe, share, print, scan.
    pub(super) promotions: &'static [Notice],
    /// Words in a notice after which the name of the outlet stands that the text is from.
    pub(super) name_after: List,
    /// Words in a notice before which that name stands.
    pub(super) name_before: List,
    /// Words by which a notice says that the outlet after them was the first to publish it: "originally", "首发".
    pub(super) first: List,
    /// Words after which such a name has ended though no punctuation stands there.
    pub(super) name_ends: List,
    /// Names that a notice may give and that name nobody: "the internet".
    pub(super) vague: List,
    /// Words by which a title's label or a line says that the text is a repost.
    pub(super) reposted: List,
    /// Words by which a title's label says that the text is a translation.
    pub(super) translated: List,
    /// What a notice has in it that says the text is a repost and leaves open of whom.
    pub(super) says_reposted: List,
    /// What a notice has in it that says the text is a translation.
    pub(super) says_translated: List,
    /// Beginnings and parts of a sentence that states who holds the rights or under which licence the text is.
    pub(super) rights: List,
    /// Headings after which nothing more of the text comes: related articles, reading lists.
    pub(super) related: List,
    /// Words beside the number of comments: "评论4条", "17 comments".
    pub(super) comments: List,
    /// Names of the front page in a breadcrumb.
    pub(super) home: List,
    /// What stands in a breadcrumb and is no section: "you are here", "正文".
    pub(super) here: List,
    /// Labels in brackets of a title that say how the article came here or that it has pictures. Genres (Opinion, 观点) are none.
    pub(super) title_labels: List,
    /// Those that also stand before a colon without brackets.
    pub(super) title_prefixes: List,
    /// Labels before the credit of a picture, with the colon or space they need.
    pub(super) credit_labels: List,
    /// How the last sentence of a caption ends that is only a credit: " db", " 기자".
    pub(super) credit_ends: List,
    /// News and picture agencies: they stand alone in brackets at the end of a caption, and are sources and not authors.
    pub(super) agencies: List,
    /// Beginnings of a paragraph that say it is a caption of the picture before it.
    pub(super) caption_marks: List,
    /// How the beginning of a text ends that goes on elsewhere.
    pub(super) goes_on: List,
}

impl Words {
    /// A table with nothing in it.
    pub(super) const NONE: Words = Words {
        tag: "",
        labels: &[],
        before: &[],
        after: &[],
        titles: &[],
        nobody: &[],
        offices: &[],
        own: &[],
        link_texts: &[],
        notices: &[],
        promotions: &[],
        name_after: &[],
        name_before: &[],
        first: &[],
        name_ends: &[],
        vague: &[],
        reposted: &[],
        translated: &[],
        says_reposted: &[],
        says_translated: &[],
        rights: &[],
        related: &[],
        comments: &[],
        home: &[],
        here: &[],
        title_labels: &[],
        title_prefixes: &[],
        credit_labels: &[],
        credit_ends: &[],
        agencies: &[],
        caption_marks: &[],
        goes_on: &[],
    };
}

macro_rules! notice {
    ($longest:literal, [$($start:literal),* $(,)?] $(, [$($held:literal),+ $(,)?])* $(,)?) => {
        Notice { starts: &[$($start),*], holds: &[$(&[$($held),+]),*], longest: $longest }
    };
}

use notice;

/// Every language.
const LANGUAGES: &[Words] = &[
    zh_hans::WORDS,
    zh_hant::WORDS,
    en::WORDS,
    ja::WORDS,
    ko::WORDS,
    ru::WORDS,
    es::WORDS,
    fr::WORDS,
    de::WORDS,
    pt::WORDS,
    it::WORDS,
    vi::WORDS,
    id::WORDS,
    th::WORDS,
    uk::WORDS,
    nl::WORDS,
    pl::WORDS,
    tr::WORDS,
    ca::WORDS,
    sv::WORDS,
    ar::WORDS,
    fa::WORDS,
    hi::WORDS,
];

/// Every language.
pub(super) fn languages() -> impl Iterator<Item = &'static Words> {
    LANGUAGES.iter()
}

/// All that the languages have in one of their lists.
pub(super) fn all(list: fn(&Words) -> List) -> impl Iterator<Item = &'static str> {
    languages().flat_map(move |words| list(words).iter().copied())
}

/// All labelled words of one of their lists of labels.
pub(super) fn labelled(list: fn(&Words) -> &'static [(Label, List)]) -> impl Iterator<Item = (Label, &'static str)> {
    languages().flat_map(list).flat_map(|(label, words)| words.iter().map(|word| (*label, *word)))
}

#[cfg(test)]
mod asian_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_is_folded() {
        for language in languages() {
            let lists = [
                language.titles,
                language.nobody,
                language.offices,
                language.own,
                language.link_texts,
                language.name_after,
                language.name_before,
                language.first,
                language.name_ends,
                language.vague,
                language.reposted,
                language.translated,
                language.says_reposted,
                language.says_translated,
                language.rights,
                language.related,
                language.comments,
                language.home,
                language.here,
                language.title_labels,
                language.title_prefixes,
                language.credit_labels,
                language.credit_ends,
                language.agencies,
                language.caption_marks,
                language.goes_on,
            ];
            let labels = [language.labels, language.before, language.after].into_iter().flatten().map(|(_, words)| *words);
            let notices = language.notices.iter().chain(language.promotions);
            let notices = notices.flat_map(|notice| std::iter::once(notice.starts).chain(notice.holds.iter().copied()));
            for text in lists.into_iter().chain(labels).chain(notices).flatten() {
                let lower: String = text.chars().flat_map(char::to_lowercase).collect();
                assert_eq!(*text, lower, "{}: compared with folded text, so it must be folded itself", language.tag);
                assert!(!text.is_empty(), "{}: an empty string is in everything", language.tag);
                assert!(!text.contains(['：', '（', '）', '，', '。', '！', '；']), "{}: {text} is not folded", language.tag);
            }
        }
    }
}
