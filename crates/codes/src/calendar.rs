//! 工作日: weekends, public holidays and make-up days of the State Council's yearly notices.

use crate::table::{self, BadTable};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use thiserror::Error;
use time::format_description::well_known::Iso8601;
use time::{Date, Duration, Weekday};

/// A period in working days 工作日 (行政许可法 art. 82).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct WorkingDays(pub u32);

/// A period in calendar days 日. Needs no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Days(pub u32);

impl Days {
    /// Last day of the period that begins the day after `start`; `None` past the year 9999.
    pub fn after(self, start: Date) -> Option<Date> {
        start.checked_add(Duration::days(self.0.into()))
    }

    /// The day that lies this period before `end`.
    pub fn before(self, end: Date) -> Option<Date> {
        end.checked_sub(Duration::days(self.0.into()))
    }
}

impl fmt::Display for WorkingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}个工作日", self.0)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}日", self.0)
    }
}

/// The State Council has not published, or nobody has loaded, the holidays of a year. Working days of
/// that year are never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("缺少{year}年国务院办公厅节假日安排，无法计算{year}年的工作日；请在安排公布后补充节假日数据再计算。")]
pub struct MissingYear {
    /// The year without data.
    pub year: i32,
}

impl MissingYear {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[derive(serde::Deserialize)]
struct Row {
    notice: i32,
    date: String,
    day: DayKind,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum DayKind {
    /// 放假.
    Off,
    /// 调休上班.
    Work,
}

struct Special {
    notice: i32,
    kind: DayKind,
    name: String,
}

/// Which days are worked, from `data/holidays/holidays.csv`.
///
/// Columns `notice,date,day,name`: year in the title of the notice, ISO date, `off` or `work` (a
/// make-up day), name of the holiday. Plain weekends are not listed. A year is known when the file
/// has rows of its notice; the notice of a year may also speak of the last days of December before.
pub struct WorkCalendar {
    years: BTreeSet<i32>,
    special: BTreeMap<Date, Special>,
}

impl WorkCalendar {
    /// Builds the calendar. A later notice prevails over an earlier one about the same day.
    pub fn from_csv(content: &str) -> Result<Self, BadTable> {
        let mut calendar = Self {
            years: BTreeSet::new(),
            special: BTreeMap::new(),
        };
        for (line, row) in table::rows::<Row>(content)? {
            calendar
                .insert(row)
                .map_err(|reason| BadTable::row(line, reason))?;
        }
        Ok(calendar)
    }

    fn insert(&mut self, row: Row) -> Result<(), String> {
        let date = Date::parse(row.date.trim(), &Iso8601::DATE)
            .map_err(|_| format!("“{}”不是年-月-日格式的日期", row.date))?;
        let belongs =
            date.year() == row.notice || (date.year() + 1 == row.notice && u8::from(date.month()) == 12);
        if !belongs {
            return Err(format!("{date} 不属于{}年的安排", row.notice));
        }
        self.years.insert(row.notice);
        match self.special.get(&date) {
            Some(known) if known.notice == row.notice => return Err(format!("{date} 重复")),
            Some(known) if known.notice > row.notice => return Ok(()),
            _ => {}
        }
        self.special.insert(
            date,
            Special {
                notice: row.notice,
                kind: row.day,
                name: row.name,
            },
        );
        Ok(())
    }

    /// Years whose notice is loaded.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().copied()
    }

    /// Whether the day is worked: a make-up day, or Monday to Friday and no holiday.
    pub fn is_working_day(&self, date: Date) -> Result<bool, MissingYear> {
        if !self.years.contains(&date.year()) {
            return Err(MissingYear { year: date.year() });
        }
        Ok(match self.special.get(&date) {
            Some(special) => special.kind == DayKind::Work,
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        })
    }

    /// Whether a notice still to come may change the day: the last days of December (29th on) are at
    /// times rearranged by the notice of the next year.
    pub fn is_provisional(&self, date: Date) -> bool {
        u8::from(date.month()) == 12 && date.day() >= 29 && !self.years.contains(&(date.year() + 1))
    }

    /// Name of the holiday that a day off or a make-up day belongs to, such as 春节.
    pub fn holiday_name(&self, date: Date) -> Option<&str> {
        self.special.get(&date).map(|special| special.name.as_str())
    }

    /// The last day of a period: the day after `start` counts as day 1 if worked. Zero days end on
    /// `start` itself.
    pub fn add_working_days(&self, start: Date, days: WorkingDays) -> Result<Date, MissingYear> {
        (0..days.0).try_fold(start, |date, _| self.next_working_day(date))
    }

    /// The first day worked after `date`.
    pub fn next_working_day(&self, date: Date) -> Result<Date, MissingYear> {
        self.on_or_next_working_day(day_after(date)?)
    }

    /// The day itself if worked, else the first one after: where a period of calendar days ends that
    /// would end on a holiday.
    pub fn on_or_next_working_day(&self, date: Date) -> Result<Date, MissingYear> {
        let mut date = date;
        while !self.is_working_day(date)? {
            date = day_after(date)?;
        }
        Ok(date)
    }

    /// Days worked after `from` up to and including `to`: the inverse of
    /// [`add_working_days`](Self::add_working_days). Zero if `to` is not after `from`; for days overdue
    /// swap the two.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<WorkingDays, MissingYear> {
        let mut count = 0;
        let mut date = from;
        while date < to {
            date = day_after(date)?;
            count += u32::from(self.is_working_day(date)?);
        }
        Ok(WorkingDays(count))
    }
}

fn day_after(date: Date) -> Result<Date, MissingYear> {
    date.next_day().ok_or(MissingYear {
        year: date.year() + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn small() -> WorkCalendar {
        let content = "notice,date,day,name\n\
                       2030,2029-12-29,work,元旦\n2030,2030-01-01,off,元旦\n2030,2030-01-04,off,元旦\n";
        WorkCalendar::from_csv(content).unwrap()
    }

    #[test]
    fn a_missing_year_is_named_never_guessed() {
        let error = small()
            .add_working_days(date!(2030 - 12 - 27), WorkingDays(3))
            .unwrap_err();
        assert_eq!(error, MissingYear { year: 2031 });
        assert!(error.message().contains("缺少2031年"));
        assert_eq!(
            small().is_working_day(date!(2029 - 12 - 29)),
            Err(MissingYear { year: 2029 })
        );
        assert_eq!(
            small().working_days_between(date!(2029 - 12 - 28), date!(2030 - 01 - 02)),
            Err(MissingYear { year: 2029 })
        );
    }

    #[test]
    fn counting_begins_the_day_after() {
        let calendar = small();
        let start = date!(2030 - 01 - 02);
        assert_eq!(calendar.add_working_days(start, WorkingDays(0)), Ok(start));
        assert_eq!(
            calendar.add_working_days(start, WorkingDays(1)),
            Ok(date!(2030 - 01 - 03))
        );
        assert_eq!(
            calendar.add_working_days(start, WorkingDays(2)),
            Ok(date!(2030 - 01 - 07))
        );
        assert_eq!(
            calendar.on_or_next_working_day(date!(2030 - 01 - 04)),
            Ok(date!(2030 - 01 - 07))
        );
        assert_eq!(calendar.holiday_name(date!(2030 - 01 - 04)), Some("元旦"));
        assert!(
            calendar.is_provisional(date!(2030 - 12 - 31)) && !calendar.is_provisional(date!(2030 - 12 - 28))
        );
    }

    #[test]
    fn a_later_notice_prevails() {
        let rows = ["2029,2029-12-31,off,元旦", "2030,2029-12-31,work,元旦"];
        for order in [[rows[0], rows[1]], [rows[1], rows[0]]] {
            let content = format!("notice,date,day,name\n{}\n", order.join("\n"));
            let calendar = WorkCalendar::from_csv(&content).unwrap();
            assert_eq!(calendar.is_working_day(date!(2029 - 12 - 31)), Ok(true));
        }
    }

    #[test]
    fn bad_files_are_refused() {
        let message = |rows: &str| {
            WorkCalendar::from_csv(&format!("notice,date,day,name\n{rows}\n"))
                .err()
                .unwrap()
                .message()
        };
        assert!(message("2030,2030-1-1,off,元旦").contains("第 2 行"));
        assert!(message("2030,2031-01-01,off,元旦").contains("不属于2030年"));
        assert!(message("2030,2030-01-01,off,元旦\n2030,2030-01-01,work,元旦").contains("重复"));
        assert!(message("2030,2030-01-01,maybe,元旦").contains("CSV"));
    }

    #[test]
    fn periods_speak() {
        assert_eq!(WorkingDays(20).to_string(), "20个工作日");
        assert_eq!(Days(45).to_string(), "45日");
        assert_eq!(Days(45).after(date!(2026 - 01 - 20)), Some(date!(2026 - 03 - 06)));
        assert_eq!(Days(7).before(date!(2026 - 03 - 06)), Some(date!(2026 - 02 - 27)));
        assert_eq!(Days(u32::MAX).after(date!(2026 - 01 - 20)), None);
    }
}
