//! Where clouds hand out a machine's own credentials. No list opens these places: whoever wants to call an API in such
//! a network means the API, never these.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const ADDRESSES: &[IpAddr] = &[
    // AWS, Azure, Google, DigitalOcean, Oracle, IBM, Hetzner, OpenStack and most others
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    // AWS container credentials: ECS tasks, EKS pods
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    // Google's server on a GKE node
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 252)),
    // Tencent, Scaleway
    IpAddr::V4(Ipv4Addr::new(169, 254, 0, 23)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 42, 42)),
    // Alibaba
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    // Azure's wire server, the only one at a public address
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    // Oracle's older one
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    // AWS, EKS pods, Google, Scaleway, Linode, OpenStack over IPv6
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1)),
    IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe)),
];

/// Names that lead there, and everything below them.
const NAMES: &[&str] = &[
    // Google
    "metadata",
    "metadata.goog",
    "metadata.google.internal",
    // AWS and OpenStack
    "instance-data",
    "instance-data.ec2.internal",
    // Azure
    "metadata.azure.com",
    "metadata.azure.internal",
    // Tencent, Equinix, IBM, Rancher, CloudStack
    "metadata.tencentyun.com",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "api.metadata.cloud.ibm.com",
    "rancher-metadata",
    "rancher-metadata.rancher.internal",
    "data-server",
    // A cluster's control plane, which hands out the secrets of all that runs in it
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
];

pub(super) fn is_metadata_address(address: &IpAddr) -> bool {
    ADDRESSES.contains(address)
}

/// Whether a name in lower case, without a dot at its end, leads to such a place.
pub(super) fn is_metadata_name(name: &str) -> bool {
    NAMES.iter().any(|listed| {
        name.strip_suffix(listed)
            .is_some_and(|front| front.is_empty() || (front.ends_with('.') && listed.contains('.')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_below_them() {
        for name in [
            "metadata",
            "metadata.google.internal",
            "a.metadata.google.internal",
            "kubernetes.default.svc",
        ] {
            assert!(is_metadata_name(name), "{name}");
        }
        for name in [
            "metadata.example.com",
            "crm.metadata",
            "notmetadata.google.internal",
            "crm.default.svc.cluster.local",
            "kubernetes.example.com",
            "",
        ] {
            assert!(!is_metadata_name(name), "{name}");
        }
    }
}
