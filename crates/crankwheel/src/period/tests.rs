//! Periods: reading, time zones, labels.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;

fn read(period: &str) -> String {
    Period::parse(period).unwrap().to_string()
}

#[test]
fn years_months_days_and_ends_are_read() {
    assert_eq!(read("2020-02"), "2020-02-01T00:00:00Z/2020-02-29T23:59:59.999999Z");
    assert_eq!(read("2019"), "2019-01-01T00:00:00Z/2019-12-31T23:59:59.999999Z");
    assert_eq!(read("2019-12-31"), "2019-12-31T00:00:00Z/2019-12-31T23:59:59.999999Z");
    assert_eq!(read("2019-01/2019-03"), "2019-01-01T00:00:00Z/2019-03-31T23:59:59.999999Z");
    assert_eq!(
        read("2019-02-01T00:00:00Z/2019-02-28T23:59:59Z"),
        "2019-02-01T00:00:00Z/2019-02-28T23:59:59Z"
    );
    for wrong in [
        "",
        "2019-2",
        "2019-13",
        "2019/02",
        "20190-1",
        "+201",
        "abcd",
        "2019-02-30",
        "2019-02-01T00:00:00Z",
        "2019-03/2019-02",
        "2019-02-01T00:00:00/2019-02-02",
    ] {
        let error = Period::parse(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{wrong}");
        assert_eq!(error.errors()[0].0, "period");
    }
}

#[test]
fn the_ends_depend_on_the_time_zone() {
    let berlin = Period::month_in_zone("2019-03", "Europe/Berlin").unwrap();
    assert_eq!(berlin.utc_text(), "2019-02-28T23:00:00Z/2019-03-31T21:59:59.999999Z");
    assert_eq!(berlin.to_string(), "2019-03[Europe/Berlin]");
    let part = Period::parse("2019-03-01T00:00:00Z/2019-03-31T00:00:00Z[Europe/Berlin]").unwrap();
    assert_eq!(part.label(), "2019-03-01T01:00:00+01:00/2019-03-31T01:00:00+01:00");
    assert_eq!(Period::parse(&part.to_string()).unwrap(), part);
    assert!(Period::month_in_zone("2019-03", "Mars/Olympus").is_err());
}

#[test]
fn last_days_end_when_the_request_is_sent() {
    let now: Timestamp = "2019-03-03T12:00:00Z".parse().unwrap();
    let (start, end) = Period::last_days(28).unwrap().bounds(now);
    assert_eq!(start, "2019-02-03T12:00:00Z".parse().unwrap());
    assert_eq!(end, now);
    assert!(Period::last_days(0).is_err());
}

#[test]
fn last_days_can_end_at_a_given_moment() {
    let now: Timestamp = "2019-03-03T12:00:00Z".parse().unwrap();
    let period = Period::last_days_until(28, now).unwrap();
    assert_eq!(period.fixed_bounds(), Some(Period::last_days(28).unwrap().bounds(now)));
    assert_eq!(period.label(), "2019-02-03T12:00:00Z/2019-03-03T12:00:00Z");
    assert_eq!(Period::last_days_until(0, now).unwrap_err().errors()[0].0, "days");
}

#[test]
fn zones_are_names_and_offsets() {
    for (name, known) in [
        ("UTC", "UTC"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Z", "UTC"),
        ("+00:00", "UTC"),
        ("-00:00", "UTC"),
        ("UTC+02:00", "+02:00"),
        ("+02:00", "+02:00"),
        ("+02", "+02:00"),
        ("+0530", "+05:30"),
        ("-03:30", "-03:30"),
        ("-05:50:36", "-05:50:36"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ] {
        let month = Period::month_in_zone("2019-02", name).unwrap();
        assert_eq!((month.time_zone(), &*month.label()), (known, "2019-02"), "{name}");
        assert_eq!(month, Period::month_in_zone("2019-02", known).unwrap());
        assert_eq!(month, Period::parse_in_zone("2019-02", known).unwrap());
    }
    for wrong in ["", " ", "Mars/Olympus", "CEST+1", "+25", "+1", "+02:60", "+26:00", "tomorrow", "+\u{fc}"] {
        let error = Period::month_in_zone("2019-02", wrong).unwrap_err();
        assert!(error.message().starts_with("zone: unknown time zone"), "{wrong}: {error}");
    }
    assert_ne!(
        Period::month("2019-02").unwrap(),
        Period::month_in_zone("2019-02", "Africa/Abidjan").unwrap()
    );
}

#[test]
fn labels_are_the_shortest_names() {
    for text in [
        "2019",
        "2018/2020",
        "2019-02",
        "2019-01/2019-03",
        "2018-11/2019-12",
        "2019-02-28",
        "2019-02-01/2019-02-14",
        "2019-01-15/2019-02-28",
        "2019-02-01T00:00:00Z/2019-02-28T23:59:59Z",
        "2019-02-01T12:00:00Z/2019-02-28T23:59:59.999999Z",
    ] {
        let period = Period::parse(text).unwrap();
        assert_eq!(period.label(), text);
        if !text.contains('T') {
            for zone in ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "-03:30"] {
                assert_eq!(Period::parse_in_zone(text, zone).unwrap().label(), text, "{zone}");
            }
        }
    }
    assert_eq!(Period::parse("2019-01/2019-12").unwrap().label(), "2019");
    assert_eq!(Period::parse("2019-02-28/2019-02-28").unwrap().label(), "2019-02-28");
    assert_eq!(Period::last_days(7).unwrap().label(), "last 7 days");
    let berlin = Period::month_in_zone("2019-03", "Europe/Berlin").unwrap();
    assert_eq!(Period::parse(&berlin.to_string()).unwrap(), berlin);
    let utc = Period::parse(&berlin.utc_text()).unwrap();
    assert_eq!(utc.label(), "2019-02-28T23:00:00Z/2019-03-31T21:59:59.999999Z");
    assert_ne!(utc, berlin);
}

#[test]
fn unusual_forms_are_named_in_the_usual_one() {
    for (text, form) in [
        ("2019-2", "2019-02"),
        ("2019/02", "2019-02"),
        ("2019/2", "2019-02"),
        ("02/2019", "2019-02"),
        ("201902", "2019-02"),
        ("2019.02", "2019-02"),
        ("2019M02", "2019-02"),
        ("2019 2", "2019-02"),
    ] {
        for error in [Period::month(text), Period::parse(text)].map(Result::unwrap_err) {
            assert!(error.message().ends_with(&format!("got \"{text}\"; write it as {form}")), "{error}");
        }
    }
    for (text, form) in
        [("2019-2-3", "2019-02-03"), ("2019/02/03", "2019-02-03"), ("2019.2.28", "2019-02-28")]
    {
        for error in [Period::parse(text).unwrap_err(), PeriodBound::parse_named("start", text).unwrap_err()]
        {
            assert!(error.message().ends_with(&format!("write it as {form}")), "{error}");
        }
    }
    for text in ["2019-13", "2019-02-30", "13/2019", "1-2-2019", "last month", "2019-0", "99999-2"] {
        let error = Period::parse(text).unwrap_err();
        assert!(
            !error.message().contains("as 2019-13") && !error.message().contains("as 2019-00"),
            "{error}"
        );
    }
    let named = [
        Period::month("x").unwrap_err(),
        Period::months("x", "2019-02").unwrap_err(),
        Period::months("2019-02", "x").unwrap_err(),
        Period::months("2019-02", "2019-01").unwrap_err(),
        PeriodBound::parse_named("end", "x").unwrap_err(),
    ];
    let names: Vec<&str> = named.iter().map(|error| error.errors()[0].0.as_str()).collect();
    assert_eq!(names, ["month", "first", "last", "last", "end"]);
}

#[test]
fn the_month_depends_on_the_time_zone() {
    for (now, zone, this, last) in [
        ("2019-03-01T00:30:00Z", "UTC", "2019-03", "2019-02"),
        ("2019-02-28T23:30:00Z", "UTC", "2019-02", "2019-01"),
        ("2019-02-28T23:30:00Z", "Europe/Berlin", "2019-03", "2019-02"),
        ("2019-03-01T00:30:00Z", "America/New_York", "2019-02", "2019-01"),
        ("2019-01-01T00:00:00Z", "UTC", "2019-01", "2018-12"),
        ("2019-01-01T00:00:00Z", "-00:01", "2018-12", "2018-11"),
        ("2019-03-31T12:00:00Z", "UTC", "2019-03", "2019-02"),
    ] {
        let now: Timestamp = now.parse().unwrap();
        assert_eq!(Period::this_month(zone, now).unwrap().label(), this, "{now} {zone}");
        assert_eq!(Period::last_month(zone, now).unwrap(), Period::month_in_zone(last, zone).unwrap());
    }
    let (before, month, after) =
        (Timestamp::now(), Period::this_month("UTC", None).unwrap(), Timestamp::now());
    let (start, end) = month.fixed_bounds().unwrap();
    assert!(start <= after && before <= end);
}

#[test]
fn months_and_days_tile_in_every_time_zone() {
    let microsecond = SignedDuration::from_micros(1);
    for zone in jiff::tz::db().available() {
        let zone = zone.as_str();
        if TimeZone::get(zone).is_err() {
            continue;
        }
        let months = Period::months_in_zone("2010-11", "2013-03", zone).unwrap();
        for pair in months.windows(2) {
            let ((start, end), (next, _)) =
                (pair[0].fixed_bounds().unwrap(), pair[1].fixed_bounds().unwrap());
            assert!(start < end, "{zone} {}", pair[0]);
            assert_eq!(end + microsecond, next, "{zone} {}", pair[0]);
        }
        for (month, label) in months.iter().zip(["2010-11", "2010-12", "2011-01"]) {
            assert_eq!(month.label(), label, "{zone}");
        }
        let year = Period::parse_in_zone("2011", zone).unwrap().fixed_bounds().unwrap();
        let (first, last) = (months[2].fixed_bounds().unwrap(), months[13].fixed_bounds().unwrap());
        assert_eq!(year, (first.0, last.1), "{zone}");
    }
}

proptest! {
    #[test]
    fn months_tile_across_the_changes_of_clocks(
        zone in proptest::sample::select(vec![
            "America/Sao_Paulo", "Pacific/Apia", "Europe/Berlin", "Asia/Tehran", "Africa/Cairo", "America/Asuncion",
            "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Antarctica/Troll", "-11:30", "+14",
        ]),
        year in 1972..2100_i32, month in 1..13_i32, count in 1..30_i32,
    ) {
        let name = |month: i32| format!("{:04}-{:02}", year + (month - 1) / 12, (month - 1) % 12 + 1);
        let months = Period::months_in_zone(&name(month), &name(month + count - 1), zone).unwrap();
        prop_assert_eq!(months.len(), usize::try_from(count).unwrap());
        for (at, period) in (month..).zip(&months) {
            prop_assert_eq!(period.label(), name(at));
            prop_assert_eq!(period, &Period::month_in_zone(&name(at), zone).unwrap());
            prop_assert_eq!(period, &Period::parse(&period.to_string()).unwrap());
        }
        for pair in months.windows(2) {
            let (end, next) = (pair[0].fixed_bounds().unwrap().1, pair[1].fixed_bounds().unwrap().0);
            prop_assert_eq!(end + SignedDuration::from_micros(1), next);
        }
    }

    #[test]
    fn any_string_is_read_or_refused(text in "\\PC{0,24}", zone in "\\PC{0,12}") {
        let _ = Period::parse(&text);
        let _ = Period::month(&text);
        let _ = Period::parse_in_zone("2019-02", &zone);
    }
}
