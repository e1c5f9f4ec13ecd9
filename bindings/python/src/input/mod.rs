//! Values from Python: arguments of operations, options, periods, times, JSON.

mod arguments;
mod describe;
mod json;
mod option_values;
pub mod options;
mod period;
mod time;

pub use arguments::{client, fields, period, plan, query};
pub use json::json;
pub use period::Period;
pub use time::{naive, span_from_python, time_from_python};
