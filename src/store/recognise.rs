//! Which article an entry is: the rules, without the database.
//!
//! An outlet calls its articles by guids, and most outlets can be taken at their word. Some repeat a guid, some make new ones for all
//! articles at once or at every request, some number the places of the list. What else an entry has, the address of its page and its
//! content, shows when the word cannot be relied on; then the feed's articles are known by address, and where addresses are no better, by
//! content. A feed only ever sinks from one [`Level`] to the next: one that could rise again would take its articles for new ones each time
//! it changes its mind.

use std::collections::{HashMap, HashSet};

use super::entry::Entry;
use super::identity;

/// What the store knows of marks: the row of the article that has it, `None` where two have had it. A mark nobody had is not in it.
pub type Found = HashMap<String, Option<i64>>;

/// What identifies the articles of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The outlet's guids.
    Guid,
    /// The addresses of their pages.
    Address,
    /// Two of title, text and date.
    Fingerprint,
}

impl Level {
    const ALL: [(Level, &'static str); 3] =
        [(Level::Guid, "guid"), (Level::Address, "address"), (Level::Fingerprint, "fingerprint")];

    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Level::Guid => "guid",
            Level::Address => "address",
            Level::Fingerprint => "fingerprint",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(level, _)| *level)
    }
}

/// What is remembered of a feed between polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// What identifies.
    pub level: Level,
    /// Marks of that level that changed on known articles, in polls in which most did.
    pub moved: u32,
    /// Why it sank to this level, for an admin; `None` while nothing was held against it in this poll.
    pub reason: Option<String>,
}

/// As many marks must have moved before a feed is judged by it: a shorter list may have been made anew for a good reason once.
const MOVED: u32 = 3;

/// Entries that are the same article, and which one.
#[derive(Debug)]
pub struct Recognised {
    /// Places of its entries in the document.
    pub members: Vec<usize>,
    /// The one that counts: the last, but one that can be published is not displaced by one that cannot.
    pub winner: usize,
    /// Row of the article; `None` for a new one.
    pub known: Option<i64>,
    /// For a new one: what its key may be minted from, the best first.
    pub seeds: Vec<String>,
}

/// What a mark says about whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// There is none, or it is on several articles.
    Nothing,
    /// Nobody had it before.
    New,
    /// It is this article's.
    Known(i64),
}

/// A document under one level: its entries, grouped.
#[derive(Debug)]
pub struct Reading<'e, 'a> {
    entries: &'e [Entry<'a>],
    level: Level,
    /// Group of each entry.
    group: Vec<usize>,
    /// Entries of each group.
    members: Vec<Vec<usize>>,
    /// Marks that entries of different groups have.
    shared: HashSet<&'e str>,
}

impl<'e, 'a> Reading<'e, 'a> {
    /// Groups the entries that are the same article by the document's own evidence.
    pub fn new(entries: &'e [Entry<'a>], level: Level) -> Self {
        // A feed without guids is one that is known by addresses.
        let level = if entries.iter().all(|entry| entry.guid.is_none()) { level.max(Level::Address) } else { level };
        let mut sets = Sets::new(entries.len());
        // An address that stands under several guids is the home page, or the like.
        let mut guids: HashMap<&str, Option<&str>> = HashMap::with_capacity(entries.len());
        for entry in entries {
            if let (Some(guid), Some(address)) = (entry.guid.as_deref(), entry.address.as_deref()) {
                let only = guids.entry(address).or_insert(Some(guid));
                *only = only.filter(|only| *only == guid);
            }
        }
        let mut first: HashMap<Key<'e>, usize> = HashMap::with_capacity(entries.len() * 3);
        for (place, entry) in entries.iter().enumerate() {
            let is_page = entry.address.as_deref().is_some_and(|address| guids.get(address).is_none_or(Option::is_some));
            for key in keys(entry, level, is_page) {
                sets.join(place, *first.entry(key).or_insert(place));
            }
        }
        let mut number: HashMap<usize, usize> = HashMap::with_capacity(entries.len());
        let mut members: Vec<Vec<usize>> = Vec::with_capacity(entries.len());
        let mut group = Vec::with_capacity(entries.len());
        for place in 0..entries.len() {
            let own = *number.entry(sets.root(place)).or_insert(members.len());
            if own == members.len() {
                members.push(Vec::new());
            }
            members[own].push(place);
            group.push(own);
        }
        let mut holder: HashMap<&str, usize> = HashMap::with_capacity(entries.len() * 5);
        let mut shared = HashSet::new();
        for (entry, group) in entries.iter().zip(&group) {
            let marks = entry.guid.as_deref().into_iter().chain(entry.address.as_deref()).chain(entry.content.marks());
            for mark in marks {
                if holder.insert(mark, *group).is_some_and(|other| other != *group) {
                    shared.insert(mark);
                }
            }
        }
        Self { entries, level, group, members, shared }
    }

    fn says(&self, mark: Option<&str>, found: &Found) -> Says {
        match mark {
            Some(mark) if !self.shared.contains(mark) => match found.get(mark) {
                None => Says::New,
                Some(None) => Says::Nothing,
                Some(Some(article)) => Says::Known(*article),
            },
            _ => Says::Nothing,
        }
    }

    fn guid(&self, place: usize, found: &Found) -> Says {
        let mark = self.entries[place].guid.as_deref().filter(|_| self.level == Level::Guid);
        self.says(mark, found)
    }

    fn address(&self, place: usize, found: &Found) -> Says {
        let mark = self.entries[place].address.as_deref().filter(|_| self.level <= Level::Address);
        self.says(mark, found)
    }

    /// Whether its content is an article's.
    fn has_content_of(&self, place: usize, article: i64, found: &Found) -> bool {
        self.entries[place].content.marks().any(|mark| self.says(Some(mark), found) == Says::Known(article))
    }

    /// The article that has its content. `sure`: not by a short text or a date alone.
    fn by_content(&self, place: usize, sure: bool, found: &Found) -> Option<i64> {
        let entry = &self.entries[place];
        let article = |mark: &Option<String>| match self.says(mark.as_deref(), found) {
            Says::Known(article) => Some(article),
            _ => None,
        };
        let [story, text, title] = [&entry.content.story, &entry.content.text_dated, &entry.content.title_dated].map(article);
        if !sure {
            return story.or(text).or(title);
        }
        match entry.article.marks.text {
            _ if entry.has_telling_text() => story.or(text),
            Some(_) => story.filter(|_| story == title),
            None => title,
        }
    }

    /// The article an entry really is when its guid is `article`'s: its address is another's, or its content is and its address is not
    /// `article`'s.
    fn elsewhere(&self, place: usize, article: i64, address: Says, found: &Found) -> Option<i64> {
        match address {
            Says::Known(other) => Some(other).filter(|other| *other != article),
            _ if self.has_content_of(place, article, found) => None,
            _ => self.by_content(place, address == Says::New, found),
        }
    }

    /// Guids that stand on different articles in the document, counted once for each article after the first.
    fn repeated_guids(&self) -> usize {
        let mut pairs = HashSet::new();
        let mut guids = HashSet::new();
        for (entry, group) in self.entries.iter().zip(&self.group) {
            if let Some(guid) = entry.guid.as_deref() {
                pairs.insert((guid, group));
                guids.insert(guid);
            }
        }
        pairs.len() - guids.len()
    }

    /// Entries whose content is known and whose address is not, and entries whose address is.
    fn moved_addresses(&self, found: &Found) -> (u32, u32) {
        let (mut moved, mut kept) = (0, 0);
        for place in 0..self.entries.len() {
            match self.address(place, found) {
                Says::Known(_) => kept += 1,
                Says::New if self.by_content(place, true, found).is_some() => moved += 1,
                Says::New | Says::Nothing => {}
            }
        }
        (moved, kept)
    }

    /// At least half of the entries have an address to themselves.
    fn addresses_tell(&self) -> bool {
        let own = |entry: &&Entry<'_>| entry.address.as_deref().is_some_and(|address| !self.shared.contains(address));
        self.entries.iter().filter(own).count() * 2 >= self.entries.len()
    }
}

/// What two entries have in common that makes them the same article: which rule, two marks, title, text, date.
type Key<'e> = (u8, &'e str, &'e str, Option<[u8; 16]>, Option<[u8; 16]>, Option<i64>);

fn keys<'e>(entry: &'e Entry<'_>, level: Level, is_page: bool) -> Vec<Key<'e>> {
    let (title, text) = (entry.article.marks.title, entry.article.marks.text);
    let guid = entry.guid.as_deref().filter(|_| level == Level::Guid);
    let address = entry.address.as_deref().filter(|_| level <= Level::Address);
    let mut keys = Vec::with_capacity(4);
    if let Some(address) = address {
        // The same text twice at one address is one article, whatever it is called.
        keys.extend(text.map(|text| (0, address, "", title, Some(text), None)));
    }
    match (guid, address) {
        (Some(guid), None) => keys.push((1, guid, "", None, None, None)),
        (Some(guid), Some(address)) => {
            keys.extend(is_page.then_some((2, guid, address, None, None, None)));
            keys.extend(title.map(|title| (3, guid, "", Some(title), None, None)));
            keys.extend(text.map(|text| (4, guid, "", None, Some(text), None)));
        }
        (None, Some(address)) => {
            keys.extend(title.map(|title| (5, address, "", Some(title), None, None)));
            keys.extend(text.map(|text| (6, address, "", None, Some(text), None)));
        }
        (None, None) if title.is_some() || text.is_some() => {
            // Without a text it takes the date to tell "Weather" from "Weather".
            let date = entry.dated().filter(|_| text.is_none());
            keys.push((7, "", "", title, text, date));
        }
        (None, None) => keys.push((8, &entry.article.source_key, "", None, None, None)),
    }
    keys
}

/// Disjoint sets of the entries of a document (union by the earlier place, paths halved).
#[derive(Debug)]
struct Sets(Vec<usize>);

impl Sets {
    fn new(entries: usize) -> Self {
        Self((0..entries).collect())
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.0[place] != place {
            self.0[place] = self.0[self.0[place]];
            place = self.0[place];
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// What the document alone says of the feed's level, and why.
pub fn within(entries: &[Entry<'_>], level: Level) -> Trust {
    let mut trust = Trust { level, moved: 0, reason: None };
    let number = entries.len();
    if level == Level::Guid {
        let repeated = Reading::new(entries, Level::Guid).repeated_guids();
        // A slip now and then is not a habit.
        if repeated >= 2 && repeated * 50 >= number {
            trust.level = Level::Address;
            trust.reason = Some(format!("{repeated} of {number} entries have the guid of another article"));
        }
    }
    let by_address = trust.level == Level::Address || entries.iter().all(|entry| entry.guid.is_none());
    if trust.level < Level::Fingerprint && by_address && number >= 3 {
        let reading = Reading::new(entries, Level::Address);
        if !reading.addresses_tell() {
            let and = trust.reason.map(|reason| format!("{reason}, and ")).unwrap_or_default();
            trust.level = Level::Fingerprint;
            trust.reason = Some(format!("{and}most of {number} entries have no address of their own"));
        }
    }
    trust
}

/// What the document says of the feed's level when it is held against what is stored. `different`: entries whose guid is that of another
/// article, see [`suspects`]. `moved`: see [`Trust::moved`].
pub fn against(entries: &[Entry<'_>], level: Level, moved: u32, found: &Found, different: &HashSet<usize>) -> Trust {
    let mut trust = Trust { level, moved, reason: None };
    if trust.level == Level::Guid {
        trust = guids(entries, trust, found, different);
    }
    if trust.level == Level::Address || (trust.level == Level::Guid && entries.iter().all(|entry| entry.guid.is_none())) {
        trust = addresses(entries, trust, found);
    }
    trust
}

fn guids(entries: &[Entry<'_>], trust: Trust, found: &Found, different: &HashSet<usize>) -> Trust {
    let reading = Reading::new(entries, Level::Guid);
    let (mut kept, mut crossed, mut moved, mut moved_in_place, mut other_content) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for place in 0..entries.len() {
        match (reading.guid(place, found), reading.address(place, found)) {
            (Says::Known(_), _) if different.contains(&place) => crossed += 1,
            (Says::Known(article), address) if reading.elsewhere(place, article, address, found).is_some() => crossed += 1,
            (Says::Known(_), _) => kept += 1,
            (Says::New, Says::Known(article)) if reading.has_content_of(place, article, found) => {
                moved += 1;
                moved_in_place += 1;
            }
            (Says::New, Says::Known(_)) => other_content += 1,
            (Says::New, address) if reading.by_content(place, address == Says::New, found).is_some() => moved += 1,
            _ => {}
        }
    }
    let number = entries.len();
    let reason = if crossed >= MOVED && crossed >= kept {
        format!("{crossed} of {number} entries have the guid that another article had before")
    } else if moved > 0 && moved >= kept.saturating_mul(4) && moved > other_content {
        let all = trust.moved.saturating_add(moved);
        if all < MOVED {
            return Trust { moved: all, ..trust };
        }
        format!("{moved} known articles of {number} entries have another guid than before")
    } else {
        return trust;
    };
    let by_address = crossed >= MOVED || moved_in_place * 2 >= moved;
    if by_address && Reading::new(entries, Level::Address).addresses_tell() {
        Trust { level: Level::Address, moved: 0, reason: Some(reason) }
    } else {
        Trust { level: Level::Fingerprint, moved: 0, reason: Some(format!("{reason}, and addresses are no better")) }
    }
}

fn addresses(entries: &[Entry<'_>], trust: Trust, found: &Found) -> Trust {
    let (moved, kept) = Reading::new(entries, Level::Address).moved_addresses(found);
    if moved == 0 || moved < kept.saturating_mul(4) {
        return trust;
    }
    let all = trust.moved.saturating_add(moved);
    if all < MOVED {
        return Trust { moved: all, ..trust };
    }
    let and = trust.reason.map(|reason| format!("{reason}, and ")).unwrap_or_default();
    let reason = format!("{and}{moved} known articles of {} entries have another address than before", entries.len());
    Trust { level: Level::Fingerprint, moved: 0, reason: Some(reason) }
}

/// Marks that stand in the document more than once: what is known of them does not settle whose entry it is.
pub fn repeated<'e>(entries: &'e [Entry<'_>]) -> HashSet<&'e str> {
    let mut seen = HashSet::with_capacity(entries.len() * 2);
    let marks = entries.iter().flat_map(|entry| entry.guid.as_deref().into_iter().chain(entry.address.as_deref()));
    marks.filter(|mark| !seen.insert(*mark)).collect()
}

/// Whether guid and address alone say which article it is, so that its content need not be looked up.
pub fn is_settled(entry: &Entry<'_>, level: Level, found: &Found, repeated: &HashSet<&str>) -> bool {
    let known = |mark: &str| found.get(mark).copied().flatten().filter(|_| !repeated.contains(mark));
    let address = entry.address.as_deref().map(known);
    match (level, entry.guid.as_deref()) {
        (Level::Guid, Some(guid)) => known(guid).is_some_and(|article| address.flatten() == Some(article)),
        (Level::Guid | Level::Address, _) => address.flatten().is_some(),
        (Level::Fingerprint, _) => false,
    }
}

/// Entries whose guid is an article's while address and content are not: either it was rewritten and moved, or the guid was given to
/// another article. The store compares them with what it has.
pub fn suspects(entries: &[Entry<'_>], level: Level, found: &Found) -> Vec<(usize, i64)> {
    if level != Level::Guid {
        return Vec::new();
    }
    let reading = Reading::new(entries, level);
    let suspect = |place: usize| match (reading.guid(place, found), reading.address(place, found)) {
        (Says::Known(_), Says::Known(_)) => None,
        (Says::Known(article), address) => {
            let is_open = entries[place].address.is_some()
                && !reading.has_content_of(place, article, found)
                && reading.elsewhere(place, article, address, found).is_none();
            is_open.then_some((place, article))
        }
        _ => None,
    };
    (0..entries.len()).filter_map(suspect).collect()
}

/// Which article each entry is, in document order.
pub fn resolve(entries: &[Entry<'_>], level: Level, found: &Found, different: &HashSet<usize>) -> Vec<Recognised> {
    let reading = Reading::new(entries, level);
    let mut known: Vec<Option<i64>> = vec![None; reading.members.len()];
    let mut taken = HashSet::new();
    let (moved, kept) = reading.moved_addresses(found);
    let addresses_move = moved >= MOVED && moved >= kept.saturating_mul(4);
    // What is surest first, so that the order of the entries decides nothing: each article is one group's at most.
    for round in [Round::Agreed, Round::Trusted, Round::Inferred] {
        for (place, group) in reading.group.iter().enumerate() {
            if known[*group].is_none()
                && let Some(article) = target(&reading, place, round, addresses_move, found, different)
                && taken.insert(article)
            {
                known[*group] = Some(article);
            }
        }
    }
    let recognised = reading.members.iter().zip(&known).map(|(members, known)| {
        let mut winner = members[0];
        for place in members {
            if entries[*place].is_ready() || !entries[winner].is_ready() {
                winner = *place;
            }
        }
        let seeds = if known.is_none() { seeds(&reading, winner, found) } else { Vec::new() };
        Recognised { members: members.clone(), winner, known: *known, seeds }
    });
    recognised.collect()
}

/// How sure a recognition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// By what the feed is known by, and something else agrees.
    Agreed,
    /// By that alone.
    Trusted,
    /// Not by that, but by the rest.
    Inferred,
}

fn target(
    reading: &Reading<'_, '_>,
    place: usize,
    round: Round,
    addresses_move: bool,
    found: &Found,
    different: &HashSet<usize>,
) -> Option<i64> {
    let (guid, address) = (reading.guid(place, found), reading.address(place, found));
    // A feed whose guids do not identify is not judged by them.
    let is_another = reading.level == Level::Guid && different.contains(&place);
    let has_content_of = |article| reading.has_content_of(place, article, found);
    if round != Round::Inferred {
        let (article, agreed) = match (guid, address) {
            // Two marks of two articles: the content says whose entry it is, else the outlet's word counts.
            (Says::Known(one), Says::Known(other)) if one != other && !has_content_of(one) && has_content_of(other) => {
                (other, true)
            }
            (Says::Known(article), _) if !is_another => (article, address == guid || has_content_of(article)),
            (Says::Nothing, Says::Known(article)) => (article, has_content_of(article)),
            _ => return None,
        };
        return (agreed || round == Round::Trusted).then_some(article);
    }
    match (guid, address) {
        (Says::New, Says::Known(article)) if has_content_of(article) => Some(article),
        _ => {
            // Where a guid or an address of its own says that it is new, it takes more to say that it is not.
            let sure = guid == Says::New || (!addresses_move && (is_another || address == Says::New));
            reading.by_content(place, sure, found)
        }
    }
}

/// What the key of a new article may be minted from: what identifies it in its feed, then what else tells it from others.
fn seeds(reading: &Reading<'_, '_>, place: usize, found: &Found) -> Vec<String> {
    let entry = &reading.entries[place];
    let article = entry.article;
    let mut seeds = Vec::with_capacity(4);
    let own = match (&entry.guid, &entry.address) {
        (Some(_), _) => reading.guid(place, found) == Says::New,
        (None, Some(_)) => reading.address(place, found) == Says::New,
        (None, None) => reading.level < Level::Fingerprint,
    };
    if own {
        seeds.push(article.source_key.clone());
    }
    if let Some(address) = &article.marks.address
        && reading.address(place, found) == Says::New
    {
        seeds.push(format!("address:{address}"));
    }
    let marks = [&entry.content.title_dated, &entry.content.story, &entry.content.text_dated];
    seeds.extend(marks.into_iter().flatten().map(|mark| format!("content:{mark}")));
    seeds.push(identity::key("", &format!("{marks:?} {:?} {}", entry.address, article.source_key)));
    seeds
}

/// Letters and digits in a row by which two texts are compared.
const GRAM: usize = 5;
/// Characters of a text that are compared.
const COMPARED: usize = 4_000;

/// Whether two texts have enough in common to be versions of one: three tenths of the shorter one's runs of five letters and digits. Two
/// articles of one outlet share a few per cent.
pub fn alike(one: &str, other: &str) -> bool {
    let [one, other] = [one, other]
        .map(|text| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(COMPARED).collect::<Vec<_>>());
    let [one, other] = [&one, &other].map(|text| text.windows(GRAM.min(text.len().max(1))).collect::<HashSet<_>>());
    let common = one.intersection(&other).count();
    common > 0 && common * 10 >= one.len().min(other.len()) * 3
}
