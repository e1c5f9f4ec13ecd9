//! API keys from functions: deadlines, the time that a key is kept, and keys that the API refuses.
#![allow(clippy::unwrap_used)]

mod support;

use std::future::IntoFuture;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crankwheel::{ClientFields, CrankWheel, ErrorKind, Options};
use futures_util::future::join_all;
use support::{CLIENT, client, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const FIRST: &str = "first-key-4711";
const SECOND: &str = "second-key-4712";

/// A server that accepts only the current key, and the requests that it received.
#[derive(Clone)]
struct Server {
    accepted: Arc<Mutex<String>>,
    requests: Arc<Mutex<Vec<String>>>,
    port: u16,
}

impl Server {
    async fn start(accepted: &str) -> Self {
        let accepted = Arc::new(Mutex::new(accepted.to_owned()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (current, seen) = (Arc::clone(&accepted), Arc::clone(&requests));
        let port = serve(move |mut socket: TcpStream| {
            let (current, seen) = (Arc::clone(&current), Arc::clone(&seen));
            async move {
                while let Some(head) = head(&mut socket).await {
                    let accepted = head.contains(&format!("{}\r\n", current.lock().unwrap()));
                    seen.lock().unwrap().push(head);
                    let response = if accepted { ok(CLIENT) } else { ok("{}").replace("200 OK", "401 No") };
                    let _ = socket.write_all(response.as_bytes()).await;
                }
            }
        })
        .await;
        Server { accepted, requests, port }
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

/// A key that can be replaced, and the number of times that it was asked for.
#[derive(Clone)]
struct Vault {
    key: Arc<Mutex<String>>,
    asked: Arc<AtomicU32>,
    delay: Duration,
}

impl Vault {
    fn new(key: &str) -> Self {
        Vault {
            key: Arc::new(Mutex::new(key.to_owned())),
            asked: Arc::default(),
            delay: Duration::from_millis(20),
        }
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    /// An asynchronous function on odd turns, a blocking one on even turns.
    fn options(&self, turn: usize) -> Options {
        let vault = self.clone();
        if turn.is_multiple_of(2) {
            Options::new().api_key_from(move || {
                vault.asked.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(vault.delay);
                Ok(vault.key.lock().unwrap().clone())
            })
        } else {
            Options::new().api_key_from_async(move || {
                let vault = vault.clone();
                async move {
                    vault.asked.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(vault.delay).await;
                    Ok(vault.key.lock().unwrap().clone())
                }
            })
        }
    }

    fn client(&self, server: &Server, turn: usize, options: Options) -> CrankWheel {
        client(server.port, options).with_options(self.options(turn)).unwrap()
    }
}

fn hanging() -> [Options; 2] {
    [
        Options::new().api_key_from(|| {
            std::thread::sleep(Duration::from_secs(20));
            Ok(FIRST.to_owned())
        }),
        Options::new().api_key_from_async(std::future::pending),
    ]
}

#[tokio::test]
async fn a_function_that_hangs_ends_with_the_deadline() {
    let server = Server::start(FIRST).await;
    for options in hanging() {
        let timeout = Options::new().timeout(Duration::from_millis(300));
        let cw = client(server.port, timeout).with_options(options).unwrap();
        let began = Instant::now();
        let (read, write, raw, acting, cached) = tokio::join!(
            cw.clients().get(5).into_future(),
            cw.clients().set_plan(5, "plan_1").into_future(),
            cw.reseller().plans().with_raw_response(),
            cw.impersonate(5).unwrap().request("POST", "/x", &[], None).into_future(),
            cw.with_options(Options::new().key_ttl(Duration::from_secs(9))).unwrap().reseller().plans(),
        );
        assert!(began.elapsed() < Duration::from_millis(450), "{:?}", began.elapsed());
        let errors = [
            (read.unwrap_err(), None),
            (write.unwrap_err(), Some(false)),
            (raw.unwrap_err(), None),
            (acting.unwrap_err(), Some(false)),
            (cached.unwrap_err(), None),
        ];
        for (error, maybe_applied) in errors {
            assert_eq!(error.kind(), ErrorKind::Timeout);
            let words = "api_key: the function that returns the key did not return within 300ms, the call's `timeout`";
            assert!(error.message().starts_with(words), "{error}");
            assert_eq!((error.maybe_applied(), error.attempts()), (maybe_applied, 0));
            assert!(error.path().is_some());
        }
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn the_deadline_includes_a_slow_function() {
    let silent = serve(|mut socket: TcpStream| async move {
        let _ = head(&mut socket).await;
        std::future::pending::<()>().await;
    })
    .await;
    for turn in 0..2 {
        let vault = Vault { delay: Duration::from_millis(250), ..Vault::new(FIRST) };
        let cw = client(silent, Options::new().timeout(Duration::from_millis(400)));
        let cw = cw.with_options(vault.options(turn)).unwrap();
        let began = Instant::now();
        let error = cw.clients().list().await.unwrap_err();
        assert!(error.message().contains("no response arrived within 400ms"), "{error}");
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(400) && took < Duration::from_millis(550), "{took:?}");
    }
}

#[tokio::test]
async fn calls_share_a_key_for_its_time_to_live() {
    let server = Server::start(FIRST).await;
    for turn in 0..2 {
        let vault = Vault::new(FIRST);
        let each = vault.client(&server, turn, Options::new());
        join_all((0..50).map(|_| each.clients().get(5).into_future())).await;
        assert_eq!(vault.asked(), 50);

        let vault = Vault::new(FIRST);
        let options = Options::new().key_ttl(Duration::from_millis(400));
        let cached = vault.client(&server, turn, options);
        let copy = cached.with_options(Options::new().max_retries(5)).unwrap();
        let calls = (0..50).map(|turn| if turn % 2 == 0 { &copy } else { &cached }.clients().get(5));
        for result in join_all(calls.map(IntoFuture::into_future)).await {
            result.unwrap();
        }
        assert_eq!(vault.asked(), 1);
        tokio::time::sleep(Duration::from_millis(450)).await;
        cached.clients().get(5).await.unwrap();
        assert_eq!(vault.asked(), 2);
        // Another function does not inherit the cached key.
        let other = Vault::new(FIRST);
        copy.with_options(other.options(turn)).unwrap().clients().get(5).await.unwrap();
        assert_eq!((vault.asked(), other.asked()), (2, 1));
    }
}

#[tokio::test]
async fn a_failure_is_shared_by_the_calls_that_wait_for_it() {
    let server = Server::start(FIRST).await;
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    let options = Options::new().key_ttl(Duration::from_secs(60)).api_key_from_async(move || {
        let turn = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if turn == 0 { Err(format!("no access with {FIRST}").into()) } else { Ok(FIRST.to_owned()) }
        }
    });
    let cw = client(server.port, Options::new()).with_options(options).unwrap();
    for result in join_all((0..20).map(|_| cw.clients().get(5).into_future())).await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.message(), "api_key: the function that returns the key failed");
        assert!(!format!("{error:?} {:?}", std::error::Error::source(&error)).contains(FIRST));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    cw.clients().get(5).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_cancelled_call_does_not_take_the_key_from_others() {
    let server = Server::start(FIRST).await;
    let vault = Vault { delay: Duration::from_millis(200), ..Vault::new(FIRST) };
    let cw = vault.client(&server, 1, Options::new().key_ttl(Duration::from_secs(60)));
    let first = tokio::spawn(cw.clients().get(5).into_future());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let others = tokio::spawn(join_all((0..8).map(|_| cw.clients().get(5).into_future())));
    tokio::time::sleep(Duration::from_millis(50)).await;
    first.abort();
    assert!(others.await.unwrap().into_iter().all(|result| result.is_ok()));
    assert_eq!(vault.asked(), 2);
}

#[tokio::test]
async fn after_a_401_the_function_is_called_once_more() {
    for turn in 0..4 {
        // With and without a time to live.
        let options =
            || if turn < 2 { Options::new() } else { Options::new().key_ttl(Duration::from_secs(60)) };
        let server = Server::start(FIRST).await;
        let vault = Vault::new(FIRST);
        let cw = vault.client(&server, turn, options());
        cw.clients().get(5).await.unwrap();
        assert_eq!((vault.asked(), server.count()), (1, 1));

        // The key rotates between the function and the request, or while it is cached.
        *server.accepted.lock().unwrap() = SECOND.to_owned();
        let (key, changed) = (Arc::clone(&vault.key), Arc::clone(&vault.asked));
        let before = vault.asked();
        let rotation = tokio::spawn(async move {
            // Without a cached key, the function must return the old one first.
            while turn < 2 && changed.load(Ordering::SeqCst) == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_millis(if turn < 2 { 25 } else { 0 })).await;
            *key.lock().unwrap() = SECOND.to_owned();
        });
        if turn >= 2 {
            rotation.await.unwrap();
        }
        // A write that got 401 was not applied, so it is sent again, too.
        let response =
            cw.clients().update(5, ClientFields::new().lname("A")).with_raw_response().await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert_eq!(server.count(), 3);
        cw.impersonate(5).unwrap().request("GET", "/x", &[], None).await.unwrap();
        let seen = server.requests.lock().unwrap().last().unwrap().clone();
        assert!(seen.contains(&format!("resellerimpersonate-5-{SECOND}\r\n")), "{seen}");
    }
}

#[tokio::test]
async fn many_calls_with_a_refused_key_share_one_new_key() {
    for turn in 0..2 {
        let server = Server::start(FIRST).await;
        let vault = Vault::new(FIRST);
        let cw = vault.client(&server, turn, Options::new().key_ttl(Duration::from_secs(60)));
        cw.clients().get(5).await.unwrap();
        *server.accepted.lock().unwrap() = SECOND.to_owned();
        *vault.key.lock().unwrap() = SECOND.to_owned();
        for result in join_all((0..20).map(|_| cw.clients().get(5).into_future())).await {
            result.unwrap();
        }
        assert_eq!(vault.asked(), 2);
    }
}

#[tokio::test]
async fn a_key_that_stays_refused_is_an_authentication_error() {
    let server = Server::start(SECOND).await;
    for (turn, ttl) in [(0, None), (1, None), (0, Some(60)), (1, Some(60))] {
        let vault = Vault::new(FIRST);
        let options = ttl.map_or(Options::new(), |ttl| Options::new().key_ttl(Duration::from_secs(ttl)));
        let cw = vault.client(&server, turn, options);
        let before = server.count();
        let error = cw.clients().set_plan(5, "plan_1").await.unwrap_err();
        assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Authentication, Some(false)));
        let words = "the function that returns the key was called again, and returned the same key";
        assert!(error.message().ends_with(words), "{error}");
        assert_eq!((vault.asked(), server.count() - before), (2, 1));
    }
    // A fixed key is not asked for.
    let before = server.count();
    let error = client(server.port, Options::new()).clients().get(5).await.unwrap_err();
    assert!(!error.message().contains("the function"), "{error}");
    assert_eq!(server.count() - before, 1);
}

#[tokio::test]
async fn a_function_that_fails_the_second_time_leaves_the_401() {
    let server = Server::start(SECOND).await;
    for (hangs, words) in [(false, "called again, and failed"), (true, "called again, and failed")] {
        let asked = Arc::new(AtomicU32::new(0));
        let options = Options::new().timeout(Duration::from_millis(400)).api_key_from_async(move || {
            let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if hangs && !first {
                    std::future::pending::<()>().await;
                }
                if first { Ok(FIRST.to_owned()) } else { Err("vault closed".into()) }
            }
        });
        let cw = client(server.port, Options::new()).with_options(options).unwrap();
        let error = cw.clients().get(5).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().ends_with(words), "{error}");
    }
}

#[tokio::test]
async fn an_asynchronous_function_has_no_key_at_once() {
    let cw = Vault::new(FIRST).options(1);
    let cw = CrankWheel::build(cw).unwrap();
    let error = cw.impersonation_key(5).unwrap_err();
    assert!(error.message().starts_with("api_key: must not be an asynchronous function here"), "{error}");
    assert!(
        cw.impersonate(5).unwrap().request("GET", "/x", &[], None).dry_run().unwrap().curl().contains("-5-$")
    );
    assert_eq!(cw.impersonate("no client").err().unwrap().kind(), ErrorKind::InvalidRequest);
}
