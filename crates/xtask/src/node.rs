//! The Node side: Node itself, the packages that build, the addon and the compiled TypeScript.

use std::process::Command;

use crate::run::{Outcome, fresh, mark, output, program, root, run};

const FOLDER: &str = "npm";
const OLDEST: u32 = 20;

/// A Node that is new enough.
pub struct Node;

impl Node {
    /// Looks for Node.
    pub fn find() -> Outcome<Self> {
        let version = output(program("node", "").arg("--version"));
        let major =
            version.as_deref().unwrap_or("").trim_start_matches('v').split('.').next().map(str::parse::<u32>);
        match major {
            Some(Ok(major)) if major >= OLDEST => Ok(Node),
            _ => Err(format!("Node {OLDEST} or newer is needed (as `node`)")),
        }
    }

    /// Node, to be run in `npm/`.
    pub fn program(&self) -> Command {
        program("node", FOLDER)
    }

    fn npm(&self, arguments: &[&str]) -> Outcome {
        run(Self::npm_program().args(arguments))
    }

    fn npm_program() -> Command {
        program(script("npm"), FOLDER)
    }

    /// Installs what builds and checks the package.
    pub fn install(&self) -> Outcome {
        let folder = root().join(FOLDER);
        let stamp = folder.join("node_modules").join(".installed");
        let files = [folder.join("package-lock.json")];
        if fresh(&stamp, &files) {
            return Ok(());
        }
        // Not `ci`: it refuses a lock file that lacks other platforms' optional packages, which a registry may not have.
        self.npm(&["install", "--no-save", "--no-audit", "--no-fund"])?;
        mark(&stamp, &files)
    }

    /// Compiles the addon and the TypeScript.
    pub fn build(&self) -> Outcome {
        self.npm(&["run", "--silent", "build:native"])?;
        self.npm(&["run", "--silent", "build"])
    }

    /// Format, lints and types.
    pub fn lint(&self) -> Outcome {
        self.npm(&["run", "--silent", "lint"])
    }

    /// What runs all tests.
    pub fn tests(&self) -> Command {
        let mut command = Self::npm_program();
        command.arg("test");
        command
    }
}

/// The file name of a program that npm installs, on this system.
pub fn script(name: &str) -> String {
    if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() }
}
