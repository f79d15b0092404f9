//! Translations: what was paid for, kept for good, and the articles made of it.
//!
//! A translation has a key and an id of its own, made of its source's key, its language and its form, so that they are the same in every store and
//! whatever engine makes it. Its dates are those of its source; only its revision is its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};

use super::identity::{self, Standing, hex, tag};
use super::read::{list, maybe_time, row_time, time, undecodable, unreadable};
use super::{Store, StoreError, record, sql, story};
use crate::model::{AttributedArticle, Beside, Edition, Identity, StoredArticle, TranslationKind, Untranslated};

/// Statements on translations; the rest of the store's are in `sql`.
mod statements {
    /// Texts by their keys (`$1`: JSON array of hexadecimal digits).
    pub const SEGMENTS: &str = "\
        SELECT segment.key, segment.markup, segment.maker FROM json_each($1) AS wanted \
        CROSS JOIN translated_segment AS segment ON segment.key = unhex(wanted.value)";
    pub const SAVE_SEGMENT: &str = "\
        INSERT INTO translated_segment (key, markup, maker, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (key) DO UPDATE SET markup = excluded.markup, maker = excluded.maker, at = excluded.at";
    /// How translations of some articles (`$1`: JSON array of keys) stand.
    pub const OF: &str = "\
        SELECT translation.* FROM json_each($1) AS wanted CROSS JOIN translation ON translation.source = wanted.value \
        WHERE translation.language = $2 AND translation.form = $3";
    pub const BY_KEY: &str = "SELECT * FROM translation WHERE key = $1";
    /// Every edition that was made of some articles (`$1`: JSON array of keys), and of those that these were made of.
    pub const EDITIONS: &str = "\
        SELECT translation.source, translation.key, translation.tag, translation.language, translation.title, translation.kind \
        FROM json_each($1) AS wanted CROSS JOIN translation ON translation.source = wanted.value \
        WHERE translation.record IS NOT NULL ORDER BY translation.language, translation.key";
    pub const SAVE: &str = "\
        INSERT INTO translation (source, language, form, key, tag, changed_at, revision, digest, title, kind, record, tries) \
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, 0) \
        ON CONFLICT (source, language, form) DO UPDATE SET \
            revision = translation.revision + (translation.record IS NULL OR translation.record <> excluded.record), \
            changed_at = CASE WHEN translation.record IS excluded.record THEN translation.changed_at ELSE excluded.changed_at END, \
            digest = excluded.digest, title = excluded.title, kind = excluded.kind, record = excluded.record, \
            tries = 0, wanted = NULL, next_try = NULL, problem = NULL, since = NULL";
    pub const POSTPONE: &str = "\
        INSERT INTO translation (source, language, form, key, tag, revision, tries, wanted, next_try, problem, since) \
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10) \
        ON CONFLICT (source, language, form) DO UPDATE SET \
            tries = excluded.tries, wanted = excluded.wanted, next_try = excluded.next_try, problem = excluded.problem, \
            since = coalesce(translation.since, excluded.since)";
    /// There was nothing to translate.
    pub const NOTHING: &str = "\
        INSERT INTO translation (source, language, form, key, tag, revision, digest, tries) VALUES ($1, $2, $3, $4, $5, 0, $6, 0) \
        ON CONFLICT (source, language, form) DO UPDATE SET \
            digest = excluded.digest, record = NULL, tries = 0, wanted = NULL, next_try = NULL, problem = NULL, since = NULL";
    pub const PROBLEMS: &str = "\
        SELECT source, language, problem, tries, since, next_try, record IS NOT NULL AS is_outdated \
        FROM translation WHERE problem IS NOT NULL ORDER BY since DESC, key LIMIT $1";
    pub const AGAIN: &str =
        // The first half of the digest is the text's: what readers have meanwhile is of the same text.
        "UPDATE translation SET digest = substr(digest, 1, 16), next_try = NULL, tries = 0 \
         WHERE source IN (SELECT value FROM json_each($1)) AND ($2 IS NULL OR language = $2)";
    pub const FORGET_TRIES: &str = "UPDATE translation SET next_try = NULL WHERE next_try > $1";
}

/// How a translation stands beside its original: part of what it is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// Alone.
    Alone,
    /// With both titles.
    Title,
    /// With both titles, and every paragraph beside its original.
    Paragraphs,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Form::Alone => "",
            Form::Title => "title",
            Form::Paragraphs => "paragraphs",
        }
    }
}

/// What stands for a version of an article: equal as long as it says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(Vec<u8>);

impl Digest {
    /// Bytes for the text and for all the rest.
    const HALF: usize = 16;

    /// Of an article as it is stored.
    pub fn of(attributed: &AttributedArticle) -> Self {
        let AttributedArticle { article, provenance } = attributed;
        let mut text = Sha256::new();
        let mut add = |part: &str| {
            text.update((part.len() as u64).to_le_bytes());
            text.update(part.as_bytes());
        };
        add(&article.title);
        add(article.summary.as_deref().unwrap_or_default());
        add(article.body.as_str());
        add(article.language.as_deref().unwrap_or_default());
        article.images.iter().filter_map(|image| image.caption.as_deref()).for_each(&mut add);
        let text = text.finalize();
        let all = identity::content_hash(article, Standing::Ready(provenance));
        Self(text.iter().take(Self::HALF).chain(all.iter().take(Self::HALF)).copied().collect())
    }

    /// Whether the text is the same, whatever is said about it.
    fn has_text_of(&self, other: &Digest) -> bool {
        self.0.get(..Self::HALF) == other.0.get(..Self::HALF)
    }
}

/// What is wanted: an article in a language.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Key of the article.
    pub source: &'a str,
    /// Language, BCP 47.
    pub language: &'a str,
    /// Form.
    pub form: Form,
}

impl Wanted<'_> {
    /// The short name of the translation in addresses.
    pub fn key(&self) -> String {
        // The letter keeps it apart from every key of an article, which begins with the id of an outlet.
        identity::key("\u{1}translation", &format!("{}\0{}\0{}", self.source, self.language, self.form.name()))
    }
}

/// How a translation stands.
#[derive(Debug, Clone)]
pub struct TranslationRow {
    /// Key of the article it is a translation of.
    pub source: String,
    /// Its own key, id and revision. The dates are those of its last change.
    pub identity: Identity,
    /// The translation, if there is one.
    pub translated: Option<AttributedArticle>,
    /// What it was made of.
    digest: Option<Digest>,
    /// The version that was tried in vain.
    tried: Option<Digest>,
    /// Tries in vain of that version.
    pub tries: u32,
    /// Not before then.
    pub next_try: Option<DateTime<Utc>>,
    /// Why the last try was in vain.
    pub problem: Option<String>,
}

impl TranslationRow {
    /// Whether there is a translation of this very version.
    pub fn is_of(&self, version: &Digest) -> bool {
        self.translated.is_some() && self.digest.as_ref() == Some(version)
    }

    /// Whether this very version turned out to be in the language already: there was nothing to change.
    pub fn is_same(&self, version: &Digest) -> bool {
        self.translated.is_none() && self.digest.as_ref() == Some(version)
    }

    /// Whether there is a translation, of another text than this version's.
    pub fn is_outdated(&self, version: &Digest) -> bool {
        self.translated.is_some() && !self.digest.as_ref().is_some_and(|digest| digest.has_text_of(version))
    }

    /// Whether this version is not to be tried now.
    pub fn waits(&self, version: &Digest, now: DateTime<Utc>) -> bool {
        self.tried.as_ref() == Some(version) && self.next_try.is_some_and(|next| next > now)
    }

    /// Tries in vain of this version.
    pub fn tries_of(&self, version: &Digest) -> u32 {
        if self.tried.as_ref() == Some(version) { self.tries } else { 0 }
    }

    /// The article of readers, with what moves without being translated as it is at the source.
    pub fn article(&self, source: &StoredArticle) -> Option<StoredArticle> {
        let mut attributed = self.translated.clone()?;
        let original = &source.attributed.article;
        attributed.article.outlet = original.outlet.clone();
        attributed.article.published = original.published;
        attributed.article.updated = original.updated;
        attributed.article.embargoed_until = original.embargoed_until;
        attributed.article.comments = original.comments.clone();
        let identity = Identity { first_seen: source.identity.first_seen, ..self.identity.clone() };
        let beside = Beside { source: Some(source.identity.key.clone()), ..Beside::default() };
        Some(StoredArticle { identity, attributed, beside })
    }
}

/// A text that was translated before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// With placeholders.
    pub markup: String,
    /// Name of what made it.
    pub maker: String,
}

impl Store {
    /// What was translated before, of some keys.
    pub async fn remembered(&self, keys: &[[u8; 32]]) -> Result<HashMap<[u8; 32], Remembered>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let wanted = list(keys.iter().map(|key| hex(key)));
        let rows = sqlx::query(statements::SEGMENTS).bind(wanted).fetch_all(&self.shared.readers).await.map_err(failed)?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let key: Vec<u8> = row.try_get("key").map_err(failed)?;
            let Ok(key) = <[u8; 32]>::try_from(key) else { continue };
            let markup = row.try_get("markup").map_err(failed)?;
            found.insert(key, Remembered { markup, maker: row.try_get("maker").map_err(failed)? });
        }
        Ok(found)
    }

    /// How the translations of some articles (by key) stand, by the article's key. An article nobody tried yet has none.
    pub async fn translations(
        &self,
        sources: &[&str],
        language: &str,
        form: Form,
    ) -> Result<HashMap<String, TranslationRow>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let query = sqlx::query(statements::OF).bind(list(sources)).bind(language).bind(form.name());
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let row = self.translation_row(row)?;
            found.insert(row.source.clone(), row);
        }
        Ok(found)
    }

    /// A translation by its own key.
    pub async fn translation(&self, key: &str) -> Result<Option<TranslationRow>, StoreError> {
        let query = sqlx::query(statements::BY_KEY).bind(key).fetch_optional(&self.shared.readers);
        let row = query.await.map_err(|error| self.failed(&error))?;
        row.map(|row| self.translation_row(&row)).transpose()
    }

    fn translation_row(&self, row: &SqliteRow) -> Result<TranslationRow, StoreError> {
        let read = || -> Result<(TranslationRow, Option<Vec<u8>>), sqlx::Error> {
            let changed = maybe_time(row, "changed_at")?.unwrap_or_default();
            let digest = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<Vec<u8>>, _>(column)?.map(Digest));
            let identity = Identity {
                key: row.try_get("key")?,
                id: row.try_get("tag")?,
                first_seen: changed,
                changed,
                revision: row.try_get("revision")?,
            };
            let found = TranslationRow {
                source: row.try_get("source")?,
                identity,
                translated: None,
                digest: digest("digest")?,
                tried: digest("wanted")?,
                tries: row.try_get("tries")?,
                next_try: maybe_time(row, "next_try")?,
                problem: row.try_get("problem")?,
            };
            Ok((found, row.try_get("record")?))
        };
        let (mut found, bytes) = read().map_err(|error| self.failed(&error))?;
        let decoded = bytes.map(|bytes| record::decode(&bytes, None)).transpose();
        found.translated =
            decoded.map_err(|record::Unreadable(what)| unreadable(&self.shared.path, &found.identity.key, &what))?;
        Ok(found)
    }

    /// Saves a translation of this version. Its key and id are its own for ever; what it was before makes its revision.
    ///
    /// # Errors
    /// Nothing was saved.
    pub async fn record_translation(
        &self,
        wanted: Wanted<'_>,
        version: &Digest,
        translated: &AttributedArticle,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let key = wanted.key();
        let (article, provenance) = (&translated.article, &translated.provenance);
        let bytes = record::encode(article, Some(provenance), article.published)
            .map_err(|record::Unreadable(what)| unreadable(&self.shared.path, &key, &what))?;
        let query = sqlx::query(statements::SAVE)
            .bind(wanted.source)
            .bind(wanted.language)
            .bind(wanted.form.name())
            .bind(&key)
            .bind(tag(&self.shared.authority, &key))
            .bind(time(now))
            .bind(version.0.clone())
            .bind(&article.title)
            .bind(provenance.translation.as_ref().map(|translation| translation.kind.name()))
            .bind(bytes);
        query.execute(self.writer()?).await.map(drop).map_err(|error| self.failed(&error))
    }

    /// Notes that this version is in the language already.
    pub async fn record_untouched(&self, wanted: Wanted<'_>, version: &Digest) -> Result<(), StoreError> {
        let key = wanted.key();
        let query = sqlx::query(statements::NOTHING)
            .bind(wanted.source)
            .bind(wanted.language)
            .bind(wanted.form.name())
            .bind(&key)
            .bind(tag(&self.shared.authority, &key))
            .bind(version.0.clone());
        query.execute(self.writer()?).await.map(drop).map_err(|error| self.failed(&error))
    }

    /// Notes that this version could not be translated, why, and when it is tried again.
    pub async fn postpone_translation(
        &self,
        wanted: Wanted<'_>,
        version: &Digest,
        tries: u32,
        problem: &str,
        next_try: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let key = wanted.key();
        let query = sqlx::query(statements::POSTPONE)
            .bind(wanted.source)
            .bind(wanted.language)
            .bind(wanted.form.name())
            .bind(&key)
            .bind(tag(&self.shared.authority, &key))
            .bind(tries)
            .bind(version.0.clone())
            .bind(time(next_try))
            .bind(problem)
            .bind(time(now));
        query.execute(self.writer()?).await.map(drop).map_err(|error| self.failed(&error))
    }

    /// Has everything that waits for longer than until `latest` tried at once: the clock was set back.
    pub async fn bring_translations_forward(&self, latest: DateTime<Utc>) -> Result<(), StoreError> {
        let query = sqlx::query(statements::FORGET_TRIES).bind(time(latest));
        query.execute(self.writer()?).await.map(drop).map_err(|error| self.failed(&error))
    }

    /// Has translations of these articles made again, into one language or all of them, though they are of this very version. What is remembered is
    /// not paid for again. Gives the number of translations.
    pub async fn translate_again(&self, sources: &[&str], language: Option<&str>) -> Result<u64, StoreError> {
        let query = sqlx::query(statements::AGAIN).bind(list(sources)).bind(language);
        query.execute(self.writer()?).await.map(|done| done.rows_affected()).map_err(|error| self.failed(&error))
    }

    /// What could not be translated so far, the latest first, `most` at most.
    pub async fn untranslated(&self, most: usize) -> Result<Vec<Untranslated>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let query = sqlx::query(statements::PROBLEMS).bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        let read = |row: &SqliteRow| -> Result<Untranslated, sqlx::Error> {
            Ok(Untranslated {
                source: row.try_get("source")?,
                language: row.try_get("language")?,
                problem: row.try_get("problem")?,
                tries: row.try_get("tries")?,
                since: row_time(row, "since")?,
                next_try: maybe_time(row, "next_try")?,
                is_outdated: row.try_get("is_outdated")?,
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }

    /// The editions that were made of some articles here, by the article's key.
    pub async fn editions(&self, sources: &[&str]) -> Result<BTreeMap<String, Vec<Edition>>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let rows = sqlx::query(statements::EDITIONS).bind(list(sources)).fetch_all(&self.shared.readers).await.map_err(failed)?;
        let mut editions: BTreeMap<String, Vec<Edition>> = BTreeMap::new();
        for row in &rows {
            let read = || -> Result<(String, Edition), sqlx::Error> {
                let kind: Option<String> = row.try_get("kind")?;
                let kind = kind.map(|kind| {
                    TranslationKind::from_name(&kind).ok_or_else(|| undecodable("kind", format!("`{kind}` is no kind")))
                });
                let edition = Edition {
                    key: row.try_get("key")?,
                    id: row.try_get("tag")?,
                    language: row.try_get("language")?,
                    title: row.try_get("title")?,
                    kind: kind.transpose()?,
                };
                Ok((row.try_get("source")?, edition))
            };
            let (source, edition) = read().map_err(failed)?;
            editions.entry(source).or_default().push(edition);
        }
        Ok(editions)
    }

    /// Published articles that have one of these addresses in the marks of their story, in one of these languages: each address is in the form of
    /// [`crate::model::Marks::story`]. By address, then newest first; addresses with one article only are left out.
    pub async fn at_addresses(
        &self,
        addresses: &[String],
        languages: &[&str],
    ) -> Result<BTreeMap<String, Vec<StoredArticle>>, StoreError> {
        /// Articles of one address in one language.
        const MOST: i64 = 8;
        let failed = |error: sqlx::Error| self.failed(&error);
        let mut by_mark: HashMap<i64, &String> = HashMap::new();
        for address in addresses {
            by_mark.extend(languages.iter().map(|language| (story::address_mark(address, language), address)));
        }
        if by_mark.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut transaction = self.shared.readers.begin().await.map_err(failed)?;
        let query = sqlx::query(sql::STORY_MARKS).bind(list(by_mark.keys())).bind(MOST);
        let rows = query.fetch_all(&mut *transaction).await.map_err(failed)?;
        // By address, what readers know as one article; a row of each is enough to read it.
        let mut known: BTreeMap<&String, BTreeMap<String, i64>> = BTreeMap::new();
        for row in &rows {
            let read = || -> Result<(i64, String, i64), sqlx::Error> {
                Ok((row.try_get("mark")?, row.try_get("key")?, row.try_get("id")?))
            };
            let (mark, key, id) = read().map_err(failed)?;
            if let Some(address) = by_mark.get(&mark) {
                known.entry(address).or_default().insert(key, id);
            }
        }
        // Most addresses are those of one article, which whoever asks has already.
        known.retain(|_, articles| articles.len() > 1);
        let ids: BTreeSet<i64> = known.values().flat_map(|articles| articles.values().copied()).collect();
        let mut articles: HashMap<String, StoredArticle> = HashMap::new();
        if !ids.is_empty() {
            let ids: Vec<i64> = ids.into_iter().collect();
            let read = self.articles(&mut transaction, &ids).await?;
            articles.extend(read.into_iter().map(|article| (article.identity.key.clone(), article)));
        }
        transaction.commit().await.map_err(failed)?;
        let mut found: BTreeMap<String, Vec<StoredArticle>> = BTreeMap::new();
        for (address, keys) in known {
            found.insert(address.clone(), keys.keys().filter_map(|key| articles.get(key).cloned()).collect());
        }
        for articles in found.values_mut() {
            articles.sort_by(|a, b| b.date().cmp(&a.date()).then_with(|| a.identity.key.cmp(&b.identity.key)));
        }
        Ok(found)
    }
}

/// Saves texts that were translated, in the caller's transaction.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    texts: &[([u8; 32], Remembered)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    for (key, text) in texts {
        let query = sqlx::query(statements::SAVE_SEGMENT).bind(key.to_vec()).bind(&text.markup).bind(&text.maker).bind(time(now));
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

impl Store {
    /// Saves texts that cost nothing. Those that did are saved with what they cost ([`Store::settle`]).
    pub async fn remember(&self, texts: &[([u8; 32], Remembered)], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut connection = self.writer()?.acquire().await.map_err(|error| self.failed(&error))?;
        let saved = async {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            remember(&mut transaction, texts, now).await?;
            transaction.commit().await
        };
        let saved: Result<(), sqlx::Error> = saved.await;
        if saved.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        saved.map_err(|error| self.failed(&error))
    }
}
