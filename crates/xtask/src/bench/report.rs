//! The report: each row with its figures, ratio, floor, goal and verdict, as a table and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::measure::Figures;
use super::table::{Case, Ratio, Row, Unit};

/// One row of the report.
pub struct Line {
    case: String,
    row: Row,
    ours: Option<f64>,
    peer: Option<f64>,
    /// The same comparison by processor time, for rows that compare wall clocks.
    by_cpu: Option<f64>,
    missing: Option<String>,
    samples: Value,
}

/// The outcome of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The goal is reached.
    Goal,
    /// The floor holds, the goal is missed.
    Floor,
    /// Below the floor (above it, where less is better).
    Below,
    /// There is no floor: the figure is for comparison.
    Measured,
    /// Our figure could not be had.
    NotAvailable,
    /// The peer's figure could not be had.
    NoPeer,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Verdict::Goal => "goal reached",
            Verdict::Floor => "floor holds",
            Verdict::Below => "BELOW FLOOR",
            Verdict::Measured => "measured",
            Verdict::NotAvailable => "not available",
            Verdict::NoPeer => "no peer",
        }
    }

    /// Returns true if a full run fails.
    pub fn fails(self) -> bool {
        matches!(self, Verdict::Below | Verdict::NotAvailable | Verdict::NoPeer)
    }
}

impl Line {
    /// Creates the line of a row from the figures of its variants.
    pub fn new(case: &Case, row: &Row, figures: &BTreeMap<String, Figures>) -> Self {
        let of = |variant: &str, measure: &str| figures.get(variant).and_then(|found| found.median(measure));
        let peer = row.peer.as_deref();
        let by_cpu = (row.measure == "wall" || row.measure == "rate").then_some(()).and_then(|()| {
            let (ours, peer) = (of(&row.ours, "cpu")?, of(peer?, "cpu")?);
            Some(if row.ratio == Ratio::Cost { ours / peer } else { peer / ours })
        });
        let variants = [Some(row.ours.as_str()), peer].into_iter().flatten();
        let found: Vec<_> = variants.filter_map(|name| Some((name, figures.get(name)?))).collect();
        Line {
            case: case.name.clone(),
            row: row.clone(),
            ours: of(&row.ours, &row.measure),
            peer: peer.and_then(|peer| of(peer, &row.measure)),
            by_cpu,
            missing: found
                .iter()
                .find_map(|(name, found)| Some(format!("{name}: {}", found.missing.as_ref()?))),
            samples: found.iter().map(|(name, found)| ((*name).to_owned(), json!(found.samples))).collect(),
        }
    }

    /// The number that the floor and the goal are about.
    fn judged(&self) -> Option<f64> {
        let ours = self.ours?;
        if self.row.peer.is_none() {
            return Some(ours / self.row.unit.size());
        }
        let peer = self.peer?;
        Some(if self.row.ratio == Ratio::PeerOverOurs { peer / ours } else { ours / peer })
    }

    fn less_is_better(&self) -> bool {
        self.row.peer.is_none() || self.row.ratio == Ratio::Cost
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        let Some(judged) = self.judged() else {
            return if self.ours.is_none() { Verdict::NotAvailable } else { Verdict::NoPeer };
        };
        let reaches = |limit: f64| if self.less_is_better() { judged <= limit } else { judged >= limit };
        match (self.row.floor, self.row.goal) {
            (_, Some(goal)) if reaches(goal) => Verdict::Goal,
            (Some(floor), _) if reaches(floor) => Verdict::Floor,
            (Some(_), _) => Verdict::Below,
            (None, _) => Verdict::Measured,
        }
    }

    /// The line as JSON, with all samples.
    pub fn json(&self) -> Value {
        json!({
            "case": self.case, "figure": self.row.figure, "peer": self.row.against, "ours": self.ours,
            "peer_figure": self.peer, "judged": self.judged(), "by_cpu": self.by_cpu, "floor": self.row.floor,
            "goal": self.row.goal, "less_is_better": self.less_is_better(), "verdict": self.verdict().name(),
            "missing": self.missing, "note": self.row.note, "samples": self.samples,
        })
    }

    fn cells(&self, quick: bool) -> [String; 9] {
        let times = |ratio: f64| format!("{} ×", rounded(ratio));
        let compared = self.row.peer.is_some();
        let limit = |limit: Option<f64>| {
            limit.map_or_else(String::new, |limit| {
                let sign = if self.less_is_better() { "≤ " } else { "" };
                if compared {
                    format!("{sign}{limit} ×")
                } else {
                    format!("{sign}{limit}{}", self.row.unit.name())
                }
            })
        };
        let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| self.shown(value));
        let verdict = self.verdict().name();
        [
            format!("{}: {}", self.case, self.row.figure),
            self.row.against.clone(),
            figure(self.ours),
            if compared { figure(self.peer) } else { String::new() },
            if compared { self.judged().map_or_else(|| "–".to_owned(), times) } else { String::new() },
            self.by_cpu.map_or_else(String::new, times),
            limit(self.row.floor),
            limit(self.row.goal),
            if quick { format!("{verdict} (quick)") } else { verdict.to_owned() },
        ]
    }

    /// A figure in the unit that suits its size.
    fn shown(&self, value: f64) -> String {
        let scaled = |units: &[(f64, &str)]| {
            let fitting = units.iter().find(|(size, _)| value >= *size).or(units.last());
            fitting.map_or_else(String::new, |(size, name)| format!("{} {name}", rounded(value / size)))
        };
        match self.row.measure.as_str() {
            "rate" => format!("{value:.0}/s"),
            "size" => scaled(&[(1e6, "MB")]),
            "peak" => scaled(&[(1_048_576.0, "MiB")]),
            "of_body" => format!("{value:.2}"),
            _ if self.row.unit == Unit::One || self.row.unit == Unit::Millisecond => {
                scaled(&[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])
            }
            _ => rounded(value),
        }
    }
}

/// Three significant digits.
fn rounded(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

const HEADINGS: [&str; 9] = ["Case", "Peer", "Ours", "Peer's", "Ratio", "By CPU", "Floor", "Goal", "Verdict"];

/// The lines as a table of text, and below it the notes on goals that are missed.
pub fn text(lines: &[Line], quick: bool) -> String {
    let rows: Vec<[String; 9]> = lines.iter().map(|line| line.cells(quick)).collect();
    let mut widths = HEADINGS.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = format!("{}\n", aligned(&HEADINGS.map(str::to_owned), &widths));
    out.push_str(&format!("{}\n", aligned(&widths.map(|width| "-".repeat(width)), &widths)));
    for row in &rows {
        out.push_str(&format!("{}\n", aligned(row, &widths)));
    }
    for line in lines {
        let reason = match line.verdict() {
            Verdict::Goal | Verdict::Measured => None,
            Verdict::Floor | Verdict::Below => line.row.note.as_ref(),
            Verdict::NotAvailable | Verdict::NoPeer => line.missing.as_ref(),
        };
        if let Some(reason) = reason {
            out.push_str(&format!("\n{}, {}: {reason}", line.case, line.row.figure));
        }
    }
    out
}

fn aligned(cells: &[String; 9], widths: &[usize; 9]) -> String {
    let padded = cells.iter().zip(widths).enumerate().map(|(at, (cell, width))| {
        let space = " ".repeat(width - cell.chars().count());
        // Figures stand to the right, words to the left.
        if (2..8).contains(&at) { format!("{space}{cell}") } else { format!("{cell}{space}") }
    });
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(row: &str, ours: f64, peer: Option<f64>) -> Line {
        let row = toml::from_str(&format!("figure = 'x'\nmeasure = 'cpu'\n{row}")).unwrap();
        let samples = Value::Null;
        Line { case: String::new(), row, ours: Some(ours), peer, by_cpu: None, missing: None, samples }
    }

    #[test]
    fn more_is_better_for_ratios_of_a_peer() {
        let verdict = |ours| line("peer = 'a'\nfloor = 5.0\ngoal = 8.0", ours, Some(80.0)).verdict();
        assert_eq!(
            [9.0, 10.0, 16.0, 17.0].map(verdict),
            [Verdict::Goal, Verdict::Goal, Verdict::Floor, Verdict::Below]
        );
        let rate = "peer = 'a'\nfloor = 5.0\ngoal = 8.0\nratio = 'ours-over-peer'";
        assert_eq!(line(rate, 60.0, Some(10.0)).verdict(), Verdict::Floor);
    }

    #[test]
    fn less_is_better_for_costs_and_for_plain_figures() {
        let cost = "peer = 'a'\nfloor = 1.6\ngoal = 1.25\nratio = 'cost'";
        assert_eq!(
            [1.2, 1.5, 1.7].map(|ours| line(cost, ours, Some(1.0)).verdict()),
            [Verdict::Goal, Verdict::Floor, Verdict::Below]
        );
        let plain = "unit = 'ms'\nfloor = 20.0\ngoal = 8.0";
        assert_eq!(
            [0.007, 0.012, 0.021].map(|ours| line(plain, ours, None).verdict()),
            [Verdict::Goal, Verdict::Floor, Verdict::Below]
        );
    }

    #[test]
    fn what_cannot_be_judged_fails() {
        let mut missing = line("peer = 'a'\nfloor = 1.0", 1.0, None);
        assert!(missing.verdict() == Verdict::NoPeer && missing.verdict().fails());
        missing.ours = None;
        assert!(missing.verdict() == Verdict::NotAvailable && missing.verdict().fails());
        assert!(!line("peer = 'a'", 1.0, Some(0.5)).verdict().fails());
    }
}
