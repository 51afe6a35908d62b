//! Counts of what was asked, how it ended and how long it took, in Prometheus' text format. No address, no query, no person.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Upper bounds of the histogram's buckets in seconds.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0];

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    buckets: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Metrics {
    fn record(&self, route: &str, status: u16, seconds: f64) {
        {
            let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
            // Routes are those of the router and statuses are few, so the map stays small.
            match requests.get_mut(&(route.to_owned(), status)) {
                Some(count) => *count += 1,
                None => {
                    requests.insert((route.to_owned(), status), 1);
                }
            }
        }
        for (bound, bucket) in BUCKETS.iter().zip(&self.buckets) {
            if seconds <= *bound {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros
            .fetch_add((seconds * 1e6) as u64, Ordering::Relaxed);
    }

    fn text(&self, app: &App) -> String {
        let mut out = String::from(
            "# HELP tongxin_requests_total Requests by route and status.\n# TYPE tongxin_requests_total counter\n",
        );
        let requests = self
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for ((route, status), count) in requests {
            let _ = writeln!(
                out,
                "tongxin_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        out.push_str(
            "# HELP tongxin_request_seconds Time to the response's head.\n# TYPE tongxin_request_seconds histogram\n",
        );
        for (bound, bucket) in BUCKETS.iter().zip(&self.buckets) {
            let count = bucket.load(Ordering::Relaxed);
            let _ = writeln!(
                out,
                "tongxin_request_seconds_bucket{{le=\"{bound}\"}} {count}"
            );
        }
        let count = self.count.load(Ordering::Relaxed);
        let seconds = self.micros.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(out, "tongxin_request_seconds_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "tongxin_request_seconds_sum {seconds}");
        let _ = writeln!(out, "tongxin_request_seconds_count {count}");
        let now = app.now();
        let notices = app.book.notices();
        let in_force = notices.iter().filter(|n| n.in_force.contains(now)).count();
        let _ = writeln!(
            out,
            "# HELP tongxin_notices Notices of the city.\n# TYPE tongxin_notices gauge\ntongxin_notices {}",
            notices.len()
        );
        let _ = writeln!(
            out,
            "# HELP tongxin_notices_in_force Notices in force now.\n# TYPE tongxin_notices_in_force gauge\ntongxin_notices_in_force {in_force}"
        );
        out
    }
}

/// The layer that counts.
pub async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    app.metrics.record(
        route.as_ref().map_or("none", MatchedPath::as_str),
        response.status().as_u16(),
        started.elapsed().as_secs_f64(),
    );
    response
}

/// `GET /metrics`
pub async fn serve(State(app): State<Arc<App>>) -> Response {
    (
        [
            (
                header::CONTENT_TYPE,
                "text/plain; version=0.0.4; charset=utf-8",
            ),
            (header::CACHE_CONTROL, "no-store"),
        ],
        app.metrics.text(&app),
    )
        .into_response()
}
