//! Another language, nothing lost.
//!
//! An article is cut into segments at its block elements; inline tags become numbered placeholders, and what must not be translated (code,
//! addresses, names of the glossary) is protected. An [`Engine`] translates segments, the answer is held against its segment, and the
//! article is put together again from the accepted ones. Nothing here touches the store: `pipeline` asks the memory and the ledger between
//! the steps.

mod assemble;
pub mod check;
mod cut;
pub mod engine;
pub mod glossary;
mod glossary_file;
mod markup;
mod matcher;
pub mod memory;
mod number_words;
mod numbers;
pub mod opencc;
mod protect;
mod read;
mod script;
mod segment;
mod shape;
mod split;

pub use assemble::{Damage, Making};
pub use check::Objection;
pub use cut::{Cut, cut};
pub use engine::{Answer, Chain, Desk, Desks, Engine, EngineError, Job, Maker, Term, Trouble, Unit};
pub use glossary::Glossary;
pub use segment::{Malformed, Piece, Role, Segment};
