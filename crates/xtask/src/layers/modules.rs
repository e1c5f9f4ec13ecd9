//! The modules of one crate, and which file each import leads to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;

use super::circles::Edge;
use super::imports::{self, Glob, Name, Segments, Written};
use crate::run::Result;

/// The number of re-exports that an import is followed through; more would be a circle of them.
const MOST_REEXPORTS: usize = 8;

/// A crate's modules, read from its `lib.rs` on.
pub struct Crate {
    /// The folder with `lib.rs`, from the top of the checkout.
    pub source: String,
    modules: BTreeMap<Segments, Module>,
}

struct Module {
    /// From the top of the checkout.
    file: String,
    written: Written,
}

/// An import, seen from the top-level modules.
pub struct Import<'a> {
    /// The file with the import.
    pub file: &'a str,
    /// Its line.
    pub line: usize,
    /// As it is written.
    pub path: String,
    /// The top-level module that imports.
    pub from: &'a str,
    /// The top-level module that it imports from.
    pub to: &'a str,
}

/// Where a path leads.
struct Target<'a> {
    /// The module that the item is in.
    module: &'a [String],
    /// True if the path names something within that module, not only the module.
    item: bool,
}

/// One import of a module.
struct Found<'a> {
    path: &'a Segments,
    line: usize,
    /// `path::*`: names the module, but means what is in it.
    glob: bool,
    /// Only handed on with `pub use`, not used by the module itself.
    reexported: bool,
}

impl Crate {
    /// Reads the crate whose `lib.rs` is in this folder of the checkout.
    pub fn read(checkout: &Path, source: &str) -> Result<Self> {
        let mut read = Crate { source: source.to_owned(), modules: BTreeMap::new() };
        read.file(checkout, format!("{source}/lib.rs"), source, Vec::new())?;
        Ok(read)
    }

    /// Reads a file and the files of the modules that it declares, which are in `folder`.
    fn file(&mut self, checkout: &Path, file: String, folder: &str, module: Segments) -> Result {
        let text = fs::read_to_string(checkout.join(&file))
            .map_err(|error| format!("cannot read {file}: {error}"))?;
        let tokens: TokenStream = text.parse().map_err(|error| format!("{file}: {error}"))?;
        self.add(checkout, imports::read(tokens), &file, folder, module)
    }

    fn add(
        &mut self,
        checkout: &Path,
        mut written: Written,
        file: &str,
        folder: &str,
        module: Segments,
    ) -> Result {
        let inline = std::mem::take(&mut written.inline);
        for name in &written.children {
            if inline.contains_key(name) {
                continue;
            }
            let below = format!("{folder}/{name}");
            let files = [format!("{below}.rs"), format!("{below}/mod.rs")];
            let found = files.into_iter().find(|file| checkout.join(file).is_file());
            let found = found.ok_or_else(|| format!("{file}: the file of `mod {name};` is missing"))?;
            self.file(checkout, found, &below, child(&module, name))?;
        }
        for (name, written) in inline {
            self.add(checkout, written, file, &format!("{folder}/{name}"), child(&module, &name))?;
        }
        self.modules.insert(module, Module { file: file.to_owned(), written });
        Ok(())
    }

    /// The modules that `lib.rs` declares.
    pub fn top_modules(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().filter(|module| module.len() == 1).map(|module| top(module))
    }

    /// Every import, with the top-level modules on both sides: the one that the path names and, where
    /// that one re-exports the item, the one that the item is in.
    pub fn imports(&self) -> Vec<Import<'_>> {
        let mut imports = Vec::new();
        for (module, Module { file, written }) in &self.modules {
            for Found { path, line, .. } in found(written) {
                let Some(absolute) = self.absolute(module, path, 0) else { continue };
                let named =
                    self.locate(&absolute).filter(|(named, rest)| !(named.is_empty() && self.is_macro(rest)));
                let ends = named
                    .map(|(named, _)| named)
                    .into_iter()
                    .chain(self.target(&absolute, 0).map(|target| target.module));
                for end in ends {
                    let (from, to) = (top(module), top(end));
                    imports.push(Import { file, line, path: path.join("::"), from, to });
                }
            }
        }
        imports
    }

    /// The imports between top-level modules.
    pub fn module_edges(&self) -> Vec<Edge> {
        self.edges(|module, _| top(module))
    }

    /// The imports between files.
    pub fn file_edges(&self) -> Vec<Edge> {
        self.edges(|_, file| file)
    }

    /// The imports between modules, from the one that imports to the one that the item is in, each
    /// called by `name`. Naming a module does not count, nor does handing an item on with `pub use`.
    fn edges<'a>(&'a self, name: impl Fn(&'a [String], &'a str) -> &'a str) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (module, Module { file, written }) in &self.modules {
            for Found { path, line, glob, reexported } in found(written) {
                let target = self.absolute(module, path, 0).and_then(|path| self.target(&path, 0));
                if let Some(Target { module: other, item }) = target
                    && (item || glob)
                    && !reexported
                    && let Some(Module { file: to, .. }) = self.modules.get(other)
                {
                    let (from, to) = (name(module, file).to_owned(), name(other, to).to_owned());
                    edges.push(Edge { from, to, place: format!("{file}:{line}") });
                }
            }
        }
        edges
    }

    /// The path from the crate's root, or `None` for other crates' paths.
    fn absolute(&self, module: &[String], path: &[String], depth: usize) -> Option<Segments> {
        let (first, rest) = path.split_first()?;
        let parent = || module.split_last().map(|(_, parent)| parent);
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" if rest.first().is_some_and(|next| next == "super") => {
                self.absolute(parent()?, rest, depth)
            }
            "super" => Some([parent()?, rest].concat()),
            _ if self.modules.contains_key(&child(module, first)) => Some([module, path].concat()),
            _ if depth < MOST_REEXPORTS => {
                let names = &self.modules.get(module)?.written.names;
                let name = names.iter().find(|name| name.name == *first && name.path != path)?;
                Some([self.absolute(module, &name.path, depth + 1)?.as_slice(), rest].concat())
            }
            _ => None,
        }
    }

    /// The innermost module that a path from the root names, and what follows it.
    fn locate<'a, 'path>(&'a self, path: &'path [String]) -> Option<(&'a [String], &'path [String])> {
        (0..=path.len()).rev().map(|length| path.split_at(length)).find_map(|(module, rest)| {
            self.modules.get_key_value(module).map(|(module, _)| (module.as_slice(), rest))
        })
    }

    /// Follows a path from the root through re-exports to the module that the item is in.
    fn target(&self, path: &[String], depth: usize) -> Option<Target<'_>> {
        let (module, rest) = self.locate(path).map(|(module, rest)| (module.to_vec(), rest))?;
        let (module, Module { written, .. }) = self.modules.get_key_value(&module)?;
        let Some((name, further)) = rest.split_first() else { return Some(Target { module, item: false }) };
        if module.is_empty() && self.is_macro(rest) {
            let defines = |(_, module): &(&Segments, &Module)| module.written.macros.contains(name);
            return self.modules.iter().find(defines).map(|(module, _)| Target { module, item: true });
        }
        let onward = |path: &Segments, further: &[String]| {
            let path = [self.absolute(module, path, depth)?.as_slice(), further].concat();
            self.target(&path, depth + 1)
        };
        if depth < MOST_REEXPORTS {
            let named = written.names.iter().find(|import| import.name == *name);
            if let Some(target) = named.and_then(|import| onward(&import.path, further)) {
                return Some(Target { item: true, ..target });
            }
            let through =
                |glob: &Glob| onward(&glob.path, rest).filter(|target| self.defines(target.module, name));
            if let Some(target) = written.globs.iter().find_map(through) {
                return Some(target);
            }
        }
        Some(Target { module, item: true })
    }

    fn is_macro(&self, rest: &[String]) -> bool {
        rest.first()
            .is_some_and(|name| self.modules.values().any(|module| module.written.macros.contains(name)))
    }

    fn defines(&self, module: &[String], name: &str) -> bool {
        self.modules.get(module).is_some_and(|module| module.written.occurrences.contains_key(name))
    }
}

/// Everything that a module imports.
fn found(written: &Written) -> impl Iterator<Item = Found<'_>> {
    let names = written.names.iter().map(|Name { name, path, public, line }| Found {
        path,
        line: *line,
        glob: false,
        reexported: *public && !written.occurrences.contains_key(name),
    });
    let globs = written.globs.iter().map(|Glob { path, public, line }| Found {
        path,
        line: *line,
        glob: true,
        reexported: *public,
    });
    let paths =
        written.paths.iter().map(|(path, line)| Found { path, line: *line, glob: false, reexported: false });
    names.chain(globs).chain(paths)
}

fn child(module: &[String], name: &str) -> Segments {
    [module, &[name.to_owned()]].concat()
}

/// The top-level module of a path; the root itself is `lib`.
fn top(module: &[String]) -> &str {
    module.first().map_or("lib", String::as_str)
}
