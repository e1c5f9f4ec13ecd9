//! Values from Python: arguments of operations, options, periods, times, JSON.

mod arguments;
mod describe;
mod json;
mod numpy;
mod option_values;
pub mod options;
mod period;
mod scalar;
mod time;

pub use arguments::{boolean, client, client_id, fields, integer, period, plan, plan_name, query, string};
pub use describe::{class_of, shown};
pub use json::{json, members, object};
pub use option_values::wait;
pub use period::Period;
pub use scalar::{Problem, integer_of, number};
pub use time::{moment, span_from_python};
