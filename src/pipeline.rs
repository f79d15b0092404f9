//! The whole way of an article, top to bottom.
