//! One integration binary: the real program and the real library against real sockets and files.

mod harness;

mod access;
mod add;
mod archives;
mod arrows;
mod articles;
mod backups;
mod config;
mod convert;
mod credentials;
mod engines;
mod fetch;
mod identity;
mod journeys;
mod pages;
mod pages_in_browser;
mod polls;
mod published;
mod reading;
mod republish;
mod requirements;
mod segments;
mod selections;
mod serve;
mod split;
mod status;
mod stories;
mod terms;
mod translations;
mod websub;
mod withdraw;
