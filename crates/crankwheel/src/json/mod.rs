//! Reading JSON without building a tree.

mod decode_error;
mod excerpt;
mod path;
mod scalar;
pub(crate) mod scan;
mod split;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use excerpt::{counted, excerpt, shortened};
pub(crate) use scalar::{read_any_text, read_id, read_integer, read_number, read_text};
pub(crate) use split::{Name, Parts, Splitter};

pub use decode_error::DecodeError;
pub use path::Path;
