//! The pictures and files of an article.

use std::collections::{BTreeSet, HashSet};

use super::{FileFacts, ImageFacts};
use crate::model::Article;
use crate::render::text::{line, uri};

/// The pictures that the text shows under the very same address: readers append the others below the text, or show them twice.
pub(super) fn images(article: &Article, text: &str) -> Vec<ImageFacts> {
    let shown: HashSet<String> = text
        .split("src=\"")
        .skip(1)
        .filter_map(|after| after.split_once('"'))
        .map(|(address, _)| address.replace("&amp;", "&").replace("&#x26;", "&"))
        .collect();
    let mut seen = BTreeSet::new();
    let line_of = |text: &Option<String>| text.as_deref().map(line).filter(|t| !t.is_empty());
    article
        .images
        .iter()
        .filter_map(|image| {
            let url = uri(&image.url).filter(|url| shown.contains(url) && seen.insert(url.clone()))?;
            Some(ImageFacts {
                url,
                caption: line_of(&image.caption),
                credit: line_of(&image.credit),
                copyright: line_of(&image.copyright),
                width: image.width,
                height: image.height,
                media_type: media_type(image.media_type.as_deref()),
            })
        })
        .collect()
}

/// `images`: whether pictures are among them.
pub(super) fn files(article: &Article, images: bool) -> Vec<FileFacts> {
    let mut seen = BTreeSet::new();
    let files = article.attachments.iter().filter_map(|file| {
        let url = uri(&file.url).filter(|url| seen.insert(url.clone()))?;
        let media_type = media_type(Some(&file.media_type)).unwrap_or_else(|| "application/octet-stream".to_owned());
        let is_image = media_type.starts_with("image/") || names_image(file.url.path());
        (images || !is_image).then_some(FileFacts { url, media_type, length: file.length })
    });
    files.collect()
}

/// Whether the name of a file is that of a picture, whatever its outlet says it is.
fn names_image(path: &str) -> bool {
    const ENDINGS: [&str; 12] = ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "bmp", "tif", "tiff", "heic", "ico"];
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// A media type without parameters, if it is one (RFC 9110 § 8.3.1).
fn media_type(written: Option<&str>) -> Option<String> {
    let essence = written?.split(';').next()?.trim().to_ascii_lowercase();
    let token = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    let (kind, subtype) = essence.split_once('/')?;
    (token(kind) && token(subtype)).then_some(essence)
}
