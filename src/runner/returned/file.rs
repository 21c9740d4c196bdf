//! Files in what code returned (contract B.4, S0-50 to S0-52).

use serde_json::{Map, Value};

use super::{File, FileContent, MOST_FILES, ReturnedError, content};
use crate::diagnostics::is_disruptive;

/// Keys of a file's content.
const CONTENTS: [&str; 3] = ["text", "base64", "buffer"];

/// A content without what nobody may see.
type Clean<'a> = dyn Fn(FileContent) -> FileContent + 'a;

/// Takes the content of every file out of a result: those in `files`, one or a list, or the result itself when it is
/// one. `clean` takes out what nobody may see. What is left of each says its name, media type and size as it is then: the
/// size before would tell how long a secret is.
pub(super) fn take(value: &mut Value, clean: &Clean<'_>) -> Result<Vec<File>, ReturnedError> {
    let Value::Object(members) = value else {
        return Ok(Vec::new());
    };
    let mut taken = Vec::new();
    match members.get_mut("files") {
        Some(Value::Object(file)) if is_meant_as_file(file) => taken.extend(take_one(file, "/files", clean)?),
        Some(Value::Array(files)) => {
            if files.len() > MOST_FILES {
                return Err(ReturnedError::File {
                    pointer: format!("/files/{MOST_FILES}"),
                    problem: format!("is one too many: a result has at most {MOST_FILES}"),
                });
            }
            for (index, file) in files.iter_mut().enumerate() {
                // A list of names, for instance, is data like any other, and so is what an API lists of its files.
                if let Value::Object(file) = file
                    && is_meant_as_file(file)
                {
                    taken.extend(take_one(file, &format!("/files/{index}"), clean)?);
                }
            }
        }
        _ => {}
    }
    if is_file(members) {
        taken.extend(take_one(members, "/", clean)?);
    }
    Ok(taken)
}

/// Whether what stands in `files` is meant as one: it has a name of one, or its content, or says why it has none. Lists of
/// APIs have members called `filename`, as those of the files that a commit changed.
fn is_meant_as_file(members: &Map<String, Value>) -> bool {
    members
        .get("fileName")
        .and_then(Value::as_str)
        .is_some_and(|name| !name.is_empty())
        || CONTENTS
            .iter()
            .any(|key| members.get(*key).is_some_and(|value| !value.is_null()))
}

/// Whether a result is itself a file, as downloads return them.
fn is_file(members: &Map<String, Value>) -> bool {
    let has = |key: &str| members.get(key).is_some_and(|value| !value.is_null());
    let is_named = name(members).is_some();
    is_named && (has("base64") || has("buffer") || (has("text") && mime_type(members).is_some()))
}

fn name(members: &Map<String, Value>) -> Option<&str> {
    let name = ["fileName", "filename"]
        .iter()
        .find_map(|key| members.get(*key)?.as_str());
    name.filter(|name| !name.is_empty())
}

fn mime_type(members: &Map<String, Value>) -> Option<&str> {
    let written = members.get("mimeType")?.as_str()?;
    // It ends up in a header's place at clients.
    let sound = written.contains('/') && written.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    sound.then_some(written)
}

/// Takes one file's content. `None` for one that has none and says why: code reports files that it could not get.
fn take_one(members: &mut Map<String, Value>, pointer: &str, clean: &Clean<'_>) -> Result<Option<File>, ReturnedError> {
    let wrong = |problem: String| ReturnedError::File {
        pointer: pointer.to_owned(),
        problem,
    };
    let contents: Vec<&str> = CONTENTS
        .into_iter()
        .filter(|key| members.get(*key).is_some_and(|value| !value.is_null()))
        .collect();
    let key = match contents.as_slice() {
        [key] => *key,
        [] if members.get("error").is_some_and(|error| !error.is_null()) => return Ok(None),
        [] => return Err(wrong("has no content: write `text` or `base64`".to_owned())),
        [one, other, ..] => return Err(wrong(format!("has both `{one}` and `{other}`: write one of them"))),
    };
    let Some(name) = name(members).map(file_name) else {
        return Err(wrong("has no `fileName`".to_owned()));
    };
    let given = members.shift_remove(key).unwrap_or_default();
    let content = match (key, given) {
        ("text", Value::String(text)) => FileContent::Text(text),
        ("text", _) => return Err(wrong("has a `text` that is not a text".to_owned())),
        (key, given) => {
            FileContent::Bytes(content::bytes(given).map_err(|problem| wrong(format!("has a `{key}` that {problem}")))?)
        }
    };
    let content = clean(content);
    for empty in CONTENTS {
        members.shift_remove(empty);
    }
    let usual = match &content {
        FileContent::Text(_) => "text/plain",
        FileContent::Bytes(_) => "application/octet-stream",
    };
    let mime_type = mime_type(members).unwrap_or(usual).to_owned();
    members.shift_remove("filename");
    members.insert("fileName".to_owned(), Value::from(name.as_str()));
    members.insert("mimeType".to_owned(), Value::from(mime_type.as_str()));
    members.insert("size".to_owned(), Value::from(content.len()));
    Ok(Some(File {
        name,
        mime_type,
        content,
    }))
}

/// A name that is one on every system and looks like what it is: what comes from an API may try to name a place elsewhere,
/// or to turn `exe.pdf` around.
pub(in crate::runner) fn file_name(written: &str) -> String {
    const LONGEST: usize = 200;
    let clean: String = written
        .chars()
        .map(|character| match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            character if is_disruptive(character) => '_',
            character => character,
        })
        .take(LONGEST)
        .collect();
    match clean.trim_matches(['.', ' ']) {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}
