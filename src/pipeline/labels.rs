//! Sections and tags of an article of which the script was changed.

use crate::model::Category;
use crate::translate::{Engine, Job, Piece, Role, Segment};

/// Gives categories their label in the other script, by the tables that converted the text. Terms and schemes stay: programs know a category by them.
pub(super) async fn convert(categories: &mut [Category], engine: &dyn Engine, from: &str, to: &str) {
    let mut shown: Vec<&mut Category> = categories.iter_mut().filter(|category| !label(category).trim().is_empty()).collect();
    let segments: Vec<Segment> = shown
        .iter()
        .map(|category| Segment { role: Role::Title, pieces: vec![Piece::Text(label(category).to_owned())] })
        .collect();
    if segments.is_empty() {
        return;
    }
    let asked: Vec<&Segment> = segments.iter().collect();
    // An engine of tables refuses a pair of languages only, and it has converted the text.
    let Ok(answer) = engine.translate(Job { from, to, segments: &asked, terms: &[] }).await else { return };
    for (category, pieces) in shown.iter_mut().zip(answer.segments) {
        let text = pieces.unwrap_or_default().into_iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            _ => None,
        });
        let text: String = text.collect();
        if !text.trim().is_empty() && text != label(category) {
            category.label = Some(text);
        }
    }
}

/// What readers are shown.
fn label(category: &Category) -> &str {
    category.label.as_deref().filter(|label| !label.trim().is_empty()).unwrap_or(&category.term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::opencc::OpenCc;

    #[tokio::test]
    async fn labels_change_and_terms_stay() {
        let check = async |to: &str, term: &str, label: Option<&str>, expected: Option<&str>| {
            let scheme = Some("https://harbour.example/s".to_owned());
            let mut categories = [Category { term: term.to_owned(), scheme: scheme.clone(), label: label.map(str::to_owned) }];
            convert(&mut categories, &OpenCc::new("opencc", true), "zh-Hans", to).await;
            let [category] = &categories;
            assert_eq!(
                (category.term.as_str(), category.label.as_deref(), &category.scheme),
                (term, expected, &scheme),
                "{term}"
            );
        };
        check("zh-Hant", "时事", None, Some("時事")).await;
        check("zh-Hant", "news", Some("时事"), Some("時事")).await;
        check("zh-Hant-TW", "软件", None, Some("軟體")).await;
        check("zh-Hant", "文化", None, None).await;
        check("zh-Hant", "Harbour", Some("  "), Some("  ")).await;
        check("zh-Hant", "港", Some("港"), Some("港")).await;
        // No conversion that there is.
        check("de", "时事", None, None).await;
    }
}
