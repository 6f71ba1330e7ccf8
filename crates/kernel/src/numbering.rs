//! Gapless series of official numbers. A number is taken in the same transaction as the act that uses it, so
//! a rolled-back act gives it back; a number once committed is never given again and stays explained.

use sea_orm::{ConnectionTrait, Statement};

use crate::{KernelError, Work, event::Subject};

impl Work {
    /// Takes the next number of a series such as `licence/赣/WH/2026`; the first is 1.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn next_number(&mut self, series: &str, subject: Subject) -> Result<u64, KernelError> {
        let backend = self.kernel().db().backend();
        let take = Statement::from_sql_and_values(
            backend,
            "INSERT INTO number_series (series, last) VALUES ($1, 1) \
             ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last",
            [series.into()],
        );
        let row = self.conn().query_one_raw(take).await?;
        let value: i64 = row
            .ok_or(KernelError::Corrupt("number series".into()))?
            .try_get("", "last")?;
        let explain = Statement::from_sql_and_values(
            backend,
            "INSERT INTO number_given (series, value, subject_type, subject_id, at) VALUES ($1, $2, $3, $4, $5)",
            [
                series.into(),
                value.into(),
                subject.kind.into(),
                subject.id.into(),
                self.now().into(),
            ],
        );
        self.conn().execute_raw(explain).await?;
        u64::try_from(value).map_err(|_| KernelError::Corrupt(format!("negative number in series {series}")))
    }

    /// Notes why a given number will not be used.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn void_number(&mut self, series: &str, value: u64, reason: &str) -> Result<(), KernelError> {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        let statement = Statement::from_sql_and_values(
            self.kernel().db().backend(),
            "UPDATE number_given SET void_reason = $3 WHERE series = $1 AND value = $2",
            [series.into(), value.into(), reason.into()],
        );
        self.conn().execute_raw(statement).await?;
        Ok(())
    }
}
