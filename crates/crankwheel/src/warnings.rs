//! Warnings about values in a response that do not make the call fail.
//!
//! Reading only collects them; whoever reads reports them. So the warnings of a call stay with that
//! call, and a binding can log those of a model that was created outside of a call at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A field of a model, by both names.
pub(crate) type Place = (&'static str, &'static str);

/// The fields that were reported before. Each is reported once by a process.
static REPORTED: Mutex<BTreeSet<Place>> = Mutex::new(BTreeSet::new());

/// The most attempts to lock the reported fields. Nobody holds the lock for longer than an insertion.
const ATTEMPTS: u32 = 1000;

thread_local! {
    /// The warnings that the current [`collect_warnings`] of this thread has found.
    static COLLECTING: RefCell<Option<Found>> = const { RefCell::new(None) };
}

/// Warnings that were found and not reported yet. Dropping them reports nothing.
#[doc(hidden)]
#[derive(Default)]
#[must_use = "warnings are lost if they are not reported"]
pub struct Found(BTreeMap<Place, String>);

impl Found {
    /// Reports the warnings to `tracing`, and returns them for a language that has its own logger.
    /// Those of fields that were reported before are left out.
    pub fn report(self) -> Vec<String> {
        let first = |place: &Place| {
            // Never wait for long: a lock that another thread held at a fork stays locked in the child.
            let reported = (0..ATTEMPTS).find_map(|_| {
                let reported = REPORTED.try_lock().ok();
                if reported.is_none() {
                    thread::yield_now();
                }
                reported
            });
            reported.is_some_and(|mut reported| reported.insert(*place))
        };
        let texts: Vec<String> =
            self.0.into_iter().filter(|(place, _)| first(place)).map(|(_, text)| text).collect();
        for text in &texts {
            tracing::warn!(target: "crankwheel", "{text}");
        }
        texts
    }
}

/// Reads something, and collects the warnings about it instead of reporting them.
#[doc(hidden)]
pub fn collect_warnings<T>(read: impl FnOnce() -> T) -> (T, Found) {
    /// Restores what an outer call collects, also after a panic.
    struct Outer(Option<Found>);

    impl Drop for Outer {
        fn drop(&mut self) {
            COLLECTING.set(self.0.take());
        }
    }

    let _outer = Outer(COLLECTING.replace(Some(Found::default())));
    let value = read();
    (value, COLLECTING.take().unwrap_or_default())
}

/// Adds a warning about a field to those that are collected, or reports it at once.
pub(crate) fn warn(place: Place, text: impl FnOnce() -> String) {
    let outside = COLLECTING.with_borrow_mut(|collecting| match collecting {
        Some(found) => {
            found.0.entry(place).or_insert_with(text);
            None
        }
        None => Some(text),
    });
    // In Rust, a program that reads a model itself has no other logger than `tracing`.
    if let Some(text) = outside {
        let _ = Found(BTreeMap::from([(place, text())])).report();
    }
}

/// The reported warnings of one call, for a language that has its own logger.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    /// Reports warnings, and keeps them for the binding.
    pub(crate) fn add(&self, found: Found) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found.report());
    }

    /// Returns the warnings since the last time.
    pub fn take(&self) -> Vec<String> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::{Warnings, collect_warnings, warn};

    /// Reads a field that has a value of a wrong type.
    fn read(field: &'static str) {
        warn(("Test", field), || format!("{field} is wrong"));
    }

    #[test]
    fn each_reader_has_its_own_warnings() {
        let ((_, inner), outer) = collect_warnings(|| {
            read("outer");
            let inner = collect_warnings(|| read("inner"));
            read("outer_after");
            inner
        });
        assert_eq!(inner.report(), ["inner is wrong"]);
        assert_eq!(outer.report(), ["outer is wrong", "outer_after is wrong"]);
    }

    #[test]
    fn a_field_is_reported_once_and_not_if_its_warning_was_dropped() {
        drop(collect_warnings(|| read("dropped")));
        let (_, found) = collect_warnings(|| (0..3).for_each(|_| read("dropped")));
        assert_eq!(found.report(), ["dropped is wrong"]);
        assert!(collect_warnings(|| read("dropped")).1.report().is_empty());
        // Outside of a collection it is reported at once.
        read("at_once");
        assert!(collect_warnings(|| read("at_once")).1.report().is_empty());
    }

    #[test]
    fn a_panic_does_not_leave_a_collection_open() {
        let panicked = std::panic::catch_unwind(|| drop(collect_warnings(|| panic!("on purpose"))));
        assert!(panicked.is_err());
        read("after_panic");
        assert!(collect_warnings(|| read("after_panic")).1.report().is_empty());
    }

    #[test]
    fn a_call_keeps_its_warnings_until_they_are_taken() {
        let (one, other) = (Warnings::default(), Warnings::default());
        one.add(collect_warnings(|| read("one")).1);
        other.add(collect_warnings(|| read("other")).1);
        assert_eq!(one.take(), ["one is wrong"]);
        assert_eq!(other.take(), ["other is wrong"]);
        assert!(one.take().is_empty());
    }
}
