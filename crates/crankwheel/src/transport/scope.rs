//! The parts of a call that all its requests share: its id, deadline and key.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use super::deadline::Deadline;
use super::key_source::{KeySource, RotatingKey};
use super::progress::Progress;
use super::request::Request;
use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::secret::{Redactor, Secret};
use crate::spelling::name;

/// The id, deadline and key of a call that is in flight.
pub(crate) struct CallScope {
    pub id: u64,
    pub deadline: Deadline,
    pub progress: Option<Progress>,
    /// The keys that the call has used, the current one last.
    keys: Mutex<Vec<Secret>>,
    /// True if the function that returns the key cannot be called again in this call.
    renewed: AtomicBool,
}

/// The key after the API refused the last one.
pub(crate) enum Renewal {
    /// The key is fixed, or was renewed before.
    None,
    /// The function returned another key, which is the current one now.
    Another,
    /// The function returned the same key, or failed. The text is advice for the error.
    Failed(&'static str, Option<Box<Error>>),
}

/// Returns an id that no other call of this process has.
pub(crate) fn next_call_id() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl CallScope {
    /// Begins a call: gets its key. `request` is the one that needs it.
    pub async fn begin(
        id: u64,
        shared: &Shared,
        request: &Request,
        deadline: Deadline,
        progress: Option<Progress>,
    ) -> Result<Self, Error> {
        let (key, fixed) = match &shared.config.key {
            KeySource::Fixed(key) => (key.clone(), true),
            KeySource::Function(rotating) => {
                let key = ask(id, shared, rotating, deadline, None).await;
                (key.map_err(|error| request.not_sent(error))?, false)
            }
        };
        Ok(CallScope { id, deadline, progress, keys: Mutex::new(vec![key]), renewed: AtomicBool::new(fixed) })
    }

    /// Returns the current key.
    pub fn key(&self) -> Secret {
        let keys = self.lock();
        // There is always one.
        keys.last().cloned().unwrap_or_else(|| Secret::new(""))
    }

    /// Returns a redactor for all keys that the call has used.
    pub fn redactor(&self, shared: &Shared) -> Redactor {
        shared.redactor(self.lock().iter())
    }

    /// Calls the function that returns the key once more, after the API refused `refused`.
    pub async fn renew(&self, shared: &Shared, refused: &Secret) -> Renewal {
        let KeySource::Function(rotating) = &shared.config.key else { return Renewal::None };
        if self.renewed.swap(true, Ordering::Relaxed) {
            return Renewal::None;
        }
        match ask(self.id, shared, rotating, self.deadline, Some(refused)).await {
            Ok(key) if key.reveal() == refused.reveal() => Renewal::Failed(
                "the function that returns the key was called again, and returned the same key",
                None,
            ),
            Ok(key) => {
                self.lock().push(key);
                Renewal::Another
            }
            Err(error) => Renewal::Failed(
                "the function that returns the key was called again, and failed",
                Some(Box::new(error)),
            ),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Secret>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most time to wait for the key of a call whose arguments are not valid.
const LEARNING: Duration = Duration::from_secs(5);

/// Redacts an error of a call's arguments, which can quote a key that was passed in the wrong place.
/// The function that returns the key is called if none is known yet.
pub(crate) async fn redact_argument_error(id: u64, shared: &Shared, error: Error) -> Error {
    let source = &shared.config.key;
    if let (KeySource::Function(rotating), None) = (source, source.known()) {
        let _ = timeout(LEARNING, rotating.key(id, shared.config.settings.key_ttl, None)).await;
    }
    shared.redacted(error)
}

/// Returns the key of a function, within the deadline of the call.
async fn ask(
    id: u64,
    shared: &Shared,
    rotating: &RotatingKey,
    deadline: Deadline,
    refused: Option<&Secret>,
) -> Result<Secret, Error> {
    let key = rotating.key(id, shared.config.settings.key_ttl, refused);
    timeout(deadline.left(), key).await.unwrap_or_else(|_| {
        let (option, total) = (name("api_key"), deadline.total());
        let what = "the function that returns the key did not return within";
        let message = format!("{option}: {what} {total:?}, the call's `timeout`");
        Err(Error::new(ErrorKind::Timeout, message))
    })
}
