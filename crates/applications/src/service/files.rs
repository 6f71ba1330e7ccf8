//! Files that the applicant hands in.

use bytes::{Bytes, BytesMut};
use kernel::{
    Actor,
    blobs::{self, BadFile, FileKind},
    ids::ApplicationId,
};
use matters::{FileType, MaterialKey};

use super::{Applications, ApplicationsError, Outcome, person};
use crate::{
    model::{Command, FileId, MaterialFile, Refusal},
    rules::{Action, Viewer, may},
    store::Record,
};

/// A megabyte in the sense of the matter definitions.
pub(super) const MEGABYTE: usize = 1_000_000;

/// An upload that grows as it streams in and ends as soon as it is too large.
pub struct Upload {
    /// The material it is for.
    pub material: MaterialKey,
    limit_mb: u32,
    allowed: Vec<FileKind>,
    bytes: BytesMut,
}

impl Upload {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`BadFile::TooLarge`] as soon as the limit is passed.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), BadFile> {
        let most = self.limit_mb as usize * MEGABYTE;
        if self.bytes.len() + chunk.len() > most {
            return Err(BadFile::TooLarge {
                limit_mb: self.limit_mb.into(),
            });
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

fn kinds(types: &[FileType]) -> Vec<FileKind> {
    let kind = |one: &FileType| match one {
        FileType::Pdf => FileKind::Pdf,
        FileType::Ofd => FileKind::Ofd,
        FileType::Jpg | FileType::Png => FileKind::Picture,
        FileType::Docx => FileKind::Docx,
        FileType::Xlsx => FileKind::Xlsx,
    };
    let mut kinds = Vec::new();
    for one in types.iter().map(kind) {
        if !kinds.contains(&one) {
            kinds.push(one);
        }
    }
    kinds
}

impl Applications {
    /// Begins an upload for a material; the limits come from the matter definition.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`], [`ApplicationsError::Denied`] when nothing can be handed in now.
    pub async fn begin_upload(&self, actor: &Actor, id: ApplicationId, material: &str) -> Outcome<Upload> {
        let record = self.seen(actor, id).await?;
        let def = self.definition(&record.application)?;
        let bodies = self.bodies(&record.application, def);
        let viewer = Viewer {
            actor,
            qualified: true,
            bodies: &bodies,
        };
        may(&record.application, def, viewer, upload_action(&record))?;
        let known = def
            .material(material)
            .ok_or(ApplicationsError::NotFound("材料"))?;
        let Some(limits) = &known.upload else {
            let message = format!("“{}”在线填写，不需要上传文件", known.name);
            return Err(Refusal::field("material", message).into());
        };
        Ok(Upload {
            material: known.key.clone(),
            limit_mb: limits.max_size_mb,
            allowed: kinds(&limits.file_types),
            bytes: BytesMut::new(),
        })
    }

    /// Checks what came in by its content, stores it and adds it to the material.
    ///
    /// # Errors
    /// [`ApplicationsError::BadFile`] says what to do; [`ApplicationsError::Refused`] when the correction notice
    /// does not name the material.
    pub async fn finish_upload(
        &self,
        actor: &Actor,
        id: ApplicationId,
        upload: Upload,
        name: &str,
    ) -> Outcome<(Record, FileId)> {
        let bytes: Bytes = upload.bytes.freeze();
        let media_type = blobs::check(&bytes, upload.limit_mb.into(), &upload.allowed)?;
        let blob = self.kernel.blobs().put(bytes, media_type).await?;
        let action = upload_action(&self.seen(actor, id).await?);
        let open = self.open(actor, id, action).await?;
        open.work.keep_blob(&blob).await?;
        let file = MaterialFile {
            id: FileId(open.work.next_id()),
            material: upload.material,
            name: clean_name(name),
            blob,
            at: open.work.now(),
            by: person(actor),
        };
        let file_id = file.id;
        let record = self.close(open, Command::Attach(file), &[], Vec::new()).await?;
        Ok((record, file_id))
    }

    /// Takes a file out again.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`].
    pub async fn remove_file(&self, actor: &Actor, id: ApplicationId, file: FileId) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Edit).await?;
        self.close(open, Command::Detach(file), &[], Vec::new()).await
    }

    /// A file with its content, for those who may know of the application.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] outside the scope.
    pub async fn file(
        &self,
        actor: &Actor,
        id: ApplicationId,
        file: FileId,
    ) -> Outcome<(MaterialFile, Bytes)> {
        let record = self.seen(actor, id).await?;
        let known = record
            .application
            .dossier()
            .files
            .iter()
            .find(|one| one.id == file);
        let known = known.ok_or(ApplicationsError::NotFound("文件"))?.clone();
        let bytes = self.kernel.blobs().get_checked(&known.blob.sha256).await?;
        Ok((known, bytes))
    }
}

/// Before acceptance a file mends the draft; after it, it can only be one that was to follow.
fn upload_action(record: &Record) -> Action {
    if record.application.stage().is_some() {
        Action::Supply
    } else {
        Action::Edit
    }
}

/// The last part of the name, without control characters, at most 120 characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if clean.trim().is_empty() {
        "未命名文件".to_owned()
    } else {
        clean
    }
}
