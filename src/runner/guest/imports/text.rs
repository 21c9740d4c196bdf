//! `toolgate:action/text`, which only the JavaScript engine imports: the encodings of the WHATWG encoding standard, whose
//! tables are too large for a guest.

use encoding_rs::{CoderResult, Encoding};
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::super::run::TOO_MUCH_AT_ONCE;
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
        |store: StoreContextMut<'_, Run>, (label, data): (String, Vec<u8>)| {
            let memory = usize::try_from(store.data().meter.limits().memory_bytes).unwrap_or(usize::MAX);
            Box::new(async move {
                let text = decode(&label, &data, memory.saturating_sub(data.len())).await;
                text.map(|text| (text,))
                    .map_err(|TooLong| wasmtime::Error::msg(TOO_MUCH_AT_ONCE))
            })
        },
    )
}

/// Labels of encodings that pages must not use stand for none: their text would be one replacement character.
fn encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes())
}

/// The text would be longer than allowed.
#[derive(Debug, PartialEq, Eq)]
struct TooLong;

/// Text of at most `longest` bytes, about: one that has no room in the memory of a run must not take the host's.
async fn decode(label: &str, data: &[u8], longest: usize) -> Result<Option<String>, TooLong> {
    let Some(encoding) = encoding(label) else {
        return Ok(None);
    };
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::new();
    let mut left = data;
    loop {
        let (piece, rest) = left.split_at(left.len().min(PIECE));
        let is_last = rest.is_empty();
        // More than a piece can need, so that all of it is taken in at once.
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).ok_or(TooLong)?);
        let (result, _, _) = decoder.decode_to_string(piece, &mut text, is_last);
        debug_assert_eq!(result, CoderResult::InputEmpty, "the room was reserved");
        if text.len() > longest {
            return Err(TooLong);
        }
        if is_last {
            return Ok(Some(text));
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
            let text = decode(label, bytes, PIECE).await.expect("short");
            assert_eq!(text.as_deref(), expected, "{label}");
        }
    }

    #[tokio::test]
    async fn text_that_has_no_room_is_not_made() {
        let bytes = vec![0xe9; 4 * PIECE];
        assert_eq!(
            decode("latin1", &bytes, 2 * bytes.len())
                .await
                .map(|text| text.map(|text| text.len())),
            Ok(Some(2 * bytes.len()))
        );
        assert_eq!(decode("latin1", &bytes, 2 * bytes.len() - 1).await, Err(TooLong));
    }

    #[tokio::test]
    async fn a_character_may_stand_where_two_pieces_meet() {
        let mut bytes = vec![b'a'; PIECE - 1];
        bytes.extend(b"\x93\xfa\x96\x7b");
        let text = decode("shift_jis", &bytes, 2 * PIECE)
            .await
            .expect("short")
            .expect("text");
        assert!(text.ends_with("a日本"), "{:?}", &text[PIECE - 3..]);
        assert_eq!(text.len(), PIECE - 1 + "日本".len());
    }
}
