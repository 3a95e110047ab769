use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use api::ClientIp;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use outbound::IpNet;

/// Networks of the proxies that are believed.
pub(super) type Proxies = Arc<[IpNet]>;

/// Notes who asks: the connection's address or, when that is a trusted proxy's, what it says in `X-Forwarded-For`.
pub(super) async fn identify(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    // Ids are ours, so that a log line cannot be forged.
    request.headers_mut().remove("x-request-id");
    if let Some(&ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let address = behind_proxies(peer.ip(), request.headers(), &proxies);
        request.extensions_mut().insert(ClientIp(address));
        if address != peer.ip() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 0)));
        }
    }
    next.run(request).await
}

/// From the connection backwards through the proxies' list, up to the first address that is no trusted proxy. What
/// stands before a word that is no address was not written by them either.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let words = lines.into_iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    // A listener for both protocols writes IPv4 addresses as IPv6 ones.
    let mut seen = peer.to_canonical();
    for word in words {
        if !is_proxy(seen) {
            break;
        }
        let Some(address) = address(word.trim()) else { break };
        seen = address;
    }
    seen
}

/// An address, also with the port that some proxies add.
fn address(word: &str) -> Option<IpAddr> {
    let bare = word.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> =
        bare.parse().ok().or_else(|| word.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let proxies = outbound::parse_networks("10.0.0.0/8").unwrap();
        behind_proxies(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        // What stands before the first untrusted address was written by the client.
        assert_eq!(seen("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", "1.1.1.1, nonsense"), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", "1.1.1.1, 198.51.100.1:4711"), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", "1.1.1.1, [2001:db8::1]:4711, 10.0.0.2"), "2001:db8::1");
        assert_eq!(seen("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
        assert_eq!(seen("::ffff:10.0.0.1", "1.1.1.1, ::ffff:198.51.100.1"), "198.51.100.1");
        assert_eq!(seen("::ffff:203.0.113.9", "1.1.1.1"), "203.0.113.9");
    }

    #[test]
    fn lists_of_proxies_take_hostile_bytes() {
        let examples = ["198.51.100.1", "1.1.1.1, [2001:db8::1]:4711, 10.0.0.2", "unknown, 10.0.0.3"];
        let proxies = outbound::parse_networks("10.0.0.0/8").unwrap();
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        fuzz::text(&examples, &[",", ", ", ":", "[", "]", "10.0.0.9", "::1", "%"], |text| {
            let Ok(value) = text.parse() else { return };
            let headers = HeaderMap::from_iter([(axum::http::HeaderName::from_static("x-forwarded-for"), value)]);
            let seen = behind_proxies(peer, &headers, &proxies);
            assert!(seen == peer || text.split(',').any(|word| address(word.trim()) == Some(seen)), "{seen}");
        });
    }
}
