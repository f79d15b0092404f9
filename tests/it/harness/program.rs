//! The real program as a process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;
use url::Url;

use super::{PATIENCE, lock, request, until};

/// Why the program did not start to serve.
#[derive(Debug)]
pub struct NotStarted {
    /// How it ended.
    pub status: ExitStatus,
    /// What it said.
    pub stderr: String,
}

/// The real program, running `reprint run` on a feeds.toml in a folder of its own. It is killed when this is dropped.
pub struct Reprint {
    child: Child,
    base: Url,
    stderr: Arc<Mutex<String>>,
    folder: Arc<TempDir>,
}

impl Reprint {
    /// Starts it on this feeds.toml in a new folder and waits until it answers `/healthz`.
    pub async fn start(feeds_toml: &str) -> Result<Self, NotStarted> {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        Self::start_in(folder, feeds_toml).await
    }

    /// The same in a folder that has been used before (see [`Self::stop`]): a restart.
    pub async fn start_in(folder: Arc<TempDir>, feeds_toml: &str) -> Result<Self, NotStarted> {
        Self::start_with(folder, feeds_toml, &[]).await
    }

    /// The same with something in its environment.
    pub async fn start_with(folder: Arc<TempDir>, feeds_toml: &str, environment: &[(&str, &str)]) -> Result<Self, NotStarted> {
        let config = folder.path().join("feeds.toml");
        std::fs::write(&config, feeds_toml).expect("a writable temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_reprint"));
        command.args(["run", "--listen", "127.0.0.1:0", "--config"]).arg(config).envs(environment.iter().copied());
        Self::launch(command, folder).await
    }

    /// `reprint serve` in a folder with a feeds.toml, beside a `reprint run --no-http` or without one.
    pub async fn serve_in(folder: Arc<TempDir>) -> Result<Self, NotStarted> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reprint"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(folder.path().join("feeds.toml"));
        command.env_remove("RUNTIME_DIRECTORY");
        Self::launch(command, folder).await
    }

    async fn launch(mut command: Command, folder: Arc<TempDir>) -> Result<Self, NotStarted> {
        command.current_dir(folder.path()).env_remove("STATE_DIRECTORY").env_remove("NOTIFY_SOCKET").env("NO_COLOR", "1");
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a program to run");
        let stderr = Arc::new(Mutex::new(String::new()));
        let (pipe, copy) = (child.stderr.take().expect("a pipe"), stderr.clone());
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                let mut copy = lock(&copy);
                copy.push_str(&String::from_utf8_lossy(&line));
                copy.push('\n');
            }
        });
        let mut program = Self { child, base: Url::parse("http://unknown.invalid/").expect("an address"), stderr, folder };
        let start = Instant::now();
        loop {
            if let Some(status) = program.child.try_wait().expect("a child to ask after") {
                reader.join().expect("a reader that does not panic");
                return Err(NotStarted { status, stderr: program.stderr() });
            }
            if let Some(base) = listening(&program.stderr()) {
                program.base = base;
                if request("GET", &program.url("healthz"), &[]).await.is_ok_and(|answer| answer.status == 200) {
                    return Ok(program);
                }
            }
            assert!(start.elapsed() < PATIENCE, "it does not serve; it said:\n{}", program.stderr());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Address of something it serves; `path` without leading slash.
    pub fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("a path")
    }

    /// What it has said so far.
    pub fn stderr(&self) -> String {
        lock(&self.stderr).clone()
    }

    /// The folder with its feeds.toml and database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs another command of the program in that folder: exit code, stdout, stderr.
    pub fn command(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_reprint"))
            .args(words)
            .current_dir(self.folder())
            .env_remove("STATE_DIRECTORY")
            .output()
            .expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// SIGTERM, as systemd stops it. Gives back how it ended and the folder, for a restart.
    pub async fn stop(mut self) -> (ExitStatus, Arc<TempDir>) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill(1)");
        assert!(sent.success(), "it was not there any more; it said:\n{}", self.stderr());
        (ended(&mut self.child).await, self.folder.clone())
    }

    /// SIGKILL: a crash. Gives back the folder, for a restart.
    pub fn crash(mut self) -> Arc<TempDir> {
        self.child.kill().expect("a child to kill");
        self.child.wait().expect("a child to wait for");
        self.folder.clone()
    }
}

impl Drop for Reprint {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The address in the line `listening on http://ADDRESS/`.
fn listening(stderr: &str) -> Option<Url> {
    let (_, after) = stderr.split_once("listening on ")?;
    let (line, _) = after.split_once('\n')?;
    Url::parse(line.split_whitespace().next()?).ok()
}

mod self_test {
    use std::path::PathBuf;

    use super::super::{Partner, Reply};
    use super::*;

    #[tokio::test]
    async fn a_program_is_awaited_heard_stopped_and_killed() {
        // A shell stands in for the program, and a partner for its HTTP server.
        let server = Partner::start().await;
        server.put("/healthz", Reply::ok("text/plain", "ok"));
        let script = format!(
            "echo '2024 INFO listening on {} now' >&2; trap 'echo bye >&2; exit 7' TERM; while :; do sleep 0.02; done",
            server.url("/")
        );
        let stand_in = || {
            let mut command = Command::new("sh");
            command.args(["-c", &script]);
            command
        };
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let program = Reprint::launch(stand_in(), folder.clone()).await.expect("a start");
        assert_eq!(program.folder(), folder.path());
        assert_eq!(program.url("feeds/all.rss"), server.url("/feeds/all.rss"));
        assert!(program.stderr().contains("listening"));
        let said = program.stderr.clone();
        let (status, folder) = program.stop().await;
        assert_eq!(status.code(), Some(7));
        until("its last words", || lock(&said).contains("bye")).await;

        let program = Reprint::launch(stand_in(), folder).await.expect("a restart");
        let process = PathBuf::from(format!("/proc/{}", program.child.id()));
        let folder = program.crash();
        assert!(!process.exists() && folder.path().exists());

        let mut broken = Command::new("sh");
        broken.args(["-c", "echo 'feeds.toml:3:1: no' >&2; exit 78"]);
        let refused = Reprint::launch(broken, folder).await.err().expect("no start");
        assert_eq!((refused.status.code(), refused.stderr.as_str()), (Some(78), "feeds.toml:3:1: no\n"));
    }
}

/// Waits for the end of a program that was told to stop.
pub async fn ended(child: &mut Child) -> ExitStatus {
    let mut ended = None;
    until("the end after SIGTERM", || {
        ended = child.try_wait().expect("a child to ask after");
        ended.is_some()
    })
    .await;
    ended.expect("an end")
}
