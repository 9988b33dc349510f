//! Addresses that events are sent to. The sandbox sends to the loopback alone.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::{Host, Url};

/// Checks whether the sandbox takes an address: `https` outside of private networks, as the API does, and `http` on the loopback.
///
/// # Errors
///
/// What is wrong with it, in words.
pub(crate) fn check_address(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "The address is not a URL")?;
    match url.scheme() {
        "http" if to_loopback(&url).is_some() => Ok(()),
        "https" if is_private(&url) => Err("The address is in a private network"),
        "https" => Ok(()),
        _ => Err("The address is not https"),
    }
}

/// The address as a URL, and where a plain connection to it leads, if that is the loopback. No name but `localhost` is
/// looked up.
pub(super) fn loopback(text: &str) -> Option<(Url, SocketAddr)> {
    let url = Url::parse(text).ok()?;
    let address = to_loopback(&url)?;
    Some((url, address))
}

fn to_loopback(url: &Url) -> Option<SocketAddr> {
    let ip = match url.host().filter(|_| url.scheme() == "http")? {
        Host::Ipv4(ip) => IpAddr::V4(ip),
        Host::Ipv6(ip) => IpAddr::V6(ip).to_canonical(),
        Host::Domain(name) => IpAddr::V4(name.eq_ignore_ascii_case("localhost").then_some(Ipv4Addr::LOCALHOST)?),
    };
    Some(SocketAddr::new(ip, url.port_or_known_default()?)).filter(|address| address.ip().is_loopback())
}

fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_taken_and_http_only_on_the_loopback_to_which_alone_anything_is_sent() {
        for (text, is_taken, is_sent_to) in [
            ("https://partner.example.com/hook", true, false),
            ("https://127.0.0.1/hook", true, false),
            ("http://127.0.0.1:4000/hook?a=b", true, true),
            ("http://127.9.9.9/", true, true),
            ("http://[::1]:4000/", true, true),
            ("http://[::ffff:127.0.0.1]:4000/", true, true),
            ("http://localhost:4000/", true, true),
            ("http://LOCALHOST/", true, true),
            ("http://localhost.example.com/", false, false),
            ("http://partner.example.com/", false, false),
            ("http://10.0.0.1/", false, false),
            ("https://10.0.0.1/", false, false),
            ("https://192.168.0.1/", false, false),
            ("https://[fd00::1]/", false, false),
            ("http://0.0.0.0/", false, false),
            ("ftp://127.0.0.1/", false, false),
            ("127.0.0.1", false, false),
        ] {
            assert_eq!(check_address(text).is_ok(), is_taken, "{text}");
            assert_eq!(loopback(text).is_some(), is_sent_to, "{text}");
        }
    }
}
