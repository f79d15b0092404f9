//! Which articles a feed takes: its selection held against an article with its provenance.

use crate::config::{Outlet, Recipient, Selection, Subject};
use crate::model::{Article, AttributedArticle, Provenance};
use crate::normalize::text;

/// Whether a selection takes an article of this outlet.
pub(super) fn takes(selection: &Selection, attributed: &AttributedArticle, outlet: &Outlet) -> bool {
    if selection.is_open() {
        return true;
    }
    let AttributedArticle { article, provenance } = attributed;
    // What the outlet says of all its articles holds for those that say nothing, as in its terms.
    let language = article.language.as_deref().or(outlet.language.as_deref());
    let categories = article.categories.iter().flat_map(|category| [Some(category.term.as_str()), category.label.as_deref()]);
    selection.takes_language(language)
        && selection.takes_categories(categories.flatten())
        && !selection.never_back.as_ref().is_some_and(|partner| passed_through(partner, attributed))
        && selection.takes(&subject(selection, article, provenance))
}

fn subject(selection: &Selection, article: &Article, provenance: &Provenance) -> Subject {
    if selection.include.is_none() && selection.exclude.is_none() {
        return Subject::default();
    }
    let translators = provenance.translation.iter().flat_map(|translation| &translation.translators);
    let people = provenance.authors.iter().chain(&article.authors).chain(translators).chain(&article.hints.translators);
    let parties = provenance.hops.iter().map(|hop| &hop.party).chain(provenance.original.iter().map(|original| &original.outlet));
    let text = match selection.wants_text() {
        true => format!("{}\n{}", article.summary.as_deref().unwrap_or_default(), text::of_html(article.body.as_str())),
        false => String::new(),
    };
    Subject {
        title: article.title.clone(),
        text,
        authors: people.filter_map(|person| person.name.clone()).collect(),
        outlets: [&article.outlet, &provenance.source.name]
            .into_iter()
            .chain(parties.map(|party| &party.name))
            .cloned()
            .collect(),
    }
}

/// Whether an article was this partner's at any step of the way: written, translated or reposted there. Every outlet that a story came from is on
/// its way, shown or not. What names the partner in doubt counts: a feed that lacks an article does less harm than one that sends it back.
fn passed_through(partner: &Recipient, attributed: &AttributedArticle) -> bool {
    let AttributedArticle { article, provenance } = attributed;
    let hints = &article.hints;
    let hops = provenance.hops.iter().map(|hop| &hop.party);
    let original = provenance.original.as_ref().map(|original| &original.outlet);
    let said = hints.source.iter().chain(&hints.via).chain(&hints.original).chain(&hints.text_chain);
    let mut parties = hops.chain(original).chain([&provenance.source]).chain(said);
    let translated_from = provenance.translation.as_ref().and_then(|translation| translation.source.as_ref());
    let mut pages = article.url.iter().chain(translated_from).chain(&hints.source_feed).chain(&provenance.source_home);
    let mut steps = hints.provenance.iter().flat_map(|provenance| &provenance.hops);
    article.outlet == partner.outlet
        || parties.any(|party| partner.is(&party.name, party.url.as_ref()))
        || pages.any(|page| partner.has(page))
        || hints.publisher.as_ref().is_some_and(|publisher| partner.is(publisher, None))
        || steps
            .any(|step| partner.is(&step.party, step.href.as_ref().and_then(|href| url::Url::parse(href.trim()).ok()).as_ref()))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::config;
    use crate::model::{Hop, HopAction, Html, Original, Party, Person};

    fn party(name: &str, address: &str) -> Party {
        Party { name: name.to_owned(), url: Url::parse(address).ok() }
    }

    /// An article of the outlet `quill`, which wrote it.
    fn article() -> AttributedArticle {
        let article = Article {
            authors: vec![Person { name: Some("Ada Quill".to_owned()), uri: None, email: None }],
            body: Html::from_sanitized("<p>Lilies &amp; <b>ferns</b></p>".to_owned()),
            ..Article::made("quill", "1", "Lilies")
        };
        article.attributed("Quill Courier", Vec::new())
    }

    fn config(keys: &str) -> config::Config {
        let outlet = |id: &str, name: &str| {
            format!("[[outlet]]\nid = \"{id}\"\nname = \"{name}\"\nlanguage = \"en\"\nfeed = \"https://{id}.example.com/rss\"\n")
        };
        let outlets = outlet("bolin", "Bolin Post") + &outlet("quill", "Quill Courier");
        let text = format!("[site]\ntitle = \"t\"\nurl = \"https://relay.example\"\n{outlets}[[feed]]\nid = \"f\"\n{keys}\n");
        config::parse("feeds.toml", &text).unwrap()
    }

    fn check(keys: &str, article: &AttributedArticle, expected: bool) {
        let config = config(keys);
        let selection = &config.feed("f").unwrap().selection;
        assert_eq!(takes(selection, article, config.outlet("quill").unwrap()), expected, "{keys}: {article:?}");
    }

    #[test]
    fn what_passed_through_a_partner_at_any_step_is_not_sent_back() {
        let keys = "never_back = \"bolin\"";
        check(keys, &article(), true);
        check("never_back = \"quill\"", &article(), false);
        let hop = |party: Party| Hop { action: HopAction::Reposted, party, at: None, language: None };
        let steps: [fn(&mut AttributedArticle, Party); 5] = [
            |told, party| told.provenance.original = Some(Original { outlet: party, language: None, published: None }),
            |told, party| told.provenance.source = party,
            |told, party| told.article.hints.via.push(party),
            |told, party| told.article.hints.text_chain.push(party),
            |told, party| told.article.hints.original.push(party),
        ];
        for by in [party("bolin post", ""), party("Somebody", "https://www.bolin.example.com/2")] {
            for step in steps {
                let mut told = article();
                step(&mut told, by.clone());
                check(keys, &told, false);
            }
            let mut told = article();
            told.provenance.hops = [party("Origin", ""), by, party("Quill Courier", "")].map(hop).to_vec();
            check(keys, &told, false);
        }
        let mut told = article();
        told.provenance.hops = vec![hop(party("Bolin Postal Office", "https://bolin.example.net/"))];
        check(keys, &told, true);
    }

    #[test]
    fn articles_are_told_by_what_readers_see() {
        check("include = ['lilies & ferns']", &article(), true);
        check("include = ['title: ferns']", &article(), false);
        check("exclude = ['author: quill$']", &article(), false);
        check("include = ['outlet: ^quill$']", &article(), true);
        // The language of the outlet, where the article says none.
        check("languages = [\"en\"]", &article(), true);
        check("languages = [\"zh\"]", &article(), false);
        check("categories = [\"garden\"]", &article(), false);
    }
}
