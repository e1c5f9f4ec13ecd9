//! The server: starts runs, checks requests against the table, and sends exactly the bytes of its responses.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use percent_encoding::percent_decode_str;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;

use crate::check;
use crate::http::{Inbox, ReceivedRequest};
use crate::response::{ResponseBytes, stays_open};
use crate::table::{Delivery, Exchange, Response, ServerMode, Table};

/// A running server on its own thread; dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A run of one case that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The name of the run.
    pub run: String,
    /// The base URL that the SDK is constructed with.
    pub base_url: String,
}

impl Server {
    /// Starts serving `table` on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound or no thread started.
    pub fn start(table: Table) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (listener, refusing, silent_port) = runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            // Bound but never listening: connections are refused, and no other process can take the port meanwhile.
            let refusing = TcpSocket::new_v4()?;
            refusing.bind((Ipv4Addr::LOCALHOST, 0).into())?;
            let port = refusing.local_addr()?.port();
            io::Result::Ok((listener, refusing, port))
        })?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            table,
            base: format!("http://{address}"),
            refusing: format!("http://127.0.0.1:{silent_port}"),
            runs: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = Arc::clone(&state);
        let thread = std::thread::Builder::new().name("conformance-server".to_owned()).spawn(move || {
            let _refusing = refusing;
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, serving) => {}
                    // Stopped, or the handle was dropped.
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, state, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the base URL of the control calls.
    #[must_use]
    pub fn control(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the table that is served.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.state.table
    }

    /// Begins a run of one case; `None` when there is no such case.
    #[must_use]
    pub fn begin(&self, case: &str) -> Option<Begun> {
        self.state.begin(case)
    }

    /// Ends a run and returns the problems of its requests; `None` when there is no such run.
    #[must_use]
    pub fn end(&self, run: &str) -> Option<Vec<String>> {
        self.state.end(run)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
struct State {
    table: Table,
    base: String,
    refusing: String,
    runs: Mutex<Runs>,
}

#[derive(Debug, Default)]
struct Runs {
    count: u64,
    open: HashMap<String, Run>,
}

/// One case being run: the exchanges to come, and the problems so far.
#[derive(Debug)]
struct Run {
    key: String,
    expected: VecDeque<(String, Exchange)>,
    served: u64,
    problems: Vec<String>,
}

impl State {
    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, name: &str) -> Option<Begun> {
        let case = self.table.case(name)?;
        let expected = case
            .steps
            .iter()
            .enumerate()
            .flat_map(|(step, it)| {
                it.exchanges
                    .iter()
                    .enumerate()
                    .map(move |(n, exchange)| (format!("step {step} exchange {n}"), exchange.clone()))
            })
            .collect();
        let mut runs = self.runs();
        runs.count += 1;
        let run = format!("r{}", runs.count);
        let base = if case.server == ServerMode::Refuse { &self.refusing } else { &self.base };
        let base_url = format!("{base}/{run}");
        let key = case.api_key().unwrap_or_default().to_owned();
        runs.open.insert(run.clone(), Run { key, expected, served: 0, problems: Vec::new() });
        Some(Begun { run, base_url })
    }

    fn end(&self, run: &str) -> Option<Vec<String>> {
        let run = self.runs().open.remove(run)?;
        let mut problems = run.problems;
        problems.extend(run.expected.iter().map(|(label, exchange)| {
            format!("{label}: expected {} {}, got no request", exchange.request.method, exchange.request.path)
        }));
        Some(problems)
    }

    /// Checks a request of a run. Returns its response and request id, or the problem of an unexpected request.
    fn take(&self, run_name: &str, mut got: ReceivedRequest) -> Result<(Response, String), String> {
        let mut runs = self.runs();
        let Some(run) = runs.open.get_mut(run_name) else {
            return Err(format!("no open run {run_name}: {} {}", got.method, got.path));
        };
        got.path = got.path.split_off((run_name.len() + 1).min(got.path.len()));
        let wanted = run.expected.front().is_some_and(|(_, next)| check::same_target(&next.request, &got));
        // An unexpected request leaves the queue as it is: the expected one may still come.
        let Some((label, exchange)) = wanted.then(|| run.expected.pop_front()).flatten() else {
            let problem = match run.expected.front() {
                None => format!("after the last exchange: unexpected {} {}", got.method, got.path),
                Some((label, next)) => format!(
                    "{label}: expected {} {}, got {} {}",
                    next.request.method, next.request.path, got.method, got.path
                ),
            };
            run.problems.push(problem.clone());
            return Err(problem);
        };
        let found = check::problems(&exchange.request, &got, &run.key);
        run.problems.extend(found.iter().map(|problem| format!("{label}: {problem}")));
        run.served += 1;
        Ok((exchange.response, format!("{run_name}-{}", run.served)))
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        // A failed accept (out of descriptors, a connection gone already) affects that connection only.
        if let Ok((stream, _)) = listener.accept().await {
            let state = Arc::clone(&state);
            // Errors here are clients that went away, which many cases make them do.
            tokio::spawn(async move { serve_connection(stream, &state).await });
        }
    }
}

/// Serves one connection until either side ends it.
async fn serve_connection(mut stream: TcpStream, state: &State) -> io::Result<()> {
    let mut inbox = Inbox::default();
    while let Some(got) = inbox.next(&mut stream).await? {
        if let Some(text) = control(state, &got) {
            plain(&mut stream, text).await?;
            continue;
        }
        let run = got.path.split('/').nth(1).unwrap_or_default().to_owned();
        let (response, request_id) = match state.take(&run, got) {
            Ok(taken) => taken,
            Err(problem) => {
                plain(&mut stream, (599, json!({"unexpected": problem}).to_string())).await?;
                continue;
            }
        };
        if response.silent {
            // Until the client gives up.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
            return Ok(());
        }
        if response.hang_up {
            return Ok(());
        }
        let bytes = ResponseBytes::new(&response, &request_id).map_err(io::Error::other)?;
        bytes.send(&mut stream, response.delivery).await?;
        if !stays_open(&stream, response.then) {
            return Ok(());
        }
    }
    Ok(())
}

/// Handles a control call; `None` if the request is not one.
fn control(state: &State, got: &ReceivedRequest) -> Option<(u16, String)> {
    let argument = |name: &str| {
        url::form_urlencoded::parse(got.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let path = percent_decode_str(&got.path).decode_utf8_lossy();
    let response = match path.as_ref() {
        "/_cases" => (200, state.table.to_json()),
        "/_begin" => state.begin(&argument("case")).map_or_else(
            || (404, json!({"error": format!("no case {:?}", argument("case"))}).to_string()),
            |begun| (200, json!({"run": begun.run, "base_url": begun.base_url}).to_string()),
        ),
        "/_end" => state.end(&argument("run")).map_or_else(
            || (404, json!({"error": format!("no open run {:?}", argument("run"))}).to_string()),
            |problems| {
                let ok = problems.is_empty();
                (
                    200,
                    if ok { json!({"ok": ok}) } else { json!({"ok": ok, "problems": problems}) }.to_string(),
                )
            },
        ),
        _ => return None,
    };
    Some(response)
}

async fn plain(stream: &mut TcpStream, (status, body): (u16, String)) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    ResponseBytes::verbatim(&format!("{head}{body}")).send(stream, Delivery::One).await
}
