//! Pictures and files that come beside the text.

use std::collections::HashSet;

use super::{Setting, html, text, url};
use crate::model::{Attachment, Image, Media, ParsedEntry};

/// Pictures and files of one article that are kept.
const MOST: usize = 200;

/// Name endings → media types, for enclosures that do not say theirs.
const TYPES: &[(&str, &str)] = &[
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
    ("pdf", "application/pdf"),
    ("epub", "application/epub+zip"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
    ("zip", "application/zip"),
];

fn guess(address: &::url::Url) -> Option<&'static str> {
    let name = address.path().rsplit('/').next()?;
    let (_, ending) = name.rsplit_once('.')?;
    TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, kind)| *kind)
}

fn media_type(written: Option<&str>, address: &::url::Url) -> Option<String> {
    let written = written.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    written
        .filter(|kind| kind.contains('/') && !kind.contains(char::is_whitespace) && kind != "application/octet-stream")
        .or_else(|| guess(address).map(str::to_owned))
}

/// Pictures of the text, with what Media RSS says of them. A picture that only Media RSS has is kept, as the first, when the text has none:
/// readers show a picture once, where the text has it.
pub(super) fn images(setting: &Setting<'_>, entry: &ParsedEntry, of_text: &mut Vec<Image>) -> Vec<Image> {
    let mut images = std::mem::take(of_text);
    images.truncate(MOST);
    let had_none = images.is_empty();
    // Full pictures before thumbnails.
    let mut media: Vec<&Media> = entry.media.iter().filter(|media| is_image(media)).collect();
    media.sort_by_key(|media| media.thumbnail);
    for media in media {
        let Some(address) = url::resolve(setting.base, &entry.base, &media.url) else { continue };
        let key = url::canonical(&address);
        let position = images.iter().position(|image| url::canonical(&image.url) == key);
        let image = match position {
            Some(at) => &mut images[at],
            None if had_none && images.is_empty() => {
                images.push(Image {
                    url: address.clone(),
                    caption: None,
                    credit: None,
                    copyright: None,
                    width: None,
                    height: None,
                    media_type: None,
                });
                &mut images[0]
            }
            None => continue,
        };
        let said = |written: &Option<String>| written.as_deref().map(text::of_html).filter(|text| !text.is_empty());
        if image.caption.is_none()
            && let Some(description) = said(&media.description)
        {
            let (caption, credit) = super::image::split(&description);
            image.caption = caption;
            image.credit = image.credit.take().or(credit);
        }
        image.credit = said(&media.credit).or_else(|| image.credit.take());
        image.copyright = image.copyright.take().or_else(|| said(&media.copyright));
        image.width = image.width.or_else(|| html::pixels(media.width.as_deref()?));
        image.height = image.height.or_else(|| html::pixels(media.height.as_deref()?));
        image.media_type = image.media_type.take().or_else(|| media_type(media.media_type.as_deref(), &address));
    }
    if images.is_empty() {
        let lead = entry.enclosures.iter().find_map(|enclosure| {
            let address = url::resolve(setting.base, &entry.base, &enclosure.url)?;
            media_type(enclosure.media_type.as_deref(), &address)
                .filter(|kind| kind.starts_with("image/"))
                .map(|kind| (address, kind))
        });
        if let Some((url, kind)) = lead {
            images.push(Image {
                url,
                caption: None,
                credit: None,
                copyright: None,
                width: None,
                height: None,
                media_type: Some(kind),
            });
        }
    }
    for image in &mut images {
        image.media_type =
            image.media_type.take().or_else(|| guess(&image.url).filter(|kind| kind.starts_with("image/")).map(str::to_owned));
    }
    images
}

fn is_image(media: &Media) -> bool {
    match (media.medium.as_deref(), media.media_type.as_deref()) {
        (Some(medium), _) => medium.eq_ignore_ascii_case("image"),
        (None, Some(kind)) => kind.trim().to_ascii_lowercase().starts_with("image/"),
        (None, None) => {
            media.thumbnail
                || ::url::Url::parse(&media.url).is_ok_and(|url| guess(&url).is_some_and(|kind| kind.starts_with("image/")))
        }
    }
}

/// Files that go with the article: enclosures, then sound and film of Media RSS; each address once.
pub(super) fn attachments(setting: &Setting<'_>, entry: &ParsedEntry) -> Vec<Attachment> {
    let files = entry.enclosures.iter().map(|file| (&file.url, &file.media_type, &file.length));
    let media = entry
        .media
        .iter()
        .filter(|media| !media.thumbnail && !is_image(media))
        .map(|media| (&media.url, &media.media_type, &media.length));
    let mut seen = HashSet::new();
    files
        .chain(media)
        .filter_map(|(written, kind, length)| {
            let url = url::resolve(setting.base, &entry.base, written)?;
            let media_type = media_type(kind.as_deref(), &url).unwrap_or_else(|| "application/octet-stream".to_owned());
            let length = length.as_deref().and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            seen.insert(url::canonical(&url)).then_some(Attachment { url, media_type, length })
        })
        .take(MOST)
        .collect()
}
