//! Answers over HTTP/1.1: their status, and what is in them if it is small.

use std::io::Read;

use crate::call::of;
use crate::message::Why;

/// Of what comes before an answer's contents, no more is read.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// The status of the final answer, with the bytes of it that were read, from its status line on.
pub fn status(line: &mut dyn Read) -> Result<(u16, Vec<u8>), Why> {
    let mut head = Vec::new();
    loop {
        while let Some(end) = find(&head, b"\r\n") {
            let status = head.get(..end).and_then(status_of).ok_or(Why::Garbled)?;
            if status >= 200 {
                return Ok((status, head));
            }
            // An answer on the way there: what follows it counts.
            let Some(whole) = find(&head, b"\r\n\r\n") else {
                break;
            };
            head.drain(..whole + 4);
        }
        if head.len() > HEAD_BYTES_MAX || more(line, &mut head)? == 0 {
            return Err(Why::Garbled);
        }
    }
}

/// What is in an answer of status 200.
pub fn body(line: &mut dyn Read, bytes_max: usize) -> Result<Vec<u8>, Why> {
    let (status, mut head) = status(line)?;
    if status != 200 {
        return Err(Why::Status(status));
    }
    let end = loop {
        if let Some(end) = find(&head, b"\r\n\r\n") {
            break end + 4;
        }
        if head.len() > HEAD_BYTES_MAX || more(line, &mut head)? == 0 {
            return Err(Why::Garbled);
        }
    };
    let mut body = head.split_off(end);
    let head = std::str::from_utf8(&head).map_err(|_| Why::Garbled)?;
    let length = match header(head, "content-length") {
        Some(digits) => Some(digits.parse::<usize>().map_err(|_| Why::Garbled)?),
        None => None,
    };
    let pieces = match header(head, "transfer-encoding") {
        Some(coding) if coding.eq_ignore_ascii_case("chunked") => true,
        Some(_) => return Err(Why::Garbled),
        None => false,
    };
    // What is said around the pieces takes room, too.
    let read_max = if pieces {
        2 * bytes_max + 1_024
    } else {
        bytes_max
    };
    loop {
        if pieces {
            if let Some(whole) = joined(&body)? {
                return if whole.len() > bytes_max {
                    Err(Why::Garbled)
                } else {
                    Ok(whole)
                };
            }
        } else if let Some(length) = length.filter(|length| body.len() >= *length) {
            body.truncate(length);
            return if length > bytes_max {
                Err(Why::Garbled)
            } else {
                Ok(body)
            };
        }
        if body.len() > read_max {
            return Err(Why::Garbled);
        }
        if more(line, &mut body)? == 0 {
            // Without a length, the end of the line is the end.
            return if pieces || length.is_some() {
                Err(Why::Garbled)
            } else {
                Ok(body)
            };
        }
    }
}

/// Reads a piece; 0 at the end of the line.
fn more(line: &mut dyn Read, bytes: &mut Vec<u8>) -> Result<usize, Why> {
    let mut piece = [0; 1024];
    let read = line.read(&mut piece).map_err(|error| of(&error))?;
    bytes.extend(piece.iter().take(read));
    Ok(read)
}

/// The first value of a header, by its name in lower case.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What was sent in pieces (RFC 9112, section 7.1), joined; nothing while the last has not come.
fn joined(sent: &[u8]) -> Result<Option<Vec<u8>>, Why> {
    let (mut whole, mut rest) = (Vec::new(), sent);
    loop {
        let Some(end) = find(rest, b"\r\n") else {
            return Ok(None);
        };
        let line = rest.get(..end).unwrap_or_default();
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let digits = std::str::from_utf8(digits.trim_ascii()).map_err(|_| Why::Garbled)?;
        let length = usize::from_str_radix(digits, 16).map_err(|_| Why::Garbled)?;
        if length == 0 {
            return Ok(Some(whole));
        }
        rest = rest.get(end + 2..).unwrap_or_default();
        let next = length.checked_add(2).ok_or(Why::Garbled)?;
        let (Some(piece), Some(after)) = (rest.get(..length), rest.get(next..)) else {
            return Ok(None);
        };
        if rest.get(length..next) != Some(b"\r\n") {
            return Err(Why::Garbled);
        }
        whole.extend_from_slice(piece);
        rest = after;
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn status_of(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?;
    let rest = line
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| line.strip_prefix("HTTP/1.0 "))?;
    let digits = rest.split(' ').next().filter(|digits| digits.len() == 3)?;
    digits.parse().ok().filter(|status| *status >= 100)
}
