//! The outline of a message that cannot be read: which members it has, and whose answer somebody waits for.
//!
//! Must never hold more than a few bytes of the message, whatever its length: it is fed piece by piece.

use std::mem;

use rmcp::model::RequestId;
use serde_json::from_slice;

/// Longest name or value of a member that is looked at; an identifier that is longer is not recovered.
const LONGEST: usize = 256;

/// What can be seen of an object without reading what is in its members. It follows brackets and quotation marks only,
/// so that it gets past whatever JSON readers stumble over.
#[derive(Debug, Default)]
pub(super) struct Outline {
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// The object has ended; whatever follows is not part of it.
    complete: bool,
    /// The name of the member whose value is being passed.
    name: Option<Vec<u8>>,
    /// The name or value at hand, as it is written.
    token: Vec<u8>,
    members: Members,
    id: Option<RequestId>,
}

/// Which members there are.
#[derive(Debug, Default)]
struct Members {
    method: bool,
    id: bool,
    /// A result or an error.
    outcome: bool,
}

/// What an unreadable message seems to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody waits for the answer, or it cannot be told.
    Request(Option<RequestId>),
    /// Never answered (JSON-RPC 2.0, section 4.1).
    Notification,
    /// The answer to a request of ours.
    Answer(RequestId),
}

impl Outline {
    /// Takes in the next piece of the message.
    pub(super) fn feed(&mut self, piece: &[u8]) {
        for byte in piece {
            if self.complete {
                return;
            }
            self.take(*byte);
        }
    }

    /// What the message seems to be, as far as it was seen.
    pub(super) fn kind(self) -> Kind {
        match self.id {
            Some(id) if self.members.outcome && !self.members.method => Kind::Answer(id),
            _ if self.complete && self.members.method && !self.members.id => Kind::Notification,
            id => Kind::Request(id),
        }
    }

    fn take(&mut self, byte: u8) {
        if self.in_text {
            self.in_text = self.escaped || byte != b'"';
            self.escaped = byte == b'\\' && !self.escaped;
            return self.note(byte);
        }
        match byte {
            b'"' => {
                self.in_text = true;
                self.note(byte);
            }
            b'{' | b'[' => {
                // Stands for the whole value, which is no identifier.
                self.note(byte);
                self.depth += 1;
            }
            b'}' | b']' => {
                if self.depth == 1 {
                    self.end_member();
                }
                self.depth = self.depth.saturating_sub(1);
                self.complete = self.depth == 0;
            }
            b':' if self.depth == 1 => self.name = Some(mem::take(&mut self.token)),
            b',' if self.depth == 1 => self.end_member(),
            b' ' | b'\t' | b'\r' => {}
            _ => self.note(byte),
        }
    }

    fn note(&mut self, byte: u8) {
        if self.depth == 1 && self.token.len() <= LONGEST {
            self.token.push(byte);
        }
    }

    fn end_member(&mut self) {
        let value = mem::take(&mut self.token);
        let Some(name) = self.name.take().and_then(|name| from_slice::<String>(&name).ok()) else {
            return;
        };
        match name.as_str() {
            "method" => self.members.method = true,
            "result" | "error" => self.members.outcome = true,
            "id" => {
                self.members.id = true;
                self.id = from_slice(&value).ok();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(id: i64) -> Kind {
        Kind::Request(Some(RequestId::Number(id)))
    }

    fn kind(message: &[u8], piece: usize) -> Kind {
        let mut outline = Outline::default();
        message.chunks(piece).for_each(|piece| outline.feed(piece));
        outline.kind()
    }

    #[test]
    fn finds_whose_answer_is_waited_for() {
        let deep = format!(r#"{{"params":{}{},"id":4}}"#, "[".repeat(200), "]".repeat(200));
        let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(LONGEST));
        let table = [
            (r#"{"method":"m","params":"\ud83d","id":1}"#, number(1)),
            (r#"{"id" : 2 , "method":"m","params":1e400}"#, number(2)),
            (r#"{"method":"m","params":{"id":9,"x":[{"id":8}]},"id":3}"#, number(3)),
            (deep.as_str(), number(4)),
            (r#"{"method":"m","params":"\",\"id\":9,\\","id":5}"#, number(5)),
            (r#"{"id":6,"method":"m","params":{"cut"#, number(6)),
            (r#"{"id":7}{"id":8}"#, number(7)),
            (
                r#"{"id":"a b","x":nope}"#,
                Kind::Request(Some(RequestId::String("a b".into()))),
            ),
            (r#"{"id":1.5,"method":"m"}"#, Kind::Request(None)),
            (r#"{"id":null,"method":"m"}"#, Kind::Request(None)),
            (r#"{"id":{},"method":"m"}"#, Kind::Request(None)),
            (long.as_str(), Kind::Request(None)),
            (r#"{"method":"m","par"#, Kind::Request(None)),
            (r#"[{"id":1}]"#, Kind::Request(None)),
            ("rubbish", Kind::Request(None)),
            ("}}]],,::\"\\", Kind::Request(None)),
            ("", Kind::Request(None)),
            (r#"{"method":"m","params":1e400}"#, Kind::Notification),
            (r#"{"id":1,"result":"\ud83d"}"#, Kind::Answer(RequestId::Number(1))),
            (r#"{"error":1e400,"id":1}"#, Kind::Answer(RequestId::Number(1))),
        ];
        for (message, expected) in table {
            for piece in [1, 3, usize::MAX] {
                assert_eq!(kind(message.as_bytes(), piece), expected, "{message}");
            }
        }
    }

    #[test]
    fn keeps_no_more_than_a_few_bytes() {
        let mut outline = Outline::default();
        outline.feed(b"{\"");
        outline.feed(&vec![b'x'; 100_000]);
        assert!(outline.token.len() <= LONGEST + 1, "{}", outline.token.len());
    }
}
