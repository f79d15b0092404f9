//! Language tags.

/// The primary language subtag of a tag, in lower case: "zh" of "zh-Hant-TW" (RFC 5646 § 2.2.1). Empty for an empty tag.
pub fn primary_language(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_tag() {
        for (tag, expected) in [("zh-Hant-TW", "zh"), ("EN", "en"), ("", ""), ("-x", "")] {
            assert_eq!(primary_language(tag), expected, "{tag}");
        }
    }
}
