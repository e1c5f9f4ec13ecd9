//! The progress of one call, to be read while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The progress of one call whose response is read while it arrives.
///
/// Reading it costs nothing, so the program can report progress at its own pace. A retry starts again
/// at 0.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let progress = crankwheel::Progress::new();
/// let loading = tokio::spawn(cw.reseller().usage(()).with_progress(&progress).into_future());
/// println!("{} bytes so far", progress.received_bytes());
/// let history = loading.await.unwrap()?;
/// assert_eq!(progress.rows(), history.sessions().len() as u64);
/// # Ok(()) }
/// # use std::future::IntoFuture;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    received: AtomicU64,
    /// 0 if it is not known.
    total: AtomicU64,
    rows: AtomicU64,
}

impl Progress {
    /// Creates the progress of a call that has not begun.
    ///
    /// ```
    /// let progress = crankwheel::Progress::new();
    /// assert_eq!((progress.received_bytes(), progress.total_bytes(), progress.rows()), (0, None, 0));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of bytes of the body that have arrived, compressed if they are.
    ///
    /// ```
    /// assert_eq!(crankwheel::Progress::new().received_bytes(), 0);
    /// ```
    #[must_use]
    pub fn received_bytes(&self) -> u64 {
        self.0.received.load(Ordering::Relaxed)
    }

    /// Returns the size of the body, if the server has said it (`Content-Length`).
    ///
    /// ```
    /// assert_eq!(crankwheel::Progress::new().total_bytes(), None);
    /// ```
    #[must_use]
    pub fn total_bytes(&self) -> Option<u64> {
        Some(self.0.total.load(Ordering::Relaxed)).filter(|total| *total > 0)
    }

    /// Returns the number of rows that have been decoded. It stays 0 if the raw response is kept.
    ///
    /// ```
    /// assert_eq!(crankwheel::Progress::new().rows(), 0);
    /// ```
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
        self.0.received.store(0, Ordering::Relaxed);
        self.0.rows.store(0, Ordering::Relaxed);
    }

    pub(super) fn received(&self, bytes: u64) {
        self.0.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn decoded(&self, rows: u64) {
        self.0.rows.store(rows, Ordering::Relaxed);
    }
}
