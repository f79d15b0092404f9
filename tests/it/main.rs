//! One integration binary: the real program and the real library against real sockets and files.

mod harness;

mod add;
mod archives;
mod arrows;
mod articles;
mod config;
mod credentials;
mod fetch;
mod identity;
mod journeys;
mod pages;
mod polls;
mod published;
mod reading;
mod serve;
mod stories;
mod terms;
