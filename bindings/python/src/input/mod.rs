//! Values from Python: arguments of operations, options, periods, times, JSON.

mod arguments;
mod json;
mod option_values;
pub mod options;
mod period;
mod time;

pub use arguments::{boolean, client, client_id, fields, integer, period, plan, plan_name, query, string};
pub use json::{json, members, object};
pub use option_values::wait;
pub use period::Period;
pub use time::{moment, span_from_python};

pub use crate::scalar::{Problem, class_of, integer_of, number, shown};
