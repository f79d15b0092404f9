//! A restart that nobody notices: the address is held by somebody else, as a service manager does.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;

use super::*;

/// The program, doing `run` or `serve`, with `listener` as the first socket of `LISTEN_FDS` (sd_listen_fds(3)).
fn start(does: &str, config: &Path, listener: &std::net::TcpListener) -> Child {
    // It comes as standard input, which every shell can move.
    let script =
        "exec 3<&0 0</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http; exec \"$0\" \"$2\" --config \"$1\"";
    let socket = std::os::fd::OwnedFd::from(listener.try_clone().unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_reprint")]).arg(config).arg(does);
    command
        .env_remove("RUNTIME_DIRECTORY")
        .current_dir(config.parent().unwrap())
        .env_remove("STATE_DIRECTORY")
        .env_remove("NOTIFY_SOCKET");
    command.stdin(Stdio::from(socket)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Asks on and on, by turns on new connections and on kept ones, and panics when one request is not answered.
async fn ask_on(address: SocketAddr, number: usize, over: Arc<AtomicBool>) -> usize {
    let mut answered = 0;
    while !over.load(Ordering::SeqCst) {
        let mut stream = TcpStream::connect(address).await.expect("never refused");
        for n in 0..=(answered + number) % 5 {
            stream.write_all(get("/healthz", "").as_bytes()).await.expect("never reset");
            let answer = tokio::time::timeout(Duration::from_secs(60), read_answer(&mut stream, false)).await;
            let answer = answer.expect("answered in time").unwrap_or_else(|error| panic!("request {n} of a connection: {error}"));
            assert_eq!(answer.status, 200);
            answered += 1;
            if answer.field("connection") == Some("close") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_under_load_refuses_and_resets_nobody_where_the_socket_is_passed() {
    restarts("run").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_a_restart_of_what_only_serves() {
    restarts("serve").await;
}

async fn restarts(does: &str) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("feeds.toml");
    let toml = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\nlisten = \"192.0.2.1:1\"\n[limits]\nallow_networks = [\"127.0.0.1/32\"]\n\
                [[outlet]]\nname = \"Brede Observer\"\nid = \"brede\"\nfeed = \"http://127.0.0.1:9/rss\"\n";
    std::fs::write(&config, toml).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut program = start(does, &config, &listener);
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..12).map(|number| tokio::spawn(ask_on(address, number, over.clone()))).collect();
    tokio::time::sleep(Duration::from_secs(3)).await;
    for _ in 0..3 {
        Command::new("kill").arg(program.id().to_string()).status().unwrap();
        let status = tokio::task::spawn_blocking(move || program.wait().unwrap()).await.unwrap();
        assert!(status.success(), "{status}");
        program = start(does, &config, &listener);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    over.store(true, Ordering::SeqCst);
    let mut answered = 0;
    for reader in readers {
        answered += reader.await.expect("every request was answered");
    }
    println!("{answered} requests over three restarts");
    assert!(answered > 100, "{answered} requests are no load");
    Command::new("kill").arg(program.id().to_string()).status().unwrap();
    assert!(tokio::task::spawn_blocking(move || program.wait().unwrap()).await.unwrap().success());
}
