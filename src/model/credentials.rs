//! What an outlet wants to see before it hands over its feed. Secrets never show: not in logs, messages, or debugging output.

use std::fmt;

/// A secret. It has no `Display`, and its `Debug` is `[secret]`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// How an outlet knows us.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// User name and password (RFC 7617).
    Basic {
        /// User name; without a colon.
        user: String,
        /// Password.
        password: Secret,
    },
    /// A bearer token (RFC 6750 § 2.1).
    Bearer(Secret),
    /// A header field of the outlet's own.
    Header {
        /// Field name (RFC 9110 § 5.1).
        name: String,
        /// Field value.
        value: Secret,
    },
    /// A parameter of the query. It is added when the request is sent and is part of no address that is kept or shown.
    Query {
        /// Parameter name.
        name: String,
        /// Parameter value, not yet percent-encoded.
        value: Secret,
    },
}

impl Credentials {
    /// The secret in them.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::Basic { password: secret, .. }
            | Self::Bearer(secret)
            | Self::Header { value: secret, .. }
            | Self::Query { value: secret, .. } => secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let secret = || Secret::new("tide-9-lantern");
        for credentials in [
            Credentials::Basic { user: "relay".into(), password: secret() },
            Credentials::Bearer(secret()),
            Credentials::Header { name: "X-Api-Key".into(), value: secret() },
            Credentials::Query { name: "key".into(), value: secret() },
        ] {
            let shown = format!("{credentials:?} {credentials:#?}");
            assert!(shown.contains("[secret]") && !shown.contains("lantern"), "{shown}");
            assert_eq!(credentials.secret().expose(), "tide-9-lantern");
        }
    }
}
