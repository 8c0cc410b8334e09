//! The command `pagewalk`.

use std::process::ExitCode;

fn main() -> ExitCode {
    testbenches::cli::main()
}
