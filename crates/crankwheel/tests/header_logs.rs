//! No log line or event shows the values of extra headers. This test is alone in its program: `tracing`
//! disables log lines for the whole program if a thread without a subscriber reaches them first.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use crankwheel::Options;
use support::{client, head, serve};
use tokio::io::AsyncWriteExt;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn values_are_not_logged() {
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for value in ["open-sesame", "q7", "9f2c81ab55", "Bearer abc77"] {
        let port = serve(move |mut socket| async move {
            while head(&mut socket).await.is_some() {
                let body = format!(r#"{{"message": "no {value}"}}"#);
                let response = format!(
                    "HTTP/1.1 503 No\r\nRetry-After: 0\r\nX-Request-Id: {value}\r\nVia: 1.1 {value}\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                socket.write_all(response.as_bytes()).await.unwrap();
            }
        })
        .await;
        let events: Arc<Mutex<Vec<String>>> = Arc::default();
        let recorded = Arc::clone(&events);
        let options = Options::new().max_retries(1).header("X-Gateway-Key", value).observer(move |event| {
            recorded.lock().unwrap().push(format!("{event:?} {:?}", event.attributes()));
        });
        let error = client(port, options).clients().get(5).await.unwrap_err();
        let mut shown = events.lock().unwrap().join("\n");
        assert_eq!(shown.matches("Completed").count(), 2, "{shown}");
        assert_eq!(
            shown.matches(r#"String("1.1 ***")"#).count() + shown.matches(r#"["1.1 ***"]"#).count(),
            2,
            "{shown}"
        );
        shown += &format!("{error} {error:?} {:?}", error.body());
        shown += &String::from_utf8_lossy(&logged.0.lock().unwrap());
        assert!(shown.contains("no ***") && shown.contains("response with status 503"), "{shown}");
        assert!(!shown.contains(value) && !shown.contains("abc77"), "{shown}");
    }
}
