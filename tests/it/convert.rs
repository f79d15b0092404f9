//! `reprint convert`: stdin to stdout, and how it ends.

use std::io::Write;
use std::process::{Command, Stdio};

/// Exit code, stdout and the last line of stderr.
fn convert(options: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_reprint"))
        .arg("convert")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("stdin");
    // Wrong options end it before it reads.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"), stderr.lines().last().unwrap_or_default().to_owned())
}

#[test]
fn text_is_converted() {
    let check = |options: &[&str], input: &str, expected: &str| {
        assert_eq!(convert(options, input.as_bytes()), (Some(0), expected.to_owned(), String::new()), "{options:?}");
    };
    check(&["--from", "zh-Hans", "--to", "zh-Hant-TW", "--phrases"], "渡轮的软件\r\n门\n", "渡輪的軟體\r\n門\n");
    check(&["--from", "zh-Hans", "--to", "zh-Hant-TW"], "渡轮的软件", "渡輪的軟件");
    check(&["--from", "zh-TW", "--to", "zh-CN"], "渡輪", "渡轮");
    check(&["--from", "zh-Hans", "--to", "zh-Hant"], "", "");
}

#[test]
fn what_is_wrong_is_told() {
    let (code, _, message) = convert(&["--from", "de", "--to", "zh-Hant"], b"");
    assert_eq!(code, Some(2));
    for part in ["--from", "\"de\"", "zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK"] {
        assert!(message.contains(part), "{message}");
    }
    let (code, output, message) = convert(&["--from", "zh-Hans", "--to", "zh-Hant"], b"a\n\xFF");
    assert_eq!((code, output.as_str()), (Some(1), "a\n"));
    assert_eq!(message, "reprint: standard input is not UTF-8: byte 0xFF at offset 2");
}
