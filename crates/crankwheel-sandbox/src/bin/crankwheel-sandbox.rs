//! The program `crankwheel-sandbox`, which is `crankwheel_sandbox::run_program`.

use std::process::ExitCode;

fn main() -> ExitCode {
    crankwheel_sandbox::run_program(std::env::args_os())
}
