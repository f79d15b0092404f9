//! Words of dates by language, as data: months, weekdays, what is counted in "3 hours ago", days that have a name.
//!
//! Words stand as they are written, in lower case; [`super::lexicon`] folds them (accents, final sigma, Arabic spellings of one letter), so
//! one form serves all spellings. Forms are separated by spaces, a space inside a form is `_`. Names of months and weekdays: CLDR, with the
//! cases (genitives) and abbreviations that newspapers use.

mod asia;
mod east;
mod north;
mod west;

/// One language.
#[derive(Debug)]
pub(in crate::normalize::date) struct Language {
    /// BCP 47; tells the entries apart in test messages.
    pub(in crate::normalize::date) code: &'static str,
    /// Names of the months, written in full, in every case they occur in; twelve groups divided by `|`.
    pub(in crate::normalize::date) months: &'static str,
    /// Abbreviations of the months, twelve groups divided by `|`, or nothing.
    pub(in crate::normalize::date) short_months: &'static str,
    /// Names and abbreviations of weekdays: they say nothing the date does not.
    pub(in crate::normalize::date) weekdays: &'static str,
    /// Second, minute, hour, day, week, month, year: forms and abbreviations; seven groups divided by `|`.
    pub(in crate::normalize::date) units: &'static str,
    /// Forms that say both unit and two of it ("ساعتين"), as `units`.
    pub(in crate::normalize::date) twos: &'static str,
    /// Half an hour.
    pub(in crate::normalize::date) half_hour: &'static str,
    /// Words for one, two, three, …
    pub(in crate::normalize::date) numbers: &'static str,
    /// A unit without a number is one of it: "час назад". Elsewhere it is some, as in "há dias".
    pub(in crate::normalize::date) without_one: bool,
    /// What stands before and after a span of the past.
    pub(in crate::normalize::date) frames: &'static [(&'static str, &'static str)],
    /// A moment ago.
    pub(in crate::normalize::date) now: &'static str,
    /// Today, yesterday, the day before; three groups divided by `|`.
    pub(in crate::normalize::date) days: &'static str,
}

/// What a language has unless its entry says.
const NONE: Language = Language {
    code: "",
    months: "",
    short_months: "",
    weekdays: "",
    units: "",
    twos: "",
    half_hour: "",
    numbers: "",
    without_one: false,
    frames: &[],
    now: "",
    days: "",
};

/// Every language there are words of.
pub(in crate::normalize::date) fn all() -> impl Iterator<Item = &'static Language> {
    [west::LANGUAGES, north::LANGUAGES, east::LANGUAGES, asia::LANGUAGES].into_iter().flatten()
}
