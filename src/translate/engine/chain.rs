//! Who is asked when an engine cannot.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Desk, Engine};
use crate::config::Translator;

/// The desks of all `[[translator]]`s.
#[derive(Debug, Clone, Default)]
pub struct Desks {
    by_id: BTreeMap<String, (Arc<Desk>, Option<String>)>,
}

impl Desks {
    /// Opens a desk for every translator.
    ///
    /// # Errors
    /// Every translator that cannot be used, in words.
    pub fn from_config(translators: &[Translator]) -> Result<Self, Vec<String>> {
        let (mut desks, mut errors) = (Self::default(), Vec::new());
        for translator in translators {
            match Desk::from_config(translator) {
                Ok(desk) => desks.add(desk, translator.fallback.clone()),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(desks) } else { Err(errors) }
    }

    /// Adds a desk under the id of its translator, and the id of who is asked when it cannot.
    pub fn add(&mut self, desk: Desk, fallback: Option<String>) {
        self.by_id.insert(desk.maker().translator.clone(), (Arc::new(desk), fallback));
    }

    /// The desk of a translator.
    pub fn get(&self, id: &str) -> Option<&Arc<Desk>> {
        self.by_id.get(id).map(|(desk, _)| desk)
    }

    /// Every desk, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Desk>> {
        self.by_id.values().map(|(desk, _)| desk)
    }

    /// A translator and whoever is asked when it cannot, in order. A circle ends where it began; an id that nobody has ends the chain.
    pub fn chain(&self, id: &str) -> Chain {
        let mut desks: Vec<Arc<Desk>> = Vec::new();
        let mut next = Some(id);
        while let Some((desk, fallback)) = next.and_then(|id| self.by_id.get(id)) {
            if desks.iter().any(|known| Arc::ptr_eq(known, desk)) {
                break;
            }
            desks.push(desk.clone());
            next = fallback.as_deref();
        }
        Chain { desks }
    }
}

/// A translator and its fallbacks, in order. Reserves no budget: who calls takes a desk, reserves what [`Engine::cost`] says and asks it.
#[derive(Debug, Clone)]
pub struct Chain {
    desks: Vec<Arc<Desk>>,
}

impl Chain {
    /// Those who know the pair and may be asked now, the preferred one first. Empty: nobody can at the moment.
    pub fn ready(&self, from: &str, to: &str) -> impl Iterator<Item = &Arc<Desk>> {
        self.knowing(from, to).filter(|desk| desk.state().asked_again_in.is_none())
    }

    /// Those who know the pair, whether or not they may be asked now.
    pub fn knowing(&self, from: &str, to: &str) -> impl Iterator<Item = &Arc<Desk>> {
        self.desks.iter().filter(move |desk| desk.translates(from, to))
    }

    /// How long until the first of them may be asked: zero if one may now, `None` if none knows the pair.
    pub fn wait(&self, from: &str, to: &str) -> Option<Duration> {
        self.knowing(from, to).map(|desk| desk.state().asked_again_in.unwrap_or_default()).min()
    }

    /// All of them.
    pub fn desks(&self) -> &[Arc<Desk>] {
        &self.desks
    }
}
