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
        || steps.any(|step| partner.is(&step.party, step.href.as_ref().and_then(|href| url::Url::parse(href.trim()).ok()).as_ref()))
}
