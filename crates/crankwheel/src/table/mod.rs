//! Large responses, stored as columns.

mod cells;
mod clients;
mod columns;
mod extra;
mod history;
mod meetings;
mod read;
mod sessions;
mod stats;
#[cfg(test)]
mod tests;
mod unusual;
mod write;

pub(crate) use read::HistoryReader;

pub use columns::{Dictionary, NULL_CODE, NULL_INT};
pub use history::UsageHistory;
pub use meetings::MeetingCount;
pub use sessions::{Session, Sessions};
pub use stats::{UsageStats, UserStats};
