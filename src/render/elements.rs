//! Extension elements that RSS items and Atom entries have in common.

use super::facts::{Facts, Named};
use super::text::rfc3339;

/// An element that both formats have, by its qualified name.
#[derive(Debug)]
pub(super) struct Element {
    pub name: &'static str,
    pub text: Option<String>,
    pub attributes: Vec<(&'static str, String)>,
    /// Elements inside, which have none themselves.
    pub children: Vec<Element>,
}

/// One without text and children.
fn bare(name: &'static str, attributes: Vec<(&'static str, String)>) -> Element {
    Element { name, text: None, attributes, children: Vec::new() }
}

/// Who made a translation, with their pages: marcrel:trl has room for the name only.
fn makers(translators: &[Named]) -> Vec<Element> {
    let maker = |person: &Named| {
        let page = person.url.clone().map(|url| ("href", url));
        bare("reprint:translator", [("name", person.name.clone())].into_iter().chain(page).collect())
    };
    translators.iter().map(maker).collect()
}

/// The reprint namespace: translation, what it was made of, disclaimer, hops with their position counted from the origin.
pub(super) fn provenance_elements(facts: &Facts<'_>) -> Vec<Element> {
    let mut elements = Vec::new();
    if let Some(translation) = &facts.translation {
        let mut attributes = vec![("kind", translation.kind.name().to_owned())];
        let optional = [
            ("from", &translation.from),
            ("to", &translation.to),
            ("engine", &translation.engine),
            ("source", &translation.source),
        ];
        attributes.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        if translation.is_outdated {
            attributes.push(("outdated", "true".to_owned()));
        }
        elements.push(Element { children: makers(&facts.translators), ..bare("reprint:translation", attributes) });
    }
    for (steps, earlier) in facts.earlier.iter().enumerate() {
        let mut attributes = vec![("seq", (steps + 1).to_string()), ("kind", earlier.kind.name().to_owned())];
        attributes.extend(earlier.engine.clone().map(|engine| ("engine", engine)));
        elements.push(Element { children: makers(&earlier.translators), ..bare("reprint:earlier", attributes) });
    }
    elements.extend(facts.pending.iter().map(|to| bare("reprint:pending", vec![("to", to.clone())])));
    elements.push(Element {
        name: "reprint:disclaimer",
        text: Some(facts.disclaimer.clone()),
        ..bare("reprint:disclaimer", vec![("xml:lang", facts.words.tag.clone())])
    });
    for (position, hop) in facts.hops.iter().enumerate() {
        let mut attributes = vec![
            ("seq", (position + 1).to_string()),
            ("action", hop.action.name().to_owned()),
            ("party", hop.party.name.clone()),
        ];
        let optional = [("at", hop.at.map(rfc3339)), ("lang", hop.language.clone()), ("href", hop.party.url.clone())];
        attributes.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        elements.push(bare("reprint:hop", attributes));
    }
    elements
}

/// Media RSS for the pictures of the text. No role on the credit: the outlets do not say whether it names a photographer or an agency.
pub(super) fn media_elements(facts: &Facts<'_>) -> Vec<Element> {
    let element = |name: &'static str, text: &Option<String>| {
        text.as_ref().map(|text| Element { text: Some(text.clone()), ..bare(name, Vec::new()) })
    };
    facts
        .images
        .iter()
        .map(|image| {
            let mut attributes = vec![("url", image.url.clone()), ("medium", "image".to_owned())];
            // Zero is not a size.
            let size = |pixels: Option<u32>| pixels.filter(|pixels| *pixels > 0).map(|pixels| pixels.to_string());
            let optional = [("type", image.media_type.clone()), ("width", size(image.width)), ("height", size(image.height))];
            attributes.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
            let children = [
                element("media:description", &image.caption),
                element("media:credit", &image.credit),
                element("media:copyright", &image.copyright),
            ];
            Element { children: children.into_iter().flatten().collect(), ..bare("media:content", attributes) }
        })
        .collect()
}
