//! Extension elements that RSS items and Atom entries have in common.

use super::facts::Facts;
use super::text::rfc3339;

/// An element that both formats have, by its qualified name.
#[derive(Debug)]
pub(super) struct Element {
    pub name: &'static str,
    pub text: Option<String>,
    pub attributes: Vec<(&'static str, String)>,
}

/// A Media RSS object.
#[derive(Debug)]
pub(super) struct MediaElement {
    pub content: Element,
    pub children: Vec<Element>,
}

/// The reprint namespace: translation, disclaimer, hops with their position counted from the origin.
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
        elements.push(Element { name: "reprint:translation", text: None, attributes });
    }
    if let Some(to) = &facts.pending {
        elements.push(Element { name: "reprint:pending", text: None, attributes: vec![("to", to.clone())] });
    }
    elements.push(Element {
        name: "reprint:disclaimer",
        text: Some(facts.disclaimer.clone()),
        attributes: vec![("xml:lang", facts.words.tag.clone())],
    });
    for (position, hop) in facts.hops.iter().enumerate() {
        let mut attributes = vec![
            ("seq", (position + 1).to_string()),
            ("action", hop.action.name().to_owned()),
            ("party", hop.party.name.clone()),
        ];
        let optional = [("at", hop.at.map(rfc3339)), ("lang", hop.language.clone()), ("href", hop.party.url.clone())];
        attributes.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        elements.push(Element { name: "reprint:hop", text: None, attributes });
    }
    elements
}

/// Media RSS for the pictures of the text. No role on the credit: the outlets do not say whether it names a photographer or an agency.
pub(super) fn media_elements(facts: &Facts<'_>) -> Vec<MediaElement> {
    let element = |name: &'static str, text: &Option<String>| {
        text.as_ref().map(|text| Element { name, text: Some(text.clone()), attributes: Vec::new() })
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
            MediaElement {
                content: Element { name: "media:content", text: None, attributes },
                children: children.into_iter().flatten().collect(),
            }
        })
        .collect()
}
