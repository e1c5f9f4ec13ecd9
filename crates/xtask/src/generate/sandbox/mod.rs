//! The table of the sandbox: its options and its faults.

mod faults;
mod options;

use serde::{Deserialize, Serialize};

use super::table;
use crate::run::Result;
use faults::{Fault, FaultRow, Member, Parameter};
use options::{OptionRow, SandboxOption};

/// Where the table is, relative to the top of the checkout.
const SANDBOX: &str = "crates/crankwheel/tables/sandbox.toml";

/// The table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    option: Vec<OptionRow>,
    scope: Vec<faults::Row>,
    fault: Vec<FaultRow>,
}

/// The sandbox as templates see it.
#[derive(Serialize)]
pub struct Sandbox {
    options: Vec<SandboxOption>,
    scope: Vec<Member>,
    faults: Vec<Fault>,
    /// The members of all faults, each name once: the parameters of Python's `fail`.
    parameters: Vec<Parameter>,
}

/// Reads and checks the table.
pub fn read() -> Result<Sandbox> {
    parse(&table::text(SANDBOX)?)
}

fn parse(text: &str) -> Result<Sandbox> {
    let table: Table = table::parse(SANDBOX, text)?;
    let build = || -> Result<Sandbox> {
        let faults = table.fault.into_iter().map(FaultRow::build).collect::<Result<Vec<_>>>()?;
        Ok(Sandbox {
            options: table.option.into_iter().map(OptionRow::build).collect::<Result<_>>()?,
            scope: faults::scope(table.scope)?,
            parameters: faults::parameters(&faults)?,
            faults,
        })
    };
    build().map_err(|problem| format!("{SANDBOX}: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problem of the table with this row of options and these rows of faults.
    fn problem(option: &str, faults: &str) -> String {
        let text = format!("scope = []\n[[option]]\nname = \"size\"\ndoc = \"A size.\"\n{option}\n{faults}");
        parse(&text).err().unwrap_or_default()
    }

    const SIZE: &str = "type = \"integer\"\nrust = \"u32\"\nvalue = 1";
    const SLOW: &str = "[[fault]]\nkind = \"slow\"\nsees = \"nothing\"\ndoc = \"Is slow.\"\n";

    #[test]
    fn a_wrong_row_is_reported_with_its_place() {
        for (option, faults, expected) in [
            ("type = \"boolean\"", SLOW, "sandbox.toml: option size: a boolean needs its default in `value`"),
            ("type = \"integer\"\nvalue = 1", SLOW, "option size: an integer needs its type in `rust`"),
            (
                "type = \"integer\"\nrust = \"u8\"\nvalue = true",
                SLOW,
                "`value` does not fit the type Integer, got true",
            ),
            (
                "type = \"boolean\"\nvalue = true",
                SLOW,
                "option size: only hosts and a boolean that is `true` by default",
            ),
            ("type = \"key\"", SLOW, "option size: it has neither `value` nor `default`"),
            ("type = \"key\"\ncolour = \"red\"", SLOW, "unknown field `colour`"),
        ] {
            let problem = problem(option, faults);
            assert!(problem.contains(expected), "{problem}");
        }
        for (member, expected) in [
            ("type = \"integer\"", "fault slow: ms: an integer needs its type in `rust`"),
            ("type = \"integer\"\nrust = \"u64\"", "fault slow: ms: it has no `value`, no `default`"),
            (
                "type = \"choice\"\nrust = \"How\"",
                "fault slow: ms: a choice needs its Rust name and `choices`",
            ),
            ("type = \"boolean\"\nvalue = true", "fault slow: ms: a boolean must be false by default"),
            ("type = \"boolean\"\nvalue = 1", "fault slow: ms: `value` does not fit the type Boolean"),
            (
                "type = \"string\"\nrequired = true\ndefault = \"empty\"",
                "fault slow: ms: it is required and has",
            ),
        ] {
            let faults = format!("{SLOW}[[fault.member]]\nname = \"ms\"\ndoc = \"A time.\"\n{member}");
            let problem = problem(SIZE, &faults);
            assert!(problem.contains(expected), "{problem}");
        }
        let member = |kind: &str| {
            format!(
                "{SLOW}[[fault.member]]\nname = \"ms\"\ndoc = \"A time.\"\ndefault = \"none\"\ntype = {kind:?}\n"
            )
        };
        let problem = problem(SIZE, &format!("{}{}", member("string"), member("json")));
        assert!(
            problem.contains("two kinds of faults differ in the type or documentation of `ms`"),
            "{problem}"
        );
        assert_eq!(self::problem(SIZE, SLOW), "");
    }

    #[test]
    fn a_member_of_several_kinds_is_one_parameter() {
        let kind = |kind: &str, value: u32| {
            format!(
                "[[fault]]\nkind = {kind:?}\nsees = \"nothing\"\ndoc = \"Is slow.\"\n[[fault.member]]\n\
                 name = \"pieces\"\ndoc = \"A number.\"\ntype = \"integer\"\nrust = \"u32\"\nvalue = {value}\n"
            )
        };
        let text = format!("option = []\nscope = []\n{}{}", kind("slow", 8), kind("split", 2));
        let json = serde_json::to_value(parse(&text).unwrap().parameters).unwrap();
        assert_eq!(json[0]["doc"], "A number. For `slow` (default: 8) and `split` (default: 2).");
        assert_eq!(json.as_array().unwrap().len(), 1);
    }
}
