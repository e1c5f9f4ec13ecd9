//! Runs the programs of a case in interleaved rounds, a new process each time, and takes the medians.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value};

use super::install::{folder, only_file, program};
use super::server::Server;
use super::table::{Case, Table};
use crate::python;
use crate::run::{Result, root};

/// The figures of one variant: the medians by name, and all samples.
#[derive(Default)]
pub struct Figures {
    /// Each figure's samples, a round each.
    pub samples: BTreeMap<String, Vec<f64>>,
    /// The reason why there are none.
    pub missing: Option<String>,
}

impl Figures {
    /// The median of a figure.
    pub fn median(&self, name: &str) -> Option<f64> {
        let mut ordered = self.samples.get(name)?.clone();
        ordered.sort_by(f64::total_cmp);
        let middle = ordered.len() / 2;
        let upper = ordered.get(middle)?;
        let lower = if ordered.len() % 2 == 0 { ordered.get(middle - 1)? } else { upper };
        Some(f64::midpoint(*lower, *upper))
    }

    fn add(&mut self, line: &str) -> Result {
        let figures: Map<String, Value> =
            serde_json::from_str(line).map_err(|error| format!("{error} in {line:?}"))?;
        if let Some(reason) = figures.get("unavailable").and_then(Value::as_str) {
            self.missing = Some(reason.to_owned());
        }
        for (name, value) in figures {
            if let Some(value) = value.as_f64() {
                self.samples.entry(name).or_default().push(value);
            }
        }
        Ok(())
    }
}

/// Runs a case. The rounds are interleaved: noise of the machine meets all variants alike.
pub fn case(table: &Table, case: &Case, server: &Server, quick: bool) -> Result<BTreeMap<String, Figures>> {
    let rounds = *case.rounds.as_ref().unwrap_or(&table.rounds).size(quick);
    let mut all: BTreeMap<String, Figures> = BTreeMap::new();
    for _ in 0..rounds {
        for variant in case.variants() {
            let figures = all.entry(variant.to_owned()).or_default();
            if figures.missing.is_some() {
                continue;
            }
            let url = server.url(&table.dataset(case, variant, quick)?);
            let name = variant.split('@').next().unwrap_or(variant);
            match once(case, name, &url, *case.count.size(quick)).and_then(|line| figures.add(&line)) {
                Ok(()) => {}
                Err(problem) => figures.missing = Some(format!("failed: {problem}")),
            }
        }
    }
    same_results(table, case, &all, quick)?;
    Ok(all)
}

/// Checks that all variants of a data set found the same: a peer must do the same work.
fn same_results(table: &Table, case: &Case, all: &BTreeMap<String, Figures>, quick: bool) -> Result {
    let mut found: BTreeMap<String, (String, f64)> = BTreeMap::new();
    for (variant, figures) in all {
        let set = table.dataset(case, variant, quick)?;
        for result in figures.samples.get("check").into_iter().flatten() {
            let (first, expected) = found.entry(set.clone()).or_insert_with(|| (variant.clone(), *result));
            if expected != result {
                return Err(format!("{}: {first} found {expected}, {variant} found {result}", case.name));
            }
        }
    }
    Ok(())
}

/// Runs one program once, and returns the line that it prints.
fn once(case: &Case, variant: &str, url: &str, count: u64) -> Result<String> {
    let mut command = match case.program.as_str() {
        "file" => return size(variant).map(|size| serde_json::json!({ "size": size }).to_string()),
        "core" => Command::new(program("bench-core")),
        script if script.starts_with("python/") => {
            let mut command = Command::new(python::program(&folder("python"), "python"));
            command.arg("-B").arg(root().join("tests/bench").join(script)).env("BENCH_NODE", folder("node"));
            command
        }
        script => {
            let mut command = Command::new("node");
            command.arg("--expose-gc").arg(folder("node").join(script.trim_start_matches("node/")));
            command
        }
    };
    for name in
        ["PYTHONPATH", "CRANKWHEEL_API_KEY", "CRANKWHEEL_BASE_URL", "CRANKWHEEL_ADDON", "CRANKWHEEL_LOG"]
    {
        command.env_remove(name);
    }
    command.args([variant, url, &count.to_string()]).current_dir(folder("")).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let last = errors.trim().lines().next_back().unwrap_or("no message").to_owned();
        eprintln!("{}", errors.trim());
        return Err(last);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.trim().lines().next_back().unwrap_or_default().to_owned())
}

/// The size of a built file as it is downloaded.
fn size(variant: &str) -> Result<u64> {
    let file = only_file(&folder(variant), if variant == "wheel" { ".whl" } else { ".node" })?;
    let read = |error: std::io::Error| format!("cannot read {}: {error}", file.display());
    if variant == "wheel" { fs::metadata(&file).map(|data| data.len()) } else { zipped(&file) }.map_err(read)
}

fn zipped(file: &Path) -> std::io::Result<u64> {
    struct Count(u64);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    // npm packs with this level.
    let mut out = GzEncoder::new(Count(0), Compression::best());
    std::io::copy(&mut File::open(file)?, &mut out)?;
    Ok(out.finish()?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_of_all_rounds() {
        let mut figures = Figures::default();
        for value in [5, 1, 3] {
            figures.add(&format!(r#"{{"cpu": {value}, "check": 7}}"#)).unwrap();
        }
        assert_eq!((figures.median("cpu"), figures.median("wall")), (Some(3.0), None));
        figures.add(r#"{"cpu": 4}"#).unwrap();
        assert_eq!(figures.median("cpu"), Some(3.5));
        assert!(figures.missing.is_none() && figures.add("no JSON").is_err());
        figures.add(r#"{"unavailable": "no method x"}"#).unwrap();
        assert_eq!(figures.missing.as_deref(), Some("no method x"));
    }
}
