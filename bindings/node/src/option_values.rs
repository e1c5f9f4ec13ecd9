//! Values of options, from JavaScript's numbers.

use std::time::Duration;

use crankwheel::Error;

/// A whole number of 0 or more.
pub fn integer<T: TryFrom<u64>>(name: &str, number: f64) -> Result<T, Error> {
    let whole = number >= 0.0 && number.fract() == 0.0 && number < 9_007_199_254_740_992.0;
    whole.then(|| T::try_from(number as u64).ok()).flatten().ok_or_else(|| {
        Error::configuration(format!("`{name}` must be a whole number of 0 or more, not {number}"))
    })
}

/// Milliseconds. The core refuses what is too much or too little.
pub fn duration(name: &str, milliseconds: f64) -> Result<Duration, Error> {
    Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|_| {
        Error::configuration(format!(
            "`{name}` must be more than nothing and at most 30 days, not {milliseconds} ms"
        ))
    })
}
