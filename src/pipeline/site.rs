//! Documents of the site itself, and the end of those of feeds that are gone.

use std::collections::BTreeSet;

use super::{Publication, PublishError, Stages, off_the_runtime, put};
use crate::config::Config;
use crate::model::FeedFormat;

/// Puts in place what depends on feeds.toml and the templates only: style sheets, `/outlets`, the rules for machines. Forgets documents of feeds that
/// feeds.toml no longer has. Once, before anything is served.
pub async fn publish_site(stages: &Stages) -> Result<Publication, PublishError> {
    let here = stages.clone();
    off_the_runtime(move || {
        let mut publication = Publication::default();
        let documents = here.renderer.site_documents();
        let paths = documents.iter().map(|document| document.path.clone()).collect();
        let published = documents.into_iter().try_for_each(|document| put(&here, document, &mut publication));
        if let Err(error) = retire(&here, paths) {
            tracing::warn!(%error, "cannot remove the documents of feeds that are gone");
        }
        published.map(|()| publication)
    })
    .await
}

/// Paths of the documents that are made of articles: the feeds, their pages, and the lists of them.
pub fn documents(config: &Config) -> BTreeSet<String> {
    let of = |id: &str| {
        let formats = FeedFormat::ALL.map(|format| format.path(id));
        formats.into_iter().chain([format!("feeds/{id}")]).collect::<Vec<_>>()
    };
    let lists = [String::new(), "feeds.opml".to_owned()];
    config.feeds.iter().flat_map(|feed| of(&feed.id)).chain(lists).collect()
}

/// Forgets documents of feeds that feeds.toml no longer has; that they were there is remembered. `own`: paths of the site's own documents.
fn retire(stages: &Stages, own: BTreeSet<String>) -> std::io::Result<()> {
    let feeds = stages.config.feeds.iter().map(|feed| feed.id.as_str()).collect();
    let closed = stages.config.feeds.iter().filter(|feed| !feed.is_public()).map(|feed| feed.id.as_str()).collect();
    let buried = stages.snapshot.bury(&feeds, &closed);
    let keep = &own | &documents(&stages.config);
    // Pages that a browser or a cache still holds ask for the style sheet they were made with.
    let removed = stages.snapshot.retain(|path, _| keep.contains(path) || path.starts_with("static/"));
    buried.and(removed)
}
