//! Getting a request to the API and its answer back: connections, retries, deadlines, redaction.

mod answer;
mod connections;
pub(crate) mod redact;
mod request;
mod retry;
mod send;

pub(crate) use answer::Answer;
pub(crate) use connections::{Connections, trusted_roots};
pub(crate) use request::{Request, Safety, encode_segment_named};
pub(crate) use retry::{Budget, backoff};
pub(crate) use send::{refuse_write, send};
