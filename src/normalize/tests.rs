use super::*;
use crate::config::Terms;
use crate::model::{Enclosure, Media, ParsedSource, Precision};

fn outlet() -> Outlet {
    let mut config = crate::config::tests_support_outlet();
    config.time_zone = chrono_tz::Asia::Shanghai;
    config
}
