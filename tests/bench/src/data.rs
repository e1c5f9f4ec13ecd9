//! Response bodies as the API sends them: its key order, its shapes of timestamps, strings that repeat.

use std::io::{Result, Write};

use fastrand::Rng;

use crate::names::{Company, email, october, pick};

const SEED: u64 = 20_261_001;
const DAY: u64 = 86_400;

/// The order of a session's keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyOrder {
    /// As the API sends them.
    Api,
    /// Another one in each row.
    Shuffled,
}

/// The strings of a session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    /// Users and companies have many sessions.
    Repeated,
    /// Each session has a user and a company that no other has.
    Unique,
}

/// Returns one client.
pub fn client() -> String {
    let mut rng = Rng::with_seed(SEED);
    let company = Company::new(&mut rng, 84);
    client_json(&mut rng, 27_084, &company, "black_list")
}

/// Writes a list of clients.
pub fn clients(out: &mut impl Write, count: usize) -> Result<()> {
    let mut rng = Rng::with_seed(SEED);
    out.write_all(b"[")?;
    for number in 0..count {
        let company = Company::new(&mut rng, number);
        let separator = if number == 0 { "" } else { "," };
        // The list has the settings of the content filter under their newer names.
        write!(out, "{separator}{}", client_json(&mut rng, 20_000 + number, &company, "content_filter"))?;
    }
    out.write_all(b"]")
}

fn client_json(rng: &mut Rng, id: usize, Company { sname, lname }: &Company, filter: &str) -> String {
    let plan = rng.u32(1..=5);
    let limit = [10, 50, 200, 1_000, 99_999_999].get(plan as usize - 1).copied().unwrap_or(10);
    let (branding, window, audit) = (rng.bool(), rng.bool(), rng.bool());
    let (hl, geo) = (pick(rng, &["en", "de", "is", "fr", "pl"]), pick(rng, &["eu1", "us1", "ap1"]));
    let (uuid, demo) = (rng.u128(..), rng.u64(..));
    let soft = if id.is_multiple_of(9) { r#""2026-10-03 15:08:10.0Z""# } else { "null" };
    format!(
        concat!(
            r#"{{"current_plan":"plan_{plan}","sname":"{sname}","smsname":null,"settings":{{"window":{window},"#,
            r#""tab":true,"stay_in_lobby":false,"sms_template":null,"screen":true,"#,
            r#""provisioning_url":"https://{sname}.example/","provisioning_provider":"reseller","#,
            r#""provisioning_displayname":"{lname}","phone_conf_provider":"","phone_conf_manual":false,"#,
            r#""phone_conf_main_number":null,"phone_conf_extra_numbers":null,"lobby_url":null,"id":"{uuid:032x}","#,
            r#""enable_remote_control":false,"email_invite_subject":null,"email_invite_body":null,"#,
            r#""dod_field_order_template":null,"{filter}_regex":"","{filter}_pattern":null,"#,
            r#""auto_accept_in_lobby":false,"audit_log":{audit},"allow_edit_picture":true,"allow_edit_name":true,"#,
            r#""allow_edit_headline":true,"allow_changing_lobby_settings":true}},"session_limit":{limit},"#,
            r#""remove_cw_branding":{branding},"post_session_url":"https://www.{sname}.example/thanks","#,
            r#""logo":"https://logos.example/{id}.{demo}.png","lname":"{lname}","license_count":{limit},"#,
            r#""integrations_enabled":true,"id":{id},"host":"meeting.is","hl":"{hl}","hard_limit_starts":{soft},"#,
            r#""geo":"{geo}","first_exceeded_soft_limit":{soft},"demo_id":"{demo:08x}","api_access_enabled":true}}"#
        ),
        plan = plan,
        sname = sname,
        lname = lname,
        window = window,
        uuid = uuid,
        filter = filter,
        audit = audit,
        limit = limit,
        branding = branding,
        id = id,
        demo = demo,
        hl = hl,
        geo = geo,
        soft = soft,
    )
}

/// A user of a company, with the totals of the sessions.
struct User {
    email: String,
    company: usize,
    seconds: u64,
    count: u64,
}

/// The presenter of one session, and when it was.
struct Share {
    user: usize,
    start: u64,
    seconds: u64,
    viewers: u32,
}

/// Writes a usage history of October 2026. The totals add up.
pub fn history(out: &mut impl Write, count: usize, order: KeyOrder, strings: Strings) -> Result<()> {
    let mut rng = Rng::with_seed(SEED);
    let (companies, users) = match strings {
        Strings::Repeated => ((count / 500).clamp(7, 4_000), (count / 50).clamp(20, 40_000)),
        Strings::Unique => (count, count),
    };
    let companies: Vec<Company> = (0..companies).map(|number| Company::new(&mut rng, number)).collect();
    let mut users: Vec<User> = (0..users)
        .filter_map(|number| {
            let company = number % companies.len();
            let email = email(&mut rng, number, companies.get(company)?);
            Some(User { email, company, seconds: 0, count: 0 })
        })
        .collect();
    let shares: Vec<Share> =
        (0..count).map(|row| share(&mut rng, row, count, users.len(), strings)).collect();
    for share in &shares {
        if let Some(user) = users.get_mut(share.user) {
            user.seconds += share.seconds;
            user.count += 1;
        }
    }
    write_stats(out, &users, &companies)?;
    out.write_all(br#","sessions":["#)?;
    for (row, share) in shares.iter().enumerate() {
        let Some(user) = users.get(share.user) else { continue };
        let Some(company) = companies.get(user.company) else { continue };
        if row > 0 {
            out.write_all(b",")?;
        }
        write_session(out, &mut rng, share, &user.email, company, order)?;
    }
    out.write_all(b"]}")
}

fn share(rng: &mut Rng, row: usize, rows: usize, users: usize, strings: Strings) -> Share {
    // Sessions arrive by their time; some users have far more of them than others.
    let start = (row as u64 * 30 * DAY / rows.max(1) as u64).saturating_sub(rng.u64(..600));
    let user = match strings {
        Strings::Repeated => ((rng.f64() * rng.f64()) * users as f64) as usize,
        Strings::Unique => row,
    };
    let seconds = match rng.u32(..10) {
        0..3 => rng.u64(2..40),
        3..9 => rng.u64(40..2_400),
        _ => rng.u64(2_400..9_000),
    };
    let viewers = [0, 1, 1, 1, 1, 1, 1, 2, 2, 3].get(rng.usize(..10)).copied().unwrap_or(1);
    Share { user, start, seconds, viewers: if rng.u32(..200) == 0 { rng.u32(4..40) } else { viewers } }
}

fn write_stats(out: &mut impl Write, users: &[User], companies: &[Company]) -> Result<()> {
    out.write_all(br#"{"stats":{"user_stats":["#)?;
    let mut separator = "";
    for User { email, company, seconds, count } in users {
        let Some(Company { sname, lname }) = companies.get(*company) else { continue };
        write!(out, r#"{separator}{{"{email}":{{"total_sec":{seconds},"total_count":{count},"#)?;
        write!(out, r#""sname":"{sname}","lname":"{lname}"}}}}"#)?;
        separator = ",";
    }
    let seconds: u64 = users.iter().map(|user| user.seconds).sum();
    let count: u64 = users.iter().map(|user| user.count).sum();
    write!(out, r#"],"total_sec":{seconds},"total_count":{count}}}"#)
}

fn write_session(
    out: &mut impl Write,
    rng: &mut Rng,
    share: &Share,
    email: &str,
    Company { sname, lname }: &Company,
    order: KeyOrder,
) -> Result<()> {
    let (start, end) = (october(share.start, ".000000Z"), october(share.start + share.seconds, ".000000Z"));
    let (seconds, viewers) = (share.seconds, share.viewers);
    if order == KeyOrder::Api {
        write!(
            out,
            r#"{{"viewer_info":{{"max_viewer_count":{viewers}}},"start_date":"{start}","sname":"{sname}","#
        )?;
        return write!(
            out,
            r#""lname":"{lname}","end_date":"{end}","email":"{email}","duration":{seconds}}}"#
        );
    }
    let mut members = [
        format!(r#""viewer_info":{{"max_viewer_count":{viewers}}}"#),
        format!(r#""start_date":"{start}""#),
        format!(r#""sname":"{sname}""#),
        format!(r#""lname":"{lname}""#),
        format!(r#""end_date":"{end}""#),
        format!(r#""email":"{email}""#),
        format!(r#""duration":{seconds}"#),
    ];
    rng.shuffle(&mut members);
    write!(out, "{{{}}}", members.join(","))
}

/// Writes a billing overview of October 2026, with one to five sub-periods a company.
pub fn overview(out: &mut impl Write, count: usize) -> Result<()> {
    const WHOLE: u64 = 31 * DAY - 1;
    const FROM: &str = "2026-10-01T00:00:00.0Z";
    const TO: &str = "2026-10-31T23:59:59.999999Z";
    let mut rng = Rng::with_seed(SEED);
    let mut totals = [0.0; PLANS.len()];
    write!(out, r#"{{"starting":"{FROM}","per_company":["#)?;
    for number in 0..count {
        let Company { sname, lname } = Company::new(&mut rng, number);
        let parts = rng.usize(1..=5);
        let mut changes: Vec<u64> = (1..parts).map(|_| rng.u64(1..WHOLE)).chain([0, WHOLE]).collect();
        changes.sort_unstable();
        let mut units = [0.0; PLANS.len()];
        let separator = if number == 0 { "" } else { "," };
        write!(out, r#"{separator}{{"total_period_seconds":{WHOLE},"starting":"{FROM}","sname":"{sname}","#)?;
        out.write_all(br#""periods":["#)?;
        for (part, bounds) in changes.windows(2).enumerate() {
            let &[from, to] = bounds else { continue };
            let plan = rng.usize(..PLANS.len());
            let share = (to - from) as f64 / WHOLE as f64;
            for sum in [&mut units, &mut totals].into_iter().filter_map(|sums| sums.get_mut(plan)) {
                *sum += share;
            }
            let begins = if part == 0 { FROM.to_owned() } else { october(from, ".701107") };
            let ends = if to == WHOLE { TO.to_owned() } else { october(to, ".701107") };
            let by = if part == 0 { r#""nobody""# } else { "null" };
            let (api, human) = PLANS.get(plan).copied().unwrap_or_default();
            let separator = if part == 0 { "" } else { "," };
            write!(
                out,
                r#"{separator}{{"set_by":{by},"set_at":"{begins}","pro_rata":{share},"human_name":"{human}","#
            )?;
            write!(
                out,
                r#""effective_to":"{ends}","effective_seconds":{},"effective_from":"{begins}","#,
                to - from
            )?;
            write!(out, r#""api_name":"{api}"}}"#)?;
        }
        write!(out, r#"],"plans_pro_rata":{},"lname":"{lname}","ending":"{TO}","#, plan_map(&units))?;
        write!(out, r#""company_id":{}}}"#, 20_000 + number)?;
    }
    write!(out, r#"],"total_pro_rata":{},"ending":"{TO}"}}"#, plan_map(&totals))
}

const PLANS: [(&str, &str); 4] = [
    ("plan_1", "Example Plan 1"),
    ("plan_2", "Example Plan 2"),
    ("plan_3", "Example Plan 3"),
    ("unset_or_custom", "Unset or custom plan"),
];

fn plan_map(units: &[f64]) -> String {
    let used = PLANS.iter().zip(units).filter(|(_, units)| **units > 0.0);
    let members =
        used.map(|((api, human), units)| format!(r#""{api}":{{"units":{units},"human_name":"{human}"}}"#));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use crankwheel::{BillingOverview, Client, List, Model, UsageHistory};

    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bodies_are_read_as_the_models_that_they_are() {
        assert_eq!(Client::from_json(&client()).unwrap().id, 27_084);
        let list = List::<Client>::from_json(&text(|out| clients(out, 50))).unwrap();
        assert!(list.len() == 50 && list.iter().any(|client| client.lname.unwrap().contains('"')));
        let overview = BillingOverview::from_json(&text(|out| overview(out, 300))).unwrap();
        let units: f64 = overview.total_pro_rata.iter().map(|(_, total)| total.units).sum();
        assert!((units - 300.0).abs() < 1e-6, "each company is one unit");
        let parts: Vec<usize> = overview.per_company.iter().map(|company| company.periods.len()).collect();
        assert_eq!((parts.iter().min(), parts.iter().max()), (Some(&1), Some(&5)));
    }

    #[test]
    fn histories_have_the_same_sessions_in_any_order_of_keys() {
        let read = |order, strings| {
            let body = text(|out| history(out, 2_000, order, strings));
            (UsageHistory::from_json(&body).unwrap(), body)
        };
        let (plain, body) = read(KeyOrder::Api, Strings::Repeated);
        let (shuffled, other) = read(KeyOrder::Shuffled, Strings::Repeated);
        assert!(plain == shuffled && body != other);
        let sum: i64 = plain.sessions().duration().iter().sum();
        assert_eq!(plain.stats().total_sec, Some(sum));
        let per_row = body.len() / 2_000;
        assert!((225..250).contains(&per_row), "{per_row} bytes a session");
        let (unique, _) = read(KeyOrder::Api, Strings::Unique);
        assert_eq!(unique.sessions().email().len(), 2_000);
    }

    #[test]
    fn eight_of_a_hundred_company_names_have_an_escape() {
        let mut rng = Rng::with_seed(1);
        let companies = (0..1_000).map(|number| Company::new(&mut rng, number));
        assert_eq!(companies.filter(|company| company.lname.contains('\\')).count(), 80);
    }
}
