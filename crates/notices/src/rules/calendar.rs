//! The calendar of duties as iCalendar (RFC 5545).

use icalendar::{Alarm, Calendar, Component, Event, EventLike, Property, Trigger};
use kernel::{LegalDate, Moment};

/// Longest time for which a reader may keep the calendar (RFC 7986 §5.7).
const REFRESH: &str = "PT6H";

/// A day on which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Stable identifier: a reader knows the entry again by it.
    pub uid: String,
    /// The last day.
    pub day: LegalDate,
    /// One line.
    pub title: String,
    /// The whole text.
    pub text: String,
    /// Page on which it is dealt with.
    pub url: Option<String>,
    /// How many days before a reader rings, each once.
    pub alarms: Vec<u16>,
    /// Whether it is done: readers then show it as no longer pending.
    pub is_done: bool,
}

/// The calendar as text. `now` is the instant of the answer.
pub fn calendar(name: &str, entries: &[CalendarEntry], now: Moment) -> String {
    let mut calendar = Calendar::empty();
    let refresh = |key| {
        Property::new(key, REFRESH)
            .add_parameter("VALUE", "DURATION")
            .done()
    };
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Anxu//duties//ZH"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .append_property(refresh("REFRESH-INTERVAL"))
        .append_property(Property::new("X-PUBLISHED-TTL", REFRESH))
        .append_property(Property::new("NAME", escaped(name)))
        .append_property(Property::new("X-WR-CALNAME", escaped(name)))
        .append_property(Property::new("X-WR-TIMEZONE", "Asia/Shanghai"));
    for entry in entries {
        calendar.push(event(entry, now));
    }
    calendar.to_string()
}

/// A whole day: legal periods end with the day, whatever the time zone of the reader.
fn event(entry: &CalendarEntry, now: Moment) -> Event {
    let next = LegalDate(entry.day.0.next_day().unwrap_or(entry.day.0));
    let day = |key, day| {
        Property::new(key, date(day))
            .add_parameter("VALUE", "DATE")
            .done()
    };
    let mut event = Event::with_uid(&entry.uid);
    event
        .add_property("DTSTAMP", stamp(now))
        .append_property(day("DTSTART", entry.day))
        .append_property(day("DTEND", next))
        .summary(&entry.title)
        .description(&entry.text)
        .add_property("TRANSP", "TRANSPARENT")
        .add_property("STATUS", if entry.is_done { "CANCELLED" } else { "CONFIRMED" });
    if let Some(url) = &entry.url {
        event.add_property("URL", url);
    }
    let alarms = entry.alarms.iter().filter(|_| !entry.is_done);
    for days in alarms {
        event.alarm(alarm(entry, *days, now));
    }
    event.done()
}

/// A reader rings so many days before. Identifier and instant are ours: the library would draw and look for its own.
fn alarm(entry: &CalendarEntry, days: u16, now: Moment) -> Alarm {
    let before = Trigger::before_start(chrono::Duration::days(i64::from(days)));
    let mut alarm = Alarm::display(&entry.title, before);
    alarm
        .add_property("TRIGGER", format!("-P{days}D"))
        .add_property("UID", format!("{}-{days}", entry.uid))
        .add_property("DTSTAMP", stamp(now));
    alarm.done()
}

/// `20261121`.
fn date(day: LegalDate) -> String {
    day.to_string().replace('-', "")
}

/// `20261121T083000Z`.
fn stamp(at: Moment) -> String {
    let at = at.instant();
    let (hour, minute, second) = at.to_hms();
    format!("{}T{hour:02}{minute:02}{second:02}Z", date(LegalDate(at.date())))
}

/// TEXT of RFC 5545 §3.3.11, where the library does not escape by itself.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.replace("\r\n", "\\n").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> CalendarEntry {
        CalendarEntry {
            uid: "duty-1@anxu".into(),
            day: "2028-02-29".parse().unwrap(),
            title: "提交年度自查报告；附照片, 签字".into(),
            text: "请于当日前办理。\n地址：一\\二".into(),
            url: Some("https://anxu.example/app/duties".into()),
            alarms: vec![30, 7],
            is_done: false,
        }
    }

    fn now() -> Moment {
        serde_json::from_str("\"2026-03-02T04:05:06Z\"").unwrap()
    }

    #[test]
    fn it_is_a_calendar() {
        let text = calendar("赣江化工；合规日历", &[entry()], now());
        let unfolded = text.replace("\r\n ", "");
        let lines: Vec<_> = unfolded.lines().collect();
        assert_eq!(
            (lines[0], lines[lines.len() - 1]),
            ("BEGIN:VCALENDAR", "END:VCALENDAR")
        );
        for line in [
            "VERSION:2.0",
            "PRODID:-//Anxu//duties//ZH",
            "BEGIN:VEVENT",
            "UID:duty-1@anxu",
            "DTSTAMP:20260302T040506Z",
            "DTSTART;VALUE=DATE:20280229",
            "DTEND;VALUE=DATE:20280301",
            "SUMMARY:提交年度自查报告；附照片\\, 签字",
            "DESCRIPTION:请于当日前办理。\\n地址：一\\\\二",
            "STATUS:CONFIRMED",
            "TRIGGER:-P30D",
            "TRIGGER:-P7D",
            "END:VEVENT",
        ] {
            assert!(lines.contains(&line), "{line}\n{unfolded}");
        }
        // RFC 5545 §3.1: lines end in CRLF and have at most 75 octets.
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        // The entry and its two alarms, each with the instant that was given.
        let stamps: Vec<_> = lines.iter().filter(|line| line.starts_with("DTSTAMP")).collect();
        assert_eq!(stamps, [&"DTSTAMP:20260302T040506Z"; 3]);
        assert_eq!(text, calendar("赣江化工；合规日历", &[entry()], now()));
    }

    #[test]
    fn what_is_done_rings_no_more() {
        let done = CalendarEntry {
            is_done: true,
            ..entry()
        };
        let text = calendar("x", &[done], now());
        assert!(
            text.contains("STATUS:CANCELLED") && !text.contains("VALARM"),
            "{text}"
        );
        assert!(!calendar("x", &[], now()).contains("VEVENT"));
    }
}
