//! As much of a browser as it takes to press a button and read the answer.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the house has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It leads to a new booking.
    Booked,
    /// No place is left, in words.
    Full,
    /// Anything else.
    Other,
}

/// Sends a request and reads its whole answer.
pub async fn ask(stream: &mut TcpStream, request: &[u8]) -> std::io::Result<Reply> {
    stream.write_all(request).await?;
    let mut bytes = Vec::with_capacity(1024);
    let (head, length) = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| {
                let value = line.strip_prefix("content-length:")?;
                value.trim().parse::<usize>().ok()
            });
            break (head, end + 4 + length.unwrap_or(0));
        }
    };
    while bytes.len() < length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let status = head.split(' ').nth(1).unwrap_or_default();
    let leads = head.contains("\r\nlocation: /me/bookings/") && head.contains("done=booked");
    let body = String::from_utf8_lossy(&bytes);
    Ok(match status {
        "303" if leads => Reply::Booked,
        "409" if body.contains("这个时段已经满员") => Reply::Full,
        _ => Reply::Other,
    })
}
