//! Large answers as columns.

mod columns;
mod history;
mod read;

pub(crate) use read::HistoryReader;

pub use columns::{Dictionary, NULL_CODE, NULL_INT};
pub use history::{Session, Sessions, UsageHistory, UsageStats, UserStats};
