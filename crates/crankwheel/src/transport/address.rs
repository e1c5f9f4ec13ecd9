//! Base URLs and proxies, and their checks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
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

/// Returns the proxies from the environment.
pub(crate) fn environment_proxies() -> Vec<Url> {
    const VARIABLES: [&str; 6] =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    VARIABLES
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .filter_map(|url| check_proxy(&url).ok())
        .collect()
}

/// Returns the password of a proxy as it is written in the URL, decoded, and as it is sent.
pub(crate) fn proxy_secrets(proxy: &Url) -> Vec<String> {
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let Some(password) = proxy.password() else { return Vec::new() };
    let pair = format!("{}:{}", plain(proxy.username()), plain(password));
    vec![password.to_owned(), plain(password), STANDARD.encode(pair)]
}

/// Checks the URL of a proxy. Without a scheme, it is an HTTP proxy. No message quotes the URL,
/// which can contain a password.
pub(crate) fn check_proxy(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| {
        let form = "write it as http://user:password@host:port (or https, socks5 or socks5h)";
        Error::configuration(format!("proxy: {why}; {form}"))
    };
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    let url = url.map_err(|_| refuse("not a valid URL"))?;
    if !matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") {
        return Err(refuse("not a scheme of proxies"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refuse("must have a host"));
    }
    Ok(url)
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

    #[test]
    fn proxies_are_checked() {
        let checked = |url: &str| check_proxy(url).unwrap().to_string();
        assert_eq!(checked("proxy.example:3128"), "http://proxy.example:3128/");
        assert_eq!(checked("me:pw@proxy.example:3128"), "http://me:pw@proxy.example:3128/");
        assert_eq!(checked("socks5h://me:pw@proxy.example"), "socks5h://me:pw@proxy.example");
        for (url, word) in
            [("ftp://me:pw@x", "scheme"), ("http://me:pw@:80", "not a valid URL"), ("", "not a valid URL")]
        {
            let error = check_proxy(url).unwrap_err();
            assert!(error.message().contains(word) && !error.message().contains("me:pw"), "{error}");
        }
    }
}
