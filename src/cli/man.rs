//! `reprint completions` and `reprint man`: what the command line is, for shells and for man(1), made from its own definition.

use clap::{Arg, ArgAction, Command, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Failure, say};

/// A script that completes commands and options in a shell.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "reprint", &mut script);
    let script = String::from_utf8(script).map_err(Failure::failed)?;
    say(script.trim_end());
    Ok(())
}

/// The manual page, in the language of man(7).
pub(super) fn man() {
    say(page(Arguments::command()).trim_end());
}

/// Sections after the commands. `{version}` is not in them: they are the same for every build of a release.
const REST: &str = r#".SH FILES
.TP
.I feeds.toml
The configuration: outlets, feeds, terms. The one that comes with the program documents every key.
.TP
.I reprint.db
The store (SQLite), beside feeds.toml or where \fIsite.database\fR says. While reprint runs there are \fIreprint.db\-wal\fR and
\fIreprint.db\-shm\fR beside it: copy it with \fBreprint backup\fR, not with
.BR cp (1).
.TP
.I published/
The documents as readers get them, beside the store. They are made anew from it.
.SH ENVIRONMENT
.TP
.B REPRINT_CONFIG
The configuration, where no option names one.
.TP
.B RUST_LOG
What is logged, for example
.IR reprint=debug .
.TP
.B STATE_DIRECTORY
Where systemd has the store kept, unless \fIsite.database\fR names a place.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
It failed; stderr says why.
.TP
.B 2
The command line is wrong.
.TP
.B 78
The configuration is wrong, and starting again does not help.
.SH EXAMPLES
.TP
See it at work, without network or configuration:
.B reprint demo
.TP
Find every mistake in a configuration, and what each outlet sends:
.B reprint check feeds.toml \-\-online
.TP
Keep a backup, every night:
.B reprint backup /var/backups/reprint.db
.TP
Complete commands in bash:
.B reprint completions bash > /etc/bash_completion.d/reprint
"#;

fn page(mut command: Command) -> String {
    command.build();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut page = format!(
        ".TH REPRINT 1 \"\" \"reprint {}\" \"User Commands\"\n.nh\n.SH NAME\nreprint \\- relays news articles as feeds, with the credit intact\n\
         .SH SYNOPSIS\n.B reprint\n.I COMMAND\n.RI [ OPTIONS ]\n.SH DESCRIPTION\n{}\n.PP\nThe daemon is \\fBreprint run\\fR; most of the \
         others look at its configuration and its store, also while it runs. Data goes to standard output, words to standard error.\n\
         .SH COMMANDS\n",
        env!("CARGO_PKG_VERSION"),
        sentence(&about)
    );
    for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
        let usage = subcommand.render_usage().to_string();
        let usage = usage.trim().strip_prefix("Usage: ").unwrap_or(usage.trim()).to_owned();
        page.push_str(&format!(".SS {}\n", text(&usage.split_whitespace().collect::<Vec<_>>().join(" "))));
        // Where there is a long text, it begins with the short one.
        let about = subcommand.get_long_about().or(subcommand.get_about()).map(ToString::to_string).unwrap_or_default();
        let paragraphs: Vec<String> = about.split("\n\n").map(sentence).collect();
        page.push_str(&format!("{}\n", paragraphs.join("\n.PP\n")));
        for argument in subcommand.get_arguments().filter(|argument| is_told(argument)) {
            page.push_str(&format!(".TP\n{}\n{}\n", name(argument), described(argument)));
        }
    }
    page.push_str(REST);
    page
}

fn is_told(argument: &Arg) -> bool {
    !argument.is_hide_set() && !matches!(argument.get_action(), ArgAction::Help | ArgAction::Version)
}

/// `--option VALUE`, or the value alone where it has a place instead of a name.
fn name(argument: &Arg) -> String {
    let takes_value = argument.get_action().takes_values();
    let values = argument.get_value_names().unwrap_or_default().iter().map(|value| format!("\\fI{}\\fR", text(value)));
    let values: Vec<String> = values.filter(|_| takes_value).collect();
    let option = argument.get_long().map(|long| format!("\\fB{}\\fR", text(&format!("--{long}"))));
    option.into_iter().chain(values).collect::<Vec<_>>().join(" ")
}

fn described(argument: &Arg) -> String {
    let mut described = sentence(&argument.get_help().map(ToString::to_string).unwrap_or_default());
    if !argument.get_action().takes_values() {
        return described;
    }
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| format!("\\fI{}\\fR", text(&value.to_string_lossy()))).collect();
    if !defaults.is_empty() {
        described.push_str(&format!(" Without it {}", defaults.join(", ")));
        described.push_str(&match argument.get_env() {
            Some(variable) => format!(", or what \\fB{}\\fR says.", text(&variable.to_string_lossy())),
            None => ".".to_owned(),
        });
    }
    let possible: Vec<String> =
        argument.get_possible_values().iter().map(|value| format!("\\fB{}\\fR", text(value.get_name()))).collect();
    if !possible.is_empty() {
        described.push_str(&format!(" One of {}.", possible.join(", ")));
    }
    described
}

/// A help text, which has no final stop, as a sentence.
fn sentence(help: &str) -> String {
    let help = help.trim();
    let end = if help.is_empty() || help.ends_with(['.', ':', '!', '?']) { "" } else { "." };
    format!("{}{end}", text(help))
}

/// Text that man(7) takes for text: no escapes, no requests, and hyphens that can be copied.
fn text(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = escaped.lines().map(|line| if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let check = |given: &str, expected: &str| assert_eq!(text(given), expected);
        check("--dry-run", "\\-\\-dry\\-run");
        check(".SH X\n'br\n\\fB", "\\&.SH X\n\\&'br\n\\efB");
        assert_eq!((sentence("Records nothing"), sentence("Done.")), ("Records nothing.".to_owned(), "Done.".to_owned()));
    }

    #[test]
    fn every_command_and_option_is_in_the_page() {
        let page = page(Arguments::command());
        let mut command = Arguments::command();
        command.build();
        for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
            assert!(page.contains(&format!("\n.SS reprint {}", subcommand.get_name())), "{}", subcommand.get_name());
            for option in subcommand.get_arguments().filter_map(Arg::get_long).filter(|long| *long != "help") {
                assert!(page.contains(&format!("\\fB{}\\fR", text(&format!("--{option}")))), "{option}");
            }
            assert!(subcommand.get_about().is_some(), "{}", subcommand.get_name());
        }
        assert!(page.lines().all(|line| !line.is_empty()), "an empty line is a gap in man(7)");
    }
}
