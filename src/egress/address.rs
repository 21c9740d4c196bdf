//! Which addresses a connector's requests may go to.
//!
//! Asked twice: for the addresses that a name resolves to ([`super::resolver`]), which are then connected to without
//! another look-up, and for an address written in a URL, which no resolver ever sees.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

use super::special_purpose;

/// Addresses where clouds hand out a machine's own credentials. No list opens them: whoever wants to call an API in
/// such a network means the API, never these.
const METADATA: &[IpAddr] = &[
    // AWS, Azure, Google, DigitalOcean, Oracle, OpenStack
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    // AWS container credentials: ECS tasks, EKS pods
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    // Tencent, Scaleway
    IpAddr::V4(Ipv4Addr::new(169, 254, 0, 23)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 42, 42)),
    // Alibaba
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    // Azure's wire server, the only one at a public address
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    // Oracle's older one
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    // AWS, EKS pods, Google, Scaleway over IPv6
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42)),
];

/// The addresses that one connector may reach (contract S1-51).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum AddressRule {
    /// Whatever is reachable over the public internet.
    Public,
    /// These networks and no others; sorted, so that equal rules are equal.
    Only(Vec<IpNet>),
}

impl AddressRule {
    pub(super) fn new(ip_allowlist: Option<&[IpNet]>) -> Self {
        match ip_allowlist {
            None => Self::Public,
            Some(networks) => {
                let mut networks: Vec<IpNet> = networks.iter().map(IpNet::trunc).collect();
                networks.sort_unstable();
                networks.dedup();
                Self::Only(networks)
            }
        }
    }

    /// # Errors
    /// The rule that refuses `address`.
    pub(super) fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        // A connection to an IPv4-mapped address is an IPv4 connection.
        let address = address.to_canonical();
        let within = embedded_ipv4(address);
        if METADATA.contains(&address) || within.is_some_and(|within| METADATA.contains(&within.into())) {
            return Err(Refusal::Metadata);
        }
        match self {
            Self::Public => {
                let through_nat64 = nat64(address).map(IpAddr::V4);
                match [Some(address), through_nat64]
                    .into_iter()
                    .flatten()
                    .find_map(special_purpose::not_public)
                {
                    Some(kind) => Err(Refusal::NotPublic { kind }),
                    None => Ok(()),
                }
            }
            Self::Only(networks) => {
                let through_nat64 = nat64(address).map(IpAddr::V4);
                let listed = |address: &IpAddr| networks.iter().any(|network| network.contains(address));
                if [Some(address), through_nat64].iter().flatten().any(listed) {
                    Ok(())
                } else {
                    Err(Refusal::NotListed)
                }
            }
        }
    }

    /// Checks an address that stands in a URL, in any notation: parsing the URL has normalised it. Names pass: their
    /// addresses are checked when they are resolved.
    ///
    /// # Errors
    /// The rule that refuses the address.
    pub(super) fn check_literal(&self, url: &Url) -> Result<(), Refusal> {
        match url.host() {
            Some(Host::Ipv4(address)) => self.check(address.into()),
            Some(Host::Ipv6(address)) => self.check(address.into()),
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }
}

/// Why an address is refused. Never says which address: the agent reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// A cloud's metadata service.
    #[error("the API's address is that of a cloud metadata service, which is never allowed")]
    Metadata,
    /// Not reachable over the public internet, and no list says that it is wanted.
    #[error(
        "the API's address is not public ({kind}); the connector's owner can allow its network with `ip_allowlist` under `[security]`"
    )]
    NotPublic {
        /// What kind of address it is.
        kind: &'static str,
    },
    /// Not in the connector's list.
    #[error("the API's address is not in the connector's `ip_allowlist`")]
    NotListed,
}

/// The IPv4 address that an IPv6 address carries, whatever the way: what is refused as IPv4 must not come back in
/// disguise.
#[expect(clippy::match_same_arms, reason = "each arm is a format of its own")]
fn embedded_ipv4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    let (high, low) = match address.segments() {
        // IPv4-compatible (RFC 4291 section 2.5.5.1)
        [0, 0, 0, 0, 0, 0, high, low] => (high, low),
        // IPv4-translated (RFC 2765)
        [0, 0, 0, 0, 0xffff, 0, high, low] => (high, low),
        // 6to4 (RFC 3056)
        [0x2002, high, low, ..] => (high, low),
        // Teredo (RFC 4380): the client's address, inverted
        [0x2001, 0, .., high, low] => (!high, !low),
        // Local NAT64 (RFC 8215), by far most often a /96
        [0x64, 0xff9b, 1, .., high, low] => (high, low),
        _ => return nat64(IpAddr::V6(address)),
    };
    Some(join(high, low))
}

/// The IPv4 address that the well-known NAT64 prefix leads to (RFC 6052): IPv6-only networks reach all of IPv4 so.
fn nat64(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        _ => None,
    }
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(networks: &[&str]) -> AddressRule {
        let networks: Vec<IpNet> = networks.iter().map(|network| network.parse().unwrap()).collect();
        AddressRule::new(Some(&networks))
    }

    fn check(rule: &AddressRule, address: &str) -> Result<(), Refusal> {
        rule.check(address.parse().unwrap())
    }

    #[test]
    fn without_a_list_only_public_addresses_pass_in_every_disguise() {
        let public = AddressRule::new(None);
        for address in ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2606:4700::1111"] {
            assert_eq!(check(&public, address), Ok(()), "{address}");
        }
        for address in [
            "10.0.0.1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::10.0.0.1",
            "2002:a00:1::1",
            "2001:0:4136:e378:8000:63bf:f5ff:fffe",
            "0.0.0.0",
            "::",
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "fd00::1",
            "fe80::1",
            "224.0.0.1",
        ] {
            assert!(
                matches!(check(&public, address), Err(Refusal::NotPublic { .. })),
                "{address}"
            );
        }
    }

    #[test]
    fn a_list_replaces_the_default_in_both_directions() {
        let rule = only(&["10.20.0.0/16", "127.0.0.0/8", "fd12::/16"]);
        for address in [
            "10.20.255.255",
            "127.0.0.1",
            "::ffff:10.20.0.1",
            "64:ff9b::10.20.0.1",
            "fd12::1",
        ] {
            assert_eq!(check(&rule, address), Ok(()), "{address}");
        }
        for address in [
            "10.21.0.0",
            "8.8.8.8",
            "::1",
            "::127.0.0.1",
            "2002:a14:1::1",
            "fd13::1",
            "::ffff:10.21.0.1",
        ] {
            assert_eq!(check(&rule, address), Err(Refusal::NotListed), "{address}");
        }
        assert_eq!(check(&only(&[]), "8.8.8.8"), Err(Refusal::NotListed));
    }

    #[test]
    fn metadata_services_are_refused_whatever_the_list_says() {
        let everything = only(&["0.0.0.0/0", "::/0"]);
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "2001:0:0:0:0:0:5601:5601",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "fd00:ec2::254",
            "fd20:ce::254",
        ] {
            assert_eq!(check(&everything, address), Err(Refusal::Metadata), "{address}");
            assert_eq!(
                check(&AddressRule::Public, address),
                Err(Refusal::Metadata),
                "{address}"
            );
        }
        assert_eq!(check(&everything, "169.254.169.253"), Ok(()));
    }

    #[test]
    fn literals_are_found_in_every_notation() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:0:0:1]",
            "%31%32%37.0.0.1",
            "①②⑦.0.0.1",
        ] {
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            assert!(AddressRule::Public.check_literal(&url).is_err(), "{host}");
            assert_eq!(only(&["127.0.0.0/8", "::1/128"]).check_literal(&url), Ok(()), "{host}");
        }
        let name = Url::parse("https://localhost/").unwrap();
        assert_eq!(AddressRule::Public.check_literal(&name), Ok(()));
    }

    #[test]
    fn equal_lists_are_equal_rules() {
        assert_eq!(
            only(&["10.0.0.0/8", "127.0.0.1/8"]),
            only(&["127.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"])
        );
        assert_ne!(only(&["10.0.0.0/8"]), only(&["10.0.0.0/9"]));
        assert_ne!(only(&[]), AddressRule::Public);
    }

    #[test]
    fn refusals_name_no_address() {
        let refusals = [
            Refusal::Metadata,
            Refusal::NotListed,
            Refusal::NotPublic { kind: "private" },
        ];
        for refusal in refusals {
            assert!(
                !refusal
                    .to_string()
                    .contains(|character: char| character.is_ascii_digit())
            );
        }
    }
}
