//! The commands that each language has: `fmt`, `lint`, `build`, and `test` for one language.

use clap::ValueEnum;

use crate::run::{Result, Shells};
use crate::setup::{SetUp, prepare};
use crate::{node, python, rust};

/// A language of the checkout.
#[derive(Clone, Copy, ValueEnum)]
pub enum Language {
    /// The core and the sandbox.
    Rust,
    /// The Python binding and package.
    Python,
    /// The Node binding and package.
    Node,
}

use Language::{Node, Python, Rust};

/// One language, or all if none is named.
pub fn chosen(language: Option<Language>) -> Vec<Language> {
    language.map_or(vec![Rust, Python, Node], |language| vec![language])
}

impl Language {
    /// Formats the sources.
    pub fn fmt(self, at: &Shells) -> Result {
        match self {
            Rust => rust::fmt(at),
            Python => prepare(at, &[SetUp::PythonTools]).and_then(|()| python::fmt(at)),
            Node => prepare(at, &[SetUp::NodeTools]).and_then(|()| node::fmt(at)),
        }
    }

    /// Checks format, lints and types.
    pub fn lint(self, at: &Shells) -> Result {
        match self {
            Rust => rust::check_format(at).and_then(|()| rust::clippy(at)),
            Python => prepare(at, &[SetUp::PythonTools]).and_then(|()| python::lint(at)),
            Node => prepare(at, &[SetUp::NodePackage]).and_then(|()| node::lint(at)),
        }
    }

    /// Builds what the language's users import.
    pub fn build(self, at: &Shells) -> Result {
        match self {
            Rust => rust::build(at),
            Python => prepare(at, &[SetUp::PythonPackage]),
            Node => prepare(at, &[SetUp::NodePackage]),
        }
    }

    /// Builds and runs the tests that match `text`.
    pub fn test(self, at: &Shells, text: Option<&str>) -> Result {
        match self {
            Rust => rust::test(at, text),
            Python => {
                prepare(at, &[SetUp::PythonPackage, SetUp::TestServers]).and_then(|()| python::test(at, text))
            }
            Node => {
                prepare(at, &[SetUp::NodePackage, SetUp::TestServers]).and_then(|()| node::test(at, text))
            }
        }
    }
}
