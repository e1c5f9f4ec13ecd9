//! Getting a request to the API and its answer back: connections, retries, deadlines, redaction.

pub(crate) mod address;
mod attempt;
mod cause;
mod connecting;
mod connections;
pub(crate) mod key;
pub(crate) mod report;
pub(crate) mod request;
mod response;
mod retry;
mod send;
mod tls;

pub(crate) use attempt::{BodySink, Failure};
pub(crate) use connections::Connections;
pub(crate) use request::{Request, Safety, encode_segment_named};
pub(crate) use response::Answer;
pub(crate) use retry::Budget;
pub(crate) use send::{Deadline, refuse_write, send};
pub(crate) use tls::trust;
