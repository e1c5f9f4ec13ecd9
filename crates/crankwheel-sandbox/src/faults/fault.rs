//! The kinds of faults, in the one form that Rust, the control path and the bindings share.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A fault that the sandbox injects instead of, or into, its normal response.
///
/// In JSON a fault is an object with its `kind` in snake case and its fields next to it.
///
/// ```
/// use crankwheel_sandbox::Fault;
///
/// let fault: Fault = serde_json::from_str(r#"{"kind": "latency", "ms": 300}"#)?;
/// assert_eq!(fault, Fault::Latency { ms: 300 });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// Delays the response. The request is applied at once. Can be combined with any other fault.
    Latency {
        /// The delay in milliseconds.
        ms: u64,
    },
    /// Returns this response instead of the real one.
    Status {
        /// The status, between 200 and 999.
        status: u16,
        /// The response headers. The sandbox sets `content-length` and `transfer-encoding` itself.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The response body. In JSON, a value that is not a string is sent as JSON.
        #[serde(default, deserialize_with = "string_or_json")]
        body: String,
        /// Applies the request although it gets this response. Default: `false`.
        #[serde(default)]
        processed: bool,
    },
    /// Resets the connection before the request is applied.
    ResetBefore,
    /// Resets the connection half-way through the response, after the request was applied.
    ResetDuring,
    /// Resets the connection instead of sending a response, after the request was applied.
    ResetAfter,
    /// Closes the connection half-way through the body that `Content-Length` announced.
    Truncate,
    /// Replaces the last three quarters of the body with random bytes.
    Corrupt,
    /// Announces a wrong `Content-Length`. If it is too small, the remaining bytes precede the next
    /// response; if it is too large, the rest never comes and the connection stays open.
    WrongLength {
        /// The number that is added to the true length. Default: -5.
        #[serde(default = "wrong_by")]
        by: i32,
    },
    /// Sends a gzip body that is damaged in the middle, with the right length.
    BrokenGzip {
        /// The damage. Default: [`GzipDamage::Cut`].
        #[serde(default)]
        how: GzipDamage,
    },
    /// Sends the body in pieces, with a pause before each.
    SlowBody {
        /// The number of pieces. Default: 8.
        #[serde(default = "pieces::<8>")]
        pieces: u32,
        /// The pause before each piece, in milliseconds. Default: 100.
        #[serde(default = "pause_ms::<100>")]
        pause_ms: u64,
    },
    /// Sends the body of a 204 after its headers, in pieces. Other responses are unchanged; a 204
    /// has a body even if the sandbox was started without.
    #[serde(rename = "split_204")]
    Split204 {
        /// The number of pieces. Default: 2.
        #[serde(default = "pieces::<2>")]
        pieces: u32,
        /// The pause before each piece, in milliseconds. Default: 20.
        #[serde(default = "pause_ms::<20>")]
        pause_ms: u64,
    },
}

fn wrong_by() -> i32 {
    -5
}

fn pieces<const N: u32>() -> u32 {
    N
}

fn pause_ms<const N: u64>() -> u64 {
    N
}

fn string_or_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => String::new(),
        Value::String(string) => string,
        value => value.to_string(),
    })
}

/// The damage to a gzip body.
///
/// ```
/// use crankwheel_sandbox::{Fault, FaultRule, GzipDamage};
///
/// let rule = FaultRule::new(Fault::BrokenGzip { how: GzipDamage::Corrupt });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GzipDamage {
    /// The body ends in the middle.
    #[default]
    Cut,
    /// Some bytes in the middle are changed.
    Corrupt,
}
