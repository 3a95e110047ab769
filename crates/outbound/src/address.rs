//! Which network addresses may be reached.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address belongs to the public internet (IANA special-purpose registries, RFC 6890 and successors).
///
/// Addresses that carry an IPv4 address inside (mapped, NAT64) are judged by that one; 6to4 and Teredo are refused.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, d] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        // Azure's metadata and wire server has a public address.
        || (a, b, c, d) == (168, 63, 129, 16))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let s = v6.segments();
    // Only 2000::/3 is global unicast.
    s[0] & 0xe000 == 0x2000
        // 2001::/23 protocol assignments (Teredo, ORCHID …), 2001:db8::/32 and 3fff::/20 documentation, 2002::/16 6to4
        && !(s[0] == 0x2001 && (s[1] < 0x200 || s[1] == 0xdb8))
        && s[0] != 0x2002
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

/// The IPv4 address inside an IPv4-mapped (`::ffff:0:0/96`) or NAT64 (`64:ff9b::/96`) address.
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = v6.segments();
    let last = Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    (v6.to_ipv4_mapped().is_some() || s[..6] == [0x64, 0xff9b, 0, 0, 0, 0]).then_some(last)
}

/// Public addresses, and the networks that the operator allows beside.
#[derive(Clone)]
pub(crate) struct Guard {
    allowed: Arc<[IpNet]>,
    /// Who knows the addresses of names.
    names: Arc<dyn Resolve>,
}

impl Guard {
    pub(crate) fn new(allowed: &[IpNet], names: Arc<dyn Resolve>) -> Self {
        Self { allowed: allowed.into(), names }
    }

    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        let plain = match address {
            IpAddr::V6(v6) => embedded_v4(v6).map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        is_public(plain) || self.allowed.iter().any(|net| net.contains(&plain) || net.contains(&address))
    }
}

/// The address is private, local or reserved.
#[derive(Debug, thiserror::Error)]
#[error("{host} is a private or reserved address")]
pub(crate) struct PrivateAddress {
    pub host: String,
}

/// The name has no address.
#[derive(Debug, thiserror::Error)]
#[error("{host} has no address")]
pub(crate) struct NoAddress {
    pub host: String,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, host) = (self.clone(), name.as_str().to_owned());
        Box::pin(async move {
            let found: Vec<SocketAddr> = guard.names.resolve(name).await?.collect();
            if found.is_empty() {
                return Err(NoAddress { host }.into());
            }
            let permitted: Vec<SocketAddr> = found.into_iter().filter(|at| guard.permits(at.ip())).collect();
            if permitted.is_empty() {
                return Err(PrivateAddress { host }.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// Asks as the machine is set up to.
pub(crate) struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = match tokio::net::lookup_host((name.as_str(), 0)).await {
                Ok(addresses) => addresses.collect(),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(error.into()),
                Err(_) => Vec::new(),
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Reads networks as an operator writes them: `127.0.0.0/8, 10.1.2.3 fd00::/8`.
///
/// # Errors
/// The word that is no network, in a sentence.
pub fn parse_networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split([',', ' ', '\n'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse::<IpNet>()
                .or_else(|_| word.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| format!("{word:?} is no network; write one as 10.0.0.0/8 or fd00::/8"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_and_private() {
        for public in ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "168.63.129.16",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fec0::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn allowed_networks_count_for_mapped_addresses_too() {
        let guard = Guard::new(&parse_networks("127.0.0.0/8, 10.1.2.3").unwrap(), Arc::new(System));
        assert!(guard.permits("127.0.0.1".parse().unwrap()) && guard.permits("::ffff:127.0.0.1".parse().unwrap()));
        assert!(guard.permits("10.1.2.3".parse().unwrap()) && !guard.permits("10.1.2.4".parse().unwrap()));
        assert!(parse_networks("10.0.0.0/33").is_err());
    }
}
