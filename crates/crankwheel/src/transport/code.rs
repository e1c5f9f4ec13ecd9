//! The codes of failed connections: short names for programs, and their description in words.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

use super::cause::{chain, deepest_cause, is_malformed, tls_error};

/// Every code, with its description.
const CODES: [(&str, &str); 24] = [
    ("ECONNREFUSED", "the connection was refused"),
    ("ECONNRESET", "the other side closed the connection"),
    ("ECONNABORTED", "the connection was aborted"),
    ("EPIPE", "the other side closed the connection"),
    ("ETIMEDOUT", "a deadline passed"),
    ("ENOTFOUND", "the host name is not known"),
    ("EAI_AGAIN", "the host name could not be looked up for now"),
    ("EHOSTUNREACH", "the host cannot be reached"),
    ("ENETUNREACH", "the network cannot be reached"),
    ("EADDRNOTAVAIL", "no local address or port is available"),
    ("EACCES", "the operating system does not permit the connection"),
    ("EMFILE", "this process has too many open files"),
    ("EPROTO", "the other side does not speak the expected protocol"),
    ("CERT_HAS_EXPIRED", "the server's certificate has expired"),
    ("CERT_NOT_YET_VALID", "the server's certificate is not valid yet"),
    ("CERT_REVOKED", "the server's certificate was revoked"),
    ("CERT_SIGNATURE_FAILURE", "the signature of the server's certificate is not valid"),
    ("CERT_REJECTED", "the server's certificate is not valid"),
    ("INVALID_PURPOSE", "the server's certificate is not for servers"),
    ("DEPTH_ZERO_SELF_SIGNED_CERT", "the server signed its own certificate"),
    ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the server's certificate is from an unknown authority"),
    ("ERR_TLS_CERT_ALTNAME_INVALID", "the server's certificate is for another host"),
    ("ERR_TLS_CLIENT_CERT_REJECTED", "the server requires another client certificate"),
    ("ERR_TLS_ALERT", "the other side ended the TLS handshake"),
];

/// Returns the description of a code.
///
/// ```
/// assert_eq!(crankwheel::code_description("ENOTFOUND"), Some("the host name is not known"));
/// assert_eq!(crankwheel::code_description("ENOTDIR"), None);
/// ```
pub fn code_description(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(name, _)| *name == code).map(|(_, description)| *description)
}

/// Returns the code of a failed connection, if its cause is known.
pub(super) fn code(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    if let Some(error) = tls_error(error) {
        return Some(of_tls(error));
    }
    // The resolver's errors have no kind. hyper's connector names what failed.
    if chain(error).any(|cause| cause.to_string() == "dns error") {
        let deepest = deepest_cause(error);
        let transient = deepest.contains("emporary") || deepest.contains("ry again");
        return Some(if transient { "EAI_AGAIN" } else { "ENOTFOUND" });
    }
    let of_system = chain(error).filter_map(|cause| cause.downcast_ref()).find_map(of_io);
    of_system.or_else(|| {
        let closed = chain(error)
            .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
            .any(|cause| cause.is_incomplete_message() || cause.is_closed());
        if closed { Some("ECONNRESET") } else { is_malformed(error).then_some("EPROTO") }
    })
}

fn of_io(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => "ECONNREFUSED",
        ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => "ECONNRESET",
        ErrorKind::ConnectionAborted => "ECONNABORTED",
        ErrorKind::BrokenPipe => "EPIPE",
        ErrorKind::TimedOut => "ETIMEDOUT",
        ErrorKind::HostUnreachable => "EHOSTUNREACH",
        ErrorKind::NetworkUnreachable => "ENETUNREACH",
        ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
        ErrorKind::PermissionDenied => "EACCES",
        // The number of EMFILE on Unix. Rust has no kind for it.
        _ if cfg!(unix) && error.raw_os_error() == Some(24) => "EMFILE",
        _ => return None,
    })
}

fn of_tls(error: &rustls::Error) -> &'static str {
    use rustls::AlertDescription as Alert;
    match error {
        rustls::Error::InvalidCertificate(problem) => of_certificate(problem),
        rustls::Error::AlertReceived(
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::DecryptError,
        ) => "ERR_TLS_CLIENT_CERT_REJECTED",
        rustls::Error::AlertReceived(_) => "ERR_TLS_ALERT",
        _ => "EPROTO",
    }
}

fn of_certificate(problem: &CertificateError) -> &'static str {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "CERT_NOT_YET_VALID",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "ERR_TLS_CERT_ALTNAME_INVALID"
        }
        CertificateError::Revoked => "CERT_REVOKED",
        CertificateError::BadSignature => "CERT_SIGNATURE_FAILURE",
        CertificateError::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "INVALID_PURPOSE"
        }
        // webpki reports an authority's own certificate without a variant.
        other if other.to_string().contains("CaUsedAsEndEntity") => "DEPTH_ZERO_SELF_SIGNED_CERT",
        _ => "CERT_REJECTED",
    }
}
