//! arrows.
