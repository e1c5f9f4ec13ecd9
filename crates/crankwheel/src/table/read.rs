//! Reading the usage history while it arrives: its sessions are stored in columns, without an
//! object for each.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cells::{count, text, time};
use super::columns::{DictionaryBuilder, NULL_INT};
use super::history::{ExtraMember, UsageHistory};
use super::sessions::{SessionColumns, Sessions};
use super::stats::UsageStats;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Name, Parts, Path, Splitter, scan};
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
        let mut reader = HistoryReader::default();
        // `finish` returns the error.
        let _ = pieces.into_iter().all(|piece| reader.take(piece));
        reader.finish().map_err(|error| {
            let message = format!("not the raw JSON of a usage history: {error}");
            Error::new(ErrorKind::Response, message)
        })
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
        self.parts.sessions.as_ref().map_or(0, |sessions| sessions.columns.start.len() as u64)
    }

    fn finish(mut self) -> Result<UsageHistory, DecodeError> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.splitter.finish(&mut self.parts)?;
        let HistoryParts { stats, raw_stats, sessions, has_sessions, extra } = self.parts;
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
        self.sessions = Some(Builder::default());
    }

    fn element(&mut self, index: usize, json: &str) -> Result<(), DecodeError> {
        let list = Path::Key(&Path::Root, Self::LIST);
        self.sessions.get_or_insert_default().push(json, &Path::Index(&list, index))
    }
}

/// The maximum number of sessions: twice as many as the largest accepted response has in the
/// documented form. It limits the memory for shorter forms.
const MAX_SESSIONS: usize = 1 << 25;

/// Builds the columns.
#[derive(Default)]
struct Builder {
    email: DictionaryBuilder,
    sname: DictionaryBuilder,
    lname: DictionaryBuilder,
    columns: SessionColumns,
}

impl Builder {
    /// Adds a session, which must be a JSON object.
    fn push(&mut self, row: &str, at: &Path<'_>) -> Result<(), DecodeError> {
        if !row.starts_with('{') {
            return Err(DecodeError::expected(at, "an object", row));
        }
        if self.columns.start.len() >= MAX_SESSIONS {
            return Err(DecodeError::new(at, format!("more than {MAX_SESSIONS} sessions are not accepted")));
        }
        let mut json = serde_json::Deserializer::from_str(row);
        let parts = (&mut json)
            .deserialize_map(SessionVisitor)
            .and_then(|parts| json.end().map(|()| parts))
            .map_err(|error| DecodeError::new(at, format!("not valid JSON: {error}")))?;
        let [email, sname, lname, start, end, duration, viewer_info] = parts.slots;

        let (email, exact_email) = text(email, &Path::Key(at, "email"))?;
        let (sname, exact_sname) = text(sname, &Path::Key(at, "sname"))?;
        let (lname, exact_lname) = text(lname, &Path::Key(at, "lname"))?;
        let start = time(start, &Path::Key(at, "start_date"))?;
        let end = time(end, &Path::Key(at, "end_date"))?;
        let duration = match duration {
            Some(raw) => count(raw, &Path::Key(at, "duration"))?,
            None => None,
        };
        let (viewers, plain) = viewers(viewer_info, &Path::Key(at, "viewer_info"))?;

        let representable = plain
            && !parts.unknown
            && exact_email
            && exact_sname
            && exact_lname
            && email.is_some()
            && sname.is_some()
            && lname.is_some()
            && start.is_some()
            && end.is_some()
            && duration.is_some()
            && viewers.is_some();
        if !representable {
            self.columns.unusual.push(self.columns.start.len(), row);
        }
        self.email.push(email.as_deref());
        self.sname.push(sname.as_deref());
        self.lname.push(lname.as_deref());
        self.columns.start.push(start.unwrap_or(NULL_INT));
        self.columns.end.push(end.unwrap_or(NULL_INT));
        self.columns.duration.push(duration.unwrap_or(NULL_INT));
        self.columns.viewers.push(viewers.unwrap_or(NULL_INT));
        Ok(())
    }

    fn finish(self) -> Sessions {
        let mut columns = self.columns;
        columns.unusual.shrink_to_fit();
        columns.email = self.email.finish();
        columns.sname = self.sname.finish();
        columns.lname = self.lname.finish();
        for column in [&mut columns.start, &mut columns.end, &mut columns.duration, &mut columns.viewers] {
            column.shrink_to_fit();
        }
        Sessions { columns: Arc::new(columns), client_ids: None }
    }
}

/// The members of a session: email, sname, lname, start, end, duration and viewer_info.
struct SessionParts<'de> {
    slots: [Option<&'de RawValue>; 7],
    unknown: bool,
}

struct SessionVisitor;

impl<'de> Visitor<'de> for SessionVisitor {
    type Value = SessionParts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SessionParts<'de>, A::Error> {
        let [mut email, mut sname, mut lname, mut start, mut end, mut duration, mut viewers] = [None; 7];
        let mut unknown = false;
        while let Some(key) = map.next_key::<scan::Key<'_>>()? {
            let value = map.next_value::<&RawValue>()?;
            let slot = match &*key.text() {
                "email" => &mut email,
                "sname" => &mut sname,
                "lname" => &mut lname,
                "start_date" => &mut start,
                "end_date" => &mut end,
                "duration" => &mut duration,
                "viewer_info" => &mut viewers,
                _ => {
                    unknown = true;
                    continue;
                }
            };
            *slot = Some(value);
        }
        Ok(SessionParts { slots: [email, sname, lname, start, end, duration, viewers], unknown })
    }
}

/// Returns the viewer count, and true if `viewer_info` has no other member.
fn viewers(raw: Option<&RawValue>, at: &Path<'_>) -> Result<(Option<i64>, bool), DecodeError> {
    let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok((None, false)) };
    let members = scan::members(raw, at)?;
    let plain = members.len() == 1;
    match members.into_iter().rev().find(|(name, _)| name == "max_viewer_count") {
        Some((_, value)) => Ok((count(value, &Path::Key(at, "max_viewer_count"))?, plain)),
        None => Ok((None, false)),
    }
}
