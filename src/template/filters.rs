//! The filters and tests that expressions may use, and the environment that holds them.
//!
//! The lists are closed: a filter is here because an API needs it, and each was looked at for what it does with a
//! value that was not given (it must fail, so that the string is dropped) and with very long ones.

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine as _;
use minijinja::value::{Rest, Value, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, filters, tests};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::expression::{json, text};
use super::xml::escaped_for_xml;

/// The unreserved characters of RFC 3986, section 2.3, are sent as they are; everything else is percent-encoded.
pub(super) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Names of the tests, as in `x is defined`.
pub(super) const TESTS: [&str; 12] = [
    "boolean",
    "defined",
    "endingwith",
    "float",
    "integer",
    "mapping",
    "none",
    "number",
    "sequence",
    "startingwith",
    "string",
    "undefined",
];

/// Longest text that one filter may build. An author's `replace` over two long arguments would otherwise multiply them.
const LONGEST_TEXT: usize = 16 * 1024 * 1024;

/// Steps that one expression may take. Expressions cannot loop, so no sensible one comes near.
const FUEL: u64 = 1000;

/// The filters, sorted by name.
fn filters() -> [(&'static str, Value); 35] {
    [
        ("abs", Value::from_function(filters::abs)),
        ("b64encode", Value::from_function(b64encode)),
        ("bool", Value::from_function(boolean)),
        ("capitalize", Value::from_function(filters::capitalize)),
        ("count", Value::from_function(filters::length)),
        ("d", Value::from_function(filters::default)),
        ("default", Value::from_function(filters::default)),
        ("first", Value::from_function(filters::first)),
        ("float", Value::from_function(filters::float)),
        ("int", Value::from_function(filters::int)),
        ("items", Value::from_function(filters::items)),
        ("join", Value::from_function(join)),
        ("last", Value::from_function(filters::last)),
        ("length", Value::from_function(filters::length)),
        ("lines", Value::from_function(filters::lines)),
        ("list", Value::from_function(filters::list)),
        ("lower", Value::from_function(filters::lower)),
        ("map", Value::from_function(filters::map)),
        ("max", Value::from_function(filters::max)),
        ("min", Value::from_function(filters::min)),
        ("replace", Value::from_function(replace)),
        ("reverse", Value::from_function(filters::reverse)),
        ("round", Value::from_function(filters::round)),
        ("safe", Value::from_function(safe)),
        ("sort", Value::from_function(filters::sort)),
        ("split", Value::from_function(filters::split)),
        ("string", Value::from_function(string)),
        ("sum", Value::from_function(filters::sum)),
        ("title", Value::from_function(filters::title)),
        ("tojson", Value::from_function(tojson)),
        ("trim", Value::from_function(filters::trim)),
        ("unique", Value::from_function(filters::unique)),
        ("upper", Value::from_function(filters::upper)),
        ("urlencode", Value::from_function(urlencode)),
        ("xml", Value::from_function(xml)),
    ]
}

/// Names of the filters.
pub(super) fn filter_names() -> Vec<&'static str> {
    filters().into_iter().map(|(name, _)| name).collect()
}

/// A test for one kind of value.
type IsOfKind = fn(&Value) -> bool;

/// Compiles and runs every expression of the process.
pub(super) static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(FUEL));
    for (name, filter) in filters() {
        let takes_missing = matches!(name, "d" | "default");
        // Many of the engine's filters make something of a missing value, or fail as if it had the wrong type.
        let guarded = move |state: &mut State, values: Rest<ValueOrKwargs>| {
            let values = values.into_values();
            if !takes_missing && values.iter().any(Value::is_undefined) {
                return Err(Error::from(ErrorKind::UndefinedError));
            }
            filter.call(state, &values)
        };
        environment.add_filter(name, guarded);
    }
    environment.add_filter(GIVEN, given);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("startingwith", tests::is_startingwith);
    let kinds: [(&str, IsOfKind); 8] = [
        ("boolean", tests::is_boolean),
        ("float", tests::is_float),
        ("integer", tests::is_integer),
        ("mapping", tests::is_mapping),
        ("none", tests::is_none),
        ("number", tests::is_number),
        ("sequence", tests::is_sequence),
        ("string", tests::is_string),
    ];
    for (name, is_of_kind) in kinds {
        // To them a missing value is one of another kind.
        environment.add_test(name, move |value: &Value| given(value).map(|value| is_of_kind(&value)));
    }
    environment
});

/// The filter that [`super::scan::guarded_slices`] puts in. Authors cannot name it.
pub(super) const GIVEN: &str = "given";

/// The value, or the error that drops the string when it was not given.
fn given(value: &Value) -> Result<Value, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    Ok(value.clone())
}

/// The value as it would stand in longer text.
fn written(value: &Value) -> Result<String, Error> {
    let json = defined(value)?;
    Ok(text(&json).map_or_else(String::new, Cow::into_owned))
}

/// The value as JSON, or the error that drops the string when it was not given.
fn defined(value: &Value) -> Result<serde_json::Value, Error> {
    json(value)
        .map_err(|reason| Error::new(ErrorKind::InvalidOperation, reason))?
        .ok_or_else(|| Error::from(ErrorKind::UndefinedError))
}

/// RFC 4648 base64 with padding, of the text's UTF-8.
fn b64encode(value: &Value) -> Result<String, Error> {
    Ok(base64::engine::general_purpose::STANDARD.encode(written(value)?))
}

/// Whether the value is true, not empty and not zero.
fn boolean(value: &Value) -> bool {
    value.is_true()
}

/// The texts of a list's elements with `separator` between them; `null` elements are left out.
fn join(value: &Value, separator: Option<Cow<'_, str>>) -> Result<String, Error> {
    let serde_json::Value::Array(elements) = defined(value)? else {
        return Err(Error::new(ErrorKind::InvalidOperation, "only a list can be joined"));
    };
    let separator = separator.unwrap_or_default();
    let mut joined = String::new();
    for (position, element) in elements.iter().filter_map(text).enumerate() {
        if position > 0 {
            joined.push_str(&separator);
        }
        joined.push_str(&element);
        within_limit(Some(joined.len()))?;
    }
    Ok(joined)
}

/// `value` with every `from` replaced by `to`.
fn replace(value: &Value, from: &Value, to: &Value) -> Result<String, Error> {
    let (value, from, to) = (written(value)?, written(from)?, written(to)?);
    let added = value.matches(from.as_str()).count().checked_mul(to.len());
    within_limit(added.and_then(|added| added.checked_add(value.len())))?;
    Ok(value.replace(&from, &to))
}

fn within_limit(length: Option<usize>) -> Result<(), Error> {
    match length {
        Some(length) if length <= LONGEST_TEXT => Ok(()),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "the text becomes too long")),
    }
}

/// The value as text: JSON text for everything but strings. The engine's own filter writes Python.
fn string(value: &Value) -> Result<String, Error> {
    written(value)
}

/// The text, which is XML already where a body is: nothing in it is escaped.
fn safe(value: &Value) -> Result<Value, Error> {
    Ok(Value::from_safe_string(written(value)?))
}

/// The text as it may stand in XML, and so not escaped once more where a body is XML.
fn xml(value: &Value) -> Result<Value, Error> {
    if value.is_safe() {
        return Ok(value.clone());
    }
    let escaped = escaped_for_xml(&written(value)?);
    let escaped = escaped.map_err(|reason| Error::new(ErrorKind::InvalidOperation, reason))?;
    within_limit(Some(escaped.len()))?;
    Ok(Value::from_safe_string(escaped))
}

/// JSON text. The engine's own filter escapes for HTML.
fn tojson(value: &Value) -> Result<String, Error> {
    Ok(defined(value)?.to_string())
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn urlencode(value: &Value) -> Result<String, Error> {
    Ok(utf8_percent_encode(&written(value)?, ENCODED).to_string())
}
