//! The served city: start to first answer, memory, and `POST /api/ask` beside a handler that returns a constant.

use crate::load::{self, Connection, Request};
use crate::measure::{Latency, percentiles, resident_bytes, said};
use crate::table::Table;
use anyhow::{Context, Result, bail, ensure};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const REQUESTS_PER_SECOND: u32 = 1_000;
const CONNECTIONS: u32 = 4;
const STRETCH: Duration = Duration::from_secs(4);
/// Stretches of each handler, taken in turn.
const STRETCHES: usize = 3;

/// The question asked: the order's trucks, as the command line would ask it.
const QUESTION: &str = r#"{"who":"货车, 车型 = 重型, 燃料 = 柴油, 用途 = 其他","do":"驶入","where":"中环以内","at":"2022-01-06T10:00"}"#;

/// A server that ends with its owner.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do then.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts it and waits for its first right answer; also returns how long that took.
    fn start(binary: &Path, root: &Path) -> Result<(Server, Duration)> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let from = Instant::now();
        let process = Command::new(binary)
            .args(["serve", "--listen", &address.to_string()])
            .current_dir(root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let mut server = Server { process, address };
        let ask = Request::post_json("/api/ask", QUESTION);
        while from.elapsed() < Duration::from_secs(30) {
            if let Some(status) = server.process.try_wait()? {
                bail!("the server ended: {status}");
            }
            if let Ok(mut connection) = Connection::open(address) {
                let (status, body) = connection.send(&ask)?;
                let took = from.elapsed();
                let answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                ensure!(
                    status == 200
                        && answer["verdict"] == "forbidden"
                        && answer["because"][0]["rule"] == "trucks",
                    "the server answers {status} {}",
                    String::from_utf8_lossy(&body)
                );
                return Ok((server, took));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server did not answer within 30 s")
    }
}

/// Measures and prints.
pub fn measure(binary: &Path, root: &Path) -> Result<Vec<Table>> {
    let mut starts: Vec<Duration> = (0..5)
        .map(|_| Ok(Server::start(binary, root)?.1))
        .collect::<Result<_>>()?;
    starts.sort_unstable();
    let (server, _) = Server::start(binary, root)?;
    let before = resident_bytes(&server.process.id().to_string());

    let ask = Request::post_json("/api/ask", QUESTION);
    let constant = Request::get("/healthz");
    let (mut asks, mut constants) = (Vec::new(), Vec::new());
    for _ in 0..STRETCHES {
        constants.extend(load::run(
            server.address,
            &constant,
            REQUESTS_PER_SECOND,
            CONNECTIONS,
            STRETCH,
        )?);
        asks.extend(load::run(
            server.address,
            &ask,
            REQUESTS_PER_SECOND,
            CONNECTIONS,
            STRETCH,
        )?);
    }
    let after = resident_bytes(&server.process.id().to_string());

    let mut start = Table::new(
        "The server with the demo city",
        &["figure", "measured", "goal"],
    );
    start.row(&[
        "start to first answer (median of 5)",
        &said(starts[starts.len() / 2].as_nanos() as u64),
        "< 1 s",
    ]);
    let mib = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
    start.row(&[
        "resident memory after the first answer",
        &mib(before),
        "< 150 MB",
    ]);
    start.row(&[
        "resident memory after the load below",
        &mib(after),
        "< 150 MB",
    ]);

    let mut table = Table::new(
        &format!(
            "Requests at {REQUESTS_PER_SECOND} a second over {CONNECTIONS} connections, the two handlers in turn"
        ),
        &["handler", "p50", "p99", "p99 against the constant", "goal"],
    );
    let (ask, constant): (Latency, Latency) = (percentiles(asks), percentiles(constants));
    let ratio = ask.p99_ns as f64 / constant.p99_ns as f64;
    table.row(&[
        "GET /healthz, a constant",
        &said(constant.p50_ns),
        &said(constant.p99_ns),
        "",
        "",
    ]);
    table.row(&[
        "POST /api/ask",
        &said(ask.p50_ns),
        &said(ask.p99_ns),
        &format!("{ratio:.2}×"),
        "≤ 2×",
    ]);
    Ok(vec![start, table])
}
