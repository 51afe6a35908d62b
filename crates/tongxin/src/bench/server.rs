//! The server: from its start to its first answer, and the memory it holds then.

use super::figure::{Figure, Unit};
use super::world::{median, resident_bytes};
use crate::fault::Fault;
use notice::Label;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(30);

/// The order's trucks, as anybody would ask.
const QUESTION: &str = r#"{"who":"货车, 车型 = 重型, 燃料 = 柴油, 用途 = 其他","do":"驶入","where":"中环以内","at":"2022-01-06T10:00"}"#;

/// A server that ends with its owner, and what it keeps.
struct Server(
    Child,
    #[expect(dead_code, reason = "it goes with the server")] tempfile::TempDir,
);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures.
pub fn measure() -> Result<Vec<Figure>, Fault> {
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let from = Instant::now();
        let server = answering()?;
        starts.push(from.elapsed().as_nanos() as f64);
        memory.extend(resident_bytes(&server.0.id().to_string()));
    }
    let figure = |key, name, value, unit, bound| Figure {
        key,
        name,
        value,
        unit,
        bound: Some(bound),
    };
    let mut figures = vec![figure(
        "start",
        Label::new(
            "服务从启动到第一个答复",
            "the server, from its start to the first answer",
        ),
        median(starts),
        Unit::Nanoseconds,
        1e9,
    )];
    if !memory.is_empty() {
        figures.push(figure(
            "server-memory",
            Label::new(
                "答复之后服务的内存",
                "the server's memory after that answer",
            ),
            median(memory),
            Unit::Bytes,
            1.5e8,
        ));
    }
    Ok(figures)
}

/// Starts this very command on a free port, in a folder without cities, and waits for its first right answer.
fn answering() -> Result<Server, Fault> {
    let this = std::env::current_exe().map_err(Fault::Pipe)?;
    let data = tempfile::tempdir().map_err(Fault::Pipe)?;
    let process = Command::new(this)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .current_dir(std::env::temp_dir())
        .env_remove("TONGXIN_CITY")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Fault::Pipe)?;
    let mut server = Server(process, data);
    let mut hello = String::new();
    if let Some(out) = server.0.stdout.take() {
        BufReader::new(out)
            .read_line(&mut hello)
            .map_err(Fault::Pipe)?;
    }
    let address = hello
        .split("http://")
        .nth(1)
        .and_then(|rest| rest.split('/').next());
    let address = address.ok_or_else(|| Fault::Measure(format!("serve: {hello}")))?;
    let answer = ask(address).map_err(Fault::Pipe)?;
    if !answer.contains(r#""verdict":"forbidden""#) {
        return Err(Fault::Measure(format!("serve: {answer}")));
    }
    Ok(server)
}

fn ask(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "POST /api/ask HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{QUESTION}",
        QUESTION.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
