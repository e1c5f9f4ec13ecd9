//! The problems of proxies. Their descriptions name the proxy, not the API behind it.

use std::error::Error as StdError;

use super::cause::{chain, deepest_cause, remedy, tls_error};
use super::proxy::Proxy;

/// A failed connection to or through a proxy.
pub(super) struct ProxyProblem {
    pub message: String,
    /// True if a retry would fail in the same way.
    pub is_final: bool,
}

/// Returns the problem, or `None` if the proxy is not to blame: the TLS handshake with the API behind
/// it failed. `tls` is true if the API has an https URL.
pub(super) fn proxy_problem(
    error: &(dyn StdError + 'static),
    proxy: &Proxy,
    tls: bool,
) -> Option<ProxyProblem> {
    // The types of these errors are private.
    let messages: Vec<String> = chain(error).map(ToString::to_string).collect();
    let of = |kind: &str| messages.iter().find_map(|message| message.strip_prefix(kind));
    let unreachable = |reason: Option<&str>| reason == Some("failed to create underlying connection");
    let (tunnel, socks) = (of("tunnel error: "), of("SOCKS error: "));
    let handshake = tls_error(error).is_some();
    if tunnel.is_none() && socks.is_none() && handshake && tls {
        return None;
    }
    let (shown, origin) = (proxy.shown(), &proxy.origin);
    let problem = |message: String| Some(ProxyProblem { message, is_final: false });
    match tunnel.or(socks) {
        Some("proxy authorization required") => {
            let message = format!("no connection could be opened: {}", credentials_required(proxy));
            Some(ProxyProblem { message, is_final: true })
        }
        Some("unsuccessful") => problem(format!(
            "the proxy {shown} refused to open a tunnel, or its response to CONNECT is not valid: check {origin} \
             and NO_PROXY"
        )),
        Some("unexpected end of file") => problem(format!(
            "the proxy {shown} closed the connection before a tunnel was open: check {origin} and NO_PROXY"
        )),
        Some(reason) if !unreachable(Some(reason)) => {
            let cause = deepest_cause(error);
            let cause = cause.strip_prefix("SOCKS error: ").unwrap_or(&cause);
            problem(format!("the proxy {shown} opened no connection: {cause}; check {origin} and NO_PROXY"))
        }
        _ => {
            let cause = deepest_cause(error);
            let advice = if handshake {
                remedy(&cause)
            } else {
                format!("; check that the proxy is running, and check {origin}")
            };
            problem(format!("no connection to the proxy {shown} could be opened: {cause}{advice}"))
        }
    }
}

/// Returns the advice for a status of 407.
pub(super) fn credentials_required(proxy: &Proxy) -> String {
    let (shown, origin) = (proxy.shown(), &proxy.origin);
    format!("the proxy {shown} requires a user name and password: add them to the URL in {origin}")
}
