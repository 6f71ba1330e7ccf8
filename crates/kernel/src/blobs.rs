//! Files by content: stored once under their SHA-256, sniffed, limited in size; a folder or an S3 bucket.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path as StorePath, prefix::PrefixStore,
};
use sea_orm::{ConnectionTrait, Statement, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{KernelError, Work, event::hex};

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlobRef {
    /// SHA-256 of the content, lower-case hex: also its address.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Sniffed media type.
    pub media_type: String,
}

/// A file in the store, as far as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Kinds of upload that a use case takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// JPEG or PNG.
    Picture,
    /// Office Open XML text document.
    Docx,
    /// Office Open XML workbook.
    Xlsx,
    /// OFD layout document (GB/T 33190).
    Ofd,
}

/// Why an upload was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadFile {
    /// Nothing in it.
    #[error("文件是空的，请重新选择文件")]
    Empty,
    /// Larger than allowed.
    #[error("文件超过 {limit_mb} MB，请压缩或拆分后再上传")]
    TooLarge {
        /// The limit.
        limit_mb: u64,
    },
    /// The content is not of an allowed type, whatever its name says.
    #[error("文件内容不是允许的类型（{allowed}），请转换格式后再上传；改扩展名无效")]
    WrongType {
        /// Allowed types for people.
        allowed: String,
    },
}

/// Recognises a file by its content.
pub fn sniff(bytes: &[u8]) -> Option<(FileKind, &'static str)> {
    let kind = infer::get(bytes)?;
    match kind.mime_type() {
        "application/pdf" => Some((FileKind::Pdf, "application/pdf")),
        "image/jpeg" => Some((FileKind::Picture, "image/jpeg")),
        "image/png" => Some((FileKind::Picture, "image/png")),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Some((
            FileKind::Docx,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        )),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Some((
            FileKind::Xlsx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )),
        "application/zip" if contains(bytes, b"OFD.xml") => Some((FileKind::Ofd, "application/ofd")),
        _ => None,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    head.windows(part.len()).any(|window| window == part)
}

/// Checks an upload against size and types.
///
/// # Errors
/// [`BadFile`] says in Chinese what to do.
pub fn check(bytes: &[u8], limit_mb: u64, allowed: &[FileKind]) -> Result<&'static str, BadFile> {
    if bytes.is_empty() {
        return Err(BadFile::Empty);
    }
    if bytes.len() as u64 > limit_mb * 1024 * 1024 {
        return Err(BadFile::TooLarge { limit_mb });
    }
    match sniff(bytes) {
        Some((kind, media_type)) if allowed.contains(&kind) => Ok(media_type),
        _ => {
            let names: Vec<_> = allowed.iter().map(|kind| kind_name(*kind)).collect();
            Err(BadFile::WrongType {
                allowed: names.join("、"),
            })
        }
    }
}

fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Pdf => "PDF",
        FileKind::Picture => "JPG 或 PNG 图片",
        FileKind::Docx => "Word 文档 docx",
        FileKind::Xlsx => "Excel 工作簿 xlsx",
        FileKind::Ofd => "OFD",
    }
}

/// The file store.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Files under a folder, which is made if missing. Written files are synced to disk.
    ///
    /// # Errors
    /// [`KernelError::Files`].
    pub fn folder(path: &Path) -> Result<Self, KernelError> {
        std::fs::create_dir_all(path).map_err(|source| object_store::Error::Generic {
            store: "folder",
            source: Box::new(source),
        })?;
        let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
        })
    }

    /// Files in a bucket of a store that speaks S3: `s3://bucket` or `s3://bucket/folder`. Endpoint, region and
    /// credentials come from the environment as everywhere (`AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, …).
    ///
    /// # Errors
    /// [`KernelError::Files`] when the address is not understood or credentials are incomplete.
    pub fn s3(url: &str) -> Result<Self, KernelError> {
        let folder = url
            .strip_prefix("s3://")
            .map(|rest| rest.split_once('/').map_or("", |(_, folder)| folder))
            .ok_or_else(|| object_store::Error::Generic {
                store: "S3",
                source: format!("{url:?} does not begin with s3://").into(),
            })?;
        let bucket = AmazonS3Builder::from_env().with_url(url).build()?;
        Ok(Self::over(Arc::new(PrefixStore::new(bucket, folder))))
    }

    /// Any object store.
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// Asks the store for something, to see that it answers.
    ///
    /// # Errors
    /// [`KernelError::Files`] when it does not.
    pub async fn ping(&self) -> Result<(), KernelError> {
        match self.store.head(&StorePath::from("ready")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// All stored files, in no order.
    pub fn stored(&self) -> BoxStream<'static, Result<StoredFile, KernelError>> {
        let listed = self.store.list(None);
        let files = listed.filter_map(|found| async {
            match found {
                // Whatever else lies about, such as files half written, is not ours.
                Ok(meta) => meta
                    .location
                    .filename()
                    .filter(|name| is_sha256(name))
                    .map(|name| {
                        Ok(StoredFile {
                            sha256: name.to_owned(),
                            size: meta.size,
                        })
                    }),
                Err(error) => Some(Err(error.into())),
            }
        });
        files.boxed()
    }

    /// Stores a file under its hash. Storing the same content twice is harmless.
    ///
    /// # Errors
    /// [`KernelError::Files`].
    pub async fn put(&self, bytes: Bytes, media_type: &str) -> Result<BlobRef, KernelError> {
        let sha256 = hex(&Sha256::digest(&bytes));
        let size = bytes.len() as u64;
        let path = address(&sha256);
        if self.store.head(&path).await.is_err() {
            self.store.put(&path, PutPayload::from_bytes(bytes)).await?;
        }
        Ok(BlobRef {
            sha256,
            size,
            media_type: media_type.to_owned(),
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`KernelError::Files`] when it is missing or unreadable.
    pub async fn get(&self, sha256: &str) -> Result<Bytes, KernelError> {
        Ok(self.store.get(&address(sha256)).await?.bytes().await?)
    }

    /// Reads a file and checks that its content still has the hash under which it is kept.
    ///
    /// # Errors
    /// [`KernelError::Corrupt`] when it was changed, [`KernelError::Files`] when it is missing.
    pub async fn get_checked(&self, sha256: &str) -> Result<Bytes, KernelError> {
        let bytes = self.get(sha256).await?;
        if hex(&Sha256::digest(&bytes)) == sha256 {
            Ok(bytes)
        } else {
            Err(KernelError::Corrupt(format!("file {sha256} was changed")))
        }
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn address(sha256: &str) -> StorePath {
    StorePath::from(format!("{}/{sha256}", &sha256.get(..2).unwrap_or("__")))
}

impl Work {
    /// Registers a stored file with the act that uses it.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn keep_blob(&self, blob: &BlobRef) -> Result<(), KernelError> {
        let values: [Value; 4] = [
            blob.sha256.as_str().into(),
            i64::try_from(blob.size).unwrap_or(i64::MAX).into(),
            blob.media_type.as_str().into(),
            self.now().into(),
        ];
        let sql =
            "INSERT INTO blob (sha256, size, media_type, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let statement = Statement::from_sql_and_values(self.kernel().db().backend(), sql, values);
        self.conn().execute_raw(statement).await?;
        Ok(())
    }
}
