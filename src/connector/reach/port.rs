//! Ports that belong to other protocols than HTTP.
//!
//! Requests are not refused because of them: a pattern of the allowlist names its port, so the connector's owner has
//! written it down. `toolgate check` asks whether it was meant.

/// What servers on these ports speak: a request to one of them is a mistake, or meant to be read as something else.
const FOREIGN: &[(u16, &str)] = &[
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (53, "DNS"),
    (110, "POP3"),
    (143, "IMAP"),
    (389, "LDAP"),
    (445, "SMB"),
    (465, "SMTP"),
    (587, "SMTP"),
    (636, "LDAP"),
    (993, "IMAP"),
    (995, "POP3"),
    (2049, "NFS"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (6379, "Redis"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

/// The protocol other than HTTP that `port` belongs to.
pub(in crate::connector) fn foreign_protocol(port: u16) -> Option<&'static str> {
    FOREIGN
        .iter()
        .find(|(foreign, _)| *foreign == port)
        .map(|(_, protocol)| *protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_other_protocols_are_told_from_those_of_apis() {
        assert_eq!(foreign_protocol(6379), Some("Redis"));
        for port in [80, 443, 3000, 5000, 8000, 8080, 8443, 9200, 65535] {
            assert_eq!(foreign_protocol(port), None, "{port}");
        }
    }
}
