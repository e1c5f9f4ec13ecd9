//! The history counts meetings as the API does for one client after another.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use crankwheel::{CrankWheel, Options};
use crankwheel_sandbox::{Sandbox, SandboxOptions};

#[tokio::test]
async fn the_history_of_200_clients_has_the_counts_of_the_api() {
    let now = "2019-03-15T12:00:00Z".parse().ok();
    let options = SandboxOptions { clients: 200, days: 60, now, ..Default::default() };
    let sandbox = Sandbox::start(options).unwrap();
    let cw = CrankWheel::with(sandbox.api_key(), Options::new().base_url(sandbox.url())).unwrap();
    let clients = cw.clients().list().await.unwrap();
    assert!(clients.len() >= 200);
    let history = cw.reseller().usage("2019-02").await.unwrap().with_clients(&clients);

    for min_seconds in [None, Some(0), Some(600)] {
        let counts: HashMap<i64, u64> = history
            .count_meetings(min_seconds)
            .into_iter()
            .filter_map(|count| Some((count.client_id?, count.num_sessions)))
            .collect();
        for client in clients.iter() {
            let usage = cw.clients().usage(&client, "2019-02", min_seconds.map(i64::from)).await.unwrap();
            let counted = i64::try_from(counts[&client.id]).unwrap();
            assert_eq!(counted, usage.num_sessions, "{} {min_seconds:?}", client.sname);
        }
        let total: u64 = counts.values().sum();
        assert!(total > 0);
        // Most sessions count, but not all.
        assert!(min_seconds == Some(0) || total < history.sessions().len() as u64);
    }

    // Every row has the client whose name it has.
    for session in history.sessions().iter() {
        let client = session.sname.and_then(|sname| clients.by_sname(sname));
        assert_eq!(session.client_id, client.map(|client| client.id));
    }
    for user in &history.stats().user_stats {
        assert_eq!(
            user.client_id.and_then(|id| clients.by_id(id)).unwrap().sname,
            user.sname.clone().unwrap()
        );
    }
}
