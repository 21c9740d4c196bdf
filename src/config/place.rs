//! Where a setting stands that turned out to be unusable only when it was put to use.

use super::Locations;
use crate::diagnostics::{Diagnostic, Source};
use crate::document::{Format, parse};

/// One setting of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The table that it is in.
    pub section: &'static str,
    /// Its name.
    pub key: &'static str,
    /// The text in its list that is meant.
    pub item: Option<String>,
}

impl Setting {
    /// The setting as a whole.
    #[must_use]
    pub fn of(section: &'static str, key: &'static str) -> Self {
        Self {
            section,
            key,
            item: None,
        }
    }

    /// One text of its list.
    #[must_use]
    pub fn item(section: &'static str, key: &'static str, item: &str) -> Self {
        Self {
            item: Some(item.to_owned()),
            ..Self::of(section, key)
        }
    }

    /// What is wrong with it, with its place in the file.
    ///
    /// # Errors
    /// The message again, when the file does not have the setting: it comes from elsewhere.
    pub fn error(&self, locations: &Locations, message: String) -> Result<Diagnostic, String> {
        match self.find(locations, &message) {
            Some(found) => Ok(found),
            None => Err(message),
        }
    }

    fn find(&self, locations: &Locations, message: &str) -> Option<Diagnostic> {
        let file = locations.config.as_deref()?;
        let text = std::fs::read_to_string(file).ok()?;
        let source = Source::new(file, &text);
        let root = parse(&source, Format::of(file).unwrap_or(Format::Toml)).ok()?;
        let setting = root.get(self.section)?.get(self.key)?;
        let item = self
            .item
            .as_deref()
            .and_then(|wanted| setting.items().iter().find(|item| item.text() == Some(wanted)));
        let span = item.unwrap_or(setting).span.clone();
        Some(source.error("unusable-setting", span, message))
    }
}
