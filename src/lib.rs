//! reprint polls partner outlets, works out who wrote, translated and reposted each article, and republishes the articles as
//! RSS, Atom and JSON Feed with the credit intact.
//!
//! The modules in the order an article travels; [`pipeline`] is the place to start reading. See ARCHITECTURE.md.

pub mod model;

pub mod config;
pub mod schedule;

pub mod attribute;
pub mod fetch;
pub mod normalize;
pub mod parse;
pub mod publish;
pub mod render;
pub mod store;
pub mod translate;

pub mod pipeline;

pub mod serve;

pub mod websub;

pub mod daemon;
pub mod demo;

pub mod cli;
