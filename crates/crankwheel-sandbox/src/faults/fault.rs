//! Faults: what goes wrong, for which requests, and how often.
//!
//! One description serves Rust, the control path over HTTP and the bindings; `serde` reads it from JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What goes wrong.
///
/// In JSON: an object with the `kind` in snake case and the fields beside it, for example
/// `{"kind": "latency", "ms": 300}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes later. The request has its effect at once. Goes together with any other fault.
    Latency {
        /// Milliseconds.
        ms: u64,
    },
    /// Another answer than the real one.
    Status {
        /// 200 to 599.
        status: u16,
        /// Header lines. Those that say where the body ends are the sandbox's own.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body. In JSON any value but text is sent as JSON.
        #[serde(default, deserialize_with = "text_or_json")]
        body: String,
        /// Whether the request has its effect all the same. Default: no.
        #[serde(default)]
        processed: bool,
    },
    /// The connection is reset, and the request had no effect.
    ResetBefore,
    /// The connection is reset half-way through the answer; the request had its effect.
    ResetDuring,
    /// The connection is reset instead of an answer; the request had its effect.
    ResetAfter,
    /// The connection is closed half-way through the body that `Content-Length` announced.
    Truncate,
    /// From a quarter on the body is garbage.
    Corrupt,
    /// `Content-Length` is not the body's. With a negative number bytes are left over, which stand in front of
    /// the next answer; with a positive one the rest never comes, and the connection stays open.
    WrongLength {
        /// What is added to the true length. Default: -5.
        #[serde(default = "five_less")]
        by: i32,
    },
    /// The body is gzip, damaged in the middle; the length is right.
    BrokenGzip {
        /// How it is damaged.
        #[serde(default)]
        how: GzipDamage,
    },
    /// The body comes in pieces with pauses before each.
    SlowBody {
        /// Default: 8.
        #[serde(default = "eight")]
        pieces: u32,
        /// Default: 100.
        #[serde(default = "hundred")]
        pause_ms: u64,
    },
    /// The body of a 204 comes after its head, in pieces. Concerns 204s only; they have a body then even if
    /// the sandbox was started without.
    #[serde(rename = "split_204")]
    Split204 {
        /// Default: 2.
        #[serde(default = "two")]
        pieces: u32,
        /// Default: 20.
        #[serde(default = "twenty")]
        pause_ms: u64,
    },
}

fn five_less() -> i32 {
    -5
}

fn two() -> u32 {
    2
}

fn eight() -> u32 {
    8
}

fn twenty() -> u64 {
    20
}

fn hundred() -> u64 {
    100
}

fn text_or_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => String::new(),
        Value::String(text) => text,
        value => value.to_string(),
    })
}

/// How a gzip body is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GzipDamage {
    /// It ends in the middle.
    #[default]
    Cut,
    /// Some bytes in the middle are others.
    Corrupt,
}
