//! Who is at the other end: a caller, or a proxy that speaks for one.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use ipnet::{AddrParseError, IpNet};

/// Addresses and networks, such as `10.0.0.7` and `172.16.0.0/12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Networks(Arc<[IpNet]>);

impl Networks {
    /// This machine alone.
    pub fn loopback() -> Self {
        let known = ["127.0.0.0/8", "::1/128"].iter().filter_map(|network| network.parse().ok());
        Self(known.collect())
    }

    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for Networks {
    type Err = AddrParseError;

    fn from_str(list: &str) -> Result<Self, AddrParseError> {
        let one = |word: &str| word.parse::<IpAddr>().map(IpNet::from).or_else(|_| word.parse());
        list.split(',').map(|word| one(word.trim())).collect::<Result<_, _>>().map(Self)
    }
}

/// The address at the other end of the connection; none in tests that have none.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip().to_canonical())
}

/// The caller's address: what the nearest proxy of ours says, past further ones of ours, or the connection's own.
pub fn caller(extensions: &Extensions, headers: &HeaderMap, proxies: &Networks) -> String {
    let Some(peer) = peer(extensions) else { return String::new() };
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    if named.is_empty() || !proxies.contain(peer) {
        return peer.to_string();
    }
    let is_ours = |name: &str| address(name).is_some_and(|address| proxies.contain(address));
    let foreign = named.iter().rev().find(|name| !is_ours(name));
    // All of them ours: the first began it. What is no address tells nobody apart.
    address(foreign.unwrap_or(&named[0])).unwrap_or(peer).to_string()
}

/// An address as proxies write it: bare, in brackets, with a port, or an IPv4 address in IPv6's clothes.
fn address(name: &str) -> Option<IpAddr> {
    let bare = || name.trim_start_matches('[').trim_end_matches(']').parse().ok();
    let found = bare().or_else(|| name.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    found.map(|address: IpAddr| address.to_canonical())
}

/// The caller's address as found at the door, for everything behind it.
#[derive(Clone)]
pub struct Caller(pub String);

/// Whom to count attempts against.
pub fn network(request: &Parts) -> String {
    request
        .extensions
        .get::<Caller>()
        .map(|Caller(network)| network.clone())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: &[&'static str], proxies: &str) -> String {
        let mut extensions = Extensions::new();
        let peer: IpAddr = peer.parse().expect("an address");
        extensions.insert(ConnectInfo(SocketAddr::from((peer, 4000))));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_static(line));
        }
        caller(&extensions, &headers, &proxies.parse().expect("networks"))
    }

    #[test]
    fn only_our_proxies_speak_for_others() {
        let ours = "127.0.0.1,10.0.0.0/8";
        assert_eq!(asked("203.0.113.9", &["1.2.3.4"], ours), "203.0.113.9", "anybody may send the header");
        assert_eq!(asked("10.1.2.3", &["203.0.113.9"], ours), "203.0.113.9");
        assert_eq!(asked("::ffff:10.1.2.3", &["203.0.113.9"], ours), "203.0.113.9");
        assert_eq!(
            asked("10.1.2.3", &["1.2.3.4, 203.0.113.9"], ours),
            "203.0.113.9",
            "what the caller made up comes first"
        );
        assert_eq!(
            asked("10.1.2.3", &["203.0.113.9", "10.9.9.9"], ours),
            "203.0.113.9",
            "two proxies of ours"
        );
        assert_eq!(asked("10.1.2.3", &["10.5.5.5"], ours), "10.5.5.5", "a neighbour in our own network");
        assert_eq!(asked("10.1.2.3", &[], ours), "10.1.2.3");
    }

    #[test]
    fn an_address_is_the_same_however_a_proxy_writes_it() {
        for written in ["203.0.113.9", "203.0.113.9:41000", "::ffff:203.0.113.9", "[::ffff:203.0.113.9]:41000"] {
            assert_eq!(asked("10.1.2.3", &[written], "10.0.0.0/8"), "203.0.113.9", "{written}");
        }
        for written in ["2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:41000"] {
            assert_eq!(asked("10.1.2.3", &[written], "10.0.0.0/8"), "2001:db8::7", "{written}");
        }
        assert_eq!(
            asked("10.1.2.3", &["unknown"], "10.0.0.0/8"),
            "10.1.2.3",
            "what is no address is the proxy's own"
        );
    }

    #[test]
    fn networks_are_addresses_or_ranges() {
        let networks: Networks = "10.0.0.7, 172.16.0.0/12,::1".parse().expect("networks");
        for (address, is_in) in [("10.0.0.7", true), ("10.0.0.8", false), ("172.20.1.1", true), ("::1", true)] {
            assert_eq!(networks.contain(address.parse().expect("an address")), is_in, "{address}");
        }
        assert!(Networks::loopback().contain("127.0.0.1".parse().expect("an address")));
        for wrong in ["", "everybody", "10.0.0.0/40", "10.0.0.1,,"] {
            assert!(wrong.parse::<Networks>().is_err(), "{wrong}");
        }
    }
}
