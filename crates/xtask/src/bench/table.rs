//! The table of rows, `tests/bench/goals.toml`: what is measured, against what, the floor and the goal.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::run::{Result, root};

/// The whole table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The number of rounds of a case that does not say otherwise.
    pub rounds: Sizes<usize>,
    /// The data sets by the name that cases use.
    pub datasets: BTreeMap<String, Sizes<String>>,
    /// The cases, in the order of the report.
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// A size for a full run and one for a quick run.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes<T> {
    full: T,
    quick: T,
}

impl<T> Sizes<T> {
    /// The size for this kind of run.
    pub fn size(&self, quick: bool) -> &T {
        if quick { &self.quick } else { &self.full }
    }
}

/// One case: a program, and the rows of the report that come from its runs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name in the report.
    pub name: String,
    /// A script below `tests/bench`, `core`, or `file` for the size of a built file.
    pub program: String,
    /// The name of its data set.
    #[serde(default = "client")]
    pub dataset: String,
    /// The number of calls, or what else the program counts.
    #[serde(default = "once")]
    pub count: Sizes<u64>,
    /// The number of rounds.
    pub rounds: Option<Sizes<usize>>,
    /// The rows of the report.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
}

fn client() -> String {
    "client".to_owned()
}

fn once() -> Sizes<u64> {
    Sizes { full: 1, quick: 1 }
}

/// One row of the report. A variant is `NAME`, or `NAME@DATASET` for another data set than the case's.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The figure, in words.
    pub figure: String,
    /// The figure's name in the line that the program prints.
    pub measure: String,
    /// The variant that is measured.
    #[serde(default = "crankwheel")]
    pub ours: String,
    /// The variant that it is compared with; without one the figure itself is judged.
    pub peer: Option<String>,
    /// The peer, in words.
    #[serde(default)]
    pub against: String,
    /// The way in which the figures are compared.
    #[serde(default)]
    pub ratio: Ratio,
    /// The unit of the floor and the goal of a figure that is not compared.
    #[serde(default)]
    pub unit: Unit,
    /// Below it (above it, where less is better) the work is not done.
    pub floor: Option<f64>,
    /// The figure that is aimed for.
    pub goal: Option<f64>,
    /// The reason why the goal is missed, and what was tried.
    pub note: Option<String>,
}

fn crankwheel() -> String {
    "crankwheel".to_owned()
}

/// The way in which two figures are compared.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ratio {
    /// The peer's figure over ours, of what should be small: more is better.
    #[default]
    PeerOverOurs,
    /// Our figure over the peer's, of what should be large, such as calls a second: more is better.
    OursOverPeer,
    /// Our figure over the peer's, of what should be small: less is better.
    Cost,
}

/// A unit of floors and goals.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Unit {
    /// A plain number.
    #[default]
    #[serde(rename = "")]
    One,
    /// Milliseconds; programs print seconds.
    #[serde(rename = "ms")]
    Millisecond,
    /// Millions of bytes; programs print bytes.
    #[serde(rename = "MB")]
    Megabyte,
    /// Mebibytes.
    #[serde(rename = "MiB")]
    Mebibyte,
}

impl Unit {
    /// The unit in what programs print.
    pub fn size(self) -> f64 {
        match self {
            Unit::One => 1.0,
            Unit::Millisecond => 1e-3,
            Unit::Megabyte => 1e6,
            Unit::Mebibyte => 1_048_576.0,
        }
    }

    /// The name after a number.
    pub fn name(self) -> &'static str {
        match self {
            Unit::One => "",
            Unit::Millisecond => " ms",
            Unit::Megabyte => " MB",
            Unit::Mebibyte => " MiB",
        }
    }
}

impl Table {
    /// Reads the table.
    pub fn read() -> Result<Self> {
        let file = root().join("tests/bench/goals.toml");
        let text =
            fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Keeps the rows whose case, figure or peer contains `text`, in any case of letters.
    pub fn select(&mut self, text: &str) -> Result {
        let wanted = text.to_lowercase();
        for case in &mut self.cases {
            let name = case.name.clone();
            case.rows.retain(|row| {
                format!("{name}: {} {}", row.figure, row.against).to_lowercase().contains(&wanted)
            });
        }
        self.cases.retain(|case| !case.rows.is_empty());
        if self.cases.is_empty() {
            return Err(format!("no row contains {text:?}; tests/bench/goals.toml lists them"));
        }
        Ok(())
    }

    /// The variants of all cases.
    pub fn variants(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().flat_map(Case::variants)
    }

    /// The data set of a variant of a case.
    pub fn dataset(&self, case: &Case, variant: &str, quick: bool) -> Result<String> {
        let name = variant.split_once('@').map_or(case.dataset.as_str(), |(_, dataset)| dataset);
        let sizes = self.datasets.get(name).ok_or_else(|| format!("unknown data set {name:?}"))?;
        Ok(sizes.size(quick).clone())
    }
}

impl Case {
    /// The variants that its rows need, each once, ours first.
    pub fn variants(&self) -> Vec<&str> {
        let mut variants = Vec::new();
        let all = self.rows.iter().map(|row| row.ours.as_str());
        for variant in all.chain(self.rows.iter().filter_map(|row| row.peer.as_deref())) {
            if !variants.contains(&variant) {
                variants.push(variant);
            }
        }
        variants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let table = Table::read().unwrap();
        for case in &table.cases {
            let script = root().join("tests/bench").join(&case.program);
            assert!(matches!(case.program.as_str(), "core" | "file") || script.exists(), "{}", case.program);
            for variant in case.variants() {
                table.dataset(case, variant, false).unwrap();
            }
            for row in &case.rows {
                let less_is_better = row.peer.is_none() || row.ratio == Ratio::Cost;
                let (Some(floor), Some(goal)) = (row.floor, row.goal) else { continue };
                assert!(
                    if less_is_better { goal <= floor } else { goal >= floor },
                    "{}: {}",
                    case.name,
                    row.figure
                );
            }
        }
    }

    #[test]
    fn rows_are_selected_by_their_words() {
        let mut table = Table::read().unwrap();
        table.select("MSGSPEC").unwrap();
        assert!(table.cases.iter().flat_map(|case| &case.rows).all(|row| row.against.contains("msgspec")));
        assert!(Table::read().unwrap().select("no such row").is_err());
    }
}
