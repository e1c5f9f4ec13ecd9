//! Every fault of the sandbox, as the SDK reports it.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use crankwheel::{ClientFields, CrankWheel, Error, ErrorKind, Options};
use crankwheel_sandbox::{Sandbox, SandboxOptions};

struct Setup {
    sandbox: Sandbox,
    cw: CrankWheel,
}

fn setup() -> Setup {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let options = SandboxOptions { clients: 5, days: 30, now: Some(now), ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).unwrap();
    let options =
        Options::new().base_url(sandbox.url()).max_retries(0).attempt_timeout(Duration::from_millis(400));
    let cw = CrankWheel::with(sandbox.api_key(), options).unwrap();
    Setup { sandbox, cw }
}

impl Setup {
    fn fail(&self, method: &str, fault: &str) {
        let rule = format!(r#"{{"method": "{method}", "path": "*", "times": 1, "fault": {fault}}}"#);
        self.sandbox.fail_json(&rule).unwrap();
    }

    /// Does a read and a write with this fault.
    async fn read_and_write(&self, fault: &str) -> (Result<usize, Error>, Result<i64, Error>) {
        self.fail("GET", fault);
        let read = self.cw.clients().list().await.map(|clients| clients.len());
        self.sandbox.clear_faults();
        self.fail("POST", fault);
        let write = self.cw.clients().create(ClientFields::new().sname("acmecorp")).await;
        self.sandbox.clear_faults();
        (read, write.map(|client| client.id))
    }

    async fn exists(&self) -> bool {
        self.cw.clients().find("acmecorp").await.unwrap().is_some()
    }
}

#[track_caller]
fn kind<T: std::fmt::Debug>(result: &Result<T, Error>) -> ErrorKind {
    result.as_ref().unwrap_err().kind()
}

#[tokio::test]
async fn broken_connections_are_connection_errors() {
    for (fault, effect) in [
        (r#"{"kind": "reset_before"}"#, false),
        (r#"{"kind": "reset_after"}"#, true),
        (r#"{"kind": "reset_during"}"#, true),
        (r#"{"kind": "truncate"}"#, true),
    ] {
        let setup = setup();
        let (read, write) = setup.read_and_write(fault).await;
        assert_eq!((kind(&read), kind(&write)), (ErrorKind::Connection, ErrorKind::Connection), "{fault}");
        assert_eq!(read.unwrap_err().maybe_applied(), None);
        // The SDK cannot know if the write was applied, and reports that.
        assert_eq!(write.unwrap_err().maybe_applied(), Some(true), "{fault}");
        assert_eq!(setup.exists().await, effect, "{fault}");
    }
}

#[tokio::test]
async fn statuses_have_their_errors() {
    for (status, expected, unknown) in [
        (400, ErrorKind::BadRequest, false),
        (401, ErrorKind::Authentication, false),
        (403, ErrorKind::PermissionDenied, false),
        (404, ErrorKind::NotFound, false),
        (409, ErrorKind::Conflict, false),
        (422, ErrorKind::UnprocessableEntity, false),
        (429, ErrorKind::RateLimit, false),
        (500, ErrorKind::InternalServer, true),
        (503, ErrorKind::InternalServer, true),
    ] {
        let fault = format!(
            r#"{{"kind": "status", "status": {status}, "headers": {{"retry-after": "7"}}, "body": "x"}}"#
        );
        let setup = setup();
        let (read, write) = setup.read_and_write(&fault).await;
        assert_eq!((kind(&read), kind(&write)), (expected, expected));
        let (read, write) = (read.unwrap_err(), write.unwrap_err());
        assert_eq!((read.status_code(), write.maybe_applied()), (Some(status), Some(unknown)));
        assert_eq!(read.retry_after(), Some(Duration::from_secs(7)));
        assert!(!setup.exists().await);
    }
}

#[tokio::test]
async fn unreadable_bodies_are_errors() {
    let setup = setup();
    let (read, write) = setup.read_and_write(r#"{"kind": "corrupt"}"#).await;
    assert_eq!((kind(&read), kind(&write)), (ErrorKind::Response, ErrorKind::Response));
    assert_eq!(write.unwrap_err().maybe_applied(), Some(true));
    for how in ["cut", "corrupt"] {
        setup.fail("GET", &format!(r#"{{"kind": "broken_gzip", "how": "{how}"}}"#));
        let read = setup.cw.clients().list().await;
        assert!(matches!(kind(&read), ErrorKind::Connection | ErrorKind::Response), "{how}: {read:?}");
    }
    // Small responses are not compressed: the last bytes of a compressed one are only its checksum.
    let id = setup.cw.clients().list().await.unwrap().get(0).unwrap().id;
    // A body shorter than it claims never ends; the SDK must not wait for ever.
    setup.fail("GET", r#"{"kind": "wrong_length", "by": 40}"#);
    assert_eq!(kind(&setup.cw.clients().get(id).await), ErrorKind::Timeout);
    // One longer than it claims is cut off, and its rest must not become part of the next response.
    setup.fail("GET", r#"{"kind": "wrong_length", "by": -5}"#);
    assert_eq!(kind(&setup.cw.clients().get(id).await), ErrorKind::Response);
    for _ in 0..3 {
        assert_eq!(setup.cw.clients().list().await.unwrap().len(), 6);
    }
}

#[tokio::test]
async fn slow_responses_time_out_only_while_silent() {
    let setup = setup();
    setup.fail("GET", r#"{"kind": "latency", "ms": 10000}"#);
    let late = setup.cw.clients().list().await;
    assert_eq!(kind(&late), ErrorKind::Timeout);
    assert!(late.unwrap_err().message().contains("`attempt_timeout`"));
    // Slow, but never silent for longer than the deadline: it is read to its end.
    setup.fail("GET", r#"{"kind": "slow_body", "pieces": 6, "pause_ms": 100}"#);
    assert_eq!(setup.cw.clients().list().await.unwrap().len(), 5);
    setup.fail("GET", r#"{"kind": "slow_body", "pieces": 2, "pause_ms": 10000}"#);
    assert_eq!(kind(&setup.cw.clients().list().await), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_204_in_pieces_is_a_success_and_the_next_call_works() {
    let setup = setup();
    let client = setup.cw.clients().list().await.unwrap().get(0).unwrap();
    for round in 0..15 {
        setup.fail("POST", r#"{"kind": "split_204", "pieces": 3, "pause_ms": 2}"#);
        setup.cw.clients().set_plan(&client, "plan_2").await.unwrap();
        assert_eq!(setup.cw.clients().get(&client).await.unwrap().id, client.id, "round {round}");
    }
}

#[tokio::test]
async fn reads_succeed_with_retries() {
    let setup = setup();
    let cw = setup.cw.with_options(Options::new().max_retries(2)).unwrap();
    for fault in ["reset_before", "reset_during", "truncate"] {
        setup.fail("GET", &format!(r#"{{"kind": "{fault}"}}"#));
        assert_eq!(cw.clients().list().await.unwrap().len(), 5, "{fault}");
    }
    setup.fail("GET", r#"{"kind": "status", "status": 503, "headers": {"retry-after": "0"}}"#);
    assert_eq!(cw.clients().list().await.unwrap().len(), 5);
}
