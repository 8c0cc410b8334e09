//! A server on the loopback interface: the page, and runs of what is edited in it.
//!
//! Nobody else can use it: it listens on 127.0.0.1 only, its address holds a key that other
//! programs and pages do not know, and a request must be addressed to this machine by its number.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use scenario::load::Scenario;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use super::{ShowArgs, scenario as story};
use crate::cli::output::{self, print};
use crate::cli::{Status, interrupt};
use crate::show::{page, script};
use engine::Engine;

/// Longer texts are not run.
const LONGEST: u64 = 1 << 20;
/// A run that takes longer is ended, and shown as far as it came.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often Ctrl-C is looked for.
const GLANCE: Duration = Duration::from_millis(100);

/// Serves the page until Ctrl-C.
pub(super) fn serve(arguments: &ShowArgs, engine: Engine) -> anyhow::Result<Status> {
    let stop = interrupt::stop_flag()?;
    let scenario = story::named(arguments)?;
    let first = run(&scenario, arguments, engine, stop)?;
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port.unwrap_or(0)));
    let server = Server::http(wanted).map_err(|error| anyhow!("port {wanted}: {error}"))?;
    let address = server.server_addr().to_ip().context("the server has no address")?;
    let key = key()?;
    print(&format!("http://{address}/{key}/\n"))?;
    output::note("the page is served until Ctrl-C");
    let served = Served { arguments, engine, stop, key, hosts: hosts(address), scenario, first };
    while !stop.load(Relaxed) {
        if let Some(request) = server.recv_timeout(GLANCE).context("the server failed")? {
            // A browser that has gone needs no answer.
            let _ = served.answer(request);
        }
    }
    Ok(Status::Fine)
}

/// What is served.
struct Served<'a> {
    arguments: &'a ShowArgs,
    engine: Engine,
    stop: &'static AtomicBool,
    key: String,
    hosts: [String; 2],
    scenario: Scenario,
    /// The page of the scenario as it is in its file.
    first: String,
}

impl Served<'_> {
    fn answer(&self, mut request: Request) -> std::io::Result<()> {
        let host = request.headers().iter().find(|header| header.field.equiv("Host"));
        let is_ours =
            host.is_some_and(|host| self.hosts.iter().any(|own| host.value.as_str() == own));
        let url = request.url().to_owned();
        let place = url.strip_prefix(&format!("/{}/", self.key));
        let (status, kind, text) = match (is_ours, request.method(), place) {
            (true, Method::Get, Some("")) => (200, "text/html", self.first.clone()),
            (true, Method::Post, Some("run")) => match self.edited(&mut request) {
                Ok(record) => (200, "application/json", record),
                Err(error) => (422, "text/plain", format!("{error:#}")),
            },
            _ => (404, "text/plain", "there is nothing here\n".to_owned()),
        };
        let kind = Header::from_bytes("Content-Type", format!("{kind}; charset=utf-8"));
        let response = Response::from_string(text).with_status_code(StatusCode(status));
        request.respond(match kind {
            Ok(kind) => response.with_header(kind),
            Err(()) => response,
        })
    }

    /// Runs the text of a request, and returns its record.
    fn edited(&self, request: &mut Request) -> anyhow::Result<String> {
        let mut text = String::new();
        let read = request.as_reader().take(LONGEST + 1).read_to_string(&mut text);
        read.context("the text cannot be read")?;
        anyhow::ensure!(text.len() as u64 <= LONGEST, "the text is longer than {LONGEST} bytes");
        let Scenario { name, file, .. } = &self.scenario;
        let scenario = Scenario::parse(name, file, &text)?;
        scenario.check_effects()?;
        let (arguments, engine) = (self.arguments, self.engine);
        let ended = Arc::new(AtomicBool::new(false));
        let (done, waits) = mpsc::channel::<()>();
        let (flag, stop) = (Arc::clone(&ended), self.stop);
        let watch = thread::spawn(move || {
            let mut waited = Duration::ZERO;
            while waits.recv_timeout(GLANCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                waited += GLANCE;
                if waited >= PATIENCE || stop.load(Relaxed) {
                    flag.store(true, Relaxed);
                }
            }
        });
        let shown = story::document(&scenario, arguments, engine, &ended);
        drop(done);
        let _ = watch.join();
        let (mut document, _) = shown?;
        document.served = true;
        Ok(script(&document)?)
    }
}

/// The page of the scenario as it is.
fn run(
    scenario: &Scenario,
    arguments: &ShowArgs,
    engine: Engine,
    stop: &AtomicBool,
) -> anyhow::Result<String> {
    let (mut document, _) = story::document(scenario, arguments, engine, stop)?;
    document.served = true;
    Ok(page(&document)?)
}

/// What requests to this server say in their header `Host`.
fn hosts(address: SocketAddr) -> [String; 2] {
    [address.to_string(), format!("localhost:{}", address.port())]
}

/// 128 bits from the operating system, in hexadecimal.
fn key() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("there is no random key for the page's address")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
