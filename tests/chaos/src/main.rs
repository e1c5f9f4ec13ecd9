//! `chaos-proxy UPSTREAM_PORT SEED [SHARE [each-request]]`: the proxy as a program, for the tests of other languages.
//! Prints its URL and runs until its standard input closes.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use crankwheel_chaos::{Chaos, ChaosProxy};
use tokio::io::AsyncReadExt;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let upstream = arguments.next().and_then(|text| text.parse::<u16>().ok());
    let seed = arguments.next().and_then(|text| text.parse().ok());
    let share = arguments.next().map_or(Some(0.3), |text| text.parse().ok());
    let each_request = arguments.next().as_deref() == Some("each-request");
    let (Some(upstream), Some(seed), Some(share)) = (upstream, seed, share) else {
        eprintln!("usage: chaos-proxy UPSTREAM_PORT SEED [SHARE [each-request]]");
        return ExitCode::from(2);
    };
    let upstream = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), upstream);
    let proxy = match ChaosProxy::start(upstream, Chaos { seed, share, each_request }).await {
        Ok(proxy) => proxy,
        Err(error) => {
            eprintln!("chaos-proxy: cannot listen: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", proxy.url());
    // If the reader has gone, standard input ends too.
    let _ = std::io::stdout().flush();
    let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    ExitCode::SUCCESS
}
