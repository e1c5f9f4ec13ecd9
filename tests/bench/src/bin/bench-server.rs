//! `bench-server write ROOT SET…` writes data sets; `bench-server serve ROOT PORT` serves them until it is killed.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::ExitCode;

use tokio::net::TcpListener;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["write", root, sets @ ..] => crankwheel_bench::write(Path::new(root), sets),
        ["serve", root, port] => match port.parse() {
            Ok(port) => serve(Path::new(root), port),
            Err(_) => return usage(),
        },
        _ => return usage(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: bench-server write ROOT SET... | bench-server serve ROOT PORT");
    ExitCode::from(2)
}

fn serve(root: &Path, port: u16) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        crankwheel_bench::serve(listener, root.to_owned()).await
    })
}
