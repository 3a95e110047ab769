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

/// From the connection backwards through the proxies' list, up to the first address that is no trusted proxy.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    if !is_proxy(peer) {
        return peer;
    }
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let list: Vec<IpAddr> =
        named.flat_map(|value| value.split(',')).filter_map(|word| word.trim().parse().ok()).collect();
    list.iter().rev().copied().find(|&address| !is_proxy(address)).or(list.first().copied()).unwrap_or(peer)
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
    }
}
