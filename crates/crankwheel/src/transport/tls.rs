//! The TLS configuration: which certificates are trusted, and the client's own certificate.

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

/// The variables that replace the system's certificates, as in OpenSSL.
const SYSTEM_VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The certificates that a client trusts.
pub(crate) struct Trust {
    roots: RootCertStore,
    /// The certificates from `ca_file`, which can be the server's own.
    ca_file: Vec<CertificateDer<'static>>,
    /// The sources of the certificates, for the diagnosis.
    pub sources: String,
}

pub(crate) fn client_config(options: &ConnectionOptions) -> Result<rustls::ClientConfig, Error> {
    let set_up = |error: &dyn fmt::Display| Error::configuration(format!("TLS could not be set up: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let Trust { roots, ca_file, .. } = trust(options)?;
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| set_up(&error))?;
    let builder = if ca_file.is_empty() {
        builder.with_root_certificates(roots)
    } else {
        let standard = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| set_up(&error))?;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(CaFileVerifier { standard, ca_file }))
    };
    let Some(file) = &options.settings.client_certificate else { return Ok(builder.with_no_client_auth()) };
    let refuse = |why: String| unusable(&name("client_certificate"), file, &why);
    let chain = pem_certificates(file).map_err(refuse)?;
    let key = PrivateKeyDer::from_pem_file(file).map_err(|error| refuse(format!("private key: {error}")))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| refuse(error.to_string()))
}

/// Returns the system's certificates (or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`), those of the
/// options and the environment in addition, and the bundled ones if the system has none.
pub(crate) fn trust(options: &ConnectionOptions) -> Result<Trust, Error> {
    let mut trust = Trust { roots: RootCertStore::empty(), ca_file: Vec::new(), sources: String::new() };
    // Plain HTTP to localhost needs no certificates. Any other client may need them for a proxy.
    if options.loopback && !options.tls && options.route.proxy().is_none() {
        trust.sources.push_str("none needed (http to localhost)");
        return Ok(trust);
    }
    trust.add_system()?;
    for (variable, path) in &options.environment_ca_files {
        // Such files were created for other programs: invalid certificates in them are skipped.
        let (file, folder) = if path.is_dir() { (None, Some(path)) } else { (Some(path), None) };
        let found = rustls_native_certs::load_certs_from_paths(
            file.map(PathBuf::as_path),
            folder.map(PathBuf::as_path),
        );
        let (added, _) = trust.roots.add_parsable_certificates(found.certs);
        if added == 0 {
            return Err(unusable(variable, path, &first_problem(&found.errors)));
        }
        trust.add_source(added, &format!("from {variable} {}", path.display()));
    }
    if let Some(file) = &options.settings.ca_file {
        let ca_file = name("ca_file");
        let refuse = |why: String| unusable(&ca_file, file, &why);
        let certificates = pem_certificates(file).map_err(refuse)?;
        for certificate in &certificates {
            trust.roots.add(certificate.clone()).map_err(|error| refuse(error.to_string()))?;
        }
        trust.add_source(certificates.len(), &format!("from {ca_file} {}", file.display()));
        trust.ca_file = certificates;
    }
    Ok(trust)
}

impl Trust {
    /// Adds the certificates of the system, or the bundled ones.
    fn add_system(&mut self) -> Result<(), Error> {
        // As in OpenSSL, an empty directory counts as not set, and an empty file name as a missing
        // file.
        let is_set = |name: &&str| {
            std::env::var_os(name).is_some_and(|value| !value.is_empty() || *name == "SSL_CERT_FILE")
        };
        let replaced: Vec<&str> = SYSTEM_VARIABLES.into_iter().filter(is_set).collect();
        let found = rustls_native_certs::load_native_certs();
        let (added, _) = self.roots.add_parsable_certificates(found.certs);
        if added == 0 && !replaced.is_empty() {
            // These variables replace the system's certificates. Falling back to those would be
            // unsafe.
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
            self.add_source(added, &whose);
            return Ok(());
        }
        let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
        let (bundled, _) = self.roots.add_parsable_certificates(bundled);
        self.add_source(bundled, "bundled (the system has none)");
        Ok(())
    }

    fn add_source(&mut self, count: usize, source: &str) {
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

/// Reads all certificates of a PEM file, at least one.
fn pem_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())?;
    let certificates = read.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    if certificates.is_empty() { Err("it contains no PEM certificate".to_owned()) } else { Ok(certificates) }
}

/// Verifies servers by the standard rules, with one exception: a server can use a certificate from
/// `ca_file` even if it is marked as an authority's, as `openssl req -x509` creates it. The
/// standard rules refuse such a certificate. Its dates, its name and its signature are checked, its
/// extended key usage is not.
#[derive(Debug)]
struct CaFileVerifier {
    standard: Arc<WebPkiServerVerifier>,
    ca_file: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for CaFileVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified =
            self.standard.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The dates were checked before this error, the name was not.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(problem)))
                if is_authority(&problem) && self.ca_file.contains(end_entity) =>
            {
                let certificate = ParsedCertificate::try_from(end_entity)?;
                rustls::client::verify_server_name(&certificate, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.standard.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.standard.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.standard.supported_verify_schemes()
    }
}

/// Returns true if the only problem is that a server uses the certificate of an authority.
fn is_authority(problem: &rustls::OtherError) -> bool {
    // The error type belongs to a dependency of rustls, so it is recognized by its name.
    problem.to_string() == "CaUsedAsEndEntity"
}
