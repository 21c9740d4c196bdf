//! The address to serve on, as people write it: a port alone, or with a name or an address before it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize as _, Deserializer};

/// What a text that is no address to serve on should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is no address to serve on: write a port, e.g. 8080, which only this machine can reach, or an IP address and a \
     port, e.g. 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080"
)]
pub struct NoListenAddress;

/// Reads `8080`, `:8080`, `localhost:8080`, `127.0.0.1:8080` or `[::1]:8080`. What names no address is for this machine
/// only: nobody should serve others because of a few characters that they left out.
///
/// # Errors
/// [`NoListenAddress`] for everything else. Names are not looked up: what they stand for can change.
pub fn listen_address(written: &str) -> Result<SocketAddr, NoListenAddress> {
    let written = written.trim();
    if let Ok(address) = written.parse() {
        return Ok(address);
    }
    let (host, port) = written.rsplit_once(':').unwrap_or(("", written));
    // `parse` of a number takes a sign.
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let is_here = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    match port.parse() {
        Ok(port) if is_number && is_here => Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        _ => Err(NoListenAddress),
    }
}

/// Reads the setting.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let written = Option::<String>::deserialize(deserializer)?;
    let address = written.as_deref().map(listen_address).transpose();
    address.map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_address_is_for_this_machine() {
        for (written, address) in [
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("LocalHost:0", "127.0.0.1:0"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            (" 8080 ", "127.0.0.1:8080"),
        ] {
            assert_eq!(
                listen_address(written).map(|address| address.to_string()),
                Ok(address.to_owned())
            );
        }
        for written in [
            "",
            ":",
            "localhost",
            "localhost:",
            "+80",
            ":-1",
            "65536",
            "::1",
            "::1:80",
            "example.com:80",
            "127.0.0.1",
            "*:80",
            "http://localhost:80",
        ] {
            assert_eq!(listen_address(written), Err(NoListenAddress), "{written}");
        }
    }
}
