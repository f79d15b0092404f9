//! The longest entry at a place.

/// Set where no entry ends.
const NOTHING: u8 = u8::MAX;
/// Of a slot that nothing is in.
const EMPTY: u64 = u64::MAX;
/// Entries are of characters below: the planes that have ideographs.
const PLANES: u32 = 0x4_0000;

/// Entries by their characters: a tree whose edges are in one hash table, by node and character. Looking up is one probe a character.
pub struct Trie {
    /// A power of two, a third of it empty at least; the node after an edge is its index here, plus one.
    slots: Box<[Slot]>,
    /// The leading bits of the hash that choose a slot.
    shift: u32,
    /// A bit for every character that an entry begins with.
    begins: Box<[u64]>,
    values: String,
}

#[derive(Clone, Copy)]
struct Slot {
    /// Node and character of the edge.
    edge: u64,
    /// Where the value is, if an entry ends here.
    value: u32,
    bytes: u16,
    /// Rank of the entry.
    rank: u8,
    /// Whether there is a longer entry.
    goes_on: bool,
}

/// What is found at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// Bytes of the entry's key.
    pub bytes: usize,
    /// What it becomes.
    pub value: &'a str,
    /// Its rank.
    pub rank: u8,
}

impl std::fmt::Debug for Trie {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Trie").field("slots", &self.slots.len()).finish_non_exhaustive()
    }
}

impl Trie {
    /// From key, value and rank. Of entries with the same key the one of the lowest rank counts, of those the first. Entries that are empty,
    /// of more than 64 KiB or of characters that are none of text (planes 4 to 16) are left out.
    pub fn new(entries: &[(&str, &str, u8)]) -> Self {
        // Dictionaries are sorted: what an entry shares with the one before it needs no node of its own.
        let (mut nodes, mut before) = (0, "");
        for (key, _, _) in entries {
            let shared = key.chars().zip(before.chars()).take_while(|(one, other)| one == other).count();
            nodes += key.chars().count() - shared;
            before = key;
        }
        let size = (nodes + nodes / 2 + 1).next_power_of_two().max(2);
        let mut trie = Self {
            slots: vec![Slot { edge: EMPTY, value: 0, bytes: 0, rank: NOTHING, goes_on: false }; size].into(),
            shift: u64::BITS - size.trailing_zeros(),
            begins: vec![0; PLANES as usize / 64].into(),
            values: String::with_capacity(entries.iter().map(|(_, value, _)| value.len()).sum()),
        };
        for (key, value, rank) in entries {
            trie.add(key, value, *rank);
        }
        trie
    }

    fn add(&mut self, key: &str, value: &str, rank: u8) {
        let (Ok(at), Ok(bytes)) = (u32::try_from(self.values.len()), u16::try_from(value.len())) else { return };
        let Some(first) = key.chars().next() else { return };
        if rank == NOTHING || key.len() > usize::from(u16::MAX) || key.chars().any(|char| u32::from(char) >= PLANES) {
            return;
        }
        let mut node: usize = 0;
        for char in key.chars() {
            if let Some(before) = node.checked_sub(1) {
                self.slots[before].goes_on = true;
            }
            let (slot, edge) = self.slot(node, char);
            self.slots[slot].edge = edge;
            node = slot + 1;
        }
        let slot = &mut self.slots[node - 1];
        if rank < slot.rank {
            (slot.value, slot.bytes, slot.rank) = (at, bytes, rank);
            self.values.push_str(value);
            self.begins[first as usize / 64] |= 1 << (first as usize % 64);
        }
    }

    /// Where an edge is, or would be, and how it is written.
    fn slot(&self, node: usize, char: char) -> (usize, u64) {
        let edge = (node as u64) << 21 | u64::from(u32::from(char));
        let mut at = (edge.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize;
        // A third of the slots is empty: this ends.
        while self.slots[at].edge != edge && self.slots[at].edge != EMPTY {
            at = (at + 1) & (self.slots.len() - 1);
        }
        (at, edge)
    }

    /// Whether an entry begins with the character.
    pub fn begins(&self, char: char) -> bool {
        let char = char as usize;
        self.begins.get(char / 64).is_some_and(|bits| bits & 1 << (char % 64) != 0)
    }

    /// What the text begins with, among the entries of a rank below `ranks`: the longest of the lowest rank that has any.
    pub fn longest(&self, text: &str, ranks: u8) -> Option<Found<'_>> {
        let (mut node, mut bytes) = (0, 0);
        let mut best: Option<(&Slot, usize)> = None;
        for char in text.chars() {
            let slot = self.slot(node, char).0;
            let found = &self.slots[slot];
            if found.edge == EMPTY {
                break;
            }
            bytes += char.len_utf8();
            if found.rank < ranks && best.is_none_or(|(best, _)| found.rank <= best.rank) {
                best = Some((found, bytes));
            }
            if !found.goes_on {
                break;
            }
            node = slot + 1;
        }
        best.map(|(slot, bytes)| {
            let value = slot.value as usize;
            Found { bytes, value: &self.values[value..value + usize::from(slot.bytes)], rank: slot.rank }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(entries: &[(&str, &str, u8)], text: &str, ranks: u8, expected: Option<(&str, &str, u8)>) {
        let trie = Trie::new(entries);
        let found = trie.longest(text, ranks).map(|found| (&text[..found.bytes], found.value, found.rank));
        assert_eq!(found, expected, "{entries:?} {text}");
        assert!(found.is_none() || text.chars().next().is_some_and(|first| trie.begins(first)));
    }

    #[test]
    fn the_longest_of_the_lowest_rank_counts() {
        let tea: &[(&str, &str, u8)] =
            &[("茶", "1", 0), ("茶水", "2", 0), ("茶水間", "3", 1), ("水", "4", 1), ("茶", "5", 0), ("茶", "6", 1)];
        check(tea, "茶水間", 9, Some(("茶水", "2", 0)));
        check(tea, "茶壺", 9, Some(("茶", "1", 0)));
        check(tea, "水", 9, Some(("水", "4", 1)));
        check(tea, "水", 1, None);
        check(tea, "間", 9, None);
        check(tea, "", 9, None);
        check(&[("水", "1", 1), ("水壺", "2", 1), ("水", "3", 0)], "水壺", 9, Some(("水", "3", 0)));
        check(&[], "茶", 9, None);
    }

    #[test]
    fn entries_that_cannot_be_are_left_out() {
        check(&[("", "1", 0), ("\u{10FFFF}", "2", 0), ("茶", "", 0)], "茶", 9, Some(("茶", "", 0)));
        check(&[("\u{10FFFF}", "2", 0)], "\u{10FFFF}", 9, None);
        check(&[("𠮷野", "吉野", 0)], "𠮷野家", 9, Some(("𠮷野", "吉野", 0)));
    }

    proptest! {
        /// The same as looking at every entry.
        #[test]
        fn as_a_list_would_find(
            entries in prop::collection::vec(("[甲乙丙]{1,4}", "[a-c]{0,3}", 0u8..3), 0..40),
            text in "[甲乙丙丁]{0,6}",
            ranks in 0u8..4,
        ) {
            let entries: Vec<(&str, &str, u8)> = entries.iter().map(|(key, value, rank)| (key.as_str(), value.as_str(), *rank)).collect();
            // `min_by_key` gives the first of equals.
            let expected = entries
                .iter()
                .filter(|(key, _, rank)| *rank < ranks && text.starts_with(key))
                .min_by_key(|(key, _, rank)| (*rank, usize::MAX - key.len()))
                .map(|(key, value, rank)| (key.len(), *value, *rank));
            let trie = Trie::new(&entries);
            let found = trie.longest(&text, ranks).map(|found| (found.bytes, found.value, found.rank));
            // Looking with a limit sees the rank that an entry has in the trie, its lowest.
            prop_assert_eq!(found, expected);
        }
    }
}
