//! One setting as the main file declares it, and what the environment has for it.

use std::cell::Cell;
use std::ops::Range;

use super::Variables;
use crate::connector::document::SettingTypeName;
use crate::connector::naming::is_identifier;
use crate::connector::secret;
use crate::diagnostics::{Diagnostic, Source};
use crate::document::{Kind, Member, Node};

/// One setting.
pub(super) struct Declared {
    pub name: String,
    /// The environment variable that it is read from.
    pub variable: String,
    /// Where its name stands.
    pub span: Range<usize>,
    /// Its value; `None` when there is neither a variable nor a default. Of a secret only whether there is one.
    pub value: Option<Kind>,
    has_default: bool,
    pub secret: bool,
    /// Whether anything refers to it.
    pub used: Cell<bool>,
}

impl Declared {
    /// Whether the variable must be set, and may be seen.
    pub(super) fn is_required(&self) -> bool {
        !self.secret && !self.has_default
    }
}

/// Reads the setting at `member`. `secrets` names those that stand where a secret belongs.
pub(super) fn read(
    source: &Source<'_>,
    member: &Member,
    prefix: &str,
    secrets: &[String],
    variables: Variables<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Declared> {
    let name = &member.key;
    let span = member.key_span.clone();
    if !is_identifier(name) {
        let message = format!("`{name}` cannot be the name of a setting");
        let finding = source.error("bad-setting", span, message);
        findings.push(finding.help("a name is made of letters, digits and `_`"));
        return None;
    }
    let variable = format!("{prefix}{}", name.to_ascii_uppercase());
    if variable == secret::MASTER_KEY {
        let message = format!("the setting `{name}` would be `{variable}`, the key of the vault");
        findings.push(source.error("bad-setting", span, message).help("rename it"));
        return None;
    }
    let default = member.value.get("default").filter(|default| !default.is_null());
    // The schema says so already, and more clearly.
    if default.is_some_and(|default| matches!(default.kind, Kind::List(_) | Kind::Table(_))) {
        return None;
    }
    let is_secret = match member.value.get("secret").map(|secret| &secret.kind) {
        Some(Kind::Boolean(is_secret)) => *is_secret,
        _ => secret::carries_secret(name) || secrets.contains(name),
    };
    if is_secret && let Some(default) = default {
        let message = format!("the default of `{name}` would be a secret that is written out");
        let help = "remove it; write `secret = false` for the setting if it is not a secret";
        findings.push(source.error("literal-secret", default.span.clone(), message).help(help));
        return None;
    }
    let kind = kind_of(&member.value, default);
    if let Some(default) = default.filter(|default| !fits(default, kind)) {
        let message = format!(
            "the default of `{name}` must be {}, not {}",
            described(kind),
            default.describe()
        );
        findings.push(source.error("wrong-type", default.span.clone(), message));
        return None;
    }
    let value = match variables(&variable) {
        Some(_) if is_secret => Some(Kind::Null),
        Some(text) => {
            let value = parsed(&text, kind);
            if value.is_none() {
                let message = format!("the environment variable `{variable}` must hold {}", described(kind));
                let help = format!("it is the setting `{name}`, whose type is written here");
                findings.push(source.error("bad-setting", span, message).help(help));
                return None;
            }
            value
        }
        None => default.map(|default| default.kind.clone()),
    };
    Some(Declared {
        name: name.clone(),
        variable,
        span,
        value,
        has_default: default.is_some(),
        secret: is_secret,
        used: Cell::new(false),
    })
}

fn kind_of(setting: &Node, default: Option<&Node>) -> SettingTypeName {
    let written = setting.get("type").map(Node::to_json);
    let written = written.and_then(|written| serde_json::from_value(written).ok());
    written.unwrap_or_else(|| match default.map(|default| &default.kind) {
        Some(Kind::Number(number)) if number.is_f64() => SettingTypeName::Number,
        Some(Kind::Number(_)) => SettingTypeName::Integer,
        Some(Kind::Boolean(_)) => SettingTypeName::Boolean,
        _ => SettingTypeName::Text,
    })
}

fn fits(value: &Node, kind: SettingTypeName) -> bool {
    match (&value.kind, kind) {
        (Kind::Text(_), SettingTypeName::Text)
        | (Kind::Number(_), SettingTypeName::Number)
        | (Kind::Boolean(_), SettingTypeName::Boolean) => true,
        (Kind::Number(number), SettingTypeName::Integer) => !number.is_f64(),
        _ => false,
    }
}

fn parsed(text: &str, kind: SettingTypeName) -> Option<Kind> {
    let number = || serde_json::from_str(text.trim()).ok().map(Kind::Number);
    match kind {
        SettingTypeName::Text => Some(Kind::Text(text.to_owned())),
        SettingTypeName::Integer => {
            number().filter(|kind| fits(&Node::new(0..0, kind.clone()), SettingTypeName::Integer))
        }
        SettingTypeName::Number => number(),
        SettingTypeName::Boolean => text.trim().to_ascii_lowercase().parse().ok().map(Kind::Boolean),
    }
}

fn described(kind: SettingTypeName) -> &'static str {
    match kind {
        SettingTypeName::Text => "text",
        SettingTypeName::Integer => "a whole number",
        SettingTypeName::Number => "a number",
        SettingTypeName::Boolean => "true or false",
    }
}
