//! The sandbox as a command-line program.

mod flags;

use std::ffi::OsString;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;

use clap::Parser;

use crate::Sandbox;
use flags::Flags;

/// The CrankWheel reseller API in memory, for tests and development.
#[derive(Parser)]
#[command(name = "crankwheel-sandbox")]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// Starts with the snapshot in this file instead of demo data.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["clients", "days", "sessions"])]
    load: Option<PathBuf>,
    /// Writes a snapshot to this file at the end.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// Runs the program `crankwheel-sandbox` until Ctrl-C. The Python and Node packages use it for
/// their command.
///
/// The first item of `args` is the program's name, as in [`std::env::args_os`].
///
/// ```
/// use std::process::ExitCode;
///
/// let args = ["crankwheel-sandbox", "--help"];
/// let code = crankwheel_sandbox::run_program(args.into_iter().map(Into::into));
/// assert_eq!(code, ExitCode::SUCCESS);
/// ```
pub fn run_program(args: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output, errors to standard error. If that is closed, nobody can
            // read them.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let mut options = arguments.flags.options();
    if arguments.load.is_some() {
        options.clients = 0;
    }
    let (host, now) = (options.host, options.now);
    let sandbox = Sandbox::start(options);
    let sandbox = match sandbox {
        Ok(sandbox) => sandbox,
        Err(error) => return report(&error.to_string()),
    };
    if let Some(file) = &arguments.load
        && let Err(error) = sandbox.load(file)
    {
        return report(&error.to_string());
    }
    // A snapshot has its own time, but `--now` takes precedence.
    if let (Some(now), Some(_)) = (now, &arguments.load) {
        sandbox.freeze();
        sandbox.set_now(now);
    }
    if !host.is_loopback() {
        report(&format!("warning: other machines can reach {host}, and the API keys are not secret"));
    }
    match serve_until_interrupt(&sandbox) {
        Ok(()) => {
            sandbox.stop();
            match arguments.save.map_or(Ok(()), |file| sandbox.save(file)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => report(&error.to_string()),
            }
        }
        Err(error) => report(&format!("cannot wait for Ctrl-C: {error}")),
    }
}

fn greeting(sandbox: &Sandbox) -> String {
    let (url, key, read_only) = (sandbox.url(), sandbox.api_key(), sandbox.read_only_key());
    format!(
        "The CrankWheel reseller API, in memory.\n\
         \n  URL            {url}\
         \n  API key        {key}\
         \n  read-only key  {read_only}\
         \n\nTry:  curl -H 'Authorization: Basic {key}' {url}/ss/rsapi/clients\
         \n\nCtrl-C stops it.\n"
    )
}

fn report(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "crankwheel-sandbox: {message}");
    ExitCode::FAILURE
}

/// Prints the URL and the keys, and waits for Ctrl-C.
fn serve_until_interrupt(sandbox: &Sandbox) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut interrupt = pin!(tokio::signal::ctrl_c());
        // The first poll registers the signal handler, which must happen before the greeting is
        // printed.
        let early = poll_fn(|cx| Poll::Ready(interrupt.as_mut().poll(cx))).await;
        if let Poll::Ready(early) = early {
            return early;
        }
        // Serving continues if standard output is closed.
        let _ = std::io::stdout().lock().write_all(greeting(sandbox).as_bytes());
        interrupt.await
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn invalid_arguments_end_the_program() {
        let run = |args: &[&str]| {
            let args = std::iter::once("crankwheel-sandbox").chain(args.iter().copied()).map(OsString::from);
            format!("{:?}", run_program(args.collect::<Vec<_>>().into_iter()))
        };
        assert_eq!(run(&["--port", "x"]), format!("{:?}", ExitCode::from(2)));
        assert_eq!(run(&["--api-key", ""]), format!("{:?}", ExitCode::FAILURE));
    }
}
