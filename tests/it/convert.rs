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
fn terms_of_a_glossary_go_before_the_dictionaries() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let csv =
        write("terms.csv", "from_lang,to_lang,from,to\nzh,zh-Hant-TW,悉尼,雪梨\nzh,zh-Hant-HK,悉尼,悉尼埠\n,,云帆社,云帆社\n");
    let toml = write(
        "terms.toml",
        "[[term]]\nfrom = \"云帆社\"\nto = \"云帆社\"\n[[pair]]\nfrom_lang = \"zh\"\nto_lang = \"zh-Hant-TW\"\n\
         term = [{ from = \"悉尼\", to = \"雪梨\" }]\n",
    );
    let check = |glossary: &str, to: &str, expected: &str| {
        let options = ["--from", "zh-Hans", "--to", to, "--phrases", "--glossary", glossary];
        let input = "云帆社的云：悉尼的软件\n飞往悉尼";
        assert_eq!(convert(&options, input.as_bytes()), (Some(0), expected.to_owned(), String::new()), "{glossary} {to}");
    };
    for glossary in [&csv, &toml] {
        check(glossary, "zh-Hant-TW", "云帆社的雲：雪梨的軟體\n飛往雪梨");
    }
    check(&csv, "zh-Hant", "云帆社的雲：悉尼的軟件\n飛往悉尼");
    let broken = write("broken.csv", "from_lang,to_lang,from,to\nzh,zh-Hant-TW,悉尼,\n");
    let check = |glossary: &str, expected: &str| {
        let (code, output, message) = convert(&["--from", "zh-Hans", "--to", "zh-Hant", "--glossary", glossary], b"");
        assert_eq!((code, output.as_str()), (Some(1), ""));
        assert!(message.contains(glossary) && message.contains(expected), "{message}");
    };
    check(&broken, ":2: to is empty");
    check(&format!("{broken}.none"), "cannot be read");
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
