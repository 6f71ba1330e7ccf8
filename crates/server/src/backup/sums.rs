//! `SHA256SUMS`, as the tool of that name writes and reads it.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::BackupError;

/// Bytes read at a time.
const CHUNK: usize = 1 << 18;

/// A line: checksum and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub sha256: String,
    pub path: String,
}

/// SHA-256 of a file, lower-case hex, with its size. Blocks.
pub(super) fn sum_of(path: &Path) -> std::io::Result<(String, u64)> {
    let (mut file, mut digest, mut buffer, mut size) = (File::open(path)?, Sha256::new(), vec![0; CHUNK], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((data_encoding::HEXLOWER.encode(&digest.finalize()), size)),
            read => {
                digest.update(buffer.get(..read).unwrap_or_default());
                size += read as u64;
            }
        }
    }
}

/// Writes the list, synced to disk.
pub(super) fn write(path: &Path, sums: &[Sum]) -> Result<(), BackupError> {
    let written = File::create(path).and_then(|file| {
        let mut file = std::io::BufWriter::new(file);
        for sum in sums {
            writeln!(file, "{}  {}", sum.sha256, sum.path)?;
        }
        file.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?
            .sync_all()
    });
    written.map_err(BackupError::io(path))
}

/// Reads the list. A path that leaves the backup is refused.
pub(super) fn read(path: &Path) -> Result<Vec<Sum>, BackupError> {
    let text = std::fs::read_to_string(path).map_err(BackupError::io(path))?;
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| parse(line).ok_or(BackupError::Sums(index + 1)))
        .collect()
}

fn parse(line: &str) -> Option<Sum> {
    let (sha256, path) = line.split_once("  ")?;
    let hex = sha256.len() == 64
        && sha256
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    // Stored files lie beside the snapshots; everything else lies in the snapshot.
    let inner = path.strip_prefix("../../files/").unwrap_or(path);
    let tame = !inner.is_empty() && inner.split('/').all(|part| !matches!(part, "" | "." | ".."));
    (hex && tame).then(|| Sum {
        sha256: sha256.to_owned(),
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_backup_are_read() {
        let hash = "0".repeat(64);
        let check = |path: &str, good: bool| {
            assert_eq!(parse(&format!("{hash}  {path}")).is_some(), good, "{path}");
        };
        check("manifest.json", true);
        check("keys/pki/ca.crt", true);
        check("../../files/ab/abcd", true);
        check("../../../etc/passwd", false);
        check("../../files/../../x", false);
        check("/etc/passwd", false);
        check("", false);
        assert_eq!(parse("00  manifest.json"), None);
        assert_eq!(parse(&format!("{hash} manifest.json")), None);
    }
}
