//! Reading a secret from whoever runs a verb: typed without echo, or through standard input. Never from an argument:
//! those stay in the shell's history and are shown to every user of the machine by `ps`.

use std::io::{self, IsTerminal as _, Read as _};

use secrecy::SecretString;
use zeroize::Zeroizing;

/// Longest secret in bytes: far more than any key.
const LONGEST: usize = 64 * 1024;

/// Asks for a secret when stdin is a terminal, else reads all of stdin without the line end at its end. `command` is what
/// was run, for whoever pipes nothing into it.
pub(super) async fn read(prompt: &str, command: &str) -> anyhow::Result<SecretString> {
    let prompt = format!("{prompt}: ");
    // Ctrl-C at the prompt would end the process before it lets the terminal show again what is typed. With a listener
    // it ends the prompt with an error instead.
    #[cfg(unix)]
    let _listener = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    let reading = tokio::task::spawn_blocking(move || {
        if io::stdin().is_terminal() {
            return Ok(Zeroizing::new(rpassword::prompt_password(prompt)?.into_bytes()));
        }
        // In its final size from the start: growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
        io::stdin().lock().take(LONGEST as u64 + 2).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    });
    let bytes = reading
        .await?
        .map_err(|error| anyhow::anyhow!("no value was read: {error}"))?;
    Ok(secret(&bytes, command)?)
}

fn secret(bytes: &[u8], command: &str) -> Result<SecretString, Unusable> {
    let text = str::from_utf8(bytes).map_err(|_| Unusable::NotText)?;
    let text = text
        .strip_suffix('\n')
        .map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    match text.len() {
        0 => Err(Unusable::Empty(command.to_owned())),
        1..=LONGEST => Ok(SecretString::from(text)),
        _ => Err(Unusable::TooLong),
    }
}

/// What was read is no secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unusable {
    #[error("the value is empty; type it at the prompt, or pipe it in: `{0} < key.txt`")]
    Empty(String),
    #[error("the value is not UTF-8 text; store binary keys in base64")]
    NotText,
    #[error("the value is longer than 64 KiB")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const SET: &str = "toolgate vault set crm/key";

    #[test]
    fn one_line_end_is_taken_off_and_nothing_else() {
        for (read, kept) in [
            ("key", "key"),
            ("key\n", "key"),
            ("key\r\n", "key"),
            ("key\n\n", "key\n"),
            (" key \n", " key "),
            ("-----BEGIN\nx\n-----END\n", "-----BEGIN\nx\n-----END"),
            ("key\r", "key\r"),
        ] {
            assert_eq!(secret(read.as_bytes(), SET).unwrap().expose_secret(), kept, "{read:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused() {
        for empty in ["", "\n", "\r\n"] {
            let refused = secret(empty.as_bytes(), SET).err();
            assert_eq!(refused, Some(Unusable::Empty(SET.to_owned())), "{empty:?}");
        }
        assert_eq!(secret(b"\xff\xfe", SET).err(), Some(Unusable::NotText));
        assert!(secret(&vec![b'a'; LONGEST], SET).is_ok());
        assert!(secret(&[vec![b'a'; LONGEST], b"\n".to_vec()].concat(), SET).is_ok());
        assert_eq!(secret(&vec![b'a'; LONGEST + 1], SET).err(), Some(Unusable::TooLong));
    }
}
