//! Values for Python: models, lists, the usage history, credentials, raw responses, exceptions.

mod convert;
mod dry_run;
mod error;
mod history;
mod list;
mod mapping;
mod models;
mod raw;
mod register;
mod response;
mod results;
mod secret;
mod wire;

pub use convert::{ToPython, loads, time_to_python};
pub use dry_run::DryRun;
pub use error::{Failure, Result, ascii_ellipsis, exception};
pub use models::{Client, Plan, raw_json};
pub use raw::RawResponse;
pub use register::register;
pub use results::Output;
pub use secret::ImpersonationKey;
pub use wire::equal;
