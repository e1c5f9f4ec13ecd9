//! `bench-core VARIANT BASE_URL COUNT`: one case of the Rust core. Prints its figures as JSON.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use crankwheel::{CrankWheel, Options};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T = (), E = Failure> = std::result::Result<T, E>;

/// The number of calls in flight.
const IN_FLIGHT: usize = 64;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [variant, url, count] = words.as_slice() else {
        eprintln!("usage: bench-core VARIANT BASE_URL COUNT");
        return ExitCode::from(2);
    };
    let figures = count.parse().map_err(Failure::from).and_then(|count| run(variant, url, count));
    match figures {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench-core {variant}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(variant: &str, url: &str, count: usize) -> Result<serde_json::Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match variant {
        "history" => runtime.block_on(history(url, count)),
        "clients" => runtime.block_on(clients(url, count)),
        "socket" => socket(url),
        "calls" => runtime.block_on(calls(url, count)),
        "hyper-pool" => runtime.block_on(hyper_pool(url, count)),
        _ => Err(format!("unknown variant {variant:?}").into()),
    }
}

fn client(url: &str) -> Result<CrankWheel> {
    Ok(CrankWheel::with("bench-key", Options::new().base_url(url))?)
}

/// Reads a usage history into columns, as often as it takes to read `least` sessions.
async fn history(url: &str, least: usize) -> Result<serde_json::Value> {
    let cw = client(url)?;
    let body = body_length(&format!("{url}/ss/rsapi/clients_usage"))?;
    let memory = Memory::start()?;
    let clock = Clock::start();
    let (mut rows, mut reads) = (0, 0);
    while reads == 0 || rows < least {
        rows += cw.reseller().usage("2026-10").await?.sessions().len();
        reads += 1;
    }
    let (wall, cpu) = clock.stop();
    let peak = memory.peak()?;
    Ok(json!({
        "wall": wall / f64::from(reads), "cpu": cpu / f64::from(reads), "wall_row": wall / rows as f64,
        "cpu_row": cpu / rows as f64, "peak": peak, "of_body": peak as f64 / body as f64,
    }))
}

/// Reads a list of clients and every row of it, as often as it takes to read `least` rows.
async fn clients(url: &str, least: usize) -> Result<serde_json::Value> {
    let cw = client(url)?;
    cw.clients().list().await?;
    let clock = Clock::start();
    let mut rows = 0;
    while rows < least {
        let list = cw.clients().list().await?;
        rows += list.iter().filter(|client| client.id > 0 && client.settings.audit_log.is_some()).count();
    }
    let (wall, cpu) = clock.stop();
    Ok(json!({"wall_row": wall / rows as f64, "cpu_row": cpu / rows as f64}))
}

/// Reads the bytes of a usage history from a socket and drops them: the least that any client must do.
fn socket(url: &str) -> Result<serde_json::Value> {
    let mut buffer = vec![0; 256 << 10];
    let clock = Clock::start();
    let (mut stream, mut left) = get(&format!("{url}/ss/rsapi/clients_usage"))?;
    while left > 0 {
        match stream.read(&mut buffer)? {
            0 => return Err("the body was cut short".into()),
            read => left = left.saturating_sub(read),
        }
    }
    let (wall, cpu) = clock.stop();
    Ok(json!({"wall": wall, "cpu": cpu}))
}

/// Sends a request; returns the connection and the number of bytes of the body that are still to come.
fn get(url: &str) -> Result<(TcpStream, usize)> {
    let rest = url.strip_prefix("http://").ok_or("not an http:// URL")?;
    let (host, path) = rest.split_once('/').ok_or("a URL without a path")?;
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
    let mut head = Vec::new();
    let mut buffer = [0; 4 << 10];
    loop {
        let read = stream.read(&mut buffer)?;
        head.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let text = String::from_utf8_lossy(&head).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lengths = head.lines().filter_map(|line| line.split_once(": "));
            let mut lengths = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = lengths.next().ok_or("no content-length")?.1.parse()?;
            return Ok((stream, length.saturating_sub(body.len())));
        }
        if read == 0 {
            return Err("no response".into());
        }
    }
}

fn body_length(url: &str) -> Result<usize> {
    let (mut stream, left) = get(url)?;
    // Reads on, so that the server's cache has the whole body before it is measured.
    std::io::copy(&mut Read::by_ref(&mut stream).take(left as u64), &mut std::io::sink())?;
    Ok(left)
}

/// Calls `clients.get` with many calls in flight.
async fn calls(url: &str, count: usize) -> Result<serde_json::Value> {
    let cw = client(url)?;
    concurrent(count, move || {
        let cw = cw.clone();
        async move {
            let client = cw.clients().get(27_084).await?;
            if client.id == 27_084 { Ok(()) } else { Err("another client".into()) }
        }
    })
    .await
}

/// Sends the same requests over a raw pool of connections, and reads nothing of the responses.
async fn hyper_pool(url: &str, count: usize) -> Result<serde_json::Value> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let pool = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let uri: http::Uri = format!("{url}/ss/rsapi/clients/27084").parse()?;
    concurrent(count, move || {
        let request = http::Request::get(uri.clone())
            .header("authorization", "Basic bench-key")
            .header("accept", "application/json")
            .body(Empty::new());
        let pool = pool.clone();
        async move {
            let response = pool.request(request?).await?;
            let read = response.status().is_success()
                && !response.into_body().collect().await?.to_bytes().is_empty();
            if read { Ok(()) } else { Err("no success".into()) }
        }
    })
    .await
}

/// Makes calls with a number of them in flight, after a warm-up, and measures them.
async fn concurrent<F>(
    count: usize,
    call: impl Fn() -> F + Clone + Send + 'static,
) -> Result<serde_json::Value>
where
    F: Future<Output = Result> + Send + 'static,
{
    in_flight(count / 10 + IN_FLIGHT, call.clone()).await?;
    let clock = Clock::start();
    in_flight(count, call).await?;
    let (wall, cpu) = clock.stop();
    Ok(json!({"cpu": cpu / count as f64, "wall": wall / count as f64, "rate": count as f64 / wall}))
}

async fn in_flight<F>(count: usize, call: impl Fn() -> F + Clone + Send + 'static) -> Result
where
    F: Future<Output = Result> + Send + 'static,
{
    let left = Arc::new(AtomicUsize::new(count));
    let workers = (0..IN_FLIGHT).map(|_| {
        let (left, call) = (left.clone(), call.clone());
        tokio::spawn(async move {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
            {
                call().await?;
            }
            Ok::<_, Failure>(())
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await??;
    }
    Ok(())
}

/// Wall clock and processor time of this process, both in seconds.
struct Clock {
    wall: Instant,
    cpu: Duration,
}

impl Clock {
    fn start() -> Self {
        Clock { wall: Instant::now(), cpu: processor_time() }
    }

    fn stop(&self) -> (f64, f64) {
        (self.wall.elapsed().as_secs_f64(), (processor_time() - self.cpu).as_secs_f64())
    }
}

fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The peak of this process's memory above what it had at the start, in bytes; 0 where the system does not tell.
struct Memory(u64);

impl Memory {
    fn start() -> Result<Self> {
        if cfg!(target_os = "linux") {
            // Resets the peak.
            std::fs::write("/proc/self/clear_refs", "5")?;
        }
        Ok(Memory(status("VmRSS")?))
    }

    fn peak(&self) -> Result<u64> {
        Ok(status("VmHWM")?.saturating_sub(self.0))
    }
}

fn status(name: &str) -> Result<u64> {
    if !cfg!(target_os = "linux") {
        return Ok(0);
    }
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes: u64 = line.ok_or("no such line")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes << 10)
}
