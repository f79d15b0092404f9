//! What one stage hands to the next, in order of travel.
//!
//! Plain data: no wire format, no runtime, no clock. A stage that needs a wire format (the store, a feed, the JSON of a command)
//! writes it at its own edge.

mod access;
mod article;
mod credentials;
mod document;
mod language;
#[cfg(test)]
mod made;
pub mod markup;
mod page;
mod parsed;
mod poll;
mod provenance;
mod published;
mod site_rules;
mod translation;
mod websub;
mod withdrawal;

pub use access::{Audience, LastPull, PartnerUse, Pulls};
pub use article::*;
pub use credentials::*;
pub use document::*;
pub use language::primary_language;
pub use page::*;
pub use parsed::*;
pub use poll::*;
pub use provenance::*;
pub use published::*;
pub use site_rules::*;
pub use translation::*;
pub use websub::*;
pub use withdrawal::*;
