//! `cargo xtask test`: runs the checks of `checks.rs`, or lists them.

mod checks;

use crate::run::{Result, Shells, step};
use crate::setup::Prepared;
use checks::{CHECKS, Check, When};

/// Which checks to run.
pub struct Selection {
    /// Also those that take long.
    pub full: bool,
    /// Only those whose name contains this text.
    pub only: Option<String>,
}

impl Selection {
    fn contains(&self, check: &Check) -> bool {
        match &self.only {
            Some(text) => check.name.to_lowercase().contains(&text.to_lowercase()),
            None => check.when == When::Usual || self.full && check.when == When::Full,
        }
    }
}

/// Runs the selected checks in their order, each after what it needs.
pub fn test(at: &Shells, selection: &Selection) -> Result {
    let selected: Vec<_> = CHECKS.iter().filter(|check| selection.contains(check)).collect();
    if selected.is_empty() {
        let only = selection.only.as_deref().unwrap_or_default();
        return Err(format!("no check's name contains {only:?}; `cargo xtask test --list` lists them"));
    }
    let mut prepared = Prepared::default();
    for check in &selected {
        prepared.prepare(at, check.needs)?;
        step(check.name, || (check.run)(at))?;
    }
    println!("\nAll checks passed.");
    Ok(())
}

/// Prints the checks with when they run.
pub fn list() {
    for check in CHECKS {
        println!("{:10} {}", check.when.name(), check.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(full: bool, only: Option<&str>) -> Vec<&'static str> {
        let selection = Selection { full, only: only.map(str::to_owned) };
        CHECKS.iter().filter(|check| selection.contains(check)).map(|check| check.name).collect()
    }

    #[test]
    fn long_checks_run_when_asked_for() {
        let fuzzing = "Fuzzing: 10 million inputs";
        assert!(!selected(false, None).contains(&fuzzing));
        assert!(selected(true, None).contains(&fuzzing));
        assert_eq!(selected(false, Some("FUZZ")), [fuzzing]);
        assert!(selected(false, Some("no such check")).is_empty());
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
    }
}
