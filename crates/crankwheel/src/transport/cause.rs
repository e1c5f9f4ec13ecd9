//! Why a connection failed, in words, and what to do about it.

use std::error::Error as StdError;
use std::io;

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

/// What to do about a cause, as rustls, hyper and the operating system word it; empty where nothing is known.
pub(crate) fn remedy(cause: &str) -> &'static str {
    const NOT_ACCEPTED: &str =
        "; the server does not accept your `client_certificate`: is it the right one, and still valid?";
    const REMEDIES: [(&str, &str); 17] = [
        ("UnknownIssuer", "; if the server has a certificate of your own authority, pass `ca_file`"),
        (
            "CaUsedAsEndEntity",
            "; if the server signed its certificate itself, pass that certificate as `ca_file`",
        ),
        (
            "certificate expired",
            "; the server's certificate has expired: tell whoever runs it, or check this machine's clock",
        ),
        ("not valid yet", "; the server's certificate is not valid yet: check this machine's clock"),
        ("not valid for name", "; the certificate is for another host: is the base URL right?"),
        (
            "BadSignature",
            "; the authority that the certificate names did not sign it: is `ca_file` the right one?",
        ),
        ("ProtocolVersion", "; the server speaks no TLS 1.2 or newer"),
        ("CertificateRequired", "; the server asks for a certificate of yours: pass `client_certificate`"),
        ("alert: UnknownCA", NOT_ACCEPTED),
        ("alert: BadCertificate", NOT_ACCEPTED),
        ("alert: Certificate", NOT_ACCEPTED),
        ("alert: DecryptError", NOT_ACCEPTED),
        (
            "InvalidContentType",
            "; what answers there does not speak TLS: is the port right, or is it http://?",
        ),
        ("proxy authorization required", "; put the proxy's user name and password into its URL"),
        (
            "tunnel",
            "; a proxy stands in between and let nothing through: see `proxy` and HTTPS_PROXY, NO_PROXY",
        ),
        ("onnection refused", "; is the server running, and is the base URL right?"),
        ("not known", "; is the host name right, and is there a network?"),
    ];
    let known = REMEDIES.iter().find(|(word, _)| cause.contains(word));
    known.map(|(_, remedy)| *remedy).unwrap_or_default()
}
