//! The proxy of a client: from the options, from the environment as curl reads it, or that of the
//! operating system.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use super::no_proxy::is_excepted;
use crate::error::Error;
use crate::json::excerpt;
use crate::spelling::name;

/// The way to the API.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// Connections are direct.
    Direct,
    /// Connections are direct, unless the operating system has a proxy.
    System,
    Proxy(Proxy),
}

/// A proxy, and the option or environment variable that it comes from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// It can contain a password.
    pub url: Url,
    pub origin: Cow<'static, str>,
}

impl Proxy {
    /// Reads the option `proxy`.
    pub fn from_option(url: &str) -> Result<Self, Error> {
        let origin = name("proxy").into_owned();
        Ok(Proxy { url: check(&origin, url)?, origin: origin.into() })
    }

    /// Returns scheme, host and port.
    pub fn shown(&self) -> String {
        let (scheme, host) = (self.url.scheme(), self.url.host_str().unwrap_or_default());
        let port = self.url.port_or_known_default().unwrap_or(1080);
        format!("{scheme}://{host}:{port}")
    }
}

impl Route {
    /// Returns the proxy, if there is one.
    pub fn proxy(&self) -> Option<&Proxy> {
        match self {
            Route::Proxy(proxy) => Some(proxy),
            Route::Direct | Route::System => None,
        }
    }

    /// Returns the route to a base URL by the variables of the environment. They do not apply to
    /// localhost.
    pub fn from_environment(base_url: &Url, loopback: bool) -> Result<Self, Error> {
        if loopback {
            Ok(Route::Direct)
        } else {
            Self::by_variables(base_url, |name| std::env::var(name).ok())
        }
    }

    fn by_variables(base_url: &Url, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let value = |name: &'static str| {
            let value = variable(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| (name, value.to_owned()))
        };
        let excepted = ["no_proxy", "NO_PROXY"].into_iter().find_map(value);
        let (host, port) = (base_url.host(), base_url.port_or_known_default());
        if let (Some((_, list)), Some(host)) = (excepted, host)
            && is_excepted(&list, &host, port.unwrap_or_default())
        {
            return Ok(Route::Direct);
        }
        // The value of HTTP_PROXY is a request's header `Proxy` in a CGI program. Windows does not
        // tell apart names that differ in case.
        let cgi = variable("REQUEST_METHOD").is_some();
        let of_scheme: &[&str] = match base_url.scheme() {
            "https" => &["https_proxy", "HTTPS_PROXY"],
            _ if cgi && cfg!(windows) => &[],
            _ if cgi => &["http_proxy"],
            _ => &["http_proxy", "HTTP_PROXY"],
        };
        match of_scheme.iter().copied().chain(["all_proxy", "ALL_PROXY"]).find_map(value) {
            Some((origin, url)) => {
                Ok(Route::Proxy(Proxy { url: check(origin, &url)?, origin: origin.into() }))
            }
            None => Ok(Route::System),
        }
    }
}

/// Returns the secrets of all proxies that the environment names, also of those that are not used.
pub(crate) fn environment_secrets() -> Vec<String> {
    const VARIABLES: [&str; 6] =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let urls = VARIABLES.into_iter().filter_map(|name| check(name, &std::env::var(name).ok()?).ok());
    urls.flat_map(|url| proxy_secrets(&url)).collect()
}

/// Returns the password of a proxy as it is written in the URL, decoded, and as it is sent.
pub(crate) fn proxy_secrets(proxy: &Url) -> Vec<String> {
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let Some(password) = proxy.password() else { return Vec::new() };
    let pair = format!("{}:{}", plain(proxy.username()), plain(password));
    vec![password.to_owned(), plain(password), STANDARD.encode(pair)]
}

/// Checks the URL of a proxy. Without a scheme, it is an HTTP proxy. `origin` is the option or
/// variable that it comes from.
fn check(origin: &str, text: &str) -> Result<Url, Error> {
    let text = text.trim();
    let refuse = |why: &str| {
        let (got, form) = (without_credentials(text), "http://user:password@host:port");
        Error::configuration(format!(
            "{origin}: {why}, got \"{got}\"; write it as {form} (or https, socks5 or socks5h)"
        ))
    };
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    let url = url.map_err(|_| refuse("not a valid URL of a proxy"))?;
    if !matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") {
        return Err(refuse("not a scheme of proxies"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refuse("must have a host"));
    }
    Ok(url)
}

/// Returns what an invalid URL has apart from credentials: anything before an `@`, and anything in
/// the place of a port that is not one.
fn without_credentials(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let (user, place) = match rest.rsplit_once('@') {
        Some((_, place)) => ("***@", place),
        None => ("", rest),
    };
    let authority = place.split(['/', '?', '#']).next().unwrap_or_default();
    let place = match authority.rsplit_once(':') {
        Some((host, port)) if !port.bytes().all(|byte| byte.is_ascii_digit()) && !host.starts_with('[') => {
            format!("{}:***", host.split(':').next().unwrap_or_default())
        }
        _ => authority.to_owned(),
    };
    excerpt(&format!("{scheme}{user}{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_proxies_are_checked() {
        let checked = |url: &str| check("proxy", url).unwrap().to_string();
        assert_eq!(checked("proxy.example:3128"), "http://proxy.example:3128/");
        assert_eq!(checked(" \thttp://proxy.example:3128 \n"), "http://proxy.example:3128/");
        assert_eq!(checked("me:pw@proxy.example:3128"), "http://me:pw@proxy.example:3128/");
        assert_eq!(checked("socks5h://me:pw@proxy.example"), "socks5h://me:pw@proxy.example");
        for (url, words) in [
            ("ftp://me:pw-x@x", ["scheme", "\"ftp://***@x\""]),
            ("http://me:pw-x@:80", ["not a valid URL", "\"http://***@:80\""]),
            ("me:pw-x", ["not a valid URL", "\"me:***\""]),
            ("me:pw-x:80x", ["not a valid URL", "\"me:***\""]),
            ("http://me:pw-x/host?pw-x", ["not a valid URL", "\"http://me:***\""]),
            ("http://proxy.example:99999", ["not a valid URL", "\"http://proxy.example:99999\""]),
            ("http://a b:80", ["not a valid URL", "\"http://a b:80\""]),
            ("http://", ["not a valid URL", "\"http://\""]),
            ("", ["not a valid URL", "\"\""]),
        ] {
            let error = check("HTTPS_PROXY", url).unwrap_err();
            let message = error.message();
            assert!(words.iter().all(|word| message.contains(word)), "{url}: {error}");
            assert!(message.starts_with("HTTPS_PROXY: ") && !message.contains("pw-x"), "{url}: {error}");
        }
    }

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        for (url, shown) in [
            ("http://me:pw@proxy.example", "http://proxy.example:80"),
            ("https://me:pw@proxy.example:8443/x", "https://proxy.example:8443"),
            ("socks5h://me@[::1]", "socks5h://[::1]:1080"),
        ] {
            assert_eq!(Proxy::from_option(url).unwrap().shown(), shown);
        }
    }

    #[test]
    fn variables_are_read_as_curl_reads_them() {
        const A: &str = "http://a.example:1";
        const B: &str = "http://b.example:2";
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(&str, Variables, Option<&str>); 21] = [
            ("https", &[], None),
            ("https", &[("HTTPS_PROXY", A)], Some("HTTPS_PROXY http://a.example:1")),
            ("https", &[("https_proxy", A), ("HTTPS_PROXY", B)], Some("https_proxy http://a.example:1")),
            ("http", &[("http_proxy", A), ("HTTP_PROXY", B)], Some("http_proxy http://a.example:1")),
            ("http", &[("HTTPS_PROXY", A)], None),
            ("https", &[("HTTP_PROXY", A), ("http_proxy", B)], None),
            ("https", &[("ALL_PROXY", A)], Some("ALL_PROXY http://a.example:1")),
            ("http", &[("all_proxy", A), ("ALL_PROXY", B)], Some("all_proxy http://a.example:1")),
            ("https", &[("all_proxy", A), ("HTTPS_PROXY", B)], Some("HTTPS_PROXY http://b.example:2")),
            // White space around a value, and values of nothing else.
            ("https", &[("HTTPS_PROXY", " http://a.example:1\r\n")], Some("HTTPS_PROXY http://a.example:1")),
            ("https", &[("https_proxy", " "), ("HTTPS_PROXY", B)], Some("HTTPS_PROXY http://b.example:2")),
            ("https", &[("HTTPS_PROXY", ""), ("ALL_PROXY", B)], Some("ALL_PROXY http://b.example:2")),
            ("https", &[("HTTPS_PROXY", "a.example:1")], Some("HTTPS_PROXY http://a.example:1")),
            ("https", &[("ALL_PROXY", "socks5://a.example")], Some("ALL_PROXY socks5://a.example:1080")),
            // CGI: HTTP_PROXY is the header `Proxy` of a request.
            ("http", &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", A)], None),
            (
                "https",
                &[("REQUEST_METHOD", "GET"), ("HTTPS_PROXY", A)],
                Some("HTTPS_PROXY http://a.example:1"),
            ),
            (
                "http",
                &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", A), ("ALL_PROXY", B)],
                Some("ALL_PROXY http://b.example:2"),
            ),
            // Exceptions.
            ("https", &[("HTTPS_PROXY", A), ("NO_PROXY", "api.example")], Some("direct")),
            ("https", &[("HTTPS_PROXY", "not a url"), ("no_proxy", "*")], Some("direct")),
            (
                "https",
                &[("HTTPS_PROXY", A), ("no_proxy", "other.example"), ("NO_PROXY", "api.example")],
                Some("HTTPS_PROXY http://a.example:1"),
            ),
            ("https", &[("HTTPS_PROXY", A), ("no_proxy", " "), ("NO_PROXY", "api.example")], Some("direct")),
        ];
        for (scheme, variables, expected) in cases {
            let base_url = Url::parse(&format!("{scheme}://api.example")).unwrap();
            let variable = |name: &str| {
                let found = variables.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let found = match Route::by_variables(&base_url, variable).unwrap() {
                Route::Direct => Some("direct".to_owned()),
                Route::System => None,
                Route::Proxy(proxy) => Some(format!("{} {}", proxy.origin, proxy.shown())),
            };
            assert_eq!(found.as_deref(), expected, "{scheme} {variables:?}");
        }
        let base_url = Url::parse("https://api.example").unwrap();
        let wrong = |name: &str| (name == "ALL_PROXY").then(|| "me:pw@[".to_owned());
        let error = Route::by_variables(&base_url, wrong).err().unwrap();
        assert!(
            error.message().starts_with("ALL_PROXY: not a valid URL of a proxy, got \"***@[\""),
            "{error}"
        );
    }
}
