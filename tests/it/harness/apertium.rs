//! The real Apertium, as `tests/run` installs it.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use url::Url;

use super::{PATIENCE, request};

/// Apertium APy with the pairs of the system (Spanish–Catalan, English–Spanish), on a port of its own. It is killed when this is dropped, and
/// its pipelines end with it.
pub struct Apertium {
    child: Child,
    url: Url,
}

impl Apertium {
    /// Starts it and waits until it answers.
    pub async fn start() -> Self {
        // APy cannot take port 0. Another program may take this one before it does: then it ends, and the next is tried.
        for _ in 0..5 {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
            let port = free.local_addr().expect("a bound address").port();
            drop(free);
            let child = Command::new("apertium-apy")
                .args(["-p", &port.to_string(), "-j1", "/usr/share/apertium"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("apertium-apy: `tests/run` installs it");
            let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address");
            let mut apertium = Self { child, url };
            if apertium.answers().await {
                return apertium;
            }
        }
        panic!("apertium-apy does not start");
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    async fn answers(&mut self) -> bool {
        let (start, list) = (Instant::now(), self.url.join("listPairs").expect("an address"));
        while start.elapsed() < PATIENCE {
            if self.child.try_wait().expect("a child").is_some() {
                return false;
            }
            if request("GET", &list, &[]).await.is_ok_and(|answer| answer.status == 200) {
                return true;
            }
            sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

impl Drop for Apertium {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
