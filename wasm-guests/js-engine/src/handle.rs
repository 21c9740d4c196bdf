//! Handles, which stand for secrets, by their looks: nothing that is computed of one is right, but what the host computes.
//!
//! Code may decode a handle whose secret is base64 or hexadecimal digits, and give what comes out to an HMAC as its key:
//! the host knows it, and decodes the secret. Read in any other way it would be wrong without a word, so it is refused.

use std::cell::RefCell;

use crate::encoding::Encoding;

/// What the host begins its handles with.
const HANDLE: &[u8] = b"tghandle";

/// Characters of a handle behind that: hexadecimal digits.
const HANDLE_DIGITS: usize = 32;

const LENGTH: usize = HANDLE.len() + HANDLE_DIGITS;

/// How a handle may be spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Hex,
    /// Within base64, where `shift` bytes of a group stand before it, and so many characters of that group.
    Base64 {
        shift: usize,
        before: usize,
    },
}

/// How a handle begins in each form: as many characters of each as the shortest has.
const SIGNS: [(&[u8; 8], Form); 5] = [
    (b"tghandle", Form::Plain),
    (b"74676861", Form::Hex),
    (b"dGdoYW5k", Form::Base64 { shift: 0, before: 0 }),
    (b"RnaGFuZG", Form::Base64 { shift: 1, before: 2 }),
    (b"0Z2hhbmR", Form::Base64 { shift: 2, before: 3 }),
];

/// How much further on a sign may end at least, by the character where one could end: most of a text need not be looked at.
const SKIP: [u8; 256] = {
    let mut skip = [8; 256];
    let mut sign = 0;
    while sign < SIGNS.len() {
        let mut place = 0;
        let mut behind = 8;
        while place < 8 {
            behind -= 1;
            let character = SIGNS[sign].0[place] as usize;
            if behind < skip[character] {
                skip[character] = behind;
            }
            place += 1;
        }
        sign += 1;
    }
    skip
};

/// Whether `text` is a handle.
fn is_handle(text: &[u8]) -> bool {
    text.len() == LENGTH && text.starts_with(HANDLE) && text[HANDLE.len()..].iter().all(u8::is_ascii_hexdigit)
}

/// Whether a handle is spelled in this form where its sign begins at `start` of `data`.
fn is_at(data: &[u8], start: usize, form: Form) -> bool {
    let part = |start: usize, length: usize| data.get(start..start + length);
    let decoded = |text: &[u8], encoding: Encoding| encoding.bytes(String::from_utf8_lossy(text).into_owned());
    match form {
        Form::Plain => part(start, LENGTH).is_some_and(is_handle),
        Form::Hex => part(start, 2 * LENGTH).is_some_and(|digits| is_handle(&decoded(digits, Encoding::Hex))),
        Form::Base64 { shift, before } => {
            let group = start.checked_sub(before);
            let digits = group.and_then(|group| part(group, ((shift + LENGTH) * 4).div_ceil(3)));
            digits.is_some_and(|digits| {
                decoded(digits, Encoding::Base64)
                    .get(shift..shift + LENGTH)
                    .is_some_and(is_handle)
            })
        }
    }
}

/// Whether a handle stands in `data` in one of the forms that are `sought`.
fn is_in(data: &[u8], sought: impl Fn(Form) -> bool) -> bool {
    let mut end = 7;
    while let Some(character) = data.get(end) {
        let skip = usize::from(SKIP[usize::from(*character)]);
        if skip == 0 {
            let start = end - 7;
            let window = &data[start..=end];
            let found = |(sign, form): &(&[u8; 8], Form)| sought(*form) && window == *sign && is_at(data, start, *form);
            if SIGNS.iter().any(found) {
                return true;
            }
        }
        end += skip.max(1);
    }
    false
}

/// What a handle was decoded into.
struct Decoded {
    handle: String,
    is_hex: bool,
    bytes: Vec<u8>,
    /// The same as UTF-8, where code has made a text of one character for each byte, as `atob` gives it.
    text: Vec<u8>,
}

thread_local! {
    /// What the code of this call has decoded handles into. Empty in nearly all calls, which then have nothing to look for.
    static DECODED: RefCell<Vec<Decoded>> = const { RefCell::new(Vec::new()) };
}

/// Why something that code made of a handle is refused.
pub(crate) struct Refused(pub(crate) String);

/// What code can do that is refused to compute with a handle.
const EXPOSE: &str = "needs secrets = \"exposed\" under [security] of its connector";

fn unreadable() -> Refused {
    Refused(format!(
        "what is decoded of a handle is not what the secret that it stands for would give: only the key of an HMAC may be \
         decoded of one, as a whole and as bytes, as in Buffer.from(handle, \"base64\"); code that has to read it {EXPOSE}"
    ))
}

/// What `text` is decoded into if it is a handle, for the host to know as a key; nothing where it holds none, or is not
/// decoded. Of base64 digits that are a handle come bytes that only this handle gives; hexadecimal digits it has only behind
/// its beginning, which stays as it is.
pub(crate) fn decoded(text: &str, encoding: Encoding) -> Result<Option<Vec<u8>>, Refused> {
    let is_hex = encoding == Encoding::Hex;
    if !is_hex && !matches!(encoding, Encoding::Base64 | Encoding::Base64Url)
        || !is_in(text.as_bytes(), |form| form == Form::Plain)
    {
        return Ok(None);
    }
    let handle = text.trim().trim_end_matches('=');
    if !is_handle(handle.as_bytes()) {
        return Err(unreadable());
    }
    let bytes = if is_hex {
        [HANDLE, &encoding.bytes(handle[HANDLE.len()..].to_owned())].concat()
    } else {
        encoding.bytes(handle.to_owned())
    };
    DECODED.with_borrow_mut(|all| {
        if all.iter().all(|one| one.bytes != bytes) {
            all.push(Decoded {
                handle: handle.to_owned(),
                is_hex,
                text: Encoding::Latin1.text(&bytes).into_bytes(),
                bytes: bytes.clone(),
            });
        }
    });
    Ok(Some(bytes))
}

/// Refuses `data` that holds what a handle was decoded into.
pub(crate) fn refuse_decoded(data: &[u8]) -> Result<(), Refused> {
    let holds = |part: &[u8]| data.windows(part.len()).any(|window| window == part);
    let is_held = |one: &Decoded| holds(&one.bytes) || holds(&one.text);
    if DECODED.with_borrow(|all| all.iter().any(is_held)) {
        return Err(unreadable());
    }
    Ok(())
}

/// The text of bytes in an encoding where a handle was decoded into them: the handle, where they are spelled as before.
/// Nothing where they hold none, or become a text of one character for each, which says no more than they do.
pub(crate) fn encoded(bytes: &[u8], encoding: Encoding) -> Result<Option<String>, Refused> {
    if encoding == Encoding::Latin1 {
        return Ok(None);
    }
    let whole = DECODED.with_borrow(|all| {
        let one = all.iter().find(|one| one.bytes == bytes)?;
        let is_as_before = match encoding {
            Encoding::Hex => one.is_hex,
            Encoding::Base64 | Encoding::Base64Url => !one.is_hex,
            _ => false,
        };
        is_as_before.then(|| one.handle.clone())
    });
    match whole {
        Some(handle) => Ok(Some(handle)),
        None => refuse_decoded(bytes).map(|()| None),
    }
}

/// Refuses a key that is made of what a handle was decoded into, and is not that: the host would not know it.
pub(crate) fn refuse_key(key: &[u8]) -> Result<(), Refused> {
    if DECODED.with_borrow(|all| all.iter().any(|one| one.bytes == key)) {
        return Ok(());
    }
    refuse_decoded(key)
}

/// Refuses data of which something is `computed` that holds a handle, in any form. Handles are made anew for each call:
/// nothing that is computed of one is ever right.
pub(crate) fn refuse(computed: &str, data: &[u8]) -> Result<(), Refused> {
    if is_in(data, |_| true) {
        return Err(Refused(format!(
            "{computed} of a handle is not that of the secret that it stands for: an HMAC may have a handle as its key; \
             code that has to hash secrets {EXPOSE}"
        )));
    }
    refuse_decoded(data)
}
