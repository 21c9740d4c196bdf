//! How deeply an expression nests, judged from its text.
//!
//! The JMESPath parser, its interpreter and the syntax tree's destructor all recurse, so a long chain or a pile of
//! brackets would end the process. This looks before the parser does.

use super::MappingError;

/// Deepest syntax tree that is allowed. People write expressions of depth ten.
const DEEPEST: usize = 100;

/// Refuses expressions whose syntax tree could be deeper than [`DEEPEST`].
pub(super) fn check(source: &str) -> Result<(), MappingError> {
    // Steps of each bracket that is open. A comma begins a new branch of the tree.
    let mut steps = vec![0_usize];
    let mut depth = 0;
    let mut characters = source.char_indices();
    while let Some((offset, character)) = characters.next() {
        let here = steps.len() - 1;
        match character {
            '\'' | '"' | '`' => skip_quoted(&mut characters, character),
            ',' => depth -= std::mem::take(&mut steps[here]),
            '(' | '[' | '{' => {
                steps[here] += 1;
                steps.push(0);
                depth += 1;
            }
            ')' | ']' | '}' if here > 0 => depth -= steps.pop().unwrap_or_default(),
            '.' | '*' | '?' | '|' | '&' | '!' | '=' | '<' | '>' => {
                steps[here] += 1;
                depth += 1;
            }
            _ => {}
        }
        if depth > DEEPEST {
            let message = "the expression is too deep: split it into a table of shorter ones";
            return Err(MappingError::at(offset, message));
        }
    }
    Ok(())
}

fn skip_quoted(characters: &mut std::str::CharIndices<'_>, quote: char) {
    while let Some((_, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return;
        }
    }
}
