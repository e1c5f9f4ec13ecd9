//! Large responses, stored as columns.

#[cfg(feature = "arrow")]
mod arrow;
mod builder;
mod cells;
mod clients;
mod columns;
mod dictionary;
#[cfg(test)]
mod differential;
mod extra;
mod form;
mod history;
mod meetings;
mod read;
mod session_json;
mod sessions;
mod stats;
#[cfg(test)]
mod tests;
mod unusual;
mod write;

pub(crate) use read::HistoryReader;

#[cfg(feature = "arrow")]
#[doc(hidden)]
pub use arrow::CodedStrings;
#[cfg(feature = "arrow")]
pub use arrow::{ArrowTable, ToArrow};
pub use columns::{NULL_CODE, NULL_INT};
pub use dictionary::Dictionary;
pub use history::UsageHistory;
pub use meetings::MeetingCount;
pub use sessions::{Session, Sessions};
pub use stats::{UsageStats, UserStats};
