//! Prints the bill of a month: the units of each plan, and the plans of each client.
//!
//! `CRANKWHEEL_API_KEY=… cargo run -p crankwheel --example month_end_bill 2019-02`

use crankwheel::{CrankWheel, Period};
use jiff::{Timestamp, tz::TimeZone};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let month = match std::env::args().nth(1) {
        Some(month) => month,
        None => last_month()?,
    };
    let cw = CrankWheel::from_env()?;
    let bill = cw.reseller().billing(Period::month(&month)?).await?;

    println!("{month}: {} clients", bill.per_company.len());
    for (plan, total) in bill.total_pro_rata.iter() {
        let name = total.human_name.as_deref().unwrap_or(plan);
        println!("{name:24} {:8.3} units", total.units);
    }

    for company in bill.per_company.iter() {
        println!("\n{}", company.lname.or(company.sname).unwrap_or_default());
        for period in &company.periods {
            let plan = period.api_name.as_deref().unwrap_or("none");
            // Seconds are exact; `pro_rata` is rounded.
            println!("  {plan:22} {:8} of {} s", period.effective_seconds, company.total_period_seconds);
        }
    }
    Ok(())
}

/// Returns the last complete month of UTC, such as `2019-02`.
fn last_month() -> Result<String, jiff::Error> {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    Ok(today.first_of_month().yesterday()?.strftime("%Y-%m").to_string())
}
