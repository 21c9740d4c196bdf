//! Files among the arguments, as code gets them.

use serde_json::{Map, Value};

use crate::connector::model::Action;
use crate::engine::given_files;

/// Says how large each file in a FILE input is, in bytes, whatever the caller said of it (contract B.4): code that refuses
/// large files reads `size`, or sends it as a length.
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
    if let Some(length) = file.get("base64").and_then(Value::as_str).map(decoded_length) {
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

    #[test]
    fn a_file_is_as_large_as_it_is_whatever_the_caller_says() {
        for said in [Value::Null, Value::from(99), Value::from("1")] {
            let mut file = Map::from_iter([("base64".to_owned(), Value::from("YWI=")), ("size".to_owned(), said)]);
            measure_one(&mut file);
            assert_eq!(file["size"], 2);
        }
    }
}
