//! `pattern`, with each text compiled once for all schemas of the process: most arguments have one and the same, and
//! compiling it costs more than all the rest of such a schema.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jsonschema::paths::Location;
use jsonschema::{Keyword, PatternOptions, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::{BACKTRACK_LIMIT, PATTERN_SIZE_LIMIT};

/// The name of the keyword.
pub(super) const KEYWORD: &str = "pattern";

/// What some schema still uses. Grows with the catalog; entries that lost their schemas go when it has doubled.
static COMPILED: Mutex<Option<Compiled>> = Mutex::new(None);

#[derive(Default)]
struct Compiled {
    patterns: HashMap<String, Weak<Validator>>,
    clean_at: usize,
}

/// How patterns are compiled, wherever they stand.
pub(super) fn options() -> PatternOptions<jsonschema::FancyRegex> {
    PatternOptions::fancy_regex()
        .backtrack_limit(BACKTRACK_LIMIT)
        .size_limit(PATTERN_SIZE_LIMIT)
}

/// One `pattern` of a schema.
struct Pattern(Arc<Validator>);

impl<'i> Keyword<'i> for Pattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        self.0.validate(instance)
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.0.is_valid(instance)
    }
}

/// Makes the keyword of a schema.
pub(super) fn keyword<'a>(
    _schema: &'a Map<String, Value>,
    text: &'a Value,
    _location: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    // That it is text was checked before, against the schema of schemas.
    let text = text.as_str().unwrap_or_default();
    Ok(Box::new(Pattern(compiled(text)?)))
}

fn compiled(text: &str) -> Result<Arc<Validator>, ValidationError<'static>> {
    if let Some(known) = known(text) {
        return Ok(known);
    }
    // Without the lock: two that compile the same text at once both may.
    let schema = json!({ KEYWORD: text });
    let validator = jsonschema::options()
        .offline()
        .with_pattern_options(options())
        .build(&schema);
    let validator = Arc::new(validator.map_err(ValidationError::to_owned)?);
    remember(text, &validator);
    Ok(validator)
}

fn known(text: &str) -> Option<Arc<Validator>> {
    let compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    compiled.as_ref()?.patterns.get(text)?.upgrade()
}

fn remember(text: &str, validator: &Arc<Validator>) {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = compiled.get_or_insert_default();
    if compiled.patterns.len() >= compiled.clean_at {
        compiled.patterns.retain(|_, validator| validator.strong_count() > 0);
        compiled.clean_at = 2 * compiled.patterns.len() + 16;
    }
    compiled.patterns.insert(text.to_owned(), Arc::downgrade(validator));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compiled_once_and_forgotten_with_its_schemas() {
        let text = "^only in this test$";
        let first = compiled(text).expect("a pattern");
        let second = compiled(text).expect("a pattern");
        assert!(Arc::ptr_eq(&first, &second));
        drop((first, second));
        assert!(known(text).is_none());
    }
}
