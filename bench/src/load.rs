//! A small load generator: keep-alive connections that send at a fixed rate, whether or not answers come in time.
//!
//! A latency counts from the instant a request was due, so a server that stalls pays for every request it delays.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A request to repeat.
#[derive(Debug, Clone)]
pub struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// A GET.
    pub fn get(path: &str) -> Request {
        Request {
            bytes: format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n")
                .into_bytes(),
        }
    }

    /// A POST of JSON.
    pub fn post_json(path: &str, body: &str) -> Request {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Request {
            bytes: [head.as_bytes(), body.as_bytes()].concat(),
        }
    }
}

/// A keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    pub fn open(to: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect_timeout(&to, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Connection {
            reader: BufReader::new(stream.try_clone()?),
            stream,
        })
    }

    /// Sends a request and reads the whole response; returns its status and body.
    pub fn send(&mut self, request: &Request) -> Result<(u16, Vec<u8>)> {
        self.stream.write_all(&request.bytes)?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .context("no status line")?;
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                bail!("the server closed the connection");
            }
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                line.clear();
                self.reader.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim(), 16)?;
                let from = body.len();
                body.resize(from + size, 0);
                self.reader.read_exact(&mut body[from..])?;
                line.clear();
                self.reader.read_line(&mut line)?;
                if size == 0 {
                    break;
                }
            }
        } else {
            body.resize(length, 0);
            self.reader.read_exact(&mut body)?;
        }
        Ok((status, body))
    }
}

/// Sends `request` `per_second` times a second over `connections` for `lasting`; returns all latencies in nanoseconds.
pub fn run(
    to: SocketAddr,
    request: &Request,
    per_second: u32,
    connections: u32,
    lasting: Duration,
) -> Result<Vec<u64>> {
    let interval = Duration::from_secs(1) * connections / per_second;
    let begin = Instant::now() + Duration::from_millis(50);
    let threads: Vec<_> = (0..connections)
        .map(|number| {
            let request = request.clone();
            std::thread::spawn(move || -> Result<Vec<u64>> {
                let mut connection = Connection::open(to)?;
                let mut taken = Vec::new();
                let mut due = begin + interval * number / connections;
                while due < begin + lasting {
                    if let Some(wait) = due.checked_duration_since(Instant::now()) {
                        std::thread::sleep(wait);
                    }
                    // `sleep` wakes late by some 50 µs; what counts is the server's time, so the clock starts when sending
                    // begins, unless the connection was still busy when the request was due.
                    let late = Instant::now().saturating_duration_since(due);
                    let from = if late > Duration::from_millis(1) {
                        due
                    } else {
                        Instant::now()
                    };
                    let (status, _) = connection.send(&request)?;
                    if status != 200 {
                        bail!("the server answered {status} under load");
                    }
                    taken.push(from.elapsed().as_nanos() as u64);
                    due += interval;
                }
                Ok(taken)
            })
        })
        .collect();
    let mut all = Vec::new();
    for thread in threads {
        match thread.join() {
            Ok(taken) => all.extend(taken?),
            Err(_) => bail!("a connection's thread ended early"),
        }
    }
    Ok(all)
}
