//! `translate --again`: has translations made anew that nothing else would make anew, because their originals did not change.

use std::path::Path;

use super::{Failure, load_without_secrets, say, withdraw};
use crate::config::Config;
use crate::daemon;
use crate::pipeline;
use crate::store::Store;

/// `what`: the id of a feed, whose articles are translated anew into its language, or an article as `withdraw` knows it.
pub(super) async fn run(path: &Path, what: &str) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    if !config.site.database.exists() {
        return Err(Failure::Failed(format!(
            "there is no store at {} yet: nothing is translated",
            config.site.database.display()
        )));
    }
    let (store, alone) = withdraw::open(&config).await?;
    let marked = mark(&store, &config, what.trim()).await;
    store.close().await;
    let marked = marked?;
    let count = if marked == 1 { "1 translation".to_owned() } else { format!("{marked} translations") };
    let when = if alone { "when reprint runs next" } else { "within a minute" };
    say(format_args!("{count} to be made anew {when}; what engines were asked in the same words before costs nothing"));
    Ok(())
}

/// Marks the translations that are meant, and says how many they are.
async fn mark(store: &Store, config: &Config, what: &str) -> Result<u64, Failure> {
    let (sources, language) = match config.feed(what) {
        Some(feed) => {
            let Some(target) = &feed.translate else {
                return Err(Failure::Usage(format!(
                    "the feed `{what}` has no `translate`: its articles stay in their languages"
                )));
            };
            let window = pipeline::window(store, config, feed, daemon::now()).await?;
            let keys: Vec<String> = window.articles.into_iter().map(|article| article.identity.key).collect();
            (keys, Some(target.to.as_str()))
        }
        None => (vec![withdraw::key(store, config, what).await?], None),
    };
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    match store.translate_again(&sources, language).await? {
        0 => Err(Failure::Failed(format!(
            "there is no translation of `{what}` yet: what is missing is made without being asked for"
        ))),
        marked => Ok(marked),
    }
}
