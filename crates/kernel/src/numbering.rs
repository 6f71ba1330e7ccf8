//! Gapless series of official numbers. A number is taken in the same transaction as the act that uses it, so
//! a rolled-back act gives it back; a number once committed is never given again and stays explained.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::{Dialect, KernelError, Work, event::Subject};

/// Adopted numbers in one INSERT.
const ADOPTED_AT_ONCE: usize = 1000;

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

    /// Enters numbers of a series that were given before the platform kept it: they are explained by their
    /// subjects, and the series goes on after the highest of them. What lies between is noted as given elsewhere.
    ///
    /// # Errors
    /// [`KernelError::Database`], also when one of them was given already.
    pub async fn adopt_numbers(&mut self, series: &str, given: &[(u64, Subject)]) -> Result<(), KernelError> {
        let backend = self.kernel().db().backend();
        let stored = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let Some(highest) = given.iter().map(|(value, _)| stored(*value)).max() else {
            return Ok(());
        };
        self.explain_gap(series, highest).await?;
        let raise = Statement::from_sql_and_values(
            backend,
            "INSERT INTO number_series (series, last) VALUES ($1, $2) ON CONFLICT (series) DO UPDATE \
             SET last = CASE WHEN number_series.last < excluded.last THEN excluded.last ELSE number_series.last END",
            [series.into(), highest.into()],
        );
        self.conn().execute_raw(raise).await?;
        for chunk in given.chunks(ADOPTED_AT_ONCE) {
            let mut sql = String::from(
                "INSERT INTO number_given (series, value, subject_type, subject_id, at) VALUES ",
            );
            let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 3 + 2);
            values.extend([series.into(), self.now().into()]);
            for (value, subject) in chunk {
                let comma = if values.len() == 2 { "" } else { "," };
                let first = values.len() + 1;
                // Writing to a String cannot fail.
                let _ = write!(sql, "{comma}($1, ${first}, ${}, ${}, $2)", first + 1, first + 2);
                values.extend([stored(*value).into(), subject.kind.into(), subject.id.into()]);
            }
            self.conn()
                .execute_raw(Statement::from_sql_and_values(backend, sql, values))
                .await?;
        }
        Ok(())
    }

    /// Before a series is raised to `highest`: the numbers between were given without the platform.
    async fn explain_gap(&self, series: &str, highest: i64) -> Result<(), KernelError> {
        let db = self.kernel().db();
        let lock = if db.dialect() == Dialect::Postgres {
            "FOR UPDATE"
        } else {
            ""
        };
        let known = Statement::from_sql_and_values(
            db.backend(),
            format!("SELECT last FROM number_series WHERE series = $1 {lock}"),
            [series.into()],
        );
        let row = self.conn().query_one_raw(known).await?;
        let last: i64 = row.map_or(Ok(0), |row| row.try_get("", "last"))?;
        if highest - last < 2 {
            return Ok(());
        }
        let note = Statement::from_sql_and_values(
            db.backend(),
            "INSERT INTO number_gap (series, first_value, last_value, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            [
                series.into(),
                (last + 1).into(),
                (highest - 1).into(),
                self.now().into(),
            ],
        );
        self.conn().execute_raw(note).await?;
        Ok(())
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
