//! The command line: one function a subcommand, one exit code each.
pub mod inspect;
