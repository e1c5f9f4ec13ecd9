//! The sandbox as a command-line program.

mod flags;
mod signals;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::Sandbox;
use flags::Flags;
use signals::EndSignals;

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

/// Runs the program `crankwheel-sandbox` until Ctrl-C, or on Unix until SIGTERM or SIGHUP, also as
/// the first process of a container. The Python and Node packages use it for their command.
///
/// Each of these signals ends it at once, with success.
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
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => report(&problem),
    }
}

/// Starts the sandbox and serves until a signal.
fn run(arguments: Arguments) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot wait for signals: {error}"))?;
    let save = arguments.save.clone();
    let served = runtime.block_on(serve_until_signal(arguments));
    let served = served.map_err(|error| format!("cannot wait for signals: {error}"))??;
    let Some(sandbox) = served else { return Ok(()) };
    sandbox.stop();
    save.map_or(Ok(()), |file| sandbox.save(file)).map_err(|error| error.to_string())
}

/// Starts the sandbox, prints its URL and keys, and waits for a signal. Returns the sandbox if it
/// had started by then, or the reason why it did not start.
async fn serve_until_signal(arguments: Arguments) -> std::io::Result<Result<Option<Sandbox>, String>> {
    let mut signals = EndSignals::install()?;
    let (sender, started) = tokio::sync::oneshot::channel();
    // Generating much data takes seconds. A signal does not wait for it.
    std::thread::Builder::new().name("crankwheel-sandbox-start".to_owned()).spawn(move || {
        // The receiver is gone if a signal was faster.
        let _ = sender.send(start(arguments));
    })?;
    let sandbox = tokio::select! {
        started = started => match started {
            Ok(Ok(sandbox)) => sandbox,
            Ok(Err(problem)) => return Ok(Err(problem)),
            Err(_) => return Ok(Err("the sandbox did not start".to_owned())),
        },
        ended = signals.received() => return ended.map(|()| Ok(None)),
    };
    // Serving continues if standard output is closed.
    let _ = std::io::stdout().lock().write_all(greeting(&sandbox).as_bytes());
    signals.received().await.map(|()| Ok(Some(sandbox)))
}

fn start(arguments: Arguments) -> Result<Sandbox, String> {
    let mut options = arguments.flags.options();
    if arguments.load.is_some() {
        options.clients = 0;
    }
    let (host, now) = (options.host, options.now);
    let sandbox = Sandbox::start(options).map_err(|error| error.to_string())?;
    if let Some(file) = &arguments.load {
        sandbox.load(file).map_err(|error| error.to_string())?;
        // A snapshot has its own time, but `--now` takes precedence.
        if let Some(now) = now {
            sandbox.freeze();
            sandbox.set_now(now);
        }
    }
    if !host.is_loopback() {
        report(&format!("warning: other machines can reach {host}, and the API keys are not secret"));
    }
    Ok(sandbox)
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
