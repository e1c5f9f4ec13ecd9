//! Base URLs and their checks.

use url::{Host, Url};

use crate::error::Error;
use crate::spelling::{name, string};

/// Checks a base URL, and removes slashes at its end. `origin` is the option or environment
/// variable that it comes from.
pub(crate) fn check_base_url(origin: &str, text: &str, allow_http: bool) -> Result<Url, Error> {
    // The URL is not quoted: it could contain a key.
    let refuse = |why: &str| Err(Error::configuration(format!("{origin}: {why}")));
    let Ok(mut url) = Url::parse(text) else {
        return refuse("not a valid URL; write it as https://host");
    };
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return refuse(&format!("must be an https URL, got the scheme {}", string(url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(&format!("must not contain credentials; pass the API key as `{}`", name("api_key")));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must not have a query or fragment; use only scheme, host and path prefix");
    }
    if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
        let allow = name("allow_insecure_http");
        return refuse(&format!(
            "must not be an http URL, over which the API key travels unencrypted; use https, or set `{allow}`"
        ));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Returns true if a URL's host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        // Includes IPv4 addresses that are mapped to IPv6.
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<Url, Error> {
        check_base_url("base_url", url, false)
    }

    #[test]
    fn base_urls_are_checked() {
        assert_eq!(check("https://gate.example/cw/").unwrap().path(), "/cw");
        assert!(check("http://127.0.0.1:80").is_ok());
        assert!(check("http://[::1]:80").is_ok());
        for url in ["http://localhost", "http://127.8.9.1", "http://[::ffff:127.0.0.1]:80"] {
            assert!(is_loopback(&check(url).unwrap()), "{url}");
        }
        for (url, word) in [
            ("meeting.is", "base_url: not a valid URL"),
            ("ftp://meeting.is", "scheme"),
            ("https://me:pw@meeting.is", "credentials"),
            ("https://meeting.is/?a=b", "query"),
            ("http://meeting.is", "unencrypted"),
        ] {
            let error = check(url).unwrap_err();
            assert!(error.message().contains(word), "{error}");
        }
    }
}
