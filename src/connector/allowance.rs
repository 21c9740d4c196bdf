//! How many calls are let through, as people write it: a number, or the word `unlimited`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands for no limit. A word, because a number that means the opposite of a small one is easily misread.
const UNLIMITED: &str = "unlimited";

/// The greatest number that can be written.
const MOST: u32 = 1_000_000_000;

/// How many calls are let through in some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// So many.
    Calls(u32),
    /// Any number.
    Unlimited,
}

impl Allowance {
    /// The number, if there is one.
    #[must_use]
    pub fn calls(self) -> Option<u32> {
        match self {
            Self::Calls(calls) => Some(calls),
            Self::Unlimited => None,
        }
    }
}

impl Serialize for Allowance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Calls(calls) => serializer.serialize_u32(*calls),
            Self::Unlimited => serializer.serialize_str(UNLIMITED),
        }
    }
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Allowance;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "a whole number from 1 to {MOST}, or \"{UNLIMITED}\"")
            }

            fn visit_u64<E: Error>(self, calls: u64) -> Result<Allowance, E> {
                match u32::try_from(calls) {
                    Ok(calls @ 1..=MOST) => Ok(Allowance::Calls(calls)),
                    _ => Err(E::invalid_value(Unexpected::Unsigned(calls), &self)),
                }
            }

            fn visit_i64<E: Error>(self, calls: i64) -> Result<Allowance, E> {
                match u64::try_from(calls) {
                    Ok(calls) => self.visit_u64(calls),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(calls), &self)),
                }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Allowance, E> {
                match text {
                    UNLIMITED => Ok(Allowance::Unlimited),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for Allowance {
    fn schema_name() -> Cow<'static, str> {
        "Allowance".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of calls, or `unlimited`.",
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": MOST },
                { "type": "string", "enum": [UNLIMITED] },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    #[test]
    fn a_number_or_the_word_is_read_and_written_alike() {
        for (written, allowance) in [
            (json!(1), Allowance::Calls(1)),
            (json!(1_000_000_000), Allowance::Calls(1_000_000_000)),
            (json!("unlimited"), Allowance::Unlimited),
        ] {
            assert_eq!(from_value::<Allowance>(written.clone()).unwrap(), allowance);
            assert_eq!(serde_json::to_value(allowance).unwrap(), written);
        }
    }

    #[test]
    fn nothing_else_is_read() {
        for written in [
            json!(0),
            json!(-1),
            json!(1_000_000_001),
            json!(4_294_967_297_u64),
            json!("10"),
            Value::Null,
            json!(1.5),
        ] {
            assert!(from_value::<Allowance>(written.clone()).is_err(), "{written}");
        }
    }
}
