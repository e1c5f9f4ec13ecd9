//! Which servers are trusted: certificates of the system, the environment, the caller, and the bundled ones.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::config::ConnectionOptions;
use crate::error::Error;
use crate::spelling::name;

/// The variables that replace the system's certificates, as OpenSSL has them.
const SYSTEM_VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// What a client trusts.
pub(crate) struct Trust {
    roots: RootCertStore,
    /// The certificates that the caller named, which may be the server's own.
    named: Vec<CertificateDer<'static>>,
    /// Where all of them came from, in words.
    pub sources: String,
}

pub(crate) fn client_config(options: &ConnectionOptions) -> Result<rustls::ClientConfig, Error> {
    let set_up = |error: &dyn fmt::Display| Error::configuration(format!("TLS could not be set up: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let Trust { roots, named, .. } = trust(options)?;
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| set_up(&error))?;
    let builder = if named.is_empty() {
        builder.with_root_certificates(roots)
    } else {
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| set_up(&error))?;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(NamedServers { usual, named }))
    };
    let Some(file) = &options.settings.client_certificate else { return Ok(builder.with_no_client_auth()) };
    let refuse = |why: String| unusable(&name("client_certificate"), file, &why);
    let chain = pem_certificates(file).map_err(refuse)?;
    let key = PrivateKeyDer::from_pem_file(file).map_err(|error| refuse(format!("private key: {error}")))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| refuse(error.to_string()))
}

/// The system's certificates (or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`), those that the caller and the environment name
/// in addition, and the bundled roots where the system has none.
pub(crate) fn trust(options: &ConnectionOptions) -> Result<Trust, Error> {
    let mut trust = Trust { roots: RootCertStore::empty(), named: Vec::new(), sources: String::new() };
    // Over plain loopback nothing is encrypted; anywhere else a proxy may be reached over TLS.
    if options.loopback && !options.tls && options.proxy.is_none() {
        trust.sources.push_str("none needed (http to localhost)");
        return Ok(trust);
    }
    trust.add_system()?;
    for (variable, path) in &options.environment_ca_files {
        // Bundles of the environment were made for other programs: one certificate that cannot be read is no reason to stop.
        let (file, folder) = if path.is_dir() { (None, Some(path)) } else { (Some(path), None) };
        let found = rustls_native_certs::load_certs_from_paths(
            file.map(PathBuf::as_path),
            folder.map(PathBuf::as_path),
        );
        let (added, _) = trust.roots.add_parsable_certificates(found.certs);
        if added == 0 {
            return Err(unusable(variable, path, &first_problem(&found.errors)));
        }
        trust.note(added, &format!("from {variable} {}", path.display()));
    }
    if let Some(file) = &options.settings.ca_file {
        let ca_file = name("ca_file");
        let refuse = |why: String| unusable(&ca_file, file, &why);
        let certificates = pem_certificates(file).map_err(refuse)?;
        for certificate in &certificates {
            trust.roots.add(certificate.clone()).map_err(|error| refuse(error.to_string()))?;
        }
        trust.note(certificates.len(), &format!("from {ca_file} {}", file.display()));
        trust.named = certificates;
    }
    Ok(trust)
}

impl Trust {
    fn add_system(&mut self) -> Result<(), Error> {
        // An empty folder's name is none, an empty file's name is one that does not exist: so it is for OpenSSL, too.
        let is_set = |name: &&str| {
            std::env::var_os(name).is_some_and(|value| !value.is_empty() || *name == "SSL_CERT_FILE")
        };
        let replaced: Vec<&str> = SYSTEM_VARIABLES.into_iter().filter(is_set).collect();
        let found = rustls_native_certs::load_native_certs();
        let (added, _) = self.roots.add_parsable_certificates(found.certs);
        if added == 0 && !replaced.is_empty() {
            // Whoever sets these wants to say whom to trust: to trust others instead would be worse than an error.
            let why = first_problem(&found.errors);
            let names = replaced.join(" and ");
            return Err(Error::configuration(format!(
                "{names}: no certificate could be read: {why}; correct the environment variable or unset it"
            )));
        }
        if added > 0 {
            let whose = if replaced.is_empty() {
                "from the system".into()
            } else {
                format!("from {}", replaced.join(" and "))
            };
            self.note(added, &whose);
            return Ok(());
        }
        let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
        let (bundled, _) = self.roots.add_parsable_certificates(bundled);
        self.note(bundled, "bundled (the system has none)");
        Ok(())
    }

    fn note(&mut self, count: usize, source: &str) {
        let separator = if self.sources.is_empty() { "" } else { ", " };
        self.sources.push_str(&format!("{separator}{count} {source}"));
    }
}

fn first_problem(errors: &[rustls_native_certs::Error]) -> String {
    errors.first().map_or_else(|| "it contains no certificate".to_owned(), |error| error.to_string())
}

fn unusable(name: &str, path: &Path, why: &str) -> Error {
    Error::configuration(format!("{name}: cannot use {}: {why}", path.display()))
}

/// All certificates of a PEM file; at least one.
fn pem_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())?;
    let certificates = read.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    if certificates.is_empty() { Err("it contains no PEM certificate".to_owned()) } else { Ok(certificates) }
}

/// The usual rules, and one more: a server may show a certificate that the caller named, even one that is marked as an
/// authority's. That is what `openssl req -x509` makes, and the usual rules refuse it for a server whatever is trusted. Its dates,
/// its name and that the server has its key are checked; for what else it may be used (extended key usage) is not asked.
#[derive(Debug)]
struct NamedServers {
    usual: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for NamedServers {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let judged =
            self.usual.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match judged {
            // Its dates were looked at before; its name was not.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(problem)))
                if is_authority(&problem) && self.named.iter().any(|named| named == end_entity) =>
            {
                let certificate = ParsedCertificate::try_from(end_entity)?;
                rustls::client::verify_server_name(&certificate, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

/// Whether the only problem is that an authority's certificate was shown for a server.
fn is_authority(problem: &rustls::OtherError) -> bool {
    // The crate that it comes from is rustls' own choice, so it is known by its name only.
    problem.to_string() == "CaUsedAsEndEntity"
}
