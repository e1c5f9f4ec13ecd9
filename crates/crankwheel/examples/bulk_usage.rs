//! Analyses the usage of all clients: the meetings of each client, requested concurrently, and the
//! users with the most hours, from one usage history.
//!
//! `CRANKWHEEL_API_KEY=… cargo run -p crankwheel --example bulk_usage 28`

use crankwheel::{CrankWheel, Period};
use futures_util::future::try_join_all;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let days = std::env::args().nth(1).map_or(Ok(28), |days| days.parse())?;
    let period = Period::last_days(days)?;
    let cw = CrankWheel::from_env()?;

    // One request for each client. At most `max_connections` of them are in flight.
    let clients = cw.clients().list().await?;
    let calls = clients.iter().map(|client| cw.clients().usage(client.id, &period, None).into_future());
    let usages = try_join_all(calls).await?;
    println!("Meetings in the {period}:");
    for (client, usage) in clients.iter().zip(&usages) {
        println!("{:24} {:6}", client.sname, usage.num_sessions);
    }

    // One request for all sessions, which are read into columns while they arrive.
    let history = cw.reseller().usage(period).await?;
    let mut users: Vec<_> = history.stats().user_stats.iter().collect();
    users.sort_by_key(|user| std::cmp::Reverse(user.total_sec));
    println!("\n{} sessions; the users with the most hours:", history.sessions().len());
    for user in users.iter().take(5) {
        println!("{:40} {:6.1} h", user.email, user.total_sec as f64 / 3600.0);
    }
    Ok(())
}
