//! A server on the loopback interface: the page, and runs of what is edited in it.
//!
//! Nobody else can use it: it listens on 127.0.0.1 only, its address holds a key that other
//! programs and pages do not know, and a request must be addressed to this machine by its number.
//! The requests themselves are read in `http`.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use scenario::load::Scenario;

use super::http::{self, Asked};
use super::{ShowArgs, scenario as story};
use crate::cli::output::{self, print};
use crate::cli::{Status, interrupt};
use crate::show::{page, script};
use engine::Engine;

/// A run that takes longer is ended, and shown as far as it came.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often Ctrl-C is looked for.
const GLANCE: Duration = Duration::from_millis(50);
/// Connections at the same time; others have to wait.
const MOST_CONNECTIONS: usize = 16;

/// Serves the page until Ctrl-C.
pub(super) fn serve(arguments: &ShowArgs, engine: Engine) -> anyhow::Result<Status> {
    let stop = interrupt::stop_flag()?;
    let scenario = story::named(arguments)?;
    let first = served_page(&scenario, arguments, engine, stop)?;
    let Scenario { name, file, .. } = scenario;
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port.unwrap_or(0)));
    let listener = TcpListener::bind(wanted).with_context(|| format!("port {}", wanted.port()))?;
    listener.set_nonblocking(true).context("the server cannot wait")?;
    let address = listener.local_addr().context("the server has no address")?;
    let key = key()?;
    print(&format!("http://{address}/{key}/\n"))?;
    output::note("the page is served until Ctrl-C");
    let (hosts, running) = (hosts(address), Mutex::new(()));
    let served = Served { arguments, engine, stop, key, hosts, name, file, first, running };
    let open = AtomicUsize::new(0);
    thread::scope(|scope| {
        while !stop.load(Relaxed) {
            let stream = match listener.accept() {
                Ok((stream, _)) if open.load(Relaxed) < MOST_CONNECTIONS => stream,
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Ok(_) | Err(_) => {
                    thread::sleep(GLANCE);
                    continue;
                }
            };
            open.fetch_add(1, Relaxed);
            scope.spawn(|| {
                // A browser that has gone needs no answer.
                let _ = served.answer(stream);
                open.fetch_sub(1, Relaxed);
            });
        }
        Ok(())
    })
    .context("the server failed")?;
    Ok(Status::Fine)
}

/// What is served.
struct Served<'a> {
    arguments: &'a ShowArgs,
    engine: Engine,
    stop: &'static AtomicBool,
    key: String,
    hosts: [String; 2],
    /// The scenario's name and file.
    name: String,
    file: String,
    /// The page of the scenario as it is in its file.
    first: String,
    /// Held during a run: there is one at a time.
    running: Mutex<()>,
}

impl Served<'_> {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        let asked = match http::read(&mut stream)? {
            Ok(asked) => asked,
            Err((status, why)) => return http::answer(&mut stream, status, "text/plain", why),
        };
        let Asked { method, path, host, body } = asked;
        let is_ours = self.hosts.contains(&host);
        let place = path.strip_prefix(&format!("/{}/", self.key)).filter(|_| is_ours);
        let (status, kind, text) = match (method.as_str(), place) {
            ("GET", Some("")) => (200, "text/html", self.first.clone()),
            ("POST", Some("run")) => match self.edited(&body) {
                Ok(record) => (200, "application/json", record),
                Err(error) => (422, "text/plain", output::told(&error)),
            },
            _ => (404, "text/plain", "there is nothing here\n".to_owned()),
        };
        http::answer(&mut stream, status, kind, &text)
    }

    /// Runs the text of a request, and returns its record.
    fn edited(&self, text: &str) -> anyhow::Result<String> {
        let alone = self.running.try_lock();
        ensure!(alone.is_ok(), "another run is under way; run this one when it has ended");
        let scenario = Scenario::parse(&self.name, &self.file, text)?;
        scenario.check_effects()?;
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
        let shown = story::document(&scenario, self.arguments, self.engine, &ended);
        drop(done);
        let _ = watch.join();
        let (mut document, _) = shown?;
        document.served = true;
        Ok(script(&document)?)
    }
}

/// The page of the scenario as it is.
fn served_page(
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
