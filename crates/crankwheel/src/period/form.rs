//! The usual form of months and days.

use jiff::civil::Date;

/// Returns `; write it as 2019-02` for a month or day in an unusual form.
pub(super) fn write_as(text: &str) -> String {
    usual_form(text).map(|form| format!("; write it as {form}")).unwrap_or_default()
}

/// Returns a month or day that is written with a digit too few or with other separators as it is
/// usually written: `2019-2`, `2019/02`, `02/2019`, `201902` and `2019M02` as `2019-02`. A string that
/// already has the usual form, and one that could mean several things, return `None`.
pub(super) fn usual_form(text: &str) -> Option<String> {
    if text.len() > 12 {
        return None;
    }
    let parts: Vec<&str> = match text.len() {
        6 if text.bytes().all(|byte| byte.is_ascii_digit()) => vec![text.get(..4)?, text.get(4..)?],
        _ => text.split(['-', '/', '.', '_', ' ', 'M', 'm']).collect(),
    };
    if !parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let form = match *parts.as_slice() {
        [year, month] if year.len() == 4 && month.len() <= 2 => format!("{year}-{month:0>2}"),
        [month, year] if year.len() == 4 && month.len() <= 2 => format!("{year}-{month:0>2}"),
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        _ => return None,
    };
    let whole = if form.len() == 7 { format!("{form}-01") } else { form.clone() };
    (form != text && whole.parse::<Date>().is_ok()).then_some(form)
}
