//! Made-up partner outlets for `reprint demo`, served on loopback.
