//! The signals that end the program.

use std::io;

/// The handlers of the signals that end the program. They are installed for each signal, since the
/// first process of a container has no default action: without them it could only be killed.
pub(super) struct EndSignals {
    #[cfg(unix)]
    signals: Vec<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl EndSignals {
    /// Installs the handlers; must run within a runtime.
    pub(super) fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        if !hangup_is_ignored() {
            kinds.push(SignalKind::hangup());
        }
        Ok(Self { signals: kinds.into_iter().map(signal).collect::<io::Result<_>>()? })
    }

    /// Waits for the first signal.
    pub(super) async fn received(&mut self) -> io::Result<()> {
        use std::task::Poll;

        std::future::poll_fn(|cx| {
            let received = self.signals.iter_mut().any(|signal| signal.poll_recv(cx).is_ready());
            if received { Poll::Ready(Ok(())) } else { Poll::Pending }
        })
        .await
    }
}

/// Returns true if the program was started to survive the end of its terminal, as `nohup` does.
#[cfg(unix)]
fn hangup_is_ignored() -> bool {
    // Other systems than Linux have no such file. There the program ends with its terminal.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hangup(&status)
}

#[cfg(unix)]
fn ignores_hangup(status: &str) -> bool {
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The lowest bit is that of signal 1.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
impl EndSignals {
    /// Ctrl-C needs no preparation here.
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for Ctrl-C.
    pub(super) async fn received(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::ignores_hangup;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        for (status, expected) in [
            ("Name:\tx\nSigIgn:\t0000000000000001\nSigCgt:\t0", true),
            ("SigIgn:\t0000000000001003\n", true),
            ("SigIgn:\t0000000000001000\nSigCgt:\t0000000000000001\n", false),
            ("SigIgn:\tx\n", false),
            ("", false),
        ] {
            assert_eq!(ignores_hangup(status), expected, "{status}");
        }
    }
}
