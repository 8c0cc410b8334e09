//! `pagewalk show --serve`: the page from a server on this machine, and runs of edited scenarios.

use std::io::{BufRead, Read, Write};

use serde_json::Value;

use super::walked;

/// `pagewalk show --serve`, ended when it is dropped.
struct Server {
    child: std::process::Child,
    host: String,
    key: String,
}

impl Server {
    fn start(name: &str) -> Server {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("pagewalk"))
            .args(["show", name, "--serve"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        std::io::BufReader::new(out).read_line(&mut line).expect("an address");
        let address = line.trim().strip_prefix("http://").expect("an address");
        let (host, key) = address.trim_end_matches('/').split_once('/').expect("host and key");
        let (host, key) = (host.to_owned(), key.to_owned());
        Server { child, host, key }
    }

    /// Sends a request; returns its status and the body of the answer.
    fn ask(&self, host: &str, request: &str, body: &str) -> (u16, String) {
        let mut stream = std::net::TcpStream::connect(&self.host).expect("it listens");
        let length = body.len();
        let head =
            format!("{request} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

#[test]
fn an_edited_scenario_runs_again_for_those_who_know_the_address() {
    let server = Server::start("how-large-is-a-page/megapage");
    let (own, key) = (server.host.as_str(), server.key.as_str());
    let (status, page) = server.ask(own, &format!("GET /{key}/"), "");
    assert_eq!(status, 200);
    assert!(page.contains(r#""served":true"#));
    let edited = r#"
idea = "Another."
spec = "sv32algorithm: the translation is successful"
machine = { modes = "sv39" }
map = [{ va = 0x1000, pa = 0x8000_0000, flags = "R UAD" }]
step = [{ load = 0x1000, pa = 0x8000_0000 }]
"#;
    let run = format!("POST /{key}/run");
    let (status, record) = server.ask(own, &run, edited);
    assert_eq!(status, 200, "{record}");
    let document: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!((&document["idea"], &document["served"]), (&"Another.".into(), &true.into()));
    assert_eq!(walked(&document["runs"][0]), 1);
    let (status, error) = server.ask(own, &run, &edited.replace("load", "loud"));
    assert_eq!(status, 422);
    assert!(error.contains(":6:"), "{error}");
    // What is announced is not what arrives: nothing is reserved for it.
    let mut stream = std::net::TcpStream::connect(own).expect("it listens");
    let huge = format!("POST /other HTTP/1.1\r\nHost: {own}\r\nContent-Length: 99999999\r\n\r\n");
    stream.write_all(huge.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    for (host, request) in [
        (own, "GET /".to_owned()),
        (own, "GET /wrong/".to_owned()),
        (own, format!("GET /{key}/other")),
        (own, format!("GET /{key}/run")),
        ("example.org", format!("GET /{key}/")),
        ("example.org", run),
    ] {
        assert_eq!(server.ask(host, &request, edited).0, 404, "{host} {request}");
    }
}
