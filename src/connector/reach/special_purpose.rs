//! Which addresses are reachable over the public internet: the IANA special-purpose address registries
//! (RFC 6890, RFC 8190), with multicast, reserved and unallocated space added.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// One block of a registry.
struct Block {
    network: IpNet,
    /// The registry's column "Globally Reachable"; "N/A" counts as no.
    reachable: bool,
    name: &'static str,
}

const fn v4(octets: [u8; 4], prefix: u8, reachable: bool, name: &'static str) -> Block {
    Block {
        network: IpNet::new_assert(IpAddr::V4(Ipv4Addr::from_octets(octets)), prefix),
        reachable,
        name,
    }
}

const fn v6(segments: [u16; 8], prefix: u8, reachable: bool, name: &'static str) -> Block {
    Block {
        network: IpNet::new_assert(IpAddr::V6(Ipv6Addr::from_segments(segments)), prefix),
        reachable,
        name,
    }
}

const BLOCKS: &[Block] = &[
    // https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
    v4([0; 4], 0, true, "public"),
    v4([0, 0, 0, 0], 8, false, "this network"),
    v4([10, 0, 0, 0], 8, false, "private"),
    v4([100, 64, 0, 0], 10, false, "shared by a provider (RFC 6598)"),
    v4([127, 0, 0, 0], 8, false, "loopback"),
    v4([169, 254, 0, 0], 16, false, "link-local"),
    v4([172, 16, 0, 0], 12, false, "private"),
    v4([192, 0, 0, 0], 24, false, "IETF protocol assignments"),
    v4([192, 0, 0, 9], 32, true, "port control protocol anycast"),
    v4([192, 0, 0, 10], 32, true, "TURN anycast"),
    v4([192, 0, 2, 0], 24, false, "documentation"),
    v4([192, 31, 196, 0], 24, true, "AS112"),
    v4([192, 52, 193, 0], 24, true, "AMT"),
    v4([192, 88, 99, 0], 24, false, "6to4 relay anycast"),
    v4([192, 168, 0, 0], 16, false, "private"),
    v4([192, 175, 48, 0], 24, true, "AS112"),
    v4([198, 18, 0, 0], 15, false, "benchmarking"),
    v4([198, 51, 100, 0], 24, false, "documentation"),
    v4([203, 0, 113, 0], 24, false, "documentation"),
    v4([224, 0, 0, 0], 4, false, "multicast"),
    v4([240, 0, 0, 0], 4, false, "reserved"),
    v4([255, 255, 255, 255], 32, false, "broadcast"),
    // https://www.iana.org/assignments/iana-ipv6-special-registry, and multicast.
    // Only 2000::/3 is allocated as global unicast (RFC 4291 section 2.4): the rest is closed unless opened below.
    v6([0; 8], 0, false, "not global unicast"),
    v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, true, "global unicast"),
    v6([0; 8], 128, false, "unspecified"),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, false, "loopback"),
    // Reachable when the IPv4 address inside is: see `AddressRule`.
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, true, "NAT64"),
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, false, "local NAT64"),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64, false, "discard-only"),
    v6([0x100, 0, 0, 1, 0, 0, 0, 0], 64, false, "dummy prefix"),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, false, "IETF protocol assignments"),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, false, "Teredo"),
    v6(
        [0x2001, 1, 0, 0, 0, 0, 0, 1],
        128,
        true,
        "port control protocol anycast",
    ),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 2], 128, true, "TURN anycast"),
    v6(
        [0x2001, 1, 0, 0, 0, 0, 0, 3],
        128,
        true,
        "DNS-SD service registration anycast",
    ),
    v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48, false, "benchmarking"),
    v6([0x2001, 3, 0, 0, 0, 0, 0, 0], 32, true, "AMT"),
    v6([0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48, true, "AS112"),
    v6([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28, false, "ORCHID"),
    v6([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28, true, "ORCHIDv2"),
    v6(
        [0x2001, 0x30, 0, 0, 0, 0, 0, 0],
        28,
        true,
        "drone remote identification",
    ),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, false, "documentation"),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, false, "6to4"),
    v6([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48, true, "AS112"),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, false, "documentation"),
    v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, false, "segment routing"),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, false, "unique local"),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, false, "link-local"),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, false, "site-local"),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, false, "multicast"),
];

/// What a block is called when its addresses are not reachable over the public internet; `None` when they are.
/// IPv6 addresses that stand for IPv4 ones are judged by their own block here.
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    BLOCKS
        .iter()
        .filter(|block| block.network.contains(&address))
        // The most specific block decides, as in routing.
        .max_by_key(|block| block.network.prefix_len())
        .filter(|block| !block.reachable)
        .map(|block| block.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_address_of_each_block_and_their_neighbours() {
        let not_reachable = "\
             0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 \
             169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.8 192.0.0.11 \
             192.0.0.255 192.0.2.1 192.88.99.2 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1 \
             203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.254 255.255.255.255 :: ::1 ::2 \
             ::7f00:1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b:1:: 64:ff9b:1:ffff::1 64:ff9b::1:0:0 100::1 \
             100:0:0:1::1 1fff:ffff::1 2001::1 2001:0:4136:e378:: 2001:1:: 2001:1::4 2001:2::1 2001:4:111::1 \
             2001:10::1 2001:1f:ffff::1 2001:40::1 2001:1ff:ffff::1 2001:db8::1 2002:808:808::1 3fff::1 \
             3fff:fff:ffff::1 4000::1 5f00::1 8000::1 fc00::1 fdff::1 fe80::1 febf::1 fec0::1 ff02::1 ffff::1";
        for text in not_reachable.split_whitespace() {
            assert!(not_public(text.parse().unwrap()).is_some(), "{text}");
        }
        let reachable = "\
             1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
             169.255.0.0 172.15.255.255 172.32.0.0 192.0.0.9 192.0.0.10 192.0.1.0 192.0.3.0 192.31.196.1 \
             192.52.193.1 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 192.175.48.1 198.17.255.255 \
             198.20.0.0 198.51.99.255 203.0.112.255 203.0.114.0 223.255.255.255 8.8.8.8 64:ff9b::808:808 2000::1 \
             2001:1::1 2001:1::2 2001:1::3 2001:3::1 2001:4:112::1 2001:20::1 2001:30::1 2001:200::1 \
             2001:4860:4860::8888 2001:db7::1 2001:db9::1 2003::1 2620:4f:8000::1 2606:4700::1111 3ffe::1 \
             3fff:1000::1";
        for text in reachable.split_whitespace() {
            assert_eq!(not_public(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn a_refused_address_has_a_name() {
        for (text, name) in [
            ("10.1.2.3", "private"),
            ("127.0.0.1", "loopback"),
            ("255.255.255.255", "broadcast"),
            ("fd00::1", "unique local"),
            ("4000::1", "not global unicast"),
        ] {
            assert_eq!(not_public(text.parse().unwrap()), Some(name), "{text}");
        }
    }
}
