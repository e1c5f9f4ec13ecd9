//! The sandbox, in process.
