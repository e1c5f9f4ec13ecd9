//! The imports among the Python or TypeScript modules of one folder, read off their import lines.

use std::fs;
use std::path::{Path, PathBuf};

use super::circles::Edge;
use crate::run::Result;

/// The imports between files. Imports for types only count too: they tie files together all the same.
pub fn edges(checkout: &Path, folder: &Path) -> Result<Vec<Edge>> {
    let mut edges = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(checkout.join(&folder)).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let file = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(file);
                continue;
            }
            let imported: fn(&Path, &Path, &str) -> Vec<PathBuf> =
                match file.extension().and_then(|kind| kind.to_str()) {
                    Some("py") => python,
                    Some("ts") => typescript,
                    _ => continue,
                };
            let text =
                fs::read_to_string(entry.path()).map_err(|error| format!("{}: {error}", file.display()))?;
            for (index, line) in text.lines().enumerate() {
                edges.extend(imported(checkout, &folder, line).into_iter().map(|to| Edge {
                    from: file.display().to_string(),
                    to: to.display().to_string(),
                    place: format!("{}:{}", file.display(), index + 1),
                }));
            }
        }
    }
    edges.sort();
    Ok(edges)
}

/// The files that `from .module import …` or `from . import module, …` import from.
fn python(checkout: &Path, folder: &Path, line: &str) -> Vec<PathBuf> {
    let line = line.trim_start().strip_prefix("from .");
    let Some((module, names)) = line.and_then(|line| line.split_once(" import ")) else {
        return Vec::new();
    };
    let name = module.trim_start_matches('.');
    let above = module.len() - name.len();
    let package = folder.ancestors().nth(above).unwrap_or(folder);
    // A stub stands for a compiled module.
    let file = |module: PathBuf| {
        let files = [module.with_extension("py"), module.with_extension("pyi"), module.join("__init__.py")];
        files.into_iter().find(|file| checkout.join(file).is_file())
    };
    if !name.is_empty() {
        return file(package.join(name.replace('.', "/"))).into_iter().collect();
    }
    let names = names.split(',').filter_map(|name| name.split_whitespace().next());
    names.filter_map(|name| file(package.join(name)).or_else(|| file(package.to_owned()))).collect()
}

/// The file that `… from './module'` imports from.
fn typescript(checkout: &Path, folder: &Path, line: &str) -> Vec<PathBuf> {
    let module = line.split_once(" from './").and_then(|(_, module)| module.split_once('\''));
    let file = module.map(|(module, _)| folder.join(module).with_extension("ts"));
    file.into_iter().filter(|file| checkout.join(file).is_file()).collect()
}
