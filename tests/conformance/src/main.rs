//! The conformance server as a program, for runners in other languages: prints its address and serves
//! until its standard input closes.

use std::io::{Read, Write};
use std::process::ExitCode;

use crankwheel_conformance::server::Server;
use crankwheel_conformance::table::Table;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("conformance-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start(Table::load()?)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({"control": server.control()}))?;
    out.flush()?;
    // The runner holds the other end, so this returns when the runner ends for any reason.
    std::io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}
