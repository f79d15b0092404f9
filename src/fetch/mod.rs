//! One conditional GET: bounded in bytes and time, never to an address that is not public unless the admin allows it.

mod client;
mod credentials;
mod failure;
mod freshness;
mod guard;
mod gzip;
mod robots;
mod turns;

pub use client::{Client, Options, Outgoing, Sent};
pub use credentials::Grant;
pub use failure::FetchError;
pub use guard::{Guard, Lookup, SystemLookup};
pub use robots::{Robots, Rules};
pub use turns::{Turn, Turns};
