//! The rows of the report.

mod certificate;
mod commit;
mod evidence;
mod import;
mod ledger;
mod lists;
mod nightly;
mod search;
mod start;
mod status;

use std::path::{Path, PathBuf};

use crate::{
    Outcome,
    base::{Base, Engine},
    city,
    options::{Options, Row},
    report::Report,
};

/// Measures all that is asked for and writes the report after each part.
pub async fn run(options: &Options) -> Outcome<()> {
    let temporary = tempfile::Builder::new().prefix("anxu-bench.").tempdir()?;
    let folder = options
        .folder
        .clone()
        .unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let mut report = Report::begin(options)?;
    if options.wants(Row::Certificate) {
        certificate::run(options, &folder, &mut report).await?;
        report.write(options)?;
    }
    if options.wants(Row::City) {
        certificate::city(options, &folder, &mut report).await?;
        report.write(options)?;
    }
    if !options.wants_data() {
        return Ok(());
    }
    for &size in &options.sizes {
        let list = folder.join(format!("list-{size}.csv"));
        let names = city::write_list(&list, size)?;
        for &engine in &options.databases {
            let place = Place {
                options,
                folder: &folder,
                list: list.clone(),
                names: &names,
                engine,
                size,
            };
            place.measure(&mut report).await?;
            report.write(options)?;
        }
        std::fs::remove_file(&list)?;
    }
    Ok(())
}

/// An engine and a size.
struct Place<'a> {
    options: &'a Options,
    folder: &'a Path,
    list: PathBuf,
    names: &'a [String],
    engine: Engine,
    size: usize,
}

impl Place<'_> {
    async fn measure(&self, report: &mut Report) -> Outcome<()> {
        let options = self.options;
        let base = Base::create(options, self.folder, self.engine, &self.size.to_string())?;
        let platform = base.platform().await?;
        import::run(self, &base, &platform, report).await?;
        let keys = import::licences(self, &platform, report).await?;
        if options.wants(Row::Evidence) {
            evidence::run(self, &platform, report).await?;
        }
        base.settle()?;
        if options.wants(Row::Search) {
            search::run(self, &platform, report).await?;
        }
        if [Row::Commit, Row::Lists, Row::Ledger]
            .iter()
            .any(|row| options.wants(*row))
        {
            commit::run(self, &base, &platform, report).await?;
        }
        if options.wants(Row::Nightly) {
            nightly::run(self, &platform, report).await?;
        }
        drop(platform);
        if options.wants(Row::Status) {
            status::run(self, &base, keys, report).await?;
        }
        if options.wants(Row::Lists) {
            lists::run(self, &base, report).await?;
        }
        // Last of those that read: it multiplies the work in hand.
        if options.wants(Row::Ledger) {
            ledger::run(self, &base, report).await?;
        }
        if options.wants(Row::Start) {
            start::run(self, &base, report).await?;
        }
        base.remove()
    }
}
