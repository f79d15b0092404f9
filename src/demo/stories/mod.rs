//! What the made-up outlets have to tell. Outlets, people, places and events are invented.

pub(super) mod courier;
pub(super) mod isles;
pub(super) mod nanwan;
pub(super) mod shiliu;
pub(super) mod tsukimi;

/// An article of a made-up outlet.
#[derive(Debug)]
pub(super) struct Story {
    /// Its name in addresses.
    pub slug: &'static str,
    /// Title.
    pub title: &'static str,
    /// Who wrote it.
    pub authors: &'static [&'static str],
    /// Section.
    pub category: &'static str,
    /// Where it was taken from, when the outlet did not write it.
    pub origin: Option<Origin>,
    /// One block a line: see [`Block`].
    pub text: &'static str,
}

/// Where a repost or a translation was taken from.
#[derive(Debug)]
pub(super) struct Origin {
    /// Outlet.
    pub outlet: &'static str,
    /// The article there.
    pub url: &'static str,
    /// Its language, BCP 47.
    pub language: &'static str,
    /// Who translated it.
    pub translators: &'static [&'static str],
}

/// A block of a story's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// Any other line.
    Paragraph(&'a str),
    /// `## heading`
    Heading(&'a str),
    /// `! caption | CREDIT`
    Picture {
        /// What it shows.
        caption: &'a str,
        /// Who made it.
        credit: &'a str,
    },
}

impl Story {
    /// The blocks in order.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        self.text.lines().map(|line| {
            if let Some(heading) = line.strip_prefix("## ") {
                Block::Heading(heading)
            } else if let Some(picture) = line.strip_prefix("! ") {
                let (caption, credit) = picture.split_once(" | ").unwrap_or((picture, ""));
                Block::Picture { caption, credit }
            } else {
                Block::Paragraph(line)
            }
        })
    }

    /// How many pictures it has.
    pub(super) fn pictures(&self) -> usize {
        self.blocks().filter(|block| matches!(block, Block::Picture { .. })).count()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn check(name: &str, stories: &[Story]) {
        assert!(stories.len() >= 8, "{name}: {} stories", stories.len());
        let slugs: BTreeSet<_> = stories.iter().map(|story| story.slug).collect();
        assert_eq!(slugs.len(), stories.len(), "{name}: slugs");
        for story in stories {
            let context = format!("{name}/{}", story.slug);
            let paragraphs = story.blocks().filter(|block| matches!(block, Block::Paragraph(text) if text.len() > 40)).count();
            assert!((3..=7).contains(&paragraphs), "{context}: {paragraphs} paragraphs");
            assert!(story.blocks().all(|block| block != Block::Paragraph("")), "{context}: empty line");
            assert!(!story.authors.is_empty() && !story.category.is_empty(), "{context}");
            for block in story.blocks() {
                if let Block::Picture { caption, credit } = block {
                    assert!(!caption.is_empty() && !credit.is_empty(), "{context}: picture without caption or credit");
                }
            }
            if let Some(origin) = &story.origin {
                let host = url::Url::parse(origin.url).unwrap().host_str().unwrap().to_owned();
                assert!(host.ends_with(".example") || host.ends_with("example.com"), "{context}: {host}");
            }
        }
    }

    #[test]
    fn every_outlet_has_enough_to_tell() {
        check("nanwan", &nanwan::STORIES);
        check("isles", &isles::STORIES);
        check("tsukimi", &tsukimi::STORIES);
        check("courier", &courier::STORIES);
        check("shiliu", &shiliu::STORIES);
    }
}
