//! Sending requests: connections, retries, deadlines and reporting.

mod address;
mod attempt;
mod body;
mod cause;
mod code;
mod coding;
mod config;
mod connection_tracking;
mod connections;
mod deadline;
mod event;
mod key;
mod log;
mod receive;
mod report;
mod request;
mod response;
mod retry;
mod scope;
mod send;
mod settings;
mod shared;
mod stop;
mod tls;

pub(crate) use address::{check_base_url, check_proxy, environment_proxies, is_loopback, proxy_secrets};
pub(crate) use body::{MAX_INLINE, Reader, Whole, finished};
pub(crate) use config::{Config, ConnectionOptions, at_least, positive};
pub(crate) use deadline::Deadline;
pub(crate) use event::Observer;
pub(crate) use key::{KeySource, check_key};
pub(crate) use log::Log;
pub(crate) use request::{MAX_URL_PART, Request, Safety, encode_segment_named, too_long};
pub(crate) use response::Response;
pub(crate) use scope::{CallScope, next_call_id};
pub(crate) use send::{refuse_write, send};
pub(crate) use settings::{CallSettings, ConnectionSettings};
pub(crate) use shared::Shared;
pub(crate) use tls::trust;

pub use code::code_description;
pub use event::{Attribute, RequestEvent, RequestPhase, ShownHeaders};
pub use key::KeyFunction;
pub use log::LOG_VARIABLE;
