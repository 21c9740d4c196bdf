//! `toolgate:action/text`, which only the JavaScript engine imports: the encodings of the WHATWG encoding standard, whose
//! tables are too large for a guest.

use encoding_rs::{CoderResult, Encoding};
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::Run;

/// Decoded between two turns of others: about a millisecond's work.
const PIECE: usize = 256 * 1024;

pub(super) fn add_to_linker(linker: &mut Linker<Run>) -> wasmtime::Result<()> {
    let mut text = linker.instance("toolgate:action/text@0.1.0")?;
    text.func_wrap("encoding", |_: StoreContextMut<'_, Run>, (label,): (String,)| {
        Ok((encoding(&label).map(|encoding| encoding.name().to_ascii_lowercase()),))
    })?;
    text.func_wrap_async(
        "decode",
        |_: StoreContextMut<'_, Run>, (label, data): (String, Vec<u8>)| {
            Box::new(async move { Ok((decode(&label, &data).await,)) })
        },
    )
}

/// Labels of encodings that pages must not use stand for none: their text would be one replacement character.
fn encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes())
}

async fn decode(label: &str, data: &[u8]) -> Option<String> {
    let mut decoder = encoding(label)?.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(data.len());
    let mut left = data;
    loop {
        let (piece, rest) = left.split_at(left.len().min(PIECE));
        let is_last = rest.is_empty();
        // More than a piece can need, so that all of it is taken in at once.
        text.reserve(decoder.max_utf8_buffer_length(piece.len())?);
        let (result, _, _) = decoder.decode_to_string(piece, &mut text, is_last);
        debug_assert_eq!(result, CoderResult::InputEmpty, "the room was reserved");
        if is_last {
            return Some(text);
        }
        left = rest;
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn text_is_read_in_the_encoding_that_a_label_names() {
        let table: [(&str, &[u8], Option<&str>); 7] = [
            ("iso-8859-2", b"\xb9lut\xfd", Some("šlutý")),
            ("Windows-1250", b"k\xf9\xf2", Some("kůň")),
            ("latin1", b"\x80 \xe9", Some("€ é")),
            ("shift_jis", b"\x93\xfa\x96\x7b", Some("日本")),
            ("utf-8", b"\xef\xbb\xbfa\xff", Some("a\u{fffd}")),
            ("iso-2022-kr", b"a", None),
            ("nonsense", b"a", None),
        ];
        for (label, bytes, expected) in table {
            assert_eq!(decode(label, bytes).await.as_deref(), expected, "{label}");
        }
    }

    #[tokio::test]
    async fn a_character_may_stand_where_two_pieces_meet() {
        let mut bytes = vec![b'a'; PIECE - 1];
        bytes.extend(b"\x93\xfa\x96\x7b");
        let text = decode("shift_jis", &bytes).await.expect("text");
        assert!(text.ends_with("a日本"), "{:?}", &text[PIECE - 3..]);
        assert_eq!(text.len(), PIECE - 1 + "日本".len());
    }
}
