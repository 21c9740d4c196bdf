//! How a value is written into a text of XML, so that it stays a value wherever it stands.

use quick_xml::escape::escape;

/// `text` as it may stand in an element and in the value of an attribute (XML 1.0, section 2.4). A carriage return would
/// be read as a line feed (section 2.11).
///
/// # Errors
/// The character that XML cannot hold.
pub(in crate::template) fn escaped_for_xml(text: &str) -> Result<String, String> {
    match text.chars().find(|character| !is_character(*character)) {
        Some(character) => Err(format!(
            "it holds the character U+{:04X}, which XML cannot",
            u32::from(character)
        )),
        None => Ok(escape(text).replace('\r', "&#13;")),
    }
}

/// The same in the value of an attribute, where line feeds and tabs would be read as spaces (section 3.3.3).
fn escaped_for_attribute(text: &str) -> Result<String, String> {
    Ok(escaped_for_xml(text)?.replace('\n', "&#10;").replace('\t', "&#9;"))
}

/// Where in a text of XML a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Place {
    /// In an element.
    Element,
    /// In a tag.
    Attribute,
    /// In a CDATA section (section 2.7).
    Cdata,
}

impl Place {
    /// The place behind `literal`, which begins at this one.
    pub(in crate::template) fn behind(self, literal: &str) -> Self {
        let (is_cdata, rest) = match (literal.rfind("<![CDATA["), literal.rfind("]]>")) {
            (None, None) => (self == Self::Cdata, literal),
            (begins, ends) => (begins > ends, ends.map_or(literal, |end| &literal[end..])),
        };
        if is_cdata {
            return Self::Cdata;
        }
        match (rest.rfind('<'), rest.rfind('>')) {
            (None, None) => self,
            (begins, ends) if begins > ends => Self::Attribute,
            _ => Self::Element,
        }
    }

    /// How a value is written there.
    pub(in crate::template) fn writing(self) -> fn(&str) -> Result<String, String> {
        match self {
            Self::Element => escaped_for_xml,
            Self::Attribute => escaped_for_attribute,
            Self::Cdata => split_for_cdata,
        }
    }
}

/// Whether there is nothing in `text` but white space, or an XML declaration (section 2.8).
pub(in crate::template) fn is_blank(text: &str) -> bool {
    let text = text.trim();
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>"));
    text.is_empty() || declaration.is_some_and(|inside| !inside.contains(['<', '>']))
}

/// `text` as it may stand in a CDATA section, which nothing is escaped in: what would end it is parted in two.
///
/// # Errors
/// The character that XML cannot hold.
fn split_for_cdata(text: &str) -> Result<String, String> {
    escaped_for_xml(text)?;
    let mut parted = text.replace("]]", "]]]]><![CDATA[");
    // What stands before and behind it may be the other half of an end.
    if text.ends_with(']') {
        parted.push_str("]]><![CDATA[");
    }
    if text.starts_with([']', '>']) {
        parted.insert_str(0, "]]><![CDATA[");
    }
    Ok(parted)
}

/// `Char` of XML 1.0, section 2.2.
pub(super) fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
