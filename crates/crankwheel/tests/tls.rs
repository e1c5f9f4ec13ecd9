//! TLS over real sockets with generated certificates. Refused connections are reported with advice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::sync::Arc;

use crankwheel::{CrankWheel, Error, ErrorKind, Options};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, Issuer, KeyPair, SigningKey};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

mod support;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";

/// A certificate authority, and the folder for its files.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Authority { issuer, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, pem: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, pem).unwrap();
        file
    }

    fn ca_file(&self) -> PathBuf {
        self.file("ca.pem", &self.issuer.pem())
    }

    /// Returns the configuration of a server with a certificate of this authority.
    fn server(&self, params: CertificateParams) -> ServerConfig {
        server_config(params, &self.issuer)
    }
}

fn server_config(params: CertificateParams, issuer: &Issuer<'_, impl SigningKey>) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap()
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
}

fn for_loopback() -> CertificateParams {
    CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap()
}

/// Starts a server that responds with an empty list, and returns its port.
async fn serve(config: ServerConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut socket) = acceptor.accept(socket).await else { return };
                let mut request = [0; 4096];
                let _ = socket.read(&mut request).await;
                let _ = socket.write_all(RESPONSE).await;
                let _ = socket.shutdown().await;
            });
        }
    });
    port
}

async fn list(port: u16, options: Options) -> Result<usize, Error> {
    let options = options.base_url(format!("https://127.0.0.1:{port}")).max_retries(0);
    let cw = CrankWheel::with("a-key-for-tls", options)?;
    Ok(cw.clients().list().await?.len())
}

#[track_caller]
fn assert_refused(result: Result<usize, Error>, words: &[&str]) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    for word in words {
        assert!(error.message().contains(word), "{word:?} is not in: {error}");
    }
}

#[tokio::test]
async fn a_private_authority_requires_ca_file() {
    let authority = Authority::new();
    let port = serve(authority.server(for_loopback())).await;
    assert_refused(list(port, Options::new()).await, &["UnknownIssuer", "`ca_file`"]);
    assert_eq!(list(port, Options::new().ca_file(authority.ca_file())).await.unwrap(), 0);
    // Another authority's file does not help.
    let other = Authority::new();
    assert_refused(list(port, Options::new().ca_file(other.ca_file())).await, &["`ca_file`"]);
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_and_can_be_trusted() {
    let key = KeyPair::generate().unwrap();
    let certificate = for_loopback().self_signed(&key).unwrap();
    let pem = certificate.pem();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config =
        builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let port = serve(config).await;
    assert_refused(list(port, Options::new()).await, &["UnknownIssuer", "`ca_file`"]);
    let folder = Authority::new();
    let file = folder.file("own.pem", &pem);
    assert_eq!(list(port, Options::new().ca_file(file)).await.unwrap(), 0);
}

/// Returns a self-signed certificate that is marked as an authority's, as `openssl req -x509`
/// creates it.
fn marked_as_authority(change: impl FnOnce(&mut CertificateParams)) -> (ServerConfig, String) {
    let mut params = for_loopback();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config =
        builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    (config, certificate.pem())
}

#[tokio::test]
async fn a_self_signed_certificate_of_an_authority_can_be_trusted() {
    let folder = Authority::new();
    let (config, pem) = marked_as_authority(|_| ());
    let port = serve(config).await;
    assert_refused(list(port, Options::new()).await, &["`ca_file`"]);
    let own = folder.file("own.pem", &pem);
    assert_eq!(list(port, Options::new().ca_file(&own)).await.unwrap(), 0);

    // Other certificates of the same form are refused, and so are other defects.
    let (other, _) = marked_as_authority(|_| ());
    assert_refused(list(serve(other).await, Options::new().ca_file(&own)).await, &["`ca_file`"]);
    let (elsewhere, pem) = marked_as_authority(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("elsewhere.example".try_into().unwrap())];
    });
    let port = serve(elsewhere).await;
    assert_refused(
        list(port, Options::new().ca_file(folder.file("elsewhere.pem", &pem))).await,
        &["another host"],
    );
    let (expired, pem) = marked_as_authority(|params| {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2019, 3, 3);
    });
    let port = serve(expired).await;
    assert_refused(
        list(port, Options::new().ca_file(folder.file("expired.pem", &pem))).await,
        &["xpired", "clock"],
    );
}

#[tokio::test]
async fn a_request_to_an_untrusted_server_is_not_retried() {
    let authority = Authority::new();
    let port = serve(authority.server(for_loopback())).await;
    let options = Options::new().base_url(format!("https://127.0.0.1:{port}")).max_retries(2);
    let cw = CrankWheel::with("a-key-for-tls", options).unwrap();
    assert_eq!(cw.clients().list().await.unwrap_err().attempts(), 1);
    let error = cw.clients().set_plan(5, "plan_1").await.unwrap_err();
    assert_eq!((error.attempts(), error.maybe_applied()), (1, Some(false)));
}

#[tokio::test]
async fn child() {
    support::be_a_child().await;
}

#[tokio::test]
async fn certificates_from_the_environment_are_trusted() {
    use support::{BUNDLE, in_a_child};
    let authority = Authority::new();
    let url = format!("https://127.0.0.1:{}", serve(authority.server(for_loopback())).await);
    let file = authority.ca_file();
    let file = file.to_str().unwrap();
    let folder = authority.folder.path().to_str().unwrap();

    let refused = in_a_child(&url, None, &[]).await;
    assert!(refused.contains("from the system") || refused.contains("bundled"), "{refused}");
    assert!(refused.contains("refused no connection") && refused.contains("UnknownIssuer"), "{refused}");
    for (variable, value) in
        [("SSL_CERT_FILE", file), ("SSL_CERT_DIR", folder), (BUNDLE, file), (BUNDLE, folder)]
    {
        let listed = in_a_child(&url, None, &[(variable, value)]).await;
        assert!(listed.contains("listed 0"), "{variable}={value}: {listed}");
        assert!(listed.contains(&format!("1 from {variable}")), "{variable}={value}: {listed}");
    }
    // In addition to those of the options.
    let other = Authority::new();
    let both = in_a_child(&url, other.ca_file().to_str(), &[("SSL_CERT_FILE", file)]).await;
    assert!(both.contains("listed 0") && both.contains("from ca_file"), "{both}");
    // A file that cannot be read is an error. Other certificates are not trusted instead.
    for (variable, value, word) in [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE"),
        ("SSL_CERT_FILE", "", "SSL_CERT_FILE"),
        ("SSL_CERT_DIR", "/nowhere", "SSL_CERT_DIR"),
        (BUNDLE, "/nowhere/ca.pem", BUNDLE),
    ] {
        let refused = in_a_child(&url, None, &[(variable, value)]).await;
        assert!(refused.contains(&format!("refused {word}: ")), "{variable}={value}: {refused}");
    }
    for variable in [BUNDLE, "SSL_CERT_DIR"] {
        let refused = in_a_child(&url, None, &[(variable, "")]).await;
        assert!(refused.contains("UnknownIssuer") && !refused.contains(variable), "{variable}: {refused}");
    }
    // Invalid certificates in a bundle are skipped.
    let mixed = format!(
        "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n{}",
        std::fs::read_to_string(file).unwrap()
    );
    let mixed = authority.file("mixed.crt", &mixed);
    let listed = in_a_child(&url, None, &[(BUNDLE, mixed.to_str().unwrap())]).await;
    assert!(listed.contains("listed 0"), "{listed}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_system_without_certificates_trusts_the_bundled_ones() {
    use support::without_certificates;
    let authority = Authority::new();
    let url = format!("https://127.0.0.1:{}", serve(authority.server(for_loopback())).await);
    let Some(refused) = without_certificates(&url, None).await else { return };
    assert!(refused.contains("bundled (the system has none)"), "{refused}");
    assert!(
        refused.contains("UnknownIssuer")
            && refused.contains("pass the certificate of that authority as `ca_file`"),
        "{refused}"
    );
    let listed = without_certificates(&url, authority.ca_file().to_str()).await.unwrap();
    assert!(listed.contains("listed 0"), "{listed}");
    // Plain connections need no certificates.
    let port = support::serve(|mut socket| async move {
        while support::head(&mut socket).await.is_some() {
            let _ = socket.write_all(support::ok("[]").as_bytes()).await;
        }
    })
    .await;
    let plain = without_certificates(&format!("http://127.0.0.1:{port}"), None).await.unwrap();
    assert!(plain.contains("listed 0") && plain.contains("none needed"), "{plain}");
}

#[tokio::test]
async fn expired_and_foreign_certificates_are_refused() {
    let authority = Authority::new();
    let trust = || Options::new().ca_file(authority.ca_file());

    let mut expired = for_loopback();
    expired.not_before = rcgen::date_time_ymd(2019, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2019, 3, 3);
    let port = serve(authority.server(expired)).await;
    assert_refused(list(port, trust()).await, &["xpired", "clock"]);

    let mut early = for_loopback();
    early.not_before = rcgen::date_time_ymd(4000, 1, 1);
    early.not_after = rcgen::date_time_ymd(4001, 1, 1);
    let port = serve(authority.server(early)).await;
    assert_refused(list(port, trust()).await, &["clock"]);

    let elsewhere = CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap();
    let port = serve(authority.server(elsewhere)).await;
    assert_refused(list(port, trust()).await, &["another host"]);
}

#[tokio::test]
async fn refused_certificates_have_codes() {
    let authority = Authority::new();
    let trust = || Options::new().ca_file(authority.ca_file());
    let code = async |config: ServerConfig, options: Options| {
        list(serve(config).await, options).await.unwrap_err().code().map(str::to_owned)
    };
    let mut expired = for_loopback();
    expired.not_before = rcgen::date_time_ymd(2019, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2019, 3, 3);
    let mut early = for_loopback();
    early.not_before = rcgen::date_time_ymd(4000, 1, 1);
    early.not_after = rcgen::date_time_ymd(4001, 1, 1);
    let elsewhere = CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap();
    for (params, expected) in [
        (expired, "CERT_HAS_EXPIRED"),
        (early, "CERT_NOT_YET_VALID"),
        (elsewhere, "ERR_TLS_CERT_ALTNAME_INVALID"),
    ] {
        assert_eq!(code(authority.server(params), trust()).await.as_deref(), Some(expected));
    }
    let unknown = code(authority.server(for_loopback()), Options::new()).await;
    assert_eq!(unknown.as_deref(), Some("UNABLE_TO_VERIFY_LEAF_SIGNATURE"));
    let (own, _) = marked_as_authority(|_| ());
    assert_eq!(code(own, Options::new()).await.as_deref(), Some("DEPTH_ZERO_SELF_SIGNED_CERT"));
}

#[tokio::test]
async fn an_old_protocol_is_refused() {
    // A server that supports only TLS 1.0 responds with this alert: fatal, protocol_version.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut hello = [0; 4096];
            let _ = socket.read(&mut hello).await;
            let _ = socket.write_all(&[0x15, 3, 1, 0, 2, 2, 70]).await;
        }
    });
    assert_refused(list(port, Options::new()).await, &["ProtocolVersion", "TLS 1.2"]);
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut hello = [0; 4096];
            let _ = socket.read(&mut hello).await;
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
    assert_refused(list(port, Options::new()).await, &["no connection could be opened", "127.0.0.1"]);
}

#[tokio::test]
async fn a_client_certificate_is_sent() {
    let authority = Authority::new();
    let mut roots = RootCertStore::empty();
    roots.add(authority.issuer.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = for_loopback().signed_by(&key, &authority.issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let port = serve(config).await;

    let own_key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["partner".to_owned()]).unwrap();
    let own = own.signed_by(&own_key, &authority.issuer).unwrap();
    let file = authority.file("client.pem", &format!("{}{}", own.pem(), own_key.serialize_pem()));
    let trust = || Options::new().ca_file(authority.ca_file());
    assert_refused(list(port, trust()).await, &["CertificateRequired", "pass `client_certificate`"]);
    assert_eq!(list(port, trust().client_certificate(file)).await.unwrap(), 0);
    // The server refuses this certificate after the connection was opened, before it reads the
    // request.
    let stranger =
        CertificateParams::new(vec!["stranger".to_owned()]).unwrap().self_signed(&own_key).unwrap();
    let stranger = format!("{}{}", stranger.pem(), own_key.serialize_pem());
    let file = authority.file("stranger.pem", &stranger);
    assert_refused(
        list(port, trust().client_certificate(&file)).await,
        &["no connection", "rejected your certificate", "check `client_certificate`"],
    );
    let options = trust().base_url(format!("https://127.0.0.1:{port}")).client_certificate(&file);
    let cw = CrankWheel::with("a-key-for-tls", options).unwrap();
    let error = cw.clients().delete(5).await.unwrap_err();
    assert_eq!((error.attempts(), error.maybe_applied()), (1, Some(false)), "{error}");
    let error = list(port, trust().client_certificate(authority.ca_file())).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Configuration && error.message().contains("private key"), "{error}");
}

#[tokio::test]
async fn a_file_without_certificates_is_an_error() {
    let authority = Authority::new();
    let port = serve(authority.server(for_loopback())).await;
    for (file, word) in [
        (authority.file("empty.pem", ""), "no PEM certificate"),
        (authority.folder.path().join("missing.pem"), "missing.pem"),
    ] {
        let error = list(port, Options::new().ca_file(file)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(word), "{error}");
    }
}
