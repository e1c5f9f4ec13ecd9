//! Data sets: folders with the bodies of one size, as a static server delivers them.
//!
//! A set's name says what it holds: `client`, `clients-1000`, `history-1000000`, `history-1000-shuffled`,
//! `history-1000-unique`, `history-1000-gzip`, `overview-10000`.

use std::fs::{self, File};
use std::io::{BufWriter, Error, ErrorKind, Result, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::data::{self, KeyOrder, Strings};

/// The version of the generated data; sets of another one are deleted.
const FORMAT: &str = "1";

/// Writes sets below `root` unless they are there.
///
/// # Errors
/// A name is unknown, or a file cannot be written.
pub fn write(root: &Path, names: &[&str]) -> Result<()> {
    let stamp = root.join("format");
    if fs::read_to_string(&stamp).is_ok_and(|format| format != FORMAT) {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root)?;
    fs::write(stamp, FORMAT)?;
    names.iter().try_for_each(|name| set(root, name))
}

fn set(root: &Path, name: &str) -> Result<()> {
    let mut parts = name.split('-');
    let kind = parts.next().unwrap_or_default();
    let count = parts.next().map_or(Ok(0), str::parse).map_err(|_| unknown(name))?;
    let variant = parts.next().unwrap_or_default();
    let path = match kind {
        "client" => "clients/27084",
        "clients" => "clients",
        "history" => "clients_usage",
        "overview" => "reseller/billing",
        _ => return Err(unknown(name)),
    };
    let gzip = variant == "gzip";
    let mut file = root.join(name).join("ss/rsapi").join(path);
    if gzip {
        file.set_extension("gz");
    }
    if file.exists() {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    // Written under another name first: an interrupted run leaves no half file behind.
    let unfinished = file.with_extension("unfinished");
    let out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
    if gzip {
        let mut out = GzEncoder::new(out, Compression::default());
        body(&mut out, name, kind, count, variant)?;
        out.finish()?.flush()?;
    } else {
        let mut out = out;
        body(&mut out, name, kind, count, variant)?;
        out.flush()?;
    }
    fs::rename(unfinished, file)
}

fn body(out: &mut impl Write, name: &str, kind: &str, count: usize, variant: &str) -> Result<()> {
    match (kind, variant) {
        ("client", "") => out.write_all(data::client().as_bytes()),
        ("clients", "") => data::clients(out, count),
        ("overview", "") => data::overview(out, count),
        ("history", "" | "gzip") => data::history(out, count, KeyOrder::Api, Strings::Repeated),
        ("history", "shuffled") => data::history(out, count, KeyOrder::Shuffled, Strings::Repeated),
        ("history", "unique") => data::history(out, count, KeyOrder::Api, Strings::Unique),
        _ => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("unknown data set {name:?}"))
}
