//! Measures how well deadlines are kept, and how long small calls take, while a usage history of
//! 250 MB arrives over loopback: `cargo run -p crankwheel-chaos --example deadlines`.
//!
//! It fails if one of 200 deadlines from 1 ms to 2 s is missed by more than 50 ms.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crankwheel::{CrankWheel, ErrorKind, Options};

const ROW: &str = r#"{"email":"agent@acmecorp.example","sname":"acmecorp","lname":"Acme Corporation","start_date":"2019-02-01T10:00:00.000000Z","end_date":"2019-02-01T10:10:00.000000Z","duration":600,"viewer_info":{"max_viewer_count":2}},"#;
const SIZE: usize = 250_000_000;
const CLIENT: &str = r#"{"id": 5, "sname": "acmecorp", "settings": {"id": "s-1"}}"#;

fn serve(mut socket: TcpStream, history: &[u8]) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    loop {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            socket.read_exact(&mut byte)?;
            head.extend(byte);
        }
        let small = head.windows(9).any(|part| part == b"/clients/");
        let body = if small { CLIENT.as_bytes() } else { history };
        socket.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes())?;
        socket.write_all(body)?;
    }
}

fn start_server() -> std::io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let rows = ROW.repeat(SIZE / ROW.len());
    let history = format!("{{\"sessions\":[{}]}}", rows.trim_end_matches(','));
    let history: Arc<[u8]> = history.into_bytes().into();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let history = Arc::clone(&history);
            // It ends with an error when the client closes the connection.
            std::thread::spawn(move || serve(socket, &history));
        }
    });
    Ok(port)
}

async fn measure(port: u16) -> Result<Duration, crankwheel::Error> {
    let options = Options::new().base_url(format!("http://127.0.0.1:{port}")).max_retries(0);
    let cw = CrankWheel::with("a-key-for-tests", options)?;
    let began = Instant::now();
    let sessions = cw.reseller().usage("2019-02").await?.sessions().len();
    println!("one history: {sessions} sessions in {:?}", began.elapsed());

    let (mut latest, mut finished) = ((Duration::ZERO, Duration::ZERO), 0);
    for number in 0..200_u32 {
        // From 1 ms to 2 s, more of the short ones.
        let timeout = Duration::from_secs_f64(0.001 * 2000_f64.powf(f64::from(number) / 199.0));
        let hurried = cw.with_options(Options::new().timeout(timeout))?;
        let began = Instant::now();
        match hurried.reseller().usage("2019-02").await {
            Ok(_) => finished += 1,
            Err(error) if error.kind() == ErrorKind::Timeout => {}
            Err(error) => return Err(error),
        }
        latest = latest.max((began.elapsed().saturating_sub(timeout), timeout));
    }
    let (latest, of) = latest;
    println!(
        "200 deadlines: the latest by {latest:?} (of {of:?}); {finished} histories were complete before"
    );

    let large = (0..4).map(|_| {
        let cw = cw.clone();
        tokio::spawn(async move { cw.reseller().usage("2019-02").await.map(|_| ()) })
    });
    let large: Vec<_> = large.collect();
    let mut waits = Vec::new();
    while !large.iter().all(tokio::task::JoinHandle::is_finished) {
        let began = Instant::now();
        cw.clients().get(5).await?;
        waits.push(began.elapsed());
    }
    waits.sort_unstable();
    let middle = waits.get(waits.len() / 2).copied().unwrap_or_default();
    let longest = waits.last().copied().unwrap_or_default();
    println!("{} small calls next to 4 histories: median {middle:?}, longest {longest:?}", waits.len());
    Ok(latest)
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let port = match start_server() {
        Ok(port) => port,
        Err(error) => {
            eprintln!("cannot listen: {error}");
            return ExitCode::FAILURE;
        }
    };
    match measure(port).await {
        Ok(latest) if latest <= Duration::from_millis(50) => ExitCode::SUCCESS,
        Ok(latest) => {
            eprintln!("a deadline was missed by {latest:?}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
