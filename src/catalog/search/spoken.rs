//! The words of a sentence with what is to be seen of them: what is quoted, what is a name, what an identifier.

use super::lexicon::{self, Part};
use super::words::each_word;

/// Most words of a sentence that are looked at. The rest of a longer text is hardly about which tool to use.
pub(super) const MOST_WORDS: usize = 64;

/// A word where it stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about a place in a sentence"
)]
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    /// In quotation marks, or after a word that announces content.
    pub(super) is_data: bool,
    /// After "that" or "because": content of what is written, or a condition on what is read.
    pub(super) is_clause: bool,
    /// Whether it is the first word of what stands between two spaces.
    pub(super) opens: bool,
    /// Begins with a capital inside of a sentence.
    pub(super) is_name: bool,
    /// Holds a digit, or belongs to an address.
    pub(super) is_identifier: bool,
    /// Belongs to an address of the web or of mail.
    pub(super) is_address: bool,
    /// Written with a number sign, as channels and connectors are: "#general".
    pub(super) is_tag: bool,
    /// The first one, or the first after a full stop, comma or colon.
    pub(super) begins: bool,
}

/// Takes `text` apart.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut quote: Option<char> = None;
    let mut announced = false;
    let mut clause = false;
    let mut begins = true;
    let mut first = true;
    for chunk in text.split_whitespace() {
        let opening = chunk.chars().next().and_then(closing_mark);
        if quote.is_none() {
            quote = opening;
        }
        let is_data = quote.is_some() || announced;
        let is_identifier = chunk.bytes().any(|byte| byte.is_ascii_digit())
            || chunk.contains(['@', '/'])
            // A file, a host or a version of something; sentences end in such marks.
            || chunk.trim_end_matches(['.', ':']).contains(['.', ':']);
        let is_address = chunk.contains("://") || chunk.contains('@') && chunk.contains('.');
        let mut starts = begins;
        let mut opens = true;
        let mut capital = !first
            && chunk
                .chars()
                .find(|c| c.is_alphanumeric())
                .is_some_and(char::is_uppercase);
        // An abbreviation such as "PR" or "CRM" is a word like any other.
        capital &= chunk.chars().filter(|c| c.is_uppercase()).count() == 1;
        let is_tag = is_tag(chunk);
        each_word(chunk, |word| {
            words.push(Word {
                text: word.to_owned(),
                is_data,
                opens: std::mem::take(&mut opens),
                is_clause: clause,
                is_name: capital,
                is_identifier,
                is_address,
                is_tag,
                begins: std::mem::take(&mut starts),
            });
        });
        if is_file(chunk) && !is_address {
            words.extend(words.last().map(|last| Word {
                text: "file".to_owned(),
                is_identifier: false,
                ..last.clone()
            }));
        }
        if words.len() >= MOST_WORDS {
            words.truncate(MOST_WORDS);
            break;
        }
        let trimmed = chunk.trim_end_matches(['.', ',', '!', '?', ';', ':']);
        if quote.is_some_and(|mark| {
            trimmed.len() > 1 && trimmed.ends_with(mark) || chunk.len() > 1 && chunk.ends_with(mark)
        }) {
            quote = None;
        }
        let last = words.last().map(|word| word.text.as_str());
        announced |= !first
            && (chunk.ends_with(':') || last.is_some_and(|last| lexicon::part(last) == Some(Part::Announcement)));
        announced |= last == Some("to") && words.iter().any(|word| word.text == "remind");
        announced |= last == Some("for") && is_place_searched(&words);
        clause |= !first && (matches!(last, Some("because" | "since")) || last == Some("that") && !points(&words));
        begins = chunk.ends_with(['.', ',', '!', '?', ';', ':']);
        first = chunk.ends_with(['.', '!', '?']);
    }
    // A sentence that is content as a whole is not.
    if words.iter().all(|word| word.is_data) {
        for word in &mut words {
            word.is_data = false;
        }
    }
    words
}

/// How many identifiers `words` have. One may be several words.
pub(super) fn identifiers(words: &[Word]) -> usize {
    let named = |word: &&Word| word.is_identifier && !word.is_address && word.opens;
    words.iter().filter(named).count()
}

/// Whether the words before the "for" at the end of `words` are a place that is searched, as in "search the wiki for": what
/// follows is content that may be in it.
fn is_place_searched(words: &[Word]) -> bool {
    let [others @ .., _] = words else {
        return false;
    };
    let mut after = others
        .iter()
        .skip_while(|word| word.text != "search")
        .skip(1)
        .peekable();
    after.peek().is_some() && !after.any(|word| lexicon::is_preposition(&word.text))
}

/// Whether the "that" at the end of `words` points at a thing, as in "delete that file", and begins no clause.
fn points(words: &[Word]) -> bool {
    let [others @ .., _] = words else {
        return false;
    };
    let tells = |word: &Word| {
        matches!(
            word.text.as_str(),
            "comment" | "mention" | "note" | "report" | "say" | "tell" | "write"
        )
    };
    match others {
        [] => true,
        [first] => !tells(first),
        [.., before] => lexicon::is_preposition(&before.text),
    }
}

/// Whether `chunk` is one word behind a number sign. With more of them it is the name of an action: `#list_invoices`.
fn is_tag(chunk: &str) -> bool {
    let name = chunk.trim_end_matches(|character: char| !character.is_alphanumeric());
    name.strip_prefix('#')
        .is_some_and(|name| name.starts_with(char::is_alphabetic) && !name.contains('_'))
}

/// Whether `chunk` is a file by its ending: `report.pdf`.
fn is_file(chunk: &str) -> bool {
    const ENDINGS: [&str; 20] = [
        "csv", "doc", "docx", "gif", "html", "jpeg", "jpg", "json", "md", "mp3", "mp4", "pdf", "png", "ppt", "pptx",
        "txt", "xls", "xlsx", "xml", "zip",
    ];
    let chunk = chunk.trim_end_matches(|character: char| !character.is_alphanumeric());
    chunk.rsplit_once('.').is_some_and(|(name, ending)| {
        !name.is_empty() && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}

fn closing_mark(opening: char) -> Option<char> {
    Some(match opening {
        '"' => '"',
        '“' | '„' => '”',
        '«' => '»',
        '`' => '`',
        '\'' => '\'',
        '‘' => '’',
        _ => return None,
    })
}
