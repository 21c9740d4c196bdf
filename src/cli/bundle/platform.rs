//! Which system a binary is for, by how it begins.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};

/// A system that bundles name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Linux,
    MacOs,
    Windows,
}

impl Platform {
    /// The system that the program in `file` runs on.
    pub(super) fn of(file: &Path) -> anyhow::Result<Self> {
        let mut begin = [0; 4];
        File::open(file)
            .and_then(|mut file| file.read_exact(&mut begin))
            .with_context(|| format!("cannot read the binary {}", file.display()))?;
        Ok(match begin {
            [0x7f, b'E', b'L', b'F'] => Self::Linux,
            // One architecture of either byte order, or several in one file.
            [0xcf | 0xce, 0xfa, 0xed, 0xfe] | [0xca, 0xfe, 0xba, 0xbe | 0xbf] => Self::MacOs,
            [b'M', b'Z', ..] => Self::Windows,
            _ => bail!("{} is not a program for Linux, macOS or Windows", file.display()),
        })
    }

    /// Its name in a manifest.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::MacOs => "darwin",
            Self::Windows => "win32",
        }
    }

    /// Where the binary is in a bundle.
    pub(super) const fn program(self) -> &'static str {
        match self {
            Self::Windows => "server/toolgate.exe",
            _ => "server/toolgate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_tells_what_it_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        for (begin, expected) in [
            (&b"\x7fELF\x02\x01"[..], Some(Platform::Linux)),
            (&[0xcf, 0xfa, 0xed, 0xfe, 0x0c], Some(Platform::MacOs)),
            (&[0xca, 0xfe, 0xba, 0xbe, 0x00], Some(Platform::MacOs)),
            (b"MZ\x90\x00\x03", Some(Platform::Windows)),
            (b"#!/bin/sh\n", None),
            (b"", None),
        ] {
            std::fs::write(&file, begin).unwrap();
            assert_eq!(Platform::of(&file).ok(), expected, "{begin:?}");
        }
        assert_eq!(
            Platform::of(&std::env::current_exe().unwrap()).is_ok(),
            cfg!(any(unix, windows))
        );
    }
}
