//! Proxies: named by the caller or by the environment, with credentials, in front of http and https, and when to go past them.
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

/// The heads of the requests that a proxy or server saw.
type Seen = Arc<Mutex<Vec<String>>>;

/// An HTTP proxy: answers plain requests itself, as if it had got them from the server, and opens tunnels.
async fn http_proxy() -> (u16, Seen) {
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let port = serve(move |mut socket: TcpStream| {
        let seen = Arc::clone(&noted);
        async move {
            while let Some(head) = head(&mut socket).await {
                seen.lock().unwrap().push(head.clone());
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
                let answer = if target.ends_with("/clients") { ok("[]") } else { ok(CLIENT) };
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        }
    })
    .await;
    (port, seen)
}

fn lower(head: &str) -> String {
    head.to_ascii_lowercase()
}

fn through(proxy: &str, base_url: &str) -> CrankWheel {
    let options = Options::new().base_url(base_url).proxy(proxy).allow_insecure_http(true).max_retries(0);
    CrankWheel::with(KEY, options).unwrap()
}

#[tokio::test]
async fn plain_requests_with_credentials() {
    let (port, seen) = http_proxy().await;
    let proxy = format!("http://me:{PASSWORD}@127.0.0.1:{port}");
    let cw = through(&proxy, "http://api.example/gate");
    assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
    cw.clients().set_plan(5, "plan_1").await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(
        seen[0].starts_with("GET http://api.example/gate/ss/rsapi/clients/5 HTTP/1.1\r\n"),
        "{}",
        seen[0]
    );
    assert!(
        seen[1].starts_with("POST http://api.example/gate/ss/rsapi/clients/5/plan/plan_1 "),
        "{}",
        seen[1]
    );
    for head in seen.iter() {
        assert!(head.contains(CREDENTIALS) && lower(head).contains("host: api.example"), "{head}");
    }
    let shown = format!("{cw:?} {}", cw.diagnose());
    assert!(shown.contains(&format!("http://127.0.0.1:{port} (option)")), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[tokio::test]
async fn tunnels_hide_the_key_from_the_proxy() {
    // Behind the tunnel nobody speaks TLS, which is found out only there.
    let behind = serve(|mut socket: TcpStream| async move {
        let mut hello = [0; 512];
        let _ = socket.read(&mut hello).await;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let (port, seen) = http_proxy().await;
    let cw = through(&format!("me:{PASSWORD}@127.0.0.1:{port}"), &format!("https://127.0.0.1:{behind}"));
    let error = cw.clients().get(5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(error.message().contains("does not speak TLS"), "{error}");
    let seen = seen.lock().unwrap();
    assert!(seen[0].starts_with(&format!("CONNECT 127.0.0.1:{behind} HTTP/1.1\r\n")), "{}", seen[0]);
    assert!(seen[0].contains(CREDENTIALS) && !seen[0].contains(KEY), "{}", seen[0]);
}

#[track_caller]
fn unsent(error: &Error, words: &[&str]) {
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    for word in words {
        assert!(error.message().contains(word), "{word:?} is not in: {error}");
    }
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(error));
    assert!(!shown.contains(PASSWORD) && !shown.contains(CREDENTIALS), "{shown}");
}

#[tokio::test]
async fn proxies_that_let_nothing_through() {
    for (answer, words) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
            ["proxy authorization required", "user name and password"],
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            ["tunnel", "a proxy refused to open the connection"],
        ),
        ("HTTP/1.1 200 OK", ["tunnel", "a proxy refused to open the connection"]),
    ] {
        let port = serve(move |mut socket: TcpStream| async move {
            if head(&mut socket).await.is_some() {
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        })
        .await;
        let cw = through(&format!("http://me:{PASSWORD}@127.0.0.1:{port}"), "https://api.example");
        unsent(&cw.clients().get(5).await.unwrap_err(), &words);
        let write = cw.clients().set_plan(5, "plan_1").await.unwrap_err();
        unsent(&write, &words);
        assert_eq!(write.maybe_applied(), Some(false));
    }
    // One that is not there at all.
    let gone = serve(|_| async {}).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap().port();
    drop(listener);
    let cw = through(&format!("http://me:{PASSWORD}@127.0.0.1:{nobody}"), "https://api.example");
    unsent(&cw.clients().get(5).await.unwrap_err(), &["refused"]);
    let cw = through(&format!("http://me:{PASSWORD}@127.0.0.1:{gone}"), "http://api.example");
    assert_eq!(cw.clients().get(5).await.unwrap_err().kind(), ErrorKind::Connection);
}

/// A SOCKS5 proxy that asks for a password, and answers requests itself; notes whom it was asked for.
async fn socks_proxy() -> (u16, Seen) {
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let port = serve(move |mut socket: TcpStream| {
        let seen = Arc::clone(&noted);
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
                let asked = format!("{} {} {}", text(&user), text(&password), text(&host));
                seen.lock().unwrap().push(asked);
                while head(&mut socket).await.is_some() {
                    socket.write_all(ok(CLIENT).as_bytes()).await?;
                }
                std::io::Result::Ok(())
            };
            // A caller that goes away is no failure of the proxy.
            let _ = talk.await;
        }
    })
    .await;
    (port, seen)
}

#[tokio::test]
async fn socks() {
    let (port, seen) = socks_proxy().await;
    let cw = through(&format!("socks5h://me:{PASSWORD}@127.0.0.1:{port}"), "http://api.example");
    assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
    assert_eq!(*seen.lock().unwrap(), [format!("me {PASSWORD} api.example")]);
}

#[tokio::test]
async fn child() {
    support::be_a_child().await;
}

#[tokio::test]
async fn proxies_of_the_environment() {
    let (port, seen) = http_proxy().await;
    let proxy = format!("http://me:{PASSWORD}@127.0.0.1:{port}");
    let taken = || std::mem::take(&mut *seen.lock().unwrap());

    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let printed = in_a_child("http://api.example", None, &[(variable, &proxy)]).await;
        assert!(printed.contains("listed 0"), "{variable}: {printed}");
        assert!(
            printed.contains(&format!("http://127.0.0.1:{port}")) && !printed.contains(PASSWORD),
            "{printed}"
        );
        let seen = taken();
        assert!(seen[0].starts_with("GET http://api.example/ss/rsapi/clients "), "{}", seen[0]);
        assert!(seen[0].contains(CREDENTIALS), "{}", seen[0]);
    }
    // The other scheme's proxy is none of ours.
    let printed = in_a_child("http://api.invalid", None, &[("HTTPS_PROXY", &proxy)]).await;
    assert!(printed.contains("refused no connection") && taken().is_empty(), "{printed}");
    let printed = in_a_child("https://api.invalid", None, &[("HTTPS_PROXY", &proxy)]).await;
    assert!(printed.contains("tunnel"), "{printed}");
    assert!(taken()[0].starts_with("CONNECT api.invalid:443 "));
    // Exceptions, of a host or a whole domain.
    for exception in ["api.invalid", ".invalid", "other.example, invalid"] {
        let variables = [("HTTP_PROXY", proxy.as_str()), ("NO_PROXY", exception)];
        let printed = in_a_child("http://api.invalid", None, &variables).await;
        assert!(printed.contains("refused no connection") && taken().is_empty(), "{exception}: {printed}");
        assert!(printed.lines().any(|line| line.starts_with("proxy") && line.ends_with("none")), "{printed}");
    }
}

#[tokio::test]
async fn this_machine_is_never_asked_through_a_proxy_of_the_environment() {
    let (port, seen) = http_proxy().await;
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
    assert!(seen.lock().unwrap().is_empty());
    // Whoever names a proxy for it means it.
    let cw = client(server, Options::new().proxy(proxy));
    assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
    assert_eq!(seen.lock().unwrap().len(), 1);
}
