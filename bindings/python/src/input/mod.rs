//! What Python gives: arguments of operations, options, periods.

pub mod arguments;
pub mod options;
pub mod period;
