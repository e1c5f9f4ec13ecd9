//! Checks where a request comes from: programs on localhost, other machines, or web pages.
//!
//! A web page can send requests to a server on localhost. It can't read the responses, unless the
//! page's own host name resolves to localhost (DNS rebinding): for the browser, the page and the
//! sandbox are then one site. The `Host` header has the page's name, which the sandbox refuses.

use std::net::IpAddr;

use http::{HeaderMap, Uri, header};

use crate::hosts::Host;
use crate::input::quoted;
use crate::options::SandboxOptions;

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) peer: IpAddr,
    pub(crate) local: IpAddr,
}

impl Ends {
    /// Returns true if the peer is on localhost.
    fn on_localhost(self) -> bool {
        let peer = self.peer.to_canonical();
        peer.is_loopback() || peer == self.local.to_canonical()
    }
}

fn is_allowed(host: &Host, options: &SandboxOptions) -> bool {
    options.allowed_hosts.iter().any(|allowed| Host::parse(allowed).as_ref() == Some(host))
}

/// Returns the hosts that a request names: in its target, and in each `Host` header.
fn hosts(uri: &Uri, headers: &HeaderMap) -> Vec<(String, Option<Host>)> {
    let target = uri.authority().map(|authority| authority.as_str().to_owned());
    let named = headers.get_all(header::HOST).iter();
    let named = named.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let texts = target.into_iter().chain(named);
    texts
        .map(|text| {
            let host = Host::parse(&text);
            (text, host)
        })
        .collect()
}

/// Checks a request to the control path. Returns the reason for a refusal.
pub(crate) fn check_control(
    ends: Ends,
    uri: &Uri,
    headers: &HeaderMap,
    options: &SandboxOptions,
) -> Result<(), String> {
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes().to_ascii_lowercase());
    let by_other_page = site.is_some_and(|site| site != b"same-origin" && site != b"none");
    if by_other_page || headers.contains_key(header::ORIGIN) {
        return Err(
            "The sandbox cannot be controlled by web pages; send the request from a program".to_owned()
        );
    }
    let hosts = hosts(uri, headers);
    let all_allowed =
        hosts.iter().all(|(_, host)| host.as_ref().is_some_and(|host| is_allowed(host, options)));
    if !ends.on_localhost() {
        if !hosts.is_empty() && all_allowed {
            return Ok(());
        }
        return Err(
            "The sandbox can be controlled only from localhost; to control it from other machines, allow \
                    the name in their URL: --allow-host NAME, or the option allowed_hosts"
                .to_owned(),
        );
    }
    let bound = [ends.local.to_canonical(), options.host.to_canonical()];
    check_hosts(&hosts, "localhost, the sandbox's address", |host| {
        host.is_localhost()
            || is_allowed(host, options)
            || matches!(host, Host::Address(address) if bound.contains(address))
    })
}

/// Checks a request to the API. Returns the reason for a refusal.
///
/// A page that does not know the key can do nothing with the API, so only a sandbox with the public
/// keys checks the host. In a container, which listens on more than localhost, the sandbox has names
/// of the private network.
pub(crate) fn check_api(uri: &Uri, headers: &HeaderMap, options: &SandboxOptions) -> Result<(), String> {
    if options.api_key.is_some() {
        return Ok(());
    }
    let in_network = !options.host.is_loopback();
    check_hosts(&hosts(uri, headers), "localhost, an IP address", |host| {
        host.is_localhost()
            || matches!(host, Host::Address(_))
            || is_allowed(host, options)
            || (in_network && host.is_private())
    })
}

fn check_hosts(
    hosts: &[(String, Option<Host>)],
    valid: &str,
    may: impl Fn(&Host) -> bool,
) -> Result<(), String> {
    match hosts.iter().find(|(_, host)| !host.as_ref().is_some_and(&may)) {
        Some((text, _)) => Err(format!(
            "Host: must be {valid} or an allowed host, got {}; allow it with --allow-host NAME, or the option \
             allowed_hosts",
            quoted(text)
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const LOCAL: &str = "127.0.0.1";

    fn ends(peer: &str, local: &str) -> Ends {
        Ends { peer: peer.parse().unwrap(), local: local.parse().unwrap() }
    }

    fn named(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap())])
    }

    fn options(host: &str, allowed: &[&str]) -> SandboxOptions {
        SandboxOptions {
            host: host.parse().unwrap(),
            allowed_hosts: allowed.iter().map(|name| (*name).to_owned()).collect(),
            ..SandboxOptions::default()
        }
    }

    #[test]
    fn the_control_path_has_the_names_of_localhost() {
        let uri = Uri::from_static("/_sandbox/state");
        let options = options(LOCAL, &["sandbox", "Api.Example."]);
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:8080", true),
            ("localhost.:8080", true),
            ("app.localhost:3000", true),
            ("127.0.0.1:8080", true),
            ("127.8.9.1", true),
            ("[::1]:8080", true),
            ("[::ffff:127.0.0.1]", true),
            ("sandbox:8080", true),
            ("SANDBOX.", true),
            ("api.example", true),
            ("evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("evillocalhost", false),
            ("user@localhost", false),
            ("10.0.0.1", false),
            ("0x7f.1", false),
            ("2130706433", false),
            ("", false),
            (":8080", false),
            ("localhost, evil.example", false),
            ("l\u{f6}calhost", false),
        ] {
            let checked = check_control(ends(LOCAL, LOCAL), &uri, &named(host), &options);
            assert_eq!(checked.is_ok(), expected, "{host}: {checked:?}");
        }
        let none = HeaderMap::new();
        assert!(check_control(ends(LOCAL, LOCAL), &uri, &none, &options).is_ok());
        let mut two = named("localhost");
        two.append(header::HOST, HeaderValue::from_static("evil.example"));
        assert!(check_control(ends(LOCAL, LOCAL), &uri, &two, &options).is_err());
        let absolute = Uri::from_static("http://evil.example/_sandbox/state");
        assert!(check_control(ends(LOCAL, LOCAL), &absolute, &named("localhost"), &options).is_err());
    }

    #[test]
    fn other_machines_control_it_only_by_an_allowed_name() {
        let uri = Uri::from_static("/_sandbox/state");
        let address = "192.168.1.5";
        for (peer, host, allowed, expected) in [
            ("192.168.1.9", "192.168.1.5:8080", &[][..], false),
            ("192.168.1.9", "localhost", &[], false),
            ("192.168.1.9", "sandbox", &[], false),
            ("192.168.1.9", "sandbox:8080", &["sandbox"], true),
            ("172.17.0.1", "localhost:8080", &["localhost"], true),
            ("192.168.1.9", "evil.example", &["sandbox"], false),
            ("192.168.1.5", "192.168.1.5:8080", &[], true),
            ("::ffff:192.168.1.5", "192.168.1.5:8080", &[], true),
            ("192.168.1.5", "evil.example", &[], false),
        ] {
            let options = options("0.0.0.0", allowed);
            let checked = check_control(ends(peer, address), &uri, &named(host), &options);
            assert_eq!(checked.is_ok(), expected, "{peer} {host} {allowed:?}: {checked:?}");
        }
        let without_host = check_control(
            ends("192.168.1.9", address),
            &uri,
            &HeaderMap::new(),
            &options("0.0.0.0", &["sandbox"]),
        );
        assert!(without_host.is_err());
    }

    #[test]
    fn web_pages_may_not_control_it() {
        let uri = Uri::from_static("/_sandbox/state");
        for (name, value, expected) in [
            ("origin", "https://evil.example", false),
            ("origin", "http://127.0.0.1:8080", false),
            ("origin", "null", false),
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "Cross-Site", false),
            ("sec-fetch-site", "new-value", false),
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", true),
        ] {
            let mut headers = named(LOCAL);
            headers.insert(name, HeaderValue::from_static(value));
            let checked = check_control(ends(LOCAL, LOCAL), &uri, &headers, &options(LOCAL, &[]));
            assert_eq!(checked.is_ok(), expected, "{name} {value}");
        }
    }

    #[test]
    fn the_api_has_the_names_of_its_network() {
        let uri = Uri::from_static("/ss/rsapi/clients");
        for (bound, host, allowed, expected) in [
            (LOCAL, "localhost:8080", &[][..], true),
            (LOCAL, "192.168.1.5:8080", &[], true),
            (LOCAL, "evil.example", &[], false),
            (LOCAL, "sandbox", &[], false),
            (LOCAL, "sandbox", &["sandbox"], true),
            ("0.0.0.0", "sandbox:8080", &[], true),
            ("0.0.0.0", "host.docker.internal:8080", &[], true),
            ("::", "sandbox.default.svc.cluster.local", &[], true),
            ("0.0.0.0", "evil.example", &[], false),
            ("0.0.0.0", "meeting.is", &["meeting.is"], true),
            ("0.0.0.0", "evil.example", &["meeting.is"], false),
        ] {
            let options = options(bound, allowed);
            assert_eq!(
                check_api(&uri, &named(host), &options).is_ok(),
                expected,
                "{bound} {host} {allowed:?}"
            );
        }
        let own_key = SandboxOptions { api_key: Some("mine".to_owned()), ..options(LOCAL, &[]) };
        assert!(check_api(&uri, &named("evil.example"), &own_key).is_ok());
    }
}
