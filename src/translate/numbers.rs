//! Numbers of a text and its translation.

/// What numbers differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{missing} missing, {added} added")]
pub struct Difference {
    /// Numbers of the original that are not in the translation.
    pub missing: usize,
    /// Numbers of the translation that are not in the original.
    pub added: usize,
}

pub(super) fn difference(_before: &str, _after: &str, _from: &str, _to: &str) -> Option<Difference> {
    None
}
