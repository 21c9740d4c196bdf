//! Which addresses a connector's requests may go to.
//!
//! Asked twice: for the addresses that a name resolves to, which are then connected to without another look-up, and
//! for an address written in a URL, which no resolver ever sees.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use url::{Host, Url};

use super::metadata::{is_metadata_address, is_metadata_name};
use super::{name, special_purpose};

/// The addresses that one connector may reach (contract S1-51).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AddressRule {
    /// Whatever is reachable over the public internet.
    Public,
    /// These networks and no others; sorted, so that equal rules are equal.
    Only(Vec<IpNet>),
}

impl AddressRule {
    /// The rule that an `ip_allowlist` makes.
    pub fn new(ip_allowlist: Option<&[IpNet]>) -> Self {
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

    /// Whether a connection may be made to `address`.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        // A connection to an IPv4-mapped address is an IPv4 connection.
        let address = address.to_canonical();
        let disguised = Disguised::of(address);
        if is_metadata_address(&address) || disguised.any(|inner| is_metadata_address(&inner.into())) {
            return Err(Refusal::Metadata);
        }
        match self {
            Self::Public => {
                let kind = special_purpose::not_public(address)
                    .or_else(|| disguised.find(|inner| special_purpose::not_public(inner.into())));
                kind.map_or(Ok(()), |kind| Err(Refusal::NotPublic { kind }))
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

    /// Picks from the addresses of one name those that may be connected to.
    ///
    /// A metadata address among them refuses the name, whatever the list says; without a list, so does any address that
    /// is not public: an API on the internet has none, an attacker who wants to be let through has one of each.
    /// With a list, those outside of it are left out: `localhost` is often `::1` as well.
    ///
    /// # Errors
    /// The address that refuses the name, or the last one when none is left, and the rule.
    pub fn pick(&self, found: impl IntoIterator<Item = IpAddr>) -> Result<Vec<IpAddr>, (IpAddr, Refusal)> {
        let mut allowed = Vec::new();
        let mut refused = None;
        for address in found {
            match self.check(address) {
                Ok(()) => allowed.push(address),
                Err(refusal @ (Refusal::Metadata | Refusal::NotPublic { .. })) => return Err((address, refusal)),
                Err(refusal) => refused = Some((address, refusal)),
            }
        }
        match refused {
            Some(refused) if allowed.is_empty() => Err(refused),
            _ => Ok(allowed),
        }
    }

    /// Checks the host and port of a URL as far as that goes without resolving: an address in any notation (parsing the
    /// URL has normalised it), and names that are never public or never allowed.
    ///
    /// # Errors
    /// The rule that refuses them.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        // Nothing can listen there; systems disagree about what connecting to it does.
        if url.port() == Some(0) {
            return Err(Refusal::NoPort);
        }
        url.host().map_or(Ok(()), |host| self.check_host(&host))
    }

    /// [`Self::check_url`] for a host.
    pub(in crate::connector) fn check_host(&self, host: &Host<&str>) -> Result<(), Refusal> {
        match host {
            Host::Ipv4(address) => self.check((*address).into()),
            Host::Ipv6(address) => self.check((*address).into()),
            Host::Domain(domain) => self.check_name(name::without_final_dot(domain)),
        }
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        if !name::is_well_formed(name) {
            return Err(Refusal::NoName);
        }
        if is_metadata_name(name) {
            return Err(Refusal::Metadata);
        }
        match self {
            Self::Public => name::not_public(name).map_or(Ok(()), |kind| Err(Refusal::NotPublic { kind })),
            // The list says which addresses the name may have.
            Self::Only(_) => Ok(()),
        }
    }
}

/// Why a host is refused. Never says which: the agent reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
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
    /// Not a name that can be resolved, e.g. `crm..example.com`.
    #[error("the API's host name has an empty label")]
    NoName,
    /// Port 0.
    #[error("nothing can be reached at port 0")]
    NoPort,
}

/// The IPv4 addresses that an IPv6 address may carry, in whatever way: what is refused as IPv4 must not come back in
/// disguise. More than one where formats differ in where they put it.
#[derive(Debug, Clone, Copy)]
struct Disguised {
    candidates: [Option<Ipv4Addr>; 4],
}

impl Disguised {
    fn of(address: IpAddr) -> Self {
        let IpAddr::V6(address) = address else {
            return Self { candidates: [None; 4] };
        };
        let low_end = |segments: [u16; 8]| Some(join(segments[6], segments[7]));
        let candidates = match address.segments() {
            // IPv4-compatible (RFC 4291 section 2.5.5.1), IPv4-translated (RFC 2765)
            segments @ [0, 0, 0, 0, 0 | 0xffff, 0, ..] => [low_end(segments), None, None, None],
            // 6to4 (RFC 3056), whose interface part may be ISATAP
            segments @ [0x2002, high, low, ..] => [Some(join(high, low)), isatap(segments), None, None],
            // Teredo (RFC 4380 section 4): the server's address, and the client's with all its bits turned over
            [0x2001, 0, high, low, .., mapped_high, mapped_low] => {
                [Some(join(high, low)), Some(join(!mapped_high, !mapped_low)), None, None]
            }
            // Local NAT64 (RFC 8215) with a prefix of 48, 56, 64 or 96 bits (RFC 6052 section 2.2)
            segments @ [0x64, 0xff9b, 1, a, b, c, d, _] => [
                low_end(segments),
                Some(join(a, b << 8 | c >> 8)),
                Some(join(a << 8 | b & 0xff, c)),
                Some(join((b & 0xff) << 8 | c >> 8, c << 8 | d >> 8)),
            ],
            segments => [nat64(address.into()), isatap(segments), None, None],
        };
        Self { candidates }
    }

    fn any(self, wanted: impl Fn(Ipv4Addr) -> bool) -> bool {
        self.candidates.into_iter().flatten().any(wanted)
    }

    fn find<T>(self, found: impl Fn(Ipv4Addr) -> Option<T>) -> Option<T> {
        self.candidates.into_iter().flatten().find_map(found)
    }
}

/// The IPv4 address of an ISATAP interface (RFC 5214 section 6.1), whatever the prefix.
fn isatap(segments: [u16; 8]) -> Option<Ipv4Addr> {
    match segments {
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => Some(join(high, low)),
        _ => None,
    }
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
            "2606:4700::5efe:10.0.0.1",
            "2606:4700::200:5efe:10.0.0.1",
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
            "fe80::a9fe:a9fe",
            // Local NAT64 with shorter prefixes, Teredo's server, ISATAP.
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:a9:fe:a9fe::",
            "64:ff9b:1:0:a9:fea9:fe00:0",
            "2001:0:a9fe:a9fe::1",
            "2606:4700::5efe:169.254.169.254",
            "2606:4700::200:5efe:169.254.169.254",
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
            assert!(AddressRule::Public.check_url(&url).is_err(), "{host}");
            assert_eq!(only(&["127.0.0.0/8", "::1/128"]).check_url(&url), Ok(()), "{host}");
        }
    }

    #[test]
    fn names_are_judged_before_they_are_resolved() {
        let everything = only(&["0.0.0.0/0", "::/0"]);
        let verdict =
            |rule: &AddressRule, host: &str| rule.check_url(&Url::parse(&format!("https://{host}/")).unwrap());
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "crm.internal",
            "printer.local",
            "crm",
        ] {
            let refused = matches!(verdict(&AddressRule::Public, host), Err(Refusal::NotPublic { .. }));
            assert!(refused, "{host}");
            assert_eq!(verdict(&everything, host), Ok(()), "{host}");
        }
        for host in [
            "metadata.google.internal",
            "METADATA.google.internal.",
            "kubernetes.default.svc",
        ] {
            assert_eq!(verdict(&everything, host), Err(Refusal::Metadata), "{host}");
        }
        for host in ["crm.example.com..", "crm..example.com"] {
            assert_eq!(verdict(&AddressRule::Public, host), Err(Refusal::NoName), "{host}");
        }
        assert_eq!(verdict(&AddressRule::Public, "crm.example.com:0"), Err(Refusal::NoPort));
        assert_eq!(verdict(&AddressRule::Public, "crm.example.com."), Ok(()));
    }

    #[test]
    fn one_name_with_several_addresses() {
        let pick = |rule: &AddressRule, addresses: &[&str]| {
            rule.pick(addresses.iter().map(|address| address.parse().unwrap()))
                .map(|kept| kept.iter().map(ToString::to_string).collect::<Vec<_>>())
                .map_err(|(address, refusal)| (address.to_string(), refusal))
        };
        let private = Refusal::NotPublic { kind: "private" };
        let refused = |address: &str, refusal| Err((address.to_owned(), refusal));
        assert_eq!(
            pick(&AddressRule::Public, &["8.8.8.8", "10.0.0.1"]),
            refused("10.0.0.1", private)
        );
        assert_eq!(
            pick(&AddressRule::Public, &["10.0.0.1", "8.8.8.8"]),
            refused("10.0.0.1", private)
        );
        assert_eq!(pick(&AddressRule::Public, &[]), Ok(vec![]));
        let listed = only(&["10.0.0.0/8", "169.254.0.0/16"]);
        assert_eq!(pick(&listed, &["8.8.8.8", "10.0.0.1"]), Ok(vec!["10.0.0.1".to_owned()]));
        assert_eq!(pick(&listed, &["8.8.8.8", "::1"]), refused("::1", Refusal::NotListed));
        assert_eq!(
            pick(&listed, &["10.0.0.1", "169.254.169.254"]),
            refused("169.254.169.254", Refusal::Metadata)
        );
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
            Refusal::NoName,
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
