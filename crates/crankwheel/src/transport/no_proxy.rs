//! The exceptions in `NO_PROXY`.
//!
//! The forms are those of curl, and three more that other programs read: `*` next to other entries,
//! `*.example.com` for the names below a domain, and a port behind a host.

use std::net::IpAddr;

use url::Host;

/// Returns true if a list of exceptions, with commas or white space between them, has a host.
pub(super) fn is_excepted(list: &str, host: &Host<&str>, port: u16) -> bool {
    let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.into_iter().any(|entry| matches(entry, host, port))
}

fn matches(entry: &str, host: &Host<&str>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    let (entry, of_port) = split_port(entry);
    if of_port.is_some_and(|of_port| of_port != port) {
        return false;
    }
    match address(host) {
        Some(address) => in_network(entry, address),
        None => match host {
            Host::Domain(name) => is_domain(entry, name),
            Host::Ipv4(_) | Host::Ipv6(_) => false,
        },
    }
}

/// Splits `host:port`. An IPv6 address must be in brackets to have a port.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    let split = match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || (host.starts_with('[') && host.ends_with(']')) => {
            port.parse().ok().map(|port| (host, Some(port)))
        }
        _ => None,
    };
    split.unwrap_or((entry, None))
}

fn address(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some((*address).into()),
        // Includes IPv4 addresses that are mapped to IPv6.
        Host::Ipv6(address) => Some(address.to_canonical()),
        Host::Domain(_) => None,
    }
}

/// Returns true if an entry is this address, or a network with it, such as `10.0.0.0/8`.
fn in_network(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => (network, bits.parse::<u32>().ok()),
        None => (entry, Some(u32::MAX)),
    };
    let network = network.trim_start_matches('[').trim_end_matches(']');
    let (Ok(network), Some(bits)) = (network.parse::<IpAddr>(), bits) else { return false };
    if bits != u32::MAX && network.is_ipv4() && bits > 32 || bits != u32::MAX && bits > 128 {
        return false;
    }
    match (network.to_canonical(), address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            same_prefix(u32::from(network).into(), u32::from(address).into(), 32_u32.saturating_sub(bits))
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            same_prefix(network.into(), address.into(), 128_u32.saturating_sub(bits))
        }
        _ => false,
    }
}

/// Returns true if two addresses are the same apart from their last bits.
fn same_prefix(one: u128, other: u128, last_bits: u32) -> bool {
    (one ^ other).checked_shr(last_bits).unwrap_or(0) == 0
}

/// Returns true if an entry is this name or a domain above it.
fn is_domain(entry: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let (entry, itself) = match entry.strip_prefix("*.") {
        Some(entry) => (entry, false),
        None => (entry.strip_prefix('.').unwrap_or(entry), true),
    };
    // The name of a URL is in lower case and without letters beyond ASCII.
    let parsed = Host::parse(entry).map(|host| host.to_string());
    let entry = parsed.unwrap_or_else(|_| entry.to_ascii_lowercase());
    let entry = entry.strip_suffix('.').unwrap_or(&entry);
    match name.strip_suffix(entry) {
        _ if entry.is_empty() => false,
        Some("") => itself,
        Some(above) => above.ends_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    #[test]
    fn every_form_of_an_exception_is_read() {
        let cases = [
            // Names.
            ("api.example.com", "https://api.example.com", true),
            ("example.com", "https://api.example.com", true),
            (".example.com", "https://api.example.com", true),
            (".example.com", "https://example.com", true),
            ("*.example.com", "https://a.b.example.com", true),
            ("*.example.com", "https://example.com", false),
            ("ample.com", "https://example.com", false),
            ("example.com", "https://notexample.com", false),
            ("api.example.com", "https://example.com", false),
            ("example.com", "https://example.com.evil.example", false),
            ("EXAMPLE.Com", "https://api.example.com", true),
            ("example.com.", "https://api.example.com", true),
            ("example.com", "https://api.example.com.", true),
            ("bücher.example", "https://api.bücher.example", true),
            ("xn--bcher-kva.example", "https://bücher.example", true),
            ("api", "https://api", true),
            ("com", "https://example.com", true),
            (".", "https://example.com", false),
            ("*.", "https://example.com", false),
            ("https://example.com", "https://example.com", false),
            // Lists.
            ("a.example,api.example.com", "https://api.example.com", true),
            ("a.example , api.example.com\t", "https://api.example.com", true),
            ("a.example api.example.com", "https://api.example.com", true),
            ("a.example\n,,api.example.com,", "https://api.example.com", true),
            ("*", "https://api.example.com", true),
            (" * ", "https://10.0.0.1", true),
            ("a.example,*", "https://api.example.com", true),
            ("*example.com", "https://api.example.com", false),
            (" , ", "https://api.example.com", false),
            // Ports.
            ("example.com:443", "https://api.example.com", true),
            ("example.com:8443", "https://api.example.com", false),
            ("example.com:8443", "https://api.example.com:8443", true),
            ("example.com:80", "http://example.com", true),
            ("10.0.0.1:443", "https://10.0.0.1", true),
            ("10.0.0.1:80", "https://10.0.0.1", false),
            ("[fd00::1]:443", "https://[fd00::1]", true),
            ("[fd00::1]:80", "https://[fd00::1]", false),
            ("example.com:https", "https://example.com", false),
            // Addresses and networks.
            ("10.0.0.1", "https://10.0.0.1", true),
            ("10.0.0.1", "https://10.0.0.11", false),
            ("0.0.1", "https://10.0.0.1", false),
            ("10.0.0.0/8", "https://10.200.3.4", true),
            ("10.0.0.0/8", "https://11.0.0.1", false),
            ("192.168.0.0/16,10.0.0.0/8", "https://192.168.255.1", true),
            ("10.1.2.3/32", "https://10.1.2.3", true),
            ("10.1.2.3/32", "https://10.1.2.4", false),
            ("0.0.0.0/0", "https://10.1.2.3", true),
            ("10.0.0.0/33", "https://10.0.0.1", false),
            ("10.0.0.0/x", "https://10.0.0.0", false),
            ("fd00::1", "https://[fd00::1]", true),
            ("[fd00::1]", "https://[fd00::1]", true),
            ("FD00:0::1", "https://[fd00::1]", true),
            ("fd00::2", "https://[fd00::1]", false),
            ("fd00::/8", "https://[fd12::1]", true),
            ("[fd00::]/8", "https://[fd12::1]", true),
            ("fd00::/8", "https://[fe80::1]", false),
            ("fd00::/129", "https://[fd00::1]", false),
            ("::/0", "https://[fd00::1]", true),
            ("::ffff:10.0.0.1", "https://10.0.0.1", true),
            ("10.0.0.0/8", "https://[::ffff:10.0.0.1]", true),
            ("10.0.0.0/8", "https://[fd00::1]", false),
            ("10.0.0.0/8", "https://api.example.com", false),
        ];
        for (list, url, expected) in cases {
            let url = Url::parse(url).unwrap();
            let found = is_excepted(list, &url.host().unwrap(), url.port_or_known_default().unwrap());
            assert_eq!(found, expected, "{list:?} {url}");
        }
    }
}
