//! JSON values as they come: numbers where strings belong, one where a list belongs, things of another kind altogether.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::build::MOST_PARTS;
use super::capture::LONGEST_VALUE;
use crate::model::{Link, Text, TextKind};

/// A string, or what can be read as one; lists and objects are read past.
#[derive(Debug, Default)]
pub(super) struct Scalar(pub Option<String>);

impl Scalar {
    /// Trimmed; `None` when empty or too long to be a name, an address or a date.
    pub fn value(self) -> Option<String> {
        self.0.map(super::capture::trimmed).filter(|value| !value.is_empty() && value.len() <= LONGEST_VALUE)
    }

    pub fn text(self, kind: TextKind) -> Option<Text> {
        let value = self.0.map(super::capture::trimmed).filter(|value| !value.is_empty())?;
        Some(Text { value, kind, ..Text::default() })
    }

    pub fn link(self, rel: &str) -> Option<Link> {
        Some(Link { rel: rel.to_owned(), href: self.value()?, ..Link::default() })
    }

    pub fn is_longer_than(&self, bytes: usize) -> bool {
        self.0.as_ref().is_some_and(|value| value.len() > bytes)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tolerant;
        impl<'de> Visitor<'de> for Tolerant {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.chars().filter(|&c| c >= ' ' || matches!(c, '\n' | '\t')).collect())))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar(Some(value.to_string())))
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar(None))
            }
        }
        deserializer.deserialize_any(Tolerant)
    }
}

/// A list, or one value where a list belongs. Holds a bounded number.
#[derive(Debug)]
pub(super) struct Many<T, const MOST: usize = MOST_PARTS>(pub Vec<T>);

impl<T, const MOST: usize> Default for Many<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A value that may stand alone: from an object or from a string.
pub(super) trait Part: for<'de> Deserialize<'de> {
    fn from_text(text: &str) -> Option<Self>;
}

impl<'de, T: Part, const MOST: usize> Deserialize<'de> for Many<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tolerant<T, const MOST: usize>(std::marker::PhantomData<T>);
        impl<'de, T: Part, const MOST: usize> Visitor<'de> for Tolerant<T, MOST> {
            type Value = Many<T, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_str<E>(self, value: &str) -> Result<Many<T, MOST>, E> {
                Ok(Many(T::from_text(value).into_iter().collect()))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Many<T, MOST>, E> {
                Ok(Many::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Many<T, MOST>, E> {
                Ok(Many::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Many<T, MOST>, E> {
                Ok(Many::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Many<T, MOST>, E> {
                Ok(Many::default())
            }
            fn visit_unit<E>(self) -> Result<Many<T, MOST>, E> {
                Ok(Many::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T, MOST>, A::Error> {
                let mut parts = Vec::new();
                // one list inside another is flattened, deeper ones are not worth it
                while parts.len() <= MOST {
                    match seq.next_element::<One<T>>()? {
                        Some(One(part)) => parts.extend(part),
                        None => return Ok(Many(parts)),
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Many(parts))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T, MOST>, A::Error> {
                Ok(Many(vec![T::deserialize(serde::de::value::MapAccessDeserializer::new(map))?]))
            }
        }
        deserializer.deserialize_any(Tolerant(std::marker::PhantomData))
    }
}

/// A member of a list: an object, a string, or something to read past.
pub(super) struct One<T>(pub Option<T>);

impl<'de, T: Part> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tolerant<T>(std::marker::PhantomData<T>);
        impl<'de, T: Part> Visitor<'de> for Tolerant<T> {
            type Value = One<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_str<E>(self, value: &str) -> Result<One<T>, E> {
                Ok(One(T::from_text(value)))
            }
            fn visit_bool<E>(self, _: bool) -> Result<One<T>, E> {
                Ok(One(None))
            }
            fn visit_i64<E>(self, value: i64) -> Result<One<T>, E> {
                Ok(One(T::from_text(&value.to_string())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<One<T>, E> {
                Ok(One(T::from_text(&value.to_string())))
            }
            fn visit_f64<E>(self, _: f64) -> Result<One<T>, E> {
                Ok(One(None))
            }
            fn visit_unit<E>(self) -> Result<One<T>, E> {
                Ok(One(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<One<T>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(One(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<One<T>, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(|part| One(Some(part)))
            }
        }
        deserializer.deserialize_any(Tolerant(std::marker::PhantomData))
    }
}

/// Replaces escapes of surrogates that have no partner (RFC 8259 § 8.2); `None` when there are none.
pub(super) fn without_lone_surrogates(text: &str) -> Option<String> {
    let unit = |at: usize| -> Option<u32> {
        let escape = text.get(at..at + 6)?;
        u32::from_str_radix(escape.strip_prefix("\\u")?, 16).ok()
    };
    let mut mended = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str(&text[copied..at]);
                mended.push('\u{fffd}');
                at += 6;
                copied = at;
            }
            // an escaped character: it may be more than a byte, though it should not
            _ => at += 1 + bytes.get(at + 1).map_or(0, |b| usize::from(b.is_ascii())),
        }
    }
    if mended.is_empty() {
        return None;
    }
    mended.push_str(&text[copied..]);
    Some(mended)
}
