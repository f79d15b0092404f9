//! The `reprint` program: see [`reprint::cli`].

fn main() -> std::process::ExitCode {
    reprint::cli::main()
}
