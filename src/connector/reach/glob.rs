//! Patterns in which `*` stands for anything.

/// Whether `text` matches `pattern`, in which `*` stands for any bytes, none included. Looks at every byte at most once
/// per `*`.
pub(super) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut position) = (0, 0);
    // The last `*` and where its text ends for now; on a mismatch it takes in one byte more.
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(position) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(expected) if expected == byte => {
                at += 1;
                position += 1;
            }
            _ => {
                let Some((star_at, end)) = star else {
                    return false;
                };
                star = Some((star_at, end + 1));
                at = star_at + 1;
                position = end + 1;
            }
        }
    }
    pattern
        .get(at..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_with_many_stars_end_quickly() {
        let pattern = format!("{}b", "*a".repeat(30));
        assert!(!glob(pattern.as_bytes(), "a".repeat(10_000).as_bytes()));
        assert!(glob(pattern.as_bytes(), format!("{}b", "a".repeat(10_000)).as_bytes()));
    }
}
