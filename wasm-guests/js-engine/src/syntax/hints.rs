//! What an author is likely to have meant where the parser stopped.

/// What to do with TypeScript.
const TYPES: &str =
    "this looks like TypeScript, and the engine runs JavaScript: remove types, or compile it to JavaScript";

/// Words that begin what only TypeScript has.
const OF_TYPES: [&str; 7] = [
    "interface",
    "type",
    "declare",
    "namespace",
    "abstract",
    "enum",
    "readonly",
];

/// `message` about the place `at` with what is likely meant, and the place to tell.
pub(super) fn with_hint(message: &str, source: &str, at: usize) -> (String, usize) {
    let (before, here) = source.split_at(at);
    let (word, word_at) = last_word(before);
    let problem = message.strip_prefix("SyntaxError: ").unwrap_or(message);
    // What `await` lacks in an async function has a message of its own.
    if word == "await"
        && ["expecting", "Unexpected"]
            .iter()
            .any(|begins| problem.starts_with(begins))
    {
        let message = "SyntaxError: `await` needs an `async` function: the function around it is not `async`";
        return (message.to_owned(), word_at);
    }
    if problem.starts_with("invalid redefinition of") {
        // The parser has read the name already, or is about to.
        let (name, name_at) = if is_declaring(word) {
            (first_word(here), at)
        } else {
            (word, word_at)
        };
        // Behind a function or a class the name is long read.
        if name.is_empty() {
            return (message.to_owned(), at);
        }
        return (
            format!("SyntaxError: Identifier '{name}' has already been declared"),
            name_at,
        );
    }
    if ["import", "export"].contains(&first_word(here_line(source, at))) {
        let hint = "an action is one piece: import and export are not available";
        return (format!("{message} ({hint})"), at);
    }
    match character_hint(here).or_else(|| is_typed(before, here, word).then(|| TYPES.to_owned())) {
        Some(hint) => (format!("{message} ({hint})"), at),
        None => (message.to_owned(), at),
    }
}

/// What is wrong with a private name that no class has, and where it is used.
pub(super) fn of_private_name(problem: &str, source: &str) -> Option<(String, usize)> {
    let name = problem.strip_prefix("undefined private field '")?.strip_suffix('\'')?;
    let uses = source.match_indices(name).map(|(at, _)| at);
    let at = uses
        .filter(|at| first_word(&source[at + 1..]) == &name[1..])
        .find(|at| {
            let before = source[..*at].trim_end();
            before.ends_with('.') || source[at + name.len()..].trim_start().starts_with("in ")
        })?;
    let message =
        format!("SyntaxError: Private field '{name}' must be declared in the class around it: write `{name};` there");
    Some((message, at))
}

fn here_line(source: &str, at: usize) -> &str {
    let start = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    source[start..].trim_start()
}

/// Characters of typeset text that look like those of code, or like none.
fn character_hint(here: &str) -> Option<String> {
    let character = here.chars().next()?;
    let meant = match character {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' => "a typographic quote: write '",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => {
            "a typographic quote: write \""
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a typographic dash: write -",
        '\u{2026}' => "an ellipsis: write three dots",
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{ad}' => {
            "which cannot be seen: remove it"
        }
        _ => return None,
    };
    Some(format!("U+{:04X}, {meant}", u32::from(character)))
}

/// Whether the parser stopped at what TypeScript has and JavaScript has not.
fn is_typed(before: &str, here: &str, word: &str) -> bool {
    let begins_statement = |word: &str| {
        let before = before.trim_end().strip_suffix(word).unwrap_or_default();
        before.trim_end_matches([' ', '\t']).ends_with(['\n', ';', '}']) || before.trim().is_empty()
    };
    if here.starts_with(':') {
        let is_type = |text: &str| text.starts_with(|first: char| first.is_alphabetic() || "_{[(".contains(first));
        let behind_name = before.ends_with(|last: char| last.is_alphanumeric() || "_$)]}?".contains(last));
        // Behind a comma it is rather the next member of an object whose braces were taken for those of a block.
        let is_member = before[..before.len() - last_word(before).0.len()].trim_end().ends_with(',');
        return behind_name && !is_member && is_type(here[1..].trim_start());
    }
    match first_word(here) {
        "as" | "satisfies" => true,
        "enum" => begins_statement(""),
        "" => here.starts_with('!') && !here.starts_with("!="),
        _ => OF_TYPES.contains(&word) && begins_statement(word),
    }
}

fn is_declaring(word: &str) -> bool {
    ["const", "let", "var", "function", "class"].contains(&word)
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

fn first_word(text: &str) -> &str {
    &text[..text.find(|character| !is_of_word(character)).unwrap_or(text.len())]
}

/// The word before the end of `text`, and where it begins.
fn last_word(text: &str) -> (&str, usize) {
    let text = text.trim_end();
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, character)| is_of_word(*character))
        .last()
        .map_or(text.len(), |(at, _)| at);
    (&text[start..], start)
}
