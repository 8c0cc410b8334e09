//! The little of HTTP that a page needs: one request of bounded size, and its answer.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The most bytes of a request before its body.
const LONGEST_HEAD: usize = 16 << 10;
/// The most bytes of its body.
const LONGEST_BODY: usize = 1 << 20;
/// The most headers.
const HEADERS: usize = 64;
/// Who says nothing for so long is not listened to.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    /// The header `Host`; empty if there is none.
    pub(super) host: String,
    /// UTF-8, or what can be read of it.
    pub(super) body: String,
}

/// A status and the reason, for a request that is not accepted.
type Refused = (u16, &'static str);

/// Reads a request. Memory is used for what has arrived, not for what is announced.
///
/// # Errors
/// When the connection fails; a request that is not accepted is no such error.
pub(super) fn read(stream: &mut TcpStream) -> io::Result<Result<Asked, Refused>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    read_from(stream)
}

fn read_from(source: &mut impl Read) -> io::Result<Result<Asked, Refused>> {
    let mut got = Vec::new();
    let mut piece = [0; 4096];
    let (mut asked, start, length) = loop {
        match head(&got) {
            Ok(Some(whole)) => break whole,
            Ok(None) if got.len() >= LONGEST_HEAD => {
                return Ok(Err((431, "the head is too long\n")));
            }
            Ok(None) => {}
            Err(refused) => return Ok(Err(refused)),
        }
        let read = source.read(&mut piece)?;
        if read == 0 {
            return Ok(Err((400, "the request ends early\n")));
        }
        got.extend_from_slice(&piece[..read]);
    };
    if length > LONGEST_BODY {
        return Ok(Err((413, "the text is longer than 1 MiB\n")));
    }
    let mut body = got.split_off(start);
    body.truncate(length);
    let missing = (length - body.len()) as u64;
    source.take(missing).read_to_end(&mut body)?;
    asked.body = String::from_utf8_lossy(&body).into_owned();
    Ok(Ok(asked))
}

/// The head of a request, where its body begins, and how long that is; `None` until it is complete.
fn head(got: &[u8]) -> Result<Option<(Asked, usize, usize)>, Refused> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let start = match request.parse(got) {
        Ok(httparse::Status::Complete(start)) => start,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err((400, "this is no request of HTTP\n")),
    };
    let value = |name: &str| {
        let header = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| String::from_utf8_lossy(header.value).into_owned())
    };
    let length = match value("Content-Length").map(|length| length.trim().parse()) {
        None => 0,
        Some(Ok(length)) => length,
        Some(Err(_)) => return Err((400, "Content-Length is no number\n")),
    };
    let asked = Asked {
        method: request.method.unwrap_or_default().to_owned(),
        path: request.path.unwrap_or_default().to_owned(),
        host: value("Host").unwrap_or_default(),
        body: String::new(),
    };
    Ok(Some((asked, start, length)))
}

/// Answers a request, after which the connection ends.
///
/// # Errors
/// When the connection fails.
pub(super) fn answer(
    stream: &mut TcpStream,
    status: u16,
    kind: &str,
    text: &str,
) -> io::Result<()> {
    let length = text.len();
    let head = format!(
        "HTTP/1.1 {status} \r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(mut bytes: &[u8]) -> Result<Asked, Refused> {
        read_from(&mut bytes).expect("memory does not fail")
    }

    #[test]
    fn a_request_is_read_with_its_body() {
        let asked = read_all(b"POST /k/run HTTP/1.1\r\nhost: a:1\r\ncontent-length: 3\r\n\r\nabcd");
        let [method, path, host, body] = ["POST", "/k/run", "a:1", "abc"].map(str::to_owned);
        assert_eq!(asked, Ok(Asked { method, path, host, body }));
    }

    #[test]
    fn what_is_too_long_or_no_request_is_refused() {
        let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(LONGEST_HEAD));
        let status = |bytes: &[u8]| read_all(bytes).expect_err("it is refused").0;
        assert_eq!(status(long.as_bytes()), 431);
        let body = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", LONGEST_BODY + 1);
        assert_eq!(status(body.as_bytes()), 413);
        assert_eq!(status(b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), 400);
        assert_eq!(status(b"GET / HT"), 400);
        assert_eq!(status(b"\x16\x03\x01 hello\r\n\r\n"), 400);
    }
}
