//! Rule data: files shipped in the binary, each replaceable by a file of the same path in a folder.

use std::{borrow::Cow, collections::BTreeSet, path::PathBuf};

use crate::KernelError;

#[derive(rust_embed::RustEmbed)]
#[folder = "../../data"]
struct Shipped;

/// The rule data of an installation.
#[derive(Clone, Debug, Default)]
pub struct RuleFiles {
    folder: Option<PathBuf>,
}

impl RuleFiles {
    /// The shipped data, overridden file by file from `folder` when given.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Reads one file such as `holidays/days.csv`.
    ///
    /// # Errors
    /// [`KernelError::Rules`] when it exists in neither place.
    pub fn read(&self, path: &str) -> Result<Cow<'static, [u8]>, KernelError> {
        if let Some(folder) = &self.folder {
            match std::fs::read(folder.join(path)) {
                Ok(bytes) => return Ok(bytes.into()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(KernelError::Rules(format!("{path}: {error}"))),
            }
        }
        Shipped::get(path)
            .map(|file| file.data)
            .ok_or_else(|| KernelError::Rules(format!("{path} is missing")))
    }

    /// The same as text.
    ///
    /// # Errors
    /// [`KernelError::Rules`], also when it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, KernelError> {
        String::from_utf8(self.read(path)?.into_owned())
            .map_err(|_| KernelError::Rules(format!("{path} is not UTF-8")))
    }

    /// Paths of all files under a folder such as `matters/`, sorted.
    pub fn list(&self, prefix: &str) -> Vec<String> {
        let shipped = Shipped::iter()
            .filter(|path| path.starts_with(prefix))
            .map(Cow::into_owned);
        let mut paths: BTreeSet<String> = shipped.collect();
        if let Some(folder) = &self.folder {
            let mut open = vec![folder.join(prefix)];
            while let Some(dir) = open.pop() {
                for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
                    let path = entry.path();
                    if path.is_dir() {
                        open.push(path);
                    } else if let Ok(relative) = path.strip_prefix(folder) {
                        paths.insert(relative.to_string_lossy().replace('\\', "/"));
                    }
                }
            }
        }
        paths.into_iter().collect()
    }
}
