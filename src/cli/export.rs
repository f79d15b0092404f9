//! `reprint export`: the outlets we poll as OPML, on stdout.

use std::path::Path;

use super::{Failure, load_without_secrets, say};
use crate::{daemon, render};

pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    say(render::subscriptions(&config, daemon::now()));
    Ok(())
}
