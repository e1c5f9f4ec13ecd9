//! The causes of failed connections, and the advice for them.

use std::error::Error as StdError;
use std::io;

use crate::spelling::name;

/// Returns an error and its causes, the deepest last.
pub(super) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// Returns the message of the deepest cause.
pub(crate) fn deepest_cause(error: &(dyn StdError + 'static)) -> String {
    // The messages of reqwest can quote the URL, which callers may not want in their logs.
    chain(error).last().unwrap_or(error).to_string()
}

/// Returns true if the response is not valid HTTP: another protocol, an invalid length, or headers
/// that are too large.
pub(crate) fn is_malformed(error: &(dyn StdError + 'static)) -> bool {
    chain(error).find_map(|cause| cause.downcast_ref()).is_some_and(hyper::Error::is_parse)
}

/// Returns true if a TLS handshake failed for a reason that a retry does not change: one side does
/// not trust the other, or they have no protocol in common.
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

/// Returns true if the server requires a client certificate, or does not accept the client's.
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
                // The signature of the certificate could not be verified.
                | Alert::DecryptError
        ))
    )
}

pub(super) fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    // The error inside an `io::Error` is not part of the chain: `source` returns that error's
    // source.
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.and_then(|wrapped| tls_error(wrapped)).or_else(|| tls_error(error.source()?))
}

/// Returns advice for a cause, which is recognized by the words of rustls, hyper and the operating
/// system. Empty if there is none.
pub(crate) fn remedy(cause: &str) -> String {
    /// The advice, and the name of the option that follows it.
    type Remedy = (&'static str, Option<&'static str>);
    const REJECTED: Remedy = (
        "the server rejected your certificate; perhaps it has expired, or is not the right one: check",
        Some("client_certificate"),
    );
    const REMEDIES: [(&str, Remedy); 15] = [
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
        ("onnection refused", ("check that the server is running, and check", Some("base_url"))),
        ("not known", ("check the network, and the host in", Some("base_url"))),
    ];
    match REMEDIES.iter().find(|(word, _)| cause.contains(word)) {
        Some((_, (remedy, Some(option)))) => format!("; {remedy} `{}`", name(option)),
        Some((_, (remedy, None))) => format!("; {remedy}"),
        None => String::new(),
    }
}
