//! Proxies from the options and the environment, with credentials, for http and https, and their
//! exceptions.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use crankwheel::{CrankWheel, Error, ErrorKind, Options};
use support::{CLIENT, KEY, client, head, in_a_child, ok, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

const PASSWORD: &str = "p4ss-of-the-proxy";
/// `me:p4ss-of-the-proxy` in base64.
const CREDENTIALS: &str = "Basic bWU6cDRzcy1vZi10aGUtcHJveHk=";

/// The request lines and headers that a proxy or server received.
type Received = Arc<Mutex<Vec<String>>>;

/// Starts an HTTP proxy that responds to plain requests itself and opens tunnels. Returns its port
/// and the received requests.
async fn http_proxy() -> (u16, Received) {
    let received = Received::default();
    let shared = Arc::clone(&received);
    let port = serve(move |mut socket: TcpStream| {
        let received = Arc::clone(&shared);
        async move {
            while let Some(head) = head(&mut socket).await {
                received.lock().unwrap().push(head.clone());
                let target = head.split(' ').nth(1).unwrap().to_owned();
                if head.starts_with("CONNECT") {
                    let Ok(mut server) = TcpStream::connect(target).await else {
                        let _ =
                            socket.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await;
                        return;
                    };
                    let _ = socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
                    let _ = copy_bidirectional(&mut socket, &mut server).await;
                    return;
                }
                let response = if target.ends_with("/clients") { ok("[]") } else { ok(CLIENT) };
                let _ = socket.write_all(response.as_bytes()).await;
            }
        }
    })
    .await;
    (port, received)
}

fn lower(head: &str) -> String {
    head.to_ascii_lowercase()
}

fn through(proxy: &str, base_url: &str) -> CrankWheel {
    let options = Options::new().base_url(base_url).proxy(proxy).allow_insecure_http(true).max_retries(0);
    CrankWheel::with(KEY, options).unwrap()
}

#[tokio::test]
async fn plain_requests_carry_credentials() {
    let (port, received) = http_proxy().await;
    let proxy = format!("http://me:{PASSWORD}@127.0.0.1:{port}");
    let cw = through(&proxy, "http://api.example/gate");
    assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
    cw.clients().set_plan(5, "plan_1").await.unwrap();
    let received = received.lock().unwrap();
    assert!(
        received[0].starts_with("GET http://api.example/gate/ss/rsapi/clients/5 HTTP/1.1\r\n"),
        "{}",
        received[0]
    );
    assert!(
        received[1].starts_with("POST http://api.example/gate/ss/rsapi/clients/5/plan/plan_1 "),
        "{}",
        received[1]
    );
    for head in received.iter() {
        assert!(head.contains(CREDENTIALS) && lower(head).contains("host: api.example"), "{head}");
    }
    let shown = format!("{cw:?} {}", cw.diagnose());
    assert!(shown.contains(&format!("http://127.0.0.1:{port} (option)")), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[tokio::test]
async fn a_tunnel_hides_the_key_from_the_proxy() {
    // The server behind the tunnel does not use TLS.
    let behind = serve(|mut socket: TcpStream| async move {
        let mut hello = [0; 512];
        let _ = socket.read(&mut hello).await;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let (port, received) = http_proxy().await;
    let cw = through(&format!("me:{PASSWORD}@127.0.0.1:{port}"), &format!("https://127.0.0.1:{behind}"));
    let error = cw.clients().get(5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(error.message().contains("does not speak TLS"), "{error}");
    let received = received.lock().unwrap();
    assert!(received[0].starts_with(&format!("CONNECT 127.0.0.1:{behind} HTTP/1.1\r\n")), "{}", received[0]);
    assert!(received[0].contains(CREDENTIALS) && !received[0].contains(KEY), "{}", received[0]);
}

#[track_caller]
fn assert_not_sent(error: &Error, words: &[&str]) {
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    for word in words {
        assert!(error.message().contains(word), "{word:?} is not in: {error}");
    }
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(error));
    assert!(!shown.contains(PASSWORD) && !shown.contains(CREDENTIALS), "{shown}");
}

/// Starts a proxy that sends this and closes the connection.
async fn failing_proxy(response: &'static [u8]) -> u16 {
    serve(move |mut socket: TcpStream| async move {
        let mut request = [0; 512];
        if socket.read(&mut request).await.is_ok() {
            let _ = socket.write_all(response).await;
        }
    })
    .await
}

/// Returns a port at which nothing listens.
fn closed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn an_error_of_a_proxy_names_the_proxy_without_its_password() {
    const CREDENTIALS_REQUIRED: &[u8] =
        b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
    const UNAVAILABLE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    for (scheme, host, port, base_url, words) in [
        (
            "http",
            "127.0.0.1",
            failing_proxy(CREDENTIALS_REQUIRED).await,
            "https://api.example",
            "user name and password",
        ),
        (
            "http",
            "127.0.0.1",
            failing_proxy(UNAVAILABLE).await,
            "https://api.example",
            "refused to open a tunnel",
        ),
        (
            "http",
            "127.0.0.1",
            failing_proxy(b"HTTP/1.1 200 OK").await,
            "https://api.example",
            "closed the connection",
        ),
        ("http", "127.0.0.1", failing_proxy(b"220 mail\r\n\r\n").await, "https://api.example", "not valid"),
        (
            "http",
            "127.0.0.1",
            closed_port(),
            "https://api.example",
            "check that the proxy is running, and check proxy",
        ),
        (
            "http",
            "127.0.0.1",
            closed_port(),
            "http://api.example",
            "check that the proxy is running, and check proxy",
        ),
        ("http", "proxy.invalid", 3128, "https://api.example", "check proxy"),
        ("https", "127.0.0.1", failing_proxy(UNAVAILABLE).await, "https://api.example", "does not speak TLS"),
        ("https", "127.0.0.1", failing_proxy(UNAVAILABLE).await, "http://api.example", "does not speak TLS"),
        ("socks5h", "127.0.0.1", closed_port(), "https://api.example", "check that the proxy is running"),
        (
            "socks5h",
            "127.0.0.1",
            failing_proxy(b"\x05\xff").await,
            "https://api.example",
            "opened no connection",
        ),
        ("socks5h", "127.0.0.1", failing_proxy(b"").await, "http://api.example", "opened no connection"),
    ] {
        let cw = through(&format!("{scheme}://me:{PASSWORD}@{host}:{port}"), base_url);
        let shown = format!("the proxy {scheme}://{host}:{port}");
        let error = cw.clients().get(5).await.unwrap_err();
        assert_not_sent(&error, &[words, &shown]);
        assert!(!error.message().contains("api.example"), "{error}");
        let write = cw.clients().set_plan(5, "plan_1").await.unwrap_err();
        assert_not_sent(&write, &[words, &shown]);
        assert_eq!(write.maybe_applied(), Some(false));
    }
}

#[tokio::test]
async fn other_errors_name_the_api_and_the_proxy() {
    let asks =
        failing_proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
    let error = through(&format!("http://127.0.0.1:{asks}"), "http://api.example")
        .clients()
        .get(5)
        .await
        .unwrap_err();
    assert_eq!(error.status_code(), Some(407));
    let words = format!("the proxy http://127.0.0.1:{asks} requires a user name and password");
    assert!(error.message().contains(&words), "{error}");

    let gone = failing_proxy(b"").await;
    let cw = through(&format!("http://me:{PASSWORD}@127.0.0.1:{gone}"), "http://api.example");
    let words = format!("at http://api.example through the proxy http://127.0.0.1:{gone})");
    assert_not_sent(&cw.clients().get(5).await.unwrap_err(), &["lost before a response", &words]);

    // The proxy accepts the connection and is silent.
    let silent =
        serve(|mut socket: TcpStream| async move { while head(&mut socket).await.is_some() {} }).await;
    for url in ["https://api.example", "http://api.example"] {
        let proxy = format!("http://127.0.0.1:{silent}");
        let timeout = std::time::Duration::from_millis(200);
        let cw = through(&proxy, url).with_options(Options::new().timeout(timeout)).unwrap();
        let error = cw.clients().get(5).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.message().contains("within 200ms, the call's `timeout`"), "{error}");
        assert!(error.message().contains(&format!("through the proxy {proxy})")), "{error}");
    }
}

#[tokio::test]
async fn a_proxy_of_the_environment_that_is_not_a_url_is_refused() {
    let url = "http://api.example";
    let printed = in_a_child(url, None, &[("HTTP_PROXY", "me:p4ss-x@")]).await;
    assert!(printed.contains("not created HTTP_PROXY: not a valid URL of a proxy, got"), "{printed}");
    assert!(!printed.contains("p4ss-x"), "{printed}");
    let printed = in_a_child(url, None, &[("HTTP_PROXY", "me:p4ss-x@"), ("NO_PROXY", "*")]).await;
    assert!(!printed.contains("not created"), "{printed}");
}

/// Starts a SOCKS5 proxy that requires a password and responds to requests itself. Returns its
/// port, and the users, passwords and hosts that it received.
async fn socks_proxy() -> (u16, Received) {
    let received = Received::default();
    let shared = Arc::clone(&received);
    let port = serve(move |mut socket: TcpStream| {
        let received = Arc::clone(&shared);
        async move {
            let talk = async {
                let mut greeting = [0; 2];
                socket.read_exact(&mut greeting).await?;
                let mut methods = vec![0; greeting[1].into()];
                socket.read_exact(&mut methods).await?;
                socket.write_all(&[5, 2]).await?;
                let mut user = vec![0; usize::from([socket.read_u8().await?, socket.read_u8().await?][1])];
                socket.read_exact(&mut user).await?;
                let mut password = vec![0; socket.read_u8().await?.into()];
                socket.read_exact(&mut password).await?;
                socket.write_all(&[1, 0]).await?;
                let mut request = [0; 5];
                socket.read_exact(&mut request).await?;
                let mut host = vec![0; request[4].into()];
                socket.read_exact(&mut host).await?;
                socket.read_u16().await?;
                socket.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).await?;
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let login = format!("{} {} {}", text(&user), text(&password), text(&host));
                received.lock().unwrap().push(login);
                while head(&mut socket).await.is_some() {
                    socket.write_all(ok(CLIENT).as_bytes()).await?;
                }
                std::io::Result::Ok(())
            };
            // The client can close the connection.
            let _ = talk.await;
        }
    })
    .await;
    (port, received)
}

#[tokio::test]
async fn a_socks_proxy_gets_the_credentials_and_the_host() {
    let (port, received) = socks_proxy().await;
    let cw = through(&format!("socks5h://me:{PASSWORD}@127.0.0.1:{port}"), "http://api.example");
    assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
    assert_eq!(*received.lock().unwrap(), [format!("me {PASSWORD} api.example")]);
}

#[tokio::test]
async fn child() {
    support::be_a_child().await;
}

#[tokio::test]
async fn proxies_from_the_environment_are_used() {
    let (port, received) = http_proxy().await;
    let proxy = format!("http://me:{PASSWORD}@127.0.0.1:{port}");
    let taken = || std::mem::take(&mut *received.lock().unwrap());

    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let printed = in_a_child("http://api.example", None, &[(variable, &proxy)]).await;
        assert!(printed.contains("listed 0"), "{variable}: {printed}");
        assert!(
            printed.contains(&format!("http://127.0.0.1:{port}")) && !printed.contains(PASSWORD),
            "{printed}"
        );
        let received = taken();
        assert!(received[0].starts_with("GET http://api.example/ss/rsapi/clients "), "{}", received[0]);
        assert!(received[0].contains(CREDENTIALS), "{}", received[0]);
    }
    // The proxy for the other scheme is not used.
    let printed = in_a_child("http://api.invalid", None, &[("HTTPS_PROXY", &proxy)]).await;
    assert!(printed.contains("refused no connection") && taken().is_empty(), "{printed}");
    let printed = in_a_child("https://api.invalid", None, &[("HTTPS_PROXY", &proxy)]).await;
    assert!(printed.contains("refused to open a tunnel"), "{printed}");
    assert!(printed.contains("check HTTPS_PROXY"), "{printed}");
    assert!(taken()[0].starts_with("CONNECT api.invalid:443 "));
    // Exceptions for a host or a domain.
    for exception in ["api.invalid", ".invalid", "other.example, invalid"] {
        let variables = [("HTTP_PROXY", proxy.as_str()), ("NO_PROXY", exception)];
        let printed = in_a_child("http://api.invalid", None, &variables).await;
        assert!(printed.contains("refused no connection") && taken().is_empty(), "{exception}: {printed}");
        assert!(printed.lines().any(|line| line.starts_with("proxy") && line.ends_with("none")), "{printed}");
    }
}

#[tokio::test]
async fn a_proxy_from_the_environment_is_not_used_for_localhost() {
    let (port, received) = http_proxy().await;
    let proxy = format!("http://me:{PASSWORD}@127.0.0.1:{port}");
    let server = serve(|mut socket: TcpStream| async move {
        while head(&mut socket).await.is_some() {
            let _ = socket.write_all(ok("[]").as_bytes()).await;
        }
    })
    .await;
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{server}");
        let variables = [("HTTP_PROXY", proxy.as_str()), ("ALL_PROXY", &proxy), ("NO_PROXY", "")];
        let printed = in_a_child(&url, None, &variables).await;
        assert!(printed.contains("listed 0") && printed.contains("never for localhost"), "{printed}");
    }
    assert!(received.lock().unwrap().is_empty());
    // A proxy from the options is used.
    let cw = client(server, Options::new().proxy(proxy));
    assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
    assert_eq!(received.lock().unwrap().len(), 1);
}
