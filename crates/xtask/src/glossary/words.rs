//! The glossary: words that this project once used in an uncommon sense, and the words to write instead.

/// One entry. Words are separated by spaces, alternatives by `|`; `*` is any word.
pub struct Entry {
    /// The phrase that is searched for.
    pub instead_of: &'static str,
    /// The words to write.
    pub write: &'static str,
    /// Longer phrases in which the words are right.
    pub except: &'static [&'static str],
}

const fn entry(instead_of: &'static str, write: &'static str, except: &'static [&'static str]) -> Entry {
    Entry { instead_of, write, except }
}

/// All entries.
pub const ENTRIES: &[Entry] = &[
    entry("answer|answers|answered|answering", "response, to respond", &[]),
    entry("a text", "a string", &["a text file|editor|field"]),
    entry("texts", "strings", &[]),
    entry(
        "is|are|was|were|be no",
        "is not a valid …, is not …, unknown …",
        &["there is|are|was|were|be no", "is|are|was|were|be no longer|more|less|fewer|other"],
    ),
    entry("is|are|was|were none", "is not one, is not valid", &["there is|are|was|were none"]),
    entry("sent|send|sends|sending again", "retried, to retry", &[]),
    entry("carry|carries|carried|carrying out", "applied, to apply", &[]),
    entry("gives", "returns", &["gives up"]),
    entry("give|given|gave|giving back|out", "returned, to return", &[]),
    entry("is|are|was|were|be|been|being made", "created", &["is|are|was|were made of|up|by|available"]),
    entry("anew", "again, re-created", &[]),
    entry("of its|their|his|her|our|your|one's own", "its own …, separate", &[]),
    entry("beside", "next to, in addition to", &[]),
    entry("what|who * works with", "the configuration, the context", &[]),
    entry("what|who * * works with", "the configuration, the context", &[]),
    entry("of the moment", "current", &[]),
    entry("surface|surfaces", "binding, language", &[]),
    entry("go|goes|going|gone|went wrong", "to fail, a failure", &[]),
    entry("passing failure|failures|error|errors|trouble|fault|faults", "transient failure", &[]),
    entry("by|with one more request", "with one additional request", &[]),
    entry("in this process", "in-process", &[]),
    entry("on this machine", "on localhost", &[]),
    entry("how often it", "the number of times, the number of attempts", &[]),
    entry("told", "reported", &["told to"]),
    entry("noted", "recorded", &[]),
    entry("a|the head", "the status line and headers", &[]),
    entry("wire form|forms", "raw JSON", &[]),
    entry("as it|they came|comes|come|arrived", "as received, raw", &[]),
    entry("when asked for", "lazily, on access", &[]),
    entry("get|gets|got|getting through", "to connect, connection problems", &[]),
];

/// Words that a doc comment must not begin with: it begins with a verb or names the thing.
pub const OPENINGS: [&str; 5] = ["What", "How", "Whether", "Who", "Whom"];
