//! The program `crankwheel-sandbox`: all of it is `crankwheel_sandbox::run_program`.

use std::process::ExitCode;

fn main() -> ExitCode {
    crankwheel_sandbox::run_program(std::env::args_os())
}
