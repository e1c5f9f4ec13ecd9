//! Reading the usage history while it arrives: its sessions are stored in columns, without an
//! object for each.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::builder::Builder;
use super::history::{ExtraMember, UsageHistory};
use super::stats::UsageStats;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Name, Parts, Path, Splitter};
use crate::transport::Reader;

impl UsageHistory {
    /// Reads a history from its JSON, as [`UsageHistory::to_json_text`] returns it.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [{"duration": 60}]}"#)?;
    /// assert_eq!(history.sessions().len(), 1);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if it is not the JSON of a usage history.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        // In pieces, so that the splitter does not buffer a copy of all.
        Self::from_json_pieces(text.as_bytes().chunks(1 << 16))
    }

    /// Reads a history from pieces of its JSON, which can be cut anywhere.
    ///
    /// ```
    /// let pieces: [&[u8]; 2] = [b"{\"sessions\": [{\"dura", b"tion\": 60}]}"];
    /// let history = crankwheel::UsageHistory::from_json_pieces(pieces)?;
    /// assert_eq!(history.sessions().len(), 1);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if they are not the JSON of a usage history.
    pub fn from_json_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Error> {
        HistoryReader::default().read(pieces)
    }
}

/// Reads a usage history piece by piece. It buffers only the value that is incomplete.
#[derive(Default)]
pub(crate) struct HistoryReader {
    splitter: Splitter,
    parts: HistoryParts,
    /// The error that ended the reading.
    problem: Option<DecodeError>,
}

#[derive(Default)]
struct HistoryParts {
    stats: UsageStats,
    raw_stats: Option<Box<RawValue>>,
    /// `None` if `sessions` is absent or null.
    sessions: Option<Builder>,
    has_sessions: bool,
    /// Members that this version does not know, by name with their place among them.
    extra: HashMap<Box<str>, (usize, ExtraMember)>,
    /// True if every session is read as general JSON.
    general: bool,
}

impl HistoryReader {
    /// Creates a reader that reads every session as general JSON: the reference for tests.
    pub fn general() -> Self {
        let parts = HistoryParts { general: true, ..HistoryParts::default() };
        HistoryReader { parts, ..HistoryReader::default() }
    }

    /// Reads a history from pieces of its JSON.
    pub fn read<'a>(mut self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<UsageHistory, Error> {
        // `finish` returns the error.
        let _ = pieces.into_iter().all(|piece| self.take(piece));
        self.finish().map_err(|error| {
            let message = format!("not the raw JSON of a usage history: {error}");
            Error::new(ErrorKind::Response, message)
        })
    }
}

impl Reader for HistoryReader {
    type Output = UsageHistory;

    fn take(&mut self, piece: &[u8]) -> bool {
        if self.problem.is_none() {
            self.problem = self.splitter.take(piece, &mut self.parts).err();
        }
        self.problem.is_none()
    }

    fn rows(&self) -> u64 {
        self.parts.sessions.as_ref().map_or(0, |sessions| sessions.len() as u64)
    }

    fn finish(mut self) -> Result<UsageHistory, DecodeError> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.splitter.finish(&mut self.parts)?;
        let HistoryParts { stats, raw_stats, sessions, has_sessions, extra, .. } = self.parts;
        if !has_sessions {
            let at = Path::Key(&Path::Root, HistoryParts::LIST);
            return Err(DecodeError::new(&at, "expected a list, found nothing"));
        }
        let mut extra: Vec<_> = extra.into_iter().collect();
        extra.sort_unstable_by_key(|(_, (place, _))| *place);
        let extra = extra.into_iter().map(|(_, (_, member))| member).collect();
        Ok(UsageHistory::new(stats, raw_stats, sessions.map(Builder::finish), extra))
    }
}

impl Parts for HistoryParts {
    const LIST: &'static str = "sessions";

    fn member(&mut self, name: Name, json: &str) -> Result<(), DecodeError> {
        let at = Path::Key(&Path::Root, &name.text);
        let raw: &RawValue = serde_json::from_str(json)
            .map_err(|error| DecodeError::new(&at, format!("not valid JSON: {error}")))?;
        match &*name.text {
            "stats" => {
                self.stats = UsageStats::decode(raw, &at)?;
                self.raw_stats = Some(raw.to_owned());
            }
            Self::LIST if json == "null" => {
                self.has_sessions = true;
                self.sessions = None;
            }
            Self::LIST => return Err(DecodeError::expected(&at, "a list", json)),
            // A duplicate member keeps its place and gets the last value.
            _ => {
                let place = self.extra.get(&*name.text).map_or(self.extra.len(), |(place, _)| *place);
                let member = ExtraMember { name: name.json.into(), value: raw.to_owned() };
                self.extra.insert(name.text.into(), (place, member));
            }
        }
        Ok(())
    }

    fn list(&mut self) {
        self.has_sessions = true;
        self.sessions = Some(if self.general { Builder::general() } else { Builder::default() });
    }

    fn expected_element(&mut self, json: &[u8]) -> Option<usize> {
        self.sessions.as_mut()?.push_expected(json)
    }

    fn element(&mut self, index: usize, json: &str) -> Result<(), DecodeError> {
        let list = Path::Key(&Path::Root, Self::LIST);
        self.sessions.get_or_insert_default().push(json, &Path::Index(&list, index))
    }
}
