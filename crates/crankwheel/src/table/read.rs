//! Reading the usage history's sessions into columns, row by row, without an object for any.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{DictionaryBuilder, NULL_INT};
use super::history::Sessions;
use crate::model::kind::{DecodeError, Path, read_integer, read_text};
use crate::model::scan;
use crate::time::parse_timestamp;

impl Sessions {
    pub(super) fn decode(raw: &RawValue, at: &Path<'_>) -> Result<Self, DecodeError> {
        if !raw.get().starts_with('[') {
            return Err(DecodeError::expected(at, "a list", raw.get()));
        }
        let mut rows = RowVisitor { at, builder: Builder::default(), problem: None };
        let mut json = serde_json::Deserializer::from_str(raw.get());
        if let Err(error) = (&mut json).deserialize_seq(&mut rows) {
            return Err(rows.problem.unwrap_or_else(|| DecodeError::new(at, error.to_string())));
        }
        Ok(rows.builder.finish())
    }
}

/// Fills the columns.
#[derive(Default)]
struct Builder {
    email: DictionaryBuilder,
    sname: DictionaryBuilder,
    lname: DictionaryBuilder,
    columns: Sessions,
}

impl Builder {
    fn push(&mut self, raw: &RawValue, at: &Path<'_>) -> Result<(), DecodeError> {
        if !raw.get().starts_with('{') {
            return Err(DecodeError::expected(at, "an object", raw.get()));
        }
        let mut json = serde_json::Deserializer::from_str(raw.get());
        let row = (&mut json)
            .deserialize_map(SessionVisitor)
            .map_err(|error| DecodeError::new(at, error.to_string()))?;
        let [email, sname, lname, start, end, duration, viewer_info] = row.slots;

        let email = text(email, &Path::Key(at, "email"))?;
        let sname = text(sname, &Path::Key(at, "sname"))?;
        let lname = text(lname, &Path::Key(at, "lname"))?;
        let start = time(start, &Path::Key(at, "start_date"))?;
        let end = time(end, &Path::Key(at, "end_date"))?;
        let duration = match duration {
            Some(raw) => count(raw, &Path::Key(at, "duration"))?,
            None => None,
        };
        let (viewers, plain) = viewers(viewer_info, &Path::Key(at, "viewer_info"))?;

        let whole = plain
            && !row.unknown
            && email.is_some()
            && sname.is_some()
            && lname.is_some()
            && start.is_some()
            && end.is_some()
            && duration.is_some()
            && viewers.is_some();
        if !whole {
            self.columns.unusual.insert(self.columns.len(), raw.get().into());
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
        let mut sessions = self.columns;
        sessions.email = self.email.finish();
        sessions.sname = self.sname.finish();
        sessions.lname = self.lname.finish();
        for column in [&mut sessions.start, &mut sessions.end, &mut sessions.duration, &mut sessions.viewers]
        {
            column.shrink_to_fit();
        }
        sessions
    }
}

/// Feeds the rows of the list to the builder, one at a time.
struct RowVisitor<'p> {
    at: &'p Path<'p>,
    builder: Builder,
    /// Why it stopped: serde's errors carry no place.
    problem: Option<DecodeError>,
}

impl<'de> Visitor<'de> for &mut RowVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sessions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(raw) = seq.next_element::<&RawValue>()? {
            if let Err(problem) = self.builder.push(raw, &Path::Index(self.at, index)) {
                self.problem = Some(problem);
                return Err(serde::de::Error::custom("stopped"));
            }
            index += 1;
        }
        Ok(())
    }
}

/// The members of one session: email, sname, lname, start, end, duration, viewer_info.
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
        while let Some(scan::Key(key)) = map.next_key()? {
            let value = map.next_value::<&RawValue>()?;
            let slot = match &*key {
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

/// The viewer count, and whether that is all there is.
fn viewers(raw: Option<&RawValue>, at: &Path<'_>) -> Result<(Option<i64>, bool), DecodeError> {
    let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok((None, false)) };
    let members = scan::members(raw, at)?;
    let plain = members.len() == 1;
    match members.into_iter().rev().find(|(name, _)| name == "max_viewer_count") {
        Some((_, value)) => Ok((count(value, &Path::Key(at, "max_viewer_count"))?, plain)),
        None => Ok((None, false)),
    }
}

pub(super) fn text<'de>(
    raw: Option<&'de RawValue>,
    at: &Path<'_>,
) -> Result<Option<Cow<'de, str>>, DecodeError> {
    let Some(json) = raw.map(RawValue::get).filter(|json| *json != "null") else { return Ok(None) };
    match json.strip_prefix('"').and_then(|json| json.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Ok(Some(Cow::Borrowed(inner))),
        _ => match read_text(json) {
            Some(text) => Ok(Some(Cow::Owned(text.into()))),
            None => Err(DecodeError::expected(at, "a text", json)),
        },
    }
}

fn time(raw: Option<&RawValue>, at: &Path<'_>) -> Result<Option<i64>, DecodeError> {
    let Some(written) = text(raw, at)? else { return Ok(None) };
    match parse_timestamp(&written) {
        Some(timestamp) => Ok(Some(timestamp.as_microsecond())),
        None => Err(DecodeError::expected(at, "a timestamp", &written)),
    }
}

pub(super) fn count(raw: &RawValue, at: &Path<'_>) -> Result<Option<i64>, DecodeError> {
    match raw.get() {
        "null" => Ok(None),
        json => match read_integer(json).filter(|count| *count != NULL_INT) {
            Some(count) => Ok(Some(count)),
            None => Err(DecodeError::expected(at, "an integer", json)),
        },
    }
}
