//! Host names: those of localhost, of private networks, and of the public DNS.

use std::net::IpAddr;

use http::uri::Authority;

/// Top-level domains that the public DNS does not have: no web page has such a name.
const PRIVATE_SUFFIXES: [&str; 4] = [".internal", ".local", ".test", ".home.arpa"];

/// A host that a request names, without its port.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Address(IpAddr),
    /// In lower case, without a dot at its end.
    Name(String),
}

impl Host {
    /// Reads a host with or without a port. Returns `None` for what is not a valid host.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::Address(address.to_canonical()));
        }
        let authority: Authority = text.parse().ok()?;
        let host = authority.host();
        if host.is_empty() || authority.as_str().contains('@') {
            return None;
        }
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(Self::Address(address.to_canonical()));
        }
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        (!name.is_empty()).then_some(Self::Name(name))
    }

    pub(crate) fn is_localhost(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback(),
            // Browsers never ask the DNS for these names.
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Returns true for a name that only a private network has, such as that of a container.
    pub(crate) fn is_private(&self) -> bool {
        match self {
            Self::Address(_) => true,
            Self::Name(name) => {
                !name.contains('.') || PRIVATE_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
            }
        }
    }
}

/// Checks a name of the option `allowed_hosts`: a host without scheme, port and path.
pub(crate) fn is_host_name(text: &str) -> bool {
    match Host::parse(text) {
        Some(Host::Address(_)) => true,
        Some(Host::Name(_)) => {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_hosts_are_names_without_port() {
        for (name, expected) in [
            ("sandbox", true),
            ("my_sandbox.internal", true),
            ("10.0.0.1", true),
            ("::1", true),
            ("[::1]", true),
            ("sandbox:8080", false),
            ("http://sandbox", false),
            ("sandbox/", false),
            ("*", false),
            ("*.example", false),
            ("a b", false),
            ("", false),
        ] {
            assert_eq!(is_host_name(name), expected, "{name}");
        }
    }
}
