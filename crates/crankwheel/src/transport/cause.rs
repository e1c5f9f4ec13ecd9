//! Why a connection failed, in words, and what to do about it.

use std::error::Error as StdError;
use std::io;

use crate::spelling::name;

/// An error and all that it was caused by, the deepest last.
pub(super) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// The last error of the chain: what really happened.
pub(crate) fn deepest_cause(error: &(dyn StdError + 'static)) -> String {
    // reqwest's own texts can quote the URL, and with it what a caller may not want to log.
    chain(error).last().unwrap_or(error).to_string()
}

/// Whether something came that HTTP's grammar does not allow: another protocol, a length that is no number, a head that is
/// too large.
pub(crate) fn is_malformed(error: &(dyn StdError + 'static)) -> bool {
    chain(error).find_map(|cause| cause.downcast_ref()).is_some_and(hyper::Error::is_parse)
}

/// Whether one side does not trust the other, or could not agree with it on how: the next attempt will end alike.
pub(crate) fn is_refusal(error: &(dyn StdError + 'static)) -> bool {
    use rustls::AlertDescription::{CloseNotify, InternalError, UserCanceled};
    match tls_error(error) {
        Some(rustls::Error::AlertReceived(alert)) => {
            !matches!(alert, CloseNotify | InternalError | UserCanceled)
        }
        Some(error) => matches!(
            error,
            rustls::Error::InvalidCertificate(_)
                | rustls::Error::PeerIncompatible(_)
                | rustls::Error::NoCertificatesPresented
                | rustls::Error::UnsupportedNameType
        ),
        None => false,
    }
}

/// Whether the server does not accept the certificate that this side showed, or wants one.
pub(crate) fn is_certificate_refused(error: &(dyn StdError + 'static)) -> bool {
    use rustls::AlertDescription as Alert;
    matches!(
        tls_error(error),
        Some(rustls::Error::AlertReceived(
            Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::CertificateRequired
                | Alert::UnknownCA
                // Its signature could not be verified.
                | Alert::DecryptError
        ))
    )
}

fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    // What an `io::Error` wraps is no part of the chain: its `source` is already the next one's.
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.and_then(|wrapped| tls_error(wrapped)).or_else(|| tls_error(error.source()?))
}

/// Returns what to do about a cause, as rustls, hyper and the operating system word it; an empty string where
/// nothing is known.
pub(crate) fn remedy(cause: &str) -> String {
    /// What to do; the name of an option may follow.
    type Remedy = (&'static str, Option<&'static str>);
    const REJECTED: Remedy = (
        "the server rejected your certificate; perhaps it has expired, or is not the right one: check",
        Some("client_certificate"),
    );
    const REMEDIES: [(&str, Remedy); 17] = [
        (
            "UnknownIssuer",
            (
                "if the server's certificate is from your own authority, pass the certificate of that authority as",
                Some("ca_file"),
            ),
        ),
        (
            "CaUsedAsEndEntity",
            ("if the server signed its own certificate, pass that certificate as", Some("ca_file")),
        ),
        (
            "certificate expired",
            ("the server's certificate has expired: tell its operator, or check the local clock", None),
        ),
        ("not valid yet", ("the server's certificate is not valid yet: check the local clock", None)),
        ("not valid for name", ("the certificate is for another host: check", Some("base_url"))),
        ("BadSignature", ("the authority named in the certificate did not sign it: check", Some("ca_file"))),
        ("ProtocolVersion", ("the server does not support TLS 1.2 or newer", None)),
        (
            "CertificateRequired",
            ("the server requires a client certificate: pass", Some("client_certificate")),
        ),
        ("alert: UnknownCA", REJECTED),
        ("alert: BadCertificate", REJECTED),
        ("alert: Certificate", REJECTED),
        ("alert: DecryptError", REJECTED),
        (
            "InvalidContentType",
            ("the other side does not speak TLS: check the port, or use http:// instead of https://", None),
        ),
        ("proxy authorization required", ("add the user name and password to the URL of the proxy", None)),
        (
            "tunnel",
            ("a proxy refused to open the connection: check HTTPS_PROXY, NO_PROXY and", Some("proxy")),
        ),
        ("onnection refused", ("check that the server is running, and check", Some("base_url"))),
        ("not known", ("check the network, and the host in", Some("base_url"))),
    ];
    match REMEDIES.iter().find(|(word, _)| cause.contains(word)) {
        Some((_, (remedy, Some(option)))) => format!("; {remedy} `{}`", name(option)),
        Some((_, (remedy, None))) => format!("; {remedy}"),
        None => String::new(),
    }
}
