//! What Python gets: models, lists, the usage history, credentials and exceptions.

pub mod convert;
pub mod error;
pub mod history;
pub mod list;
pub mod models;
pub mod results;
pub mod secret;
pub mod wire;
