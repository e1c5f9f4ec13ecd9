//! The fuzzer and its corpus: the inputs that earlier runs kept for their coverage.
//!
//! The corpus is one archive, `tests/fuzz/corpus.tar.gz`. A run unpacks it into `target/fuzz-corpus`
//! and adds the inputs that it finds; `cargo xtask fuzz-corpus` writes that folder back into the archive.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use xshell::{Cmd, cmd};

use crate::run::{Result, Shells, cargo_command, root, run, target};

/// Runs the fuzzer on any bytes as any response, guided by coverage.
pub fn fuzz(at: &Shells) -> Result {
    let corpus = unpacked_corpus()?;
    let limits =
        ["-runs=10000000", "-rss_limit_mb=1024", "-malloc_limit_mb=64", "-max_len=8192", "-timeout=10"];
    run(cargo_fuzz(at, "run")?.arg(corpus).arg("--").args(limits))
}

/// Drops the inputs that add no coverage and writes the rest into the archive.
pub fn keep_corpus(at: &Shells) -> Result {
    let corpus = unpacked_corpus()?;
    run(cargo_fuzz(at, "cmin")?.arg(&corpus))?;
    let packed = pack(&corpus).map_err(|error| format!("cannot pack {}: {error}", corpus.display()))?;
    fs::write(archive(), packed).map_err(|error| format!("cannot write {}: {error}", archive().display()))
}

fn cargo_fuzz<'a>(at: &'a Shells, command: &str) -> Result<Cmd<'a>> {
    cargo_command(at, "fuzz", "cargo-fuzz")?;
    // Coverage and the address sanitizer are unstable flags of the compiler.
    Ok(cmd!(at.top, "cargo fuzz {command} --fuzz-dir tests/fuzz responses").env("RUSTC_BOOTSTRAP", "1"))
}

fn archive() -> PathBuf {
    root().join("tests/fuzz/corpus.tar.gz")
}

/// The folder with the archive's inputs and those that runs in this checkout have found.
fn unpacked_corpus() -> Result<PathBuf> {
    let folder = target().join("fuzz-corpus");
    unpack(&archive(), &folder).map_err(|error| {
        format!("cannot unpack {} into {}: {error}", archive().display(), folder.display())
    })?;
    Ok(folder)
}

fn unpack(archive: &Path, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    tar::Archive::new(GzDecoder::new(File::open(archive)?)).unpack(folder)
}

/// Packs the files of a folder. The same files result in the same bytes: sorted, without times or owners.
fn pack(folder: &Path) -> std::io::Result<Vec<u8>> {
    let mut inputs = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    inputs.sort();
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for input in inputs {
        let bytes = fs::read(&input)?;
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, input.file_name().unwrap_or_default(), bytes.as_slice())?;
    }
    archive.into_inner()?.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_holds_what_was_packed_and_packs_to_the_same_bytes() {
        let folder = target().join("fuzz-corpus-test");
        let (first, second) = (folder.join("first"), folder.join("second"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&first).unwrap();
        for name in ["b", "a", "c"] {
            fs::write(first.join(name), [name.as_bytes(), b"\x00\xff"].concat()).unwrap();
        }
        let packed = pack(&first).unwrap();
        let archive = folder.join("corpus.tar.gz");
        fs::write(&archive, &packed).unwrap();
        unpack(&archive, &second).unwrap();
        assert_eq!(fs::read(second.join("b")).unwrap(), b"b\x00\xff");
        assert_eq!(pack(&second).unwrap(), packed);
        fs::remove_dir_all(folder).unwrap();
    }
}
