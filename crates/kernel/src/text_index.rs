//! Search by any two or more characters, on both engines alike.
//!
//! Every text is cut into pairs of neighbouring characters (and runs of ASCII also into fours); a row's tokens
//! stand in an index table beside the entity table: FTS5 on SQLite, `bigint[]` with GIN on PostgreSQL. A query
//! asks for the rows that have all its tokens, in the order of the row key, so that a frequent pair streams
//! instead of being sorted. Filters that go with a search (region, state …) become tokens too ([`label`]), so
//! that a frequent text within a rare filter is an intersection inside the index, not a scan.
//!
//! Tokens narrow down, the folded text decides: the entity table keeps [`search_text`] in a column and
//! [`TextQuery::verification`] compares it. Filters given as labels have to be given as conditions too.
//!
//! The row key is a growing `BIGINT` of the entity table, handed out by [`reserve_keys`].

use std::fmt::Write as _;

use codes::search_key;
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, DbErr, Statement, Value,
    sea_query::{Alias, Expr, ExprTrait, IntoColumnRef, IntoIden, LikeExpr, SelectStatement},
};
use sha2::{Digest, Sha256};

use crate::KernelError;

/// Alias of the index table inside a query.
const ALIAS: &str = "text_hit";
/// Separates fields in the search text; no folded text contains it.
const SEPARATOR: char = '\u{1F}';
/// Rows in one INSERT.
const BATCH: usize = 1000;

/// The statements that make an index table, for [`crate::SqlMigration::native`]:
/// `text_index_ddl!(sqlite, "enterprise_text")`, `text_index_ddl!(postgres, "enterprise_text")`.
#[macro_export]
macro_rules! text_index_ddl {
    (sqlite, $name:literal) => {
        concat!(
            "CREATE VIRTUAL TABLE ",
            $name,
            " USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');\n"
        )
    };
    (postgres, $name:literal) => {
        concat!(
            "CREATE TABLE ",
            $name,
            " (seq BIGINT PRIMARY KEY, tokens BIGINT[] NOT NULL);\n",
            "ALTER TABLE ",
            $name,
            " ALTER COLUMN tokens SET STATISTICS 400;\n",
            "CREATE INDEX ",
            $name,
            "_tokens ON ",
            $name,
            " USING gin (tokens);\n"
        )
    };
}

/// The tokens of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens(Vec<i64>);

impl Tokens {
    /// Tokens of the searchable texts of a row and of the labels it can be filtered by.
    pub fn of<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        labels: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let mut tokens = Vec::with_capacity(64);
        for text in texts {
            let symbols: Vec<char> = search_key(text).chars().collect();
            tokens.extend(symbols.windows(2).map(pair));
            tokens.extend(symbols.windows(4).filter_map(four));
        }
        tokens.extend(labels.into_iter().map(|text| label(text.as_ref())));
        tokens.sort_unstable();
        tokens.dedup();
        Self(tokens)
    }

    fn value(&self, backend: DbBackend) -> String {
        match backend {
            DbBackend::Sqlite => {
                let mut text = String::with_capacity(self.0.len() * 9);
                for token in &self.0 {
                    push_word(&mut text, *token);
                    text.push(' ');
                }
                text
            }
            _ => format!("{{{}}}", comma_separated(&self.0)),
        }
    }
}

/// Two neighbouring characters: 42 bits.
fn pair(symbols: &[char]) -> i64 {
    symbols
        .iter()
        .fold(0, |sum, c| (sum << 21) | i64::from(u32::from(*c)))
}

/// Four neighbouring ASCII characters: codes have few different pairs, so pairs alone would not narrow down.
fn four(symbols: &[char]) -> Option<i64> {
    let is_ascii = symbols.iter().all(char::is_ascii);
    let sum = symbols
        .iter()
        .fold(0, |sum, c| (sum << 7) | i64::from(u32::from(*c)));
    is_ascii.then_some((1 << 50) | sum)
}

/// The token of a filter value such as `region:3601`. Two labels may share a token, hence the filter also has
/// to stand in the query as a condition.
fn label(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    let sum = digest
        .iter()
        .take(5)
        .fold(0, |sum, byte| (sum << 8) | i64::from(*byte));
    (2 << 50) | sum
}

/// A token as one word for FTS5.
fn push_word(text: &mut String, token: i64) {
    let mut rest = token;
    while rest > 0 {
        let digit = u32::try_from(rest % 36).unwrap_or(0);
        text.push(char::from_digit(digit, 36).unwrap_or('0'));
        rest /= 36;
    }
}

fn comma_separated(tokens: &[i64]) -> String {
    let mut text = String::with_capacity(tokens.len() * 15);
    for token in tokens {
        if !text.is_empty() {
            text.push(',');
        }
        let _ = write!(text, "{token}");
    }
    text
}

/// The folded texts of a row in one column, against which a query is verified.
pub fn search_text<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut folded = String::new();
    for text in texts {
        if !folded.is_empty() {
            folded.push(SEPARATOR);
        }
        folded.push_str(&search_key(text));
    }
    folded
}

/// The query text has no two characters in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("请至少输入两个字")]
pub struct TooShort;

/// What is searched for: words that all have to occur, and labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextQuery {
    /// Each row must have all of these …
    all: Vec<i64>,
    /// … and one of each of these.
    any: Vec<Vec<i64>>,
    words: Vec<String>,
}

impl TextQuery {
    /// Reads what a person typed: words parted by white space, all of which have to occur. Words of one
    /// character only narrow down what the longer ones find.
    ///
    /// # Errors
    /// [`TooShort`] when no word has two characters.
    pub fn parse(text: &str) -> Result<Self, TooShort> {
        let words: Vec<String> = text
            .split_whitespace()
            .map(search_key)
            .filter(|word| !word.is_empty())
            .collect();
        let mut all: Vec<i64> = words.iter().flat_map(|word| needed(word)).collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() {
            return Err(TooShort);
        }
        Ok(Self {
            all,
            any: Vec::new(),
            words,
        })
    }

    /// Only rows with this label.
    #[must_use]
    pub fn labelled(mut self, text: &str) -> Self {
        self.all.push(label(text));
        self
    }

    /// Only rows with at least one of these labels.
    #[must_use]
    pub fn labelled_any(mut self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let group: Vec<i64> = texts.into_iter().map(|text| label(text.as_ref())).collect();
        self.any.push(group);
        self
    }

    /// Whether it asks for nothing at all, and the index cannot help.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    /// The comparison with the column that holds [`search_text`].
    pub fn verification(&self, column: impl IntoColumnRef + Clone) -> Condition {
        self.words.iter().fold(Condition::all(), |all, word| {
            let escaped: String = word
                .chars()
                .flat_map(|c| {
                    matches!(c, '%' | '_' | '\\')
                        .then_some('\\')
                        .into_iter()
                        .chain([c])
                })
                .collect();
            let pattern = LikeExpr::new(format!("%{escaped}%")).escape('\\');
            all.add(Expr::col(column.clone()).like(pattern))
        })
    }

    fn fts5(&self) -> String {
        let word = |token: &i64| {
            let mut text = String::new();
            push_word(&mut text, *token);
            format!("\"{text}\"")
        };
        let all = self.all.iter().map(word);
        let any = self.any.iter().map(|group| {
            let words: Vec<String> = group.iter().map(word).collect();
            format!("({})", words.join(" OR "))
        });
        all.chain(any).collect::<Vec<_>>().join(" AND ")
    }
}

/// The tokens that a word needs: fours where it is ASCII and long enough, else pairs.
fn needed(word: &str) -> Vec<i64> {
    let symbols: Vec<char> = word.chars().collect();
    if symbols.len() >= 4 && symbols.iter().all(char::is_ascii) {
        let last = symbols.len() - 4;
        let starts = (0..=last).step_by(3).chain([last]);
        return starts.filter_map(|at| four(&symbols[at..at + 4])).collect();
    }
    symbols.windows(2).map(pair).collect()
}

/// An index table.
#[derive(Clone, Copy, Debug)]
pub struct TextIndex {
    table: &'static str,
}

impl TextIndex {
    /// The index table of that name, made by [`text_index_ddl!`](crate::text_index_ddl).
    pub const fn new(table: &'static str) -> Self {
        Self { table }
    }

    /// Enters new rows.
    ///
    /// # Errors
    /// [`KernelError::Database`], also when a row is there already.
    pub async fn insert_many<C: ConnectionTrait>(
        &self,
        conn: &C,
        rows: &[(i64, Tokens)],
    ) -> Result<(), KernelError> {
        self.write(conn, rows, ("INSERT", "")).await
    }

    /// Enters rows, in place of those with the same keys.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn put_many<C: ConnectionTrait>(
        &self,
        conn: &C,
        rows: &[(i64, Tokens)],
    ) -> Result<(), KernelError> {
        let how = match conn.get_database_backend() {
            DbBackend::Sqlite => ("INSERT OR REPLACE", ""),
            _ => (
                "INSERT",
                " ON CONFLICT (seq) DO UPDATE SET tokens = excluded.tokens",
            ),
        };
        self.write(conn, rows, how).await
    }

    async fn write<C: ConnectionTrait>(
        &self,
        conn: &C,
        rows: &[(i64, Tokens)],
        (verb, conflict): (&str, &str),
    ) -> Result<(), KernelError> {
        let backend = conn.get_database_backend();
        let (key, cast) = key_and_cast(backend);
        for chunk in rows.chunks(BATCH) {
            let mut sql = format!("{verb} INTO {} ({key}, tokens) VALUES ", self.table);
            let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 2);
            for (place, (seq, tokens)) in chunk.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let _ = write!(sql, "{comma}(${}, ${}{cast})", 2 * place + 1, 2 * place + 2);
                values.push((*seq).into());
                values.push(tokens.value(backend).into());
            }
            sql.push_str(conflict);
            conn.execute_raw(Statement::from_sql_and_values(backend, sql, values))
                .await?;
        }
        Ok(())
    }

    /// Takes rows out.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn delete_many<C: ConnectionTrait>(&self, conn: &C, keys: &[i64]) -> Result<(), KernelError> {
        let backend = conn.get_database_backend();
        let (key, _) = key_and_cast(backend);
        for chunk in keys.chunks(BATCH) {
            let sql = format!(
                "DELETE FROM {} WHERE {key} IN ({})",
                self.table,
                comma_separated(chunk)
            );
            conn.execute_raw(Statement::from_string(backend, sql)).await?;
        }
        Ok(())
    }

    /// Tells the engine about the distribution of tokens and tidies the index: after bulk changes.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn settle<C: ConnectionTrait>(&self, conn: &C) -> Result<(), KernelError> {
        let table = self.table;
        let sql = match conn.get_database_backend() {
            DbBackend::Sqlite => format!("INSERT INTO {table}({table}, rank) VALUES ('merge', 2000)"),
            _ => format!("SELECT gin_clean_pending_list('{table}_tokens'); ANALYZE {table}"),
        };
        conn.execute_unprepared(&sql).await?;
        Ok(())
    }

    /// Puts the index before the entity table in a query and keeps only its hits; `key` is the entity's key
    /// column. Returns the column to order and page by: with it, hits stream in its order.
    ///
    /// The query must have the entity table as its only table so far.
    pub fn apply(
        &self,
        backend: DbBackend,
        select: &mut SelectStatement,
        entity: impl IntoIden,
        key: impl IntoIden,
        query: &TextQuery,
    ) -> Expr {
        let entity = entity.into_iden();
        let (own_key, _) = key_and_cast(backend);
        let own = Expr::cust(format!("{ALIAS}.{own_key}"));
        // The order of tables binds SQLite with a cross join: hits first, in key order.
        select
            .from_clear()
            .from_as(Alias::new(self.table), Alias::new(ALIAS))
            .cross_join(entity.clone())
            .and_where(Expr::col((entity, key.into_iden())).eq(own.clone()));
        for condition in self.conditions(backend, query) {
            select.and_where(condition);
        }
        own
    }

    fn conditions(&self, backend: DbBackend, query: &TextQuery) -> Vec<Expr> {
        if backend == DbBackend::Sqlite {
            // FTS5 names the whole row by a hidden column called like the table.
            let matches = format!("{ALIAS}.{} MATCH ?", self.table);
            return vec![Expr::cust_with_values(matches, [query.fts5()])];
        }
        // Literals, not parameters: the planner has to see how frequent they are. They are numbers, so they
        // need no quoting.
        let mut conditions = Vec::new();
        if !query.all.is_empty() {
            let tokens = comma_separated(&query.all);
            conditions.push(Expr::cust(format!("{ALIAS}.tokens @> '{{{tokens}}}'::bigint[]")));
        }
        for group in &query.any {
            let tokens = comma_separated(group);
            conditions.push(Expr::cust(format!("{ALIAS}.tokens && '{{{tokens}}}'::bigint[]")));
        }
        conditions
    }
}

fn key_and_cast(backend: DbBackend) -> (&'static str, &'static str) {
    match backend {
        DbBackend::Sqlite => ("rowid", ""),
        _ => ("seq", "::text::bigint[]"),
    }
}

/// Hands out `count` fresh keys for the column `seq` (`{serial}`) of a table, in rising order. Rows have to be
/// inserted with them in the same transaction, and never deleted.
///
/// # Errors
/// [`KernelError::Database`].
pub async fn reserve_keys<C: ConnectionTrait>(
    conn: &C,
    table: &str,
    count: usize,
) -> Result<Vec<i64>, KernelError> {
    let backend = conn.get_database_backend();
    let wanted = i64::try_from(count).unwrap_or(0);
    if backend == DbBackend::Sqlite {
        // The writing transaction is alone, so the next key is known.
        let sql = format!("SELECT COALESCE(MAX(seq), 0) AS last FROM {table}");
        let row = conn.query_one_raw(Statement::from_string(backend, sql)).await?;
        let last: i64 = row.map_or(Ok(0), |row| row.try_get("", "last"))?;
        return Ok((last + 1..=last + wanted).collect());
    }
    let sql = "SELECT nextval(pg_get_serial_sequence($1, 'seq')) AS seq FROM generate_series(1, $2)";
    let values: [Value; 2] = [table.into(), wanted.into()];
    let rows = conn
        .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    let keys: Result<Vec<i64>, DbErr> = rows.iter().map(|row| row.try_get("", "seq")).collect();
    let mut keys = keys?;
    keys.sort_unstable();
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::{Database, DatabaseConnection, sea_query::Query};

    use super::*;

    const INDEX: TextIndex = TextIndex::new("thing_text");

    async fn base() -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let conn = Database::connect(options).await.unwrap();
        conn.execute_unprepared("CREATE TABLE thing (seq INTEGER PRIMARY KEY, text TEXT NOT NULL);")
            .await
            .unwrap();
        conn.execute_unprepared(text_index_ddl!(sqlite, "thing_text"))
            .await
            .unwrap();
        conn
    }

    async fn put(conn: &DatabaseConnection, seq: i64, text: &str, labels: &[&str]) {
        let folded = search_text([text]);
        let sql = "INSERT OR REPLACE INTO thing (seq, text) VALUES ($1, $2)";
        let values: [Value; 2] = [seq.into(), folded.into()];
        conn.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
            .await
            .unwrap();
        INDEX
            .put_many(conn, &[(seq, Tokens::of([text], labels))])
            .await
            .unwrap();
    }

    async fn found(conn: &DatabaseConnection, query: &TextQuery) -> Vec<i64> {
        let (thing, seq) = (Alias::new("thing"), Alias::new("seq"));
        let mut select = Query::select();
        select
            .column((thing.clone(), seq.clone()))
            .from(thing.clone())
            .cond_where(query.verification((thing.clone(), Alias::new("text"))));
        let key = INDEX.apply(DbBackend::Sqlite, &mut select, thing, seq, query);
        select.order_by_expr(key, sea_orm::Order::Desc).limit(100);
        let rows = conn.query_all(&select).await.unwrap();
        rows.iter().map(|row| row.try_get("", "seq").unwrap()).collect()
    }

    async fn search(conn: &DatabaseConnection, text: &str) -> Vec<i64> {
        found(conn, &TextQuery::parse(text).unwrap()).await
    }

    #[tokio::test]
    async fn any_two_characters_find_a_row_newest_first() {
        let conn = base().await;
        put(&conn, 1, "南昌赣江化工（集团）有限公司", &["region:3601"]).await;
        put(&conn, 2, "南昌县江化厂", &["region:3602"]).await;
        put(&conn, 3, "91350100M000100Y43", &["region:3601"]).await;
        assert_eq!(search(&conn, "南昌").await, [2, 1]);
        assert_eq!(search(&conn, "江化工").await, [1]);
        assert_eq!(search(&conn, "(集团)有限").await, [1]);
        assert_eq!(search(&conn, "公司 南昌 江").await, [1]);
        assert_eq!(search(&conn, "昌赣江化工厂").await, [] as [i64; 0]);
        assert_eq!(search(&conn, "m000100y43").await, [3]);
        assert_eq!(search(&conn, "y43").await, [3]);
        assert_eq!(TextQuery::parse(" 南 昌 "), Err(TooShort));
    }

    #[tokio::test]
    async fn labels_narrow_down() {
        let conn = base().await;
        put(&conn, 1, "南昌甲厂", &["region:3601", "state:active"]).await;
        put(&conn, 2, "南昌乙厂", &["region:3602", "state:active"]).await;
        put(&conn, 3, "南昌丙厂", &["region:3603", "state:ended"]).await;
        let south = TextQuery::parse("南昌").unwrap();
        assert_eq!(found(&conn, &south.clone().labelled("region:3602")).await, [2]);
        let two = south.labelled_any(["region:3601", "region:3603"]);
        assert_eq!(found(&conn, &two).await, [3, 1]);
        let active = TextQuery::default().labelled("state:active");
        assert_eq!(found(&conn, &active).await, [2, 1]);
    }

    #[tokio::test]
    async fn changed_and_deleted_rows_are_not_found_by_what_they_were() {
        let conn = base().await;
        put(&conn, 7, "南昌甲厂", &["state:active"]).await;
        put(&conn, 7, "九江乙厂", &["state:ended"]).await;
        let active = TextQuery::default().labelled("state:active");
        assert_eq!(found(&conn, &active).await, [] as [i64; 0]);
        assert_eq!(search(&conn, "九江").await, [7]);
        INDEX.delete_many(&conn, &[7]).await.unwrap();
        INDEX.settle(&conn).await.unwrap();
        assert_eq!(search(&conn, "九江").await, [] as [i64; 0]);
    }

    #[tokio::test]
    async fn keys_grow() {
        let conn = base().await;
        assert_eq!(reserve_keys(&conn, "thing", 2).await.unwrap(), [1, 2]);
        put(&conn, 9, "南昌", &[]).await;
        assert_eq!(reserve_keys(&conn, "thing", 2).await.unwrap(), [10, 11]);
    }

    #[tokio::test]
    async fn signs_of_the_query_language_are_ordinary_characters() {
        let conn = base().await;
        put(&conn, 1, r#"100%_"OR"*\厂"#, &[]).await;
        put(&conn, 2, "100分厂", &[]).await;
        for text in ["0%_", "\"or\"", "*\\", "_\"", "\\厂"] {
            assert_eq!(search(&conn, text).await, [1], "{text}");
        }
    }

    proptest! {
        /// Whatever part of a text is asked for, the tokens of the query are among those of the text.
        #[test]
        fn every_part_is_covered(text in "[ab0-9 （）南昌化工有限公司]{2,20}", from in 0usize..20, len in 2usize..20) {
            let symbols: Vec<char> = search_key(&text).chars().collect();
            let part: String = symbols.iter().skip(from).take(len).collect();
            if let Ok(query) = TextQuery::parse(&part) {
                let tokens = Tokens::of([text.as_str()], [] as [&str; 0]);
                prop_assert!(query.all.iter().all(|token| tokens.0.contains(token)));
            }
        }

        /// Pairs, fours and labels never mean the same.
        #[test]
        fn kinds_of_tokens_are_apart(text in "[!-~]{4}") {
            let symbols: Vec<char> = text.chars().collect();
            let four = four(&symbols).unwrap();
            prop_assert!(pair(&symbols[..2]) < 1 << 50);
            prop_assert!((1 << 50..2 << 50).contains(&four));
            prop_assert!(label(&text) >= 2 << 50);
        }
    }
}
