//! Searches all output of a run of all tests for secrets: its prints and logs, and the printed forms of the
//! packages' objects.
//!
//! The tests use keys and login tokens that are found nowhere else. A new one must be added to `MARKS`.

use std::fs;
use std::path::Path;

use xshell::{Cmd, cmd};

use crate::run::{Result, Shells, run_into, target};
use crate::{node, python};

/// Keys, login tokens and passwords of the tests.
const MARKS: [&str; 29] = [
    "conformance-key-9f2c",
    "sandbox-reseller-key",
    "marked-key-4711x",
    "marked-token-0815y",
    "K7f3a-marked-KEY-7f3a",
    "MARKEDTOKEN82E2",
    "mArKeD-kEy-5f3a9c",
    "a-key-for-tests",
    "a-key-for-tls",
    "a-key-for-chaos",
    "a-key-for-leaks",
    "test-key-1234",
    "some-key-123",
    "do-not-show",
    "my-reseller-key",
    "k3y-of-the-fuzzer",
    "k3y-of-reseller",
    "resellerimpersonate-12-abcdefg",
    "K0123456789abcdef",
    "sandbox-read-only-key",
    "another-key",
    "second-key",
    "p4ss-of-the-proxy",
    "bWU6cDRzcy1vZi10aGUtcHJveHk=",
    "secretpart77",
    "82E2B7B7F52CCAB349BA588D95B263FA00BE80867A9D656D053167674D6F03C2",
    // Every login link has it, in one of these spellings, and after it the token.
    LOGIN_PATHS[0],
    LOGIN_PATHS[1],
    LOGIN_PATHS[2],
];

/// The path in front of a login link's token: in text, in JSON and in a query.
const LOGIN_PATHS: [&str; 3] = ["/rlogin/", "\\/rlogin\\/", "%2Frlogin%2F"];

/// The mask that may follow these paths.
const MASK: &[u8] = b"***";

/// The files that the run must write, each with a string that it must hold: an empty file would hold no secrets.
const KEPT: [(&str, &str); 10] = [
    ("rust.txt", "crankwheel: GET /ss/rsapi/clients"),
    ("rust-conformance.txt", "ConflictError"),
    ("python.txt", "crankwheel: GET /ss/rsapi/clients"),
    ("python-errors.txt", "ConflictError"),
    ("python-results.txt", "LoginLink("),
    ("python-log.txt", "GET /ss/rsapi/clients"),
    ("python-pickles.bin", "crankwheel"),
    ("node.txt", "/ss/rsapi/clients"),
    ("node-conformance.txt", "ConflictError"),
    ("node-errors.txt", "APIConnectionError"),
];

/// Runs all tests with every kind of output turned on, and searches it.
pub fn secrets(at: &Shells) -> Result {
    let folder = target().join("shown");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;

    let tests = cmd!(at.top, "cargo test --workspace --quiet -- --nocapture");
    run_into(verbose(tests, &folder), &folder.join("rust.txt"))?;
    let tests = python::pytest(at).args(["--capture=no", "-rA", "--log-level=DEBUG"]);
    run_into(verbose(tests, &folder), &folder.join("python.txt"))?;
    run_into(verbose(node::tests(at), &folder), &folder.join("node.txt"))?;

    for (name, text) in KEPT {
        let file = folder.join(name);
        let kept = read(&file)?;
        if find(&kept, text.as_bytes()).next().is_none() {
            return Err(format!("{} does not hold {text:?}: it is not what it should be", file.display()));
        }
    }
    let mut problems = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| error.to_string())?.flatten() {
        look_through(&entry.path(), &mut problems)?;
    }
    if problems.is_empty() { Ok(()) } else { Err(format!("secrets were shown:\n{}", problems.join("\n"))) }
}

fn verbose<'a>(tests: Cmd<'a>, folder: &Path) -> Cmd<'a> {
    let tests =
        tests.envs([("CRANKWHEEL_LOG", "debug"), ("NODE_DEBUG", "crankwheel"), ("RUST_BACKTRACE", "0")]);
    tests.env("CRANKWHEEL_KEEP_SHOWN", folder)
}

fn look_through(file: &Path, problems: &mut Vec<String>) -> Result {
    let kept = read(file)?;
    for mark in MARKS {
        for at in find(&kept, mark.as_bytes()) {
            let after = kept.get(at + mark.len()..).unwrap_or_default();
            if LOGIN_PATHS.contains(&mark) && after.starts_with(MASK) {
                continue;
            }
            let around = kept.get(at.saturating_sub(80)..kept.len().min(at + 80)).unwrap_or_default();
            problems.push(format!("  {}: {}", file.display(), around.escape_ascii()));
        }
    }
    Ok(())
}

fn find<'a>(text: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::root;

    #[test]
    fn what_is_shown_is_found() {
        let folder = target().join("shown-test");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("some.bin");
        let mut problems = Vec::new();
        fs::write(&file, b"\x80\x04 fine /ss/auth/rlogin/*** here").unwrap();
        look_through(&file, &mut problems).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        fs::write(&file, b"\x80\x04Xresellerimpersonate-5-marked-key-4711x\x00 /rlogin/a@b.c:82E2").unwrap();
        look_through(&file, &mut problems).unwrap();
        assert_eq!(problems.len(), 2, "{problems:?}");
        fs::remove_dir_all(folder).unwrap();
    }

    /// A mark that no test uses finds nothing, and a key that is not a mark is not found.
    #[test]
    fn the_marks_are_the_keys_of_the_tests() {
        let folders =
            ["crates/crankwheel", "crates/crankwheel-sandbox/src", "python/tests", "npm/test", "tests"];
        let sources: Vec<_> = folders.iter().flat_map(|folder| sources(&root().join(folder))).collect();
        for mark in MARKS.iter().filter(|mark| !LOGIN_PATHS.contains(mark)) {
            assert!(sources.iter().any(|source| source.contains(mark)), "no test uses {mark}");
        }
        let keys = sources.iter().flat_map(|source| keys(source));
        let unknown: Vec<_> = keys.filter(|key| !MARKS.iter().any(|mark| key.contains(mark))).collect();
        assert!(unknown.is_empty(), "these keys are no marks: {unknown:?}");
    }

    /// Finds strings that are keys because of the code before them. Other tests search for short keys and those of the
    /// documentation.
    fn keys(source: &str) -> impl Iterator<Item = &str> {
        const BEFORE: [&str; 9] = [
            "KEY: &str = \"",
            "KEY = \"",
            "KEY = '",
            "api_key=\"",
            "apiKey: '",
            "CrankWheel(\"",
            "CrankWheel::new(\"",
            "CrankWheel::with(\"",
            "Secret::new(\"",
        ];
        const SHORTEST: usize = 10;
        let found = BEFORE.into_iter().flat_map(move |before| {
            source.match_indices(before).map(move |(at, _)| source.split_at(at + before.len()).1)
        });
        let texts = found.filter_map(|rest| rest.split(['"', '\'']).next());
        texts.filter(|text| text.len() >= SHORTEST && !text.contains(' '))
    }

    fn sources(folder: &Path) -> Vec<String> {
        let here = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
        here.flat_map(|path| match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() && path.file_name().is_some_and(|name| name == "target") => Vec::new(),
            _ if path.is_dir() => sources(&path),
            Some("rs" | "py" | "mjs" | "cjs" | "json") => vec![fs::read_to_string(path).unwrap()],
            _ => Vec::new(),
        })
        .collect()
    }
}
