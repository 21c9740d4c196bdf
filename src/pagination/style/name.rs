//! How authors and messages name styles.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, VariantAccess, Visitor};
use serde_json::{Value, json};

use super::{Kind, NAMES, STYLES};

/// How an API tells where the next page is.
#[derive(Debug, Clone, Copy)]
pub struct StyleName(&'static Kind);

impl StyleName {
    /// What is behind the name.
    pub(in crate::pagination) fn kind(self) -> &'static Kind {
        self.0
    }

    /// Those of the styles whose next page keeps the URL of this one, or those that do not, after each other: with `quote`
    /// around each and `conjunction` before the last.
    pub fn listed(keep_url: bool, quote: &str, conjunction: &str) -> String {
        let wanted = STYLES.iter().filter(|kind| kind.keeps_url == keep_url);
        let names: Vec<String> = wanted.map(|kind| format!("{quote}{}{quote}", kind.name)).collect();
        listed(&names, conjunction)
    }

    /// Whether the style called `name` keeps the URL; that of no style does.
    pub fn keeps_url(name: &str) -> bool {
        STYLES.iter().all(|kind| kind.name != name || kind.keeps_url)
    }
}

/// How any style may be written.
pub(in crate::pagination) fn any_style() -> String {
    let names: Vec<String> = NAMES.iter().map(|name| format!("\"{name}\"")).collect();
    format!("style = {}", listed(&names, "or"))
}

fn listed(names: &[String], conjunction: &str) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} {conjunction} {last}", others.join(", ")),
        all => all.concat(),
    }
}

impl PartialEq for StyleName {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for StyleName {}

impl<'de> Deserialize<'de> for StyleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("StyleName", &NAMES, Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = StyleName;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("enum StyleName")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<StyleName, A::Error> {
        let (name, variant) = access.variant::<String>()?;
        let kind = STYLES.into_iter().find(|kind| kind.name == name);
        let kind = kind.ok_or_else(|| A::Error::unknown_variant(&name, &NAMES))?;
        variant.unit_variant()?;
        Ok(StyleName(kind))
    }
}

impl JsonSchema for StyleName {
    fn schema_name() -> Cow<'static, str> {
        "PaginationStyle".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let style = |kind: &Kind| json!({ "type": "string", "const": kind.name, "description": kind.description });
        let styles: Vec<Value> = STYLES.into_iter().map(style).collect();
        json_schema!({ "oneOf": styles, "description": "How an API tells where the next page is." })
    }
}
