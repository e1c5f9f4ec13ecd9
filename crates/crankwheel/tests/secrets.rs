//! No output and no log line contains a key, an impersonation key or a login token.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Debug;
use std::io::Write;
use std::sync::{Arc, Mutex};

use crankwheel::{ClientFields, CrankWheel, GrantToken, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const KEY: &str = "K7f3a-marked-KEY-7f3a";
const TOKEN: &str = "MARKEDTOKEN82E2";

/// Everything that was printed or logged.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn add(&self, value: impl Debug) {
        writeln!(self.0.lock().unwrap(), "{value:?} {value:#?}").unwrap();
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Starts a server whose responses contain the caller's key in headers and bodies, and returns its
/// URL.
async fn leaking_server(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let body = body.clone();
            tokio::spawn(async move {
                let mut request = [0; 8192];
                let _ = socket.read(&mut request).await;
                let length = body.len();
                let response = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nx-request-id: {KEY}\r\nx-key: Basic {KEY}\r\nset-cookie: s={TOKEN}\r\n\
                     location: https://elsewhere.example/ss/auth/rlogin/a@b.c:{TOKEN}?key={KEY}\r\nConnection: close\r\n\r\n{body}"
                );
                let _ = socket.write_all(response.as_bytes()).await;
            });
        }
    });
    url
}

#[tokio::test]
async fn nothing_printed_or_logged_holds_a_secret() {
    let printed = Printed::default();
    let writer = printed.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let link = format!(r#"{{"login_url": "https://meeting.is/ss/auth/rlogin/a@b.c:{TOKEN}"}}"#);
    let leak = format!(r#"{{"errors": {{"sname": ["no {KEY}, resellerimpersonate-5-{KEY}, {link:?}"]}}}}"#);
    let page = format!("<html><title>{KEY} /rlogin/a@b.c:{TOKEN}</title>");
    let mut responses = 0;
    // Truncation must not leave the beginning of a secret. It is tested at every position in the
    // key.
    for filler in (60 - KEY.len()..60).chain(64 * 1024 - KEY.len()..64 * 1024) {
        let body = format!(r#"{{"message": "{}{KEY} and more of it"}}"#, "x".repeat(filler - 13));
        for status in ["401 Unauthorized", "200 OK"] {
            let options = Options::new().base_url(leaking_server(status, body.clone()).await).max_retries(0);
            let cw = CrankWheel::with(KEY, options).unwrap();
            add_error(&printed, &cw.clients().get(5).await.unwrap_err());
            add_error(&printed, &cw.reseller().usage(()).await.unwrap_err());
        }
    }
    let unknown_form = format!(r#"{{"login_url": 5, "other": "{TOKEN}"}}"#);
    for (status, body) in [
        ("200 OK", link.clone()),
        ("200 OK", format!("[{link}]")),
        ("200 OK", unknown_form.clone()),
        ("400 Bad Request", leak.clone()),
        ("401 Unauthorized", page),
        ("302 Found", String::new()),
        ("409 Conflict", leak.clone()),
        ("500 Internal Server Error", format!("\"{KEY} {}\"", link.replace('"', ""))),
        ("503 Service Unavailable", String::new()),
    ] {
        let sso_only = body == unknown_form;
        let options = Options::new().base_url(leaking_server(status, body).await).max_retries(0);
        let cw = CrankWheel::with(KEY, options).unwrap();
        printed.add(&cw);
        printed.add(cw.impersonation_key(5).unwrap());
        let acting = cw.impersonate(5).unwrap();
        printed.add(&acting);
        printed.add(cw.sso().grant_token("a@b.c", GrantToken::new()).dry_run().unwrap());
        let dry = cw.clients().create(ClientFields::new().sname("acme1234")).dry_run().unwrap();
        printed.add(dry.curl());
        printed.add(cw.sso().grant_token("a@b.c", GrantToken::new()));
        match cw.sso().grant_token("a@b.c", GrantToken::new()).await {
            Ok(link) => {
                assert!(link.url().contains(TOKEN));
                responses += 1;
                printed.add(&link);
                printed.add(link.to_string());
            }
            Err(error) => add_error(&printed, &error),
        }
        match cw.sso().grant_token("a@b.c", GrantToken::new()).with_raw_response().await {
            Ok(raw) => {
                printed.add(&raw);
                if let Err(error) = raw.parse() {
                    add_error(&printed, &error);
                }
            }
            Err(error) => add_error(&printed, &error),
        }
        // A token in an unknown form is recognized only in the response to grant token.
        if sso_only {
            continue;
        }
        for error in [
            cw.clients().get(5).await.err(),
            cw.clients().create(ClientFields::new().sname("acme1234")).await.err(),
            cw.request("GET", "/ss/rsapi/x", &[], None).await.err(),
            acting.request("POST", "/ss/grant_token/x", &[], None).await.err(),
        ]
        .into_iter()
        .flatten()
        {
            responses += 1;
            add_error(&printed, &error);
        }
    }
    printed.add(CrankWheel::new(format!("Basic {KEY}")).unwrap_err());
    printed.add(CrankWheel::new(format!("{KEY}\n")).unwrap_err());
    printed.add(Options::new().api_key(KEY).proxy(format!("http://user:{KEY}@127.0.0.1:1")));

    // Secrets in the wrong place.
    let cw = CrankWheel::new(KEY).unwrap();
    let url = format!("https://meeting.is/ss/auth/rlogin/a@b.c:{TOKEN}");
    add_error(&printed, &cw.request("GET", &url, &[], None).await.unwrap_err());
    add_error(&printed, &cw.request(KEY, "/x", &[], None).dry_run().unwrap_err());
    add_error(&printed, &cw.clients().get(KEY).await.unwrap_err());
    let careful = CrankWheel::with(KEY, Options::new().read_only(true)).unwrap();
    add_error(&printed, &careful.sso().grant_token(KEY, GrantToken::new()).await.unwrap_err());
    add_error(&printed, &careful.request("POST", &format!("/ss/{KEY}"), &[], None).await.unwrap_err());
    let rotating = CrankWheel::build(Options::new().api_key_from(|| Ok(KEY.to_owned()))).unwrap();
    add_error(&printed, &rotating.clients().get(KEY).await.unwrap_err());
    add_error(&printed, &rotating.impersonate(KEY).unwrap_err());
    add_error(
        &printed,
        &rotating.request("GET", &format!("https://h.example/{KEY}"), &[], None).await.unwrap_err(),
    );
    add_error(&printed, &cw.impersonate(format!("resellerimpersonate-5-{KEY}").as_str()).unwrap_err());

    assert!(responses > 20, "{responses}");
    let text = printed.text();
    assert!(text.contains("url.template=\"/ss/rsapi/clients/{id}\""), "the log was not captured: {text}");
    // Four characters are enough to show that a part was left.
    for secret in [&KEY[..4], TOKEN] {
        let line = text.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} in: {line:?}");
    }
}

#[tokio::test]
async fn a_curl_command_takes_the_key_from_the_environment() {
    let cw = CrankWheel::new(KEY).unwrap();
    let acting = cw.impersonate(5).unwrap().request("GET", "/ss/x", &[], None).dry_run().unwrap().curl();
    assert!(acting.contains("Basic resellerimpersonate-5-$CRANKWHEEL_API_KEY\""), "{acting}");
    let head = cw.request("HEAD", "/ss/x", &[], None).dry_run().unwrap().curl();
    assert!(head.starts_with("curl --head 'https://meeting.is/ss/x'"), "{head}");
    assert!(!head.contains("-X") && !acting.contains(KEY));
}

fn add_error(printed: &Printed, error: &crankwheel::Error) {
    printed.add(error);
    printed.add(error.to_string());
    printed.add((error.body(), error.errors(), error.headers(), error.path(), error.request_id()));
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        printed.add(cause);
        source = cause.source();
    }
}
