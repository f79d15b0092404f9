//! The Unix socket at which `reprint run --no-http` answers what `reprint serve` cannot (docs/decisions/0025).

use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

use super::DaemonError;
use crate::config::Config;
use crate::publish::{Page, Pages, Snapshot};
use crate::serve::{self, Caps, Limits, Site};

/// Name of the socket in its folder.
const NAME: &str = "desk.sock";

/// Connections at once: far more than one server opens.
const CONNECTIONS: usize = 512;

/// Where both processes look for the socket when nothing else is said: in the runtime directory of the service (`$RUNTIME_DIRECTORY`), else beside
/// the database.
pub fn socket_of(config: &Config) -> PathBuf {
    let runtime = std::env::var_os("RUNTIME_DIRECTORY");
    // systemd joins several directories with colons; the first is the one of the unit.
    let runtime =
        runtime.as_ref().and_then(|folders| std::env::split_paths(folders).next()).filter(|folder| folder.is_absolute());
    runtime.map_or_else(|| config.site.database.with_file_name(NAME), |folder| folder.join(NAME))
}

/// A socket that listens.
pub(super) struct Socket {
    listener: UnixListener,
    place: Place,
}

/// The file of a socket; it goes when this is dropped.
struct Place {
    path: PathBuf,
    /// Device and inode.
    file: (u64, u64),
}

impl Socket {
    /// Listens at `path`, for the owner alone. A file that a reprint left behind there is replaced.
    ///
    /// # Errors
    /// Somebody answers there, there is another kind of file, or the folder cannot be written to.
    pub(super) fn open(path: PathBuf) -> Result<Self, DaemonError> {
        let shown = path.display();
        match std::fs::symlink_metadata(&path) {
            Ok(there) if !there.file_type().is_socket() => {
                return Err(DaemonError::configuration(format!(
                    "{shown} is there and is no socket: move it away, or name another place"
                )));
            }
            Ok(_) => match UnixStream::connect(&path) {
                Ok(_) => return Err(DaemonError::failed(format!("another reprint answers at {shown}: stop that one"))),
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound) => {}
                Err(error) => {
                    return Err(DaemonError::failed(format!("who answers at {shown} cannot be found out: {error}")));
                }
            },
            Err(_) => {}
        }
        let (listener, file) = listen(&path).map_err(|error| {
            let advice = "its folder must be there and writable by reprint, and the path shorter than 100 characters";
            DaemonError::configuration(format!("cannot listen at {shown}: {error}; {advice}"))
        })?;
        Ok(Self { listener, place: Place { path, file } })
    }

    pub(super) fn path(&self) -> &Path {
        &self.place.path
    }
}

/// Under another name first: at no moment is there a socket that others may open, or none that was there before.
fn listen(path: &Path) -> io::Result<(UnixListener, (u64, u64))> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&new)?;
    let placed = std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o600))
        .and_then(|()| std::fs::metadata(&new))
        .and_then(|there| std::fs::rename(&new, path).map(|()| (there.dev(), there.ino())));
    if placed.is_err() {
        let _ = std::fs::remove_file(&new); // the first error is the one to report
    }
    Ok((listener, placed?))
}

impl Drop for Place {
    fn drop(&mut self) {
        // A successor may have put its own in place.
        if std::fs::symlink_metadata(&self.path).is_ok_and(|there| (there.dev(), there.ino()) == self.file) {
            let _ = std::fs::remove_file(&self.path); // the next one replaces it
        }
    }
}

/// Answers what the routes of `site` answer, and nothing else of it, until it is told to stop.
pub(super) async fn answer(socket: Socket, site: Site, limits: Limits, stop: CancellationToken) -> io::Result<()> {
    let routes = site.routes.into_iter().map(|route| serve::received(route, site.tally.clone()));
    let desk = Site {
        snapshot: Arc::<Snapshot>::default(),
        pages: Arc::new(NoPages),
        links: None,
        routes: routes.collect(),
        gate: None,
        // Readers are counted where they are served.
        tally: Arc::default(),
        ..site
    };
    let caps = Caps { connections: CONNECTIONS, ..Caps::default() };
    let Socket { listener, place } = socket;
    let answered = serve::run_at_socket(listener, desk, Limits { caps, ..limits }, stop).await;
    drop(place);
    answered
}

/// There are none.
struct NoPages;

impl Pages for NoPages {
    fn page(&self, _key: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        Box::pin(async { Page::Missing })
    }

    fn archive(&self, _feed: &str, _name: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        Box::pin(async { Page::Missing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_for_its_owner_and_taken_over_from_the_dead_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let socket = Socket::open(path.clone()).unwrap_or_else(|error| panic!("{error}"));
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!((mode & 0o777, folder.path().read_dir().expect("a folder").count()), (0o600, 1));
        let refused = Socket::open(path.clone()).err().expect("refused");
        assert!(refused.message.contains("another reprint answers") && !refused.configuration, "{refused}");
        // Killed: the file stays, and nobody listens.
        let Socket { listener, place } = socket;
        drop(listener);
        let next = Socket::open(path.clone()).unwrap_or_else(|error| panic!("{error}"));
        drop(place);
        assert!(path.exists(), "it is another one's by now");
        drop(next);
        assert!(!path.exists());
        std::fs::write(&path, "mine").expect("written");
        let refused = Socket::open(path.clone()).err().expect("refused");
        assert!(refused.configuration && std::fs::read(&path).is_ok_and(|text| text == b"mine"), "{refused}");
        assert!(Socket::open(folder.path().join("none").join(NAME)).is_err_and(|error| error.configuration));
    }
}
