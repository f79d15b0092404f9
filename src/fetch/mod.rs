//! One conditional GET: bounded in bytes and time, never to an address that is not public unless the admin allows it.

mod client;
mod error;
mod freshness;
mod guard;

pub use client::{Client, Options};
pub use error::FetchError;
pub use guard::{Guard, Lookup, SystemLookup};
