//! Files among the arguments, as code gets them.

use serde_json::{Map, Value};

use crate::connector::model::Action;
use crate::engine::given_files;

/// Says how large each file in a FILE input is, in bytes, where the caller did not (contract B.4): code that refuses
/// large files reads `size`.
pub(super) fn measure(arguments: &mut Map<String, Value>, action: &Action) {
    for name in given_files::inputs(action) {
        match arguments.get_mut(name) {
            Some(Value::Object(file)) => measure_one(file),
            Some(Value::Array(files)) => files.iter_mut().filter_map(Value::as_object_mut).for_each(measure_one),
            _ => {}
        }
    }
}

fn measure_one(file: &mut Map<String, Value>) {
    if file.get("size").is_none_or(Value::is_null)
        && let Some(length) = file.get("base64").and_then(Value::as_str).map(decoded_length)
    {
        file.insert("size".to_owned(), Value::from(length));
    }
}

/// How many bytes a text in base64 stands for. Four characters hold three bytes.
fn decoded_length(base64: &str) -> usize {
    let digits = base64
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    digits.count() * 3 / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_that_of_the_content() {
        for (base64, length) in [
            ("", 0),
            ("YQ==", 1),
            ("YQ", 1),
            ("YWI=", 2),
            ("YWJj", 3),
            ("YWJj\r\nZA==", 4),
        ] {
            assert_eq!(decoded_length(base64), length, "{base64}");
        }
    }
}
