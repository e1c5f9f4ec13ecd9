//! Installing and building what other commands need. Each preparation is fast when nothing changed.

use std::collections::BTreeSet;

use crate::run::{Result, Shells, step};
use crate::{node, python, rust};

/// One preparation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetUp {
    /// The tools that format and check Python, and others that come as Python packages.
    PythonTools,
    /// The Python package, built and importable.
    PythonPackage,
    /// The tools that format and check TypeScript.
    NodeTools,
    /// The Node package, built and importable.
    NodePackage,
    /// The programs that both packages' tests start.
    TestServers,
}

impl SetUp {
    fn name(self) -> &'static str {
        match self {
            SetUp::PythonTools => "Python: install tools",
            SetUp::PythonPackage => "Python: build",
            SetUp::NodeTools => "Node: install tools",
            SetUp::NodePackage => "Node: build",
            SetUp::TestServers => "Build the conformance server and the chaos proxy",
        }
    }

    fn needs(self) -> &'static [SetUp] {
        match self {
            SetUp::PythonPackage => &[SetUp::PythonTools],
            SetUp::NodePackage => &[SetUp::NodeTools],
            SetUp::PythonTools | SetUp::NodeTools | SetUp::TestServers => &[],
        }
    }

    fn run(self, at: &Shells) -> Result {
        match self {
            SetUp::PythonTools => python::install_tools(at),
            SetUp::PythonPackage => python::build(at),
            SetUp::NodeTools => node::install(at),
            SetUp::NodePackage => node::build(at),
            SetUp::TestServers => rust::build_test_servers(at),
        }
    }
}

/// The preparations that this run has done.
#[derive(Default)]
pub struct Prepared(BTreeSet<SetUp>);

impl Prepared {
    /// Does the preparations that are still missing.
    pub fn prepare(&mut self, at: &Shells, needs: &[SetUp]) -> Result {
        for need in needs.iter().filter(|need| !self.0.contains(need)).copied().collect::<Vec<_>>() {
            self.prepare(at, need.needs())?;
            step(need.name(), || need.run(at))?;
            self.0.insert(need);
        }
        Ok(())
    }
}

/// Does these preparations, for commands that need them once.
pub fn prepare(at: &Shells, needs: &[SetUp]) -> Result {
    Prepared::default().prepare(at, needs)
}
