//! Circles among imports: files that import each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One file, or one module, imports something of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Imports.
    pub from: String,
    /// Is imported from.
    pub to: String,
    /// The file and line of the import.
    pub place: String,
}

/// Describes the circles, the shortest first; of those that share an import, only the shortest.
pub fn circles(edges: &[Edge]) -> Vec<String> {
    let mut by_start: BTreeMap<&str, Vec<&Edge>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        by_start.entry(&edge.from).or_default().push(edge);
    }
    let mut found: Vec<_> = by_start.keys().filter_map(|start| shortest(start, &by_start)).collect();
    found.sort_by_key(Vec::len);
    let mut reported = BTreeSet::new();
    found.retain(|circle| {
        let new = circle.iter().all(|edge| !reported.contains(edge));
        reported.extend(circle.iter().copied());
        new
    });
    let shown = |circle: Vec<&Edge>| {
        let steps = circle.iter().map(|edge| format!("    {} imports from {}", edge.place, edge.to));
        format!(
            "  imports form a circle; move what both sides need into a separate file:\n{}",
            steps.collect::<Vec<_>>().join("\n")
        )
    };
    found.into_iter().map(shown).collect()
}

/// The shortest way from one end back to itself.
fn shortest<'a>(start: &str, by_start: &BTreeMap<&str, Vec<&'a Edge>>) -> Option<Vec<&'a Edge>> {
    let mut reached_by: BTreeMap<&str, &Edge> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(file) = waiting.pop_front() {
        for edge in by_start.get(file).into_iter().flatten() {
            if reached_by.contains_key(edge.to.as_str()) {
                continue;
            }
            reached_by.insert(&edge.to, edge);
            if edge.to != start {
                waiting.push_back(&edge.to);
                continue;
            }
            let mut circle: Vec<&'a Edge> = vec![edge];
            while let Some(first) = circle.last().filter(|edge| edge.from != start) {
                circle.push(reached_by.get(first.from.as_str())?);
            }
            circle.reverse();
            return Some(circle);
        }
    }
    None
}
