//! Names of people and companies, and times.

use fastrand::Rng;

const FIRST: [&str; 20] = [
    "anna", "ben", "carla", "daniel", "eva", "frank", "gudrun", "helgi", "ines", "jon", "karen", "lars",
    "maria", "nina", "oscar", "paula", "quentin", "rosa", "sigrid", "thomas",
];
const LAST: [&str; 20] = [
    "andersen", "brown", "costa", "diaz", "eriksson", "fischer", "garcia", "hansen", "ivanova", "jonsson",
    "keller", "lopez", "muller", "nowak", "olsen", "petrov", "quinn", "rossi", "schmidt", "taylor",
];
const TRADE: [&str; 14] = [
    "Insurance",
    "Solar",
    "Energy",
    "Media",
    "Telecom",
    "Finance",
    "Logistics",
    "Software",
    "Travel",
    "Mortgages",
    "Marketing",
    "Healthcare",
    "Roofing",
    "Recruiting",
];
const FORM: [&str; 7] = ["Ltd", "Inc", "GmbH", "AB", "ehf", "Group", "& Sons"];
const ACCENTED: [&str; 6] = ["Müller", "Café", "Þórr", "Señor", "Åkesson", "Łódź"];

/// A company: its short name, and its display name as JSON writes it, without the quotes around it.
pub struct Company {
    pub sname: String,
    pub lname: String,
}

impl Company {
    /// Creates the company with this number. Of a hundred, eight have an escape in their display name,
    /// and some have letters beyond ASCII.
    pub fn new(rng: &mut Rng, number: usize) -> Self {
        let (last, trade, form) = (pick(rng, &LAST), pick(rng, &TRADE), pick(rng, &FORM));
        let capital: String =
            last.chars().take(1).flat_map(char::to_uppercase).chain(last.chars().skip(1)).collect();
        let lname = match number % 100 {
            3 | 17 | 29 | 41 | 59 | 71 | 83 => format!(r#"{capital} \"{trade}\" {form}"#),
            97 => format!(r"{capital}\u2019s {trade} {form}"),
            n if n % 11 == 5 => format!("{} {trade} {form}", pick(rng, &ACCENTED)),
            _ => format!("{capital} {trade} {form}"),
        };
        // Some short names are all digits; they are strings all the same.
        let sname = if number % 50 == 7 {
            format!("{}", 137_000_000 + number)
        } else {
            format!("{last}{}{number}", trade.to_lowercase())
        };
        Company { sname, lname }
    }
}

/// Returns the e-mail address of a user.
pub fn email(rng: &mut Rng, number: usize, company: &Company) -> String {
    format!("{}{number}@{}.example", pick(rng, &FIRST), company.sname)
}

/// Returns one of the items.
pub fn pick<'a, T: ?Sized>(rng: &mut Rng, items: &[&'a T]) -> &'a T {
    match items.get(rng.usize(..items.len())) {
        Some(item) => item,
        None => unreachable!("the index is below the length"),
    }
}

/// Returns the timestamp of a second of October 2026, with `fraction` after the seconds.
pub fn october(second: u64, fraction: &str) -> String {
    let (day, rest) = (second / 86_400 + 1, second % 86_400);
    format!("2026-10-{day:02}T{:02}:{:02}:{:02}{fraction}", rest / 3_600, rest / 60 % 60, rest % 60)
}
