//! Calling an address outside the house over HTTP/1.1: a POST, of whose answer only the status counts, or a GET of something
//! small.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::answer;
use crate::endpoint::{Endpoint, is_open};
use crate::message::Why;

/// A call that takes longer, from looking up the name to the answer's status, has failed.
const TIMEOUT: Duration = Duration::from_secs(15);
/// One number of a host gets no longer than this to take the line.
const CONNECT: Duration = Duration::from_secs(5);
/// After so long it is looked whether the house stops.
const GLANCE: Duration = Duration::from_millis(200);
/// Names that are looked up at once. The system's own search cannot be called off, so one that hangs keeps its thread.
const LOOKUPS_MAX: usize = 16;

/// How a name is looked up.
pub type Lookup = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// Whom the house calls, and how. Redirects are not followed, and no number inside a network is called, however its name is
/// looked up: the number that was looked at is the one that is connected to.
pub struct Caller {
    /// Hosts that may be inside: `host` or `host:port`.
    inside: Vec<String>,
    /// No other host is called at all.
    only_these: bool,
    roots: Option<Vec<CertificateDer<'static>>>,
    tls: OnceLock<Option<Arc<ClientConfig>>>,
    timeout: Duration,
    lookup: Lookup,
    /// How many names are being looked up.
    lookups: Arc<AtomicUsize>,
    /// The house stops: calls under way end in vain.
    stopped: Arc<AtomicBool>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Caller(inside: {:?})", self.inside)
    }
}

impl Caller {
    /// One that calls the open internet over https, and these hosts wherever they are, over http too. Certificates are
    /// checked against those of the system.
    #[must_use]
    pub fn new(inside: Vec<String>) -> Self {
        Self {
            inside: inside
                .iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
            only_these: false,
            roots: None,
            tls: OnceLock::new(),
            timeout: TIMEOUT,
            lookup: |host, port| Ok((host, port).to_socket_addrs()?.collect()),
            lookups: Arc::default(),
            stopped: Arc::default(),
        }
    }

    /// The same that calls no other host than those it was given.
    #[must_use]
    pub fn only(self) -> Self {
        Self {
            only_these: true,
            ..self
        }
    }

    /// Whether it calls no other host than those it was given.
    #[must_use]
    pub const fn is_only(&self) -> bool {
        self.only_these
    }

    /// Ends calls under way, and takes no more.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// The same with another way to look up names.
    #[must_use]
    pub fn looking_up(self, lookup: Lookup) -> Self {
        Self { lookup, ..self }
    }

    /// The same with certificates of one's own instead of the system's.
    #[must_use]
    pub fn trusting(self, roots: Vec<CertificateDer<'static>>) -> Self {
        Self {
            roots: Some(roots),
            ..self
        }
    }

    /// The same, less patient.
    #[must_use]
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Whether an address can be called at all, as far as it shows without looking up its name.
    #[must_use]
    pub fn takes(&self, endpoint: &Endpoint) -> bool {
        let inside = endpoint.host.parse().is_ok_and(|number| !is_open(number));
        let outside = endpoint.secure && !inside && endpoint.host != "localhost";
        self.is_named(endpoint) || outside && !self.only_these
    }

    /// Posts a body; gives the status of the answer.
    ///
    /// # Errors
    /// Why there is none.
    pub fn post(
        &self,
        endpoint: &Endpoint,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Result<u16, Why> {
        let length = ("content-length", body.len().to_string());
        let own = std::slice::from_ref(&length);
        let mut request = request("POST", endpoint, own, headers)?;
        request.extend_from_slice(body);
        self.call(endpoint, &request, |line| Ok(answer::status(line)?.0))
    }

    /// Gets what is there, if it has no more than so many bytes and the answer's status is 200.
    ///
    /// # Errors
    /// Why it is not had: [`Why::Garbled`] also if it is larger.
    pub fn get(&self, endpoint: &Endpoint, bytes_max: usize) -> Result<Vec<u8>, Why> {
        let plain = ("accept-encoding", "identity".to_owned());
        let request = request("GET", endpoint, &[plain], &[])?;
        self.call(endpoint, &request, |line| answer::body(line, bytes_max))
    }

    fn call<T>(
        &self,
        endpoint: &Endpoint,
        request: &[u8],
        read: impl FnOnce(&mut dyn Read) -> Result<T, Why>,
    ) -> Result<T, Why> {
        if !self.takes(endpoint) {
            return Err(Why::Inside);
        }
        let end = Instant::now() + self.timeout;
        let stream = Timed {
            stream: self.connect(endpoint, end)?,
            end,
            stopped: &self.stopped,
        };
        if !endpoint.secure {
            return exchange(stream, request, read);
        }
        let config = self.tls.get_or_init(|| tls(self.roots.as_deref()));
        let config = config.clone().ok_or(Why::Unsafe)?;
        let name = ServerName::try_from(endpoint.host.clone()).map_err(|_| Why::Unsafe)?;
        let connection = ClientConnection::new(config, name).map_err(|_| Why::Unsafe)?;
        exchange(StreamOwned::new(connection, stream), request, read)
    }

    fn is_named(&self, endpoint: &Endpoint) -> bool {
        let with_port = format!("{}:{}", endpoint.host, endpoint.port);
        let mut named = self.inside.iter();
        named.any(|host| *host == endpoint.host || *host == with_port)
    }

    fn connect(&self, endpoint: &Endpoint, end: Instant) -> Result<TcpStream, Why> {
        let found = self.look_up(endpoint, end)?;
        // One number inside is enough to refuse: a name that leads to both is no mistake.
        if !self.is_named(endpoint) && !found.iter().all(|at| is_open(at.ip())) {
            return Err(Why::Inside);
        }
        let mut why = Why::NoConnection;
        for at in found {
            let left = left(end, &self.stopped).map_err(|_| Why::Timeout)?;
            match TcpStream::connect_timeout(&at, left.min(CONNECT)) {
                Ok(stream) => return Ok(stream),
                Err(error) => why = of(&error),
            }
        }
        Err(why)
    }

    /// The numbers of a host, on a thread of its own: the system waits for its name servers as long as it likes.
    fn look_up(&self, endpoint: &Endpoint, end: Instant) -> Result<Vec<SocketAddr>, Why> {
        if let Ok(number) = endpoint.host.parse() {
            return Ok(vec![SocketAddr::new(number, endpoint.port)]);
        }
        let under_way = UnderWay::begin(&self.lookups).ok_or(Why::Timeout)?;
        let (lookup, host, port) = (self.lookup, endpoint.host.clone(), endpoint.port);
        let (tell, told) = mpsc::sync_channel(1);
        let search = move || {
            let found = lookup(&host, port);
            drop(under_way);
            // Nobody waits any more.
            let _ = tell.send(found);
        };
        std::thread::Builder::new()
            .name("look up".to_owned())
            .spawn(search)
            .map_err(|_| Why::Fault)?;
        loop {
            let left = left(end, &self.stopped).map_err(|_| Why::Timeout)?;
            match told.recv_timeout(left.min(GLANCE)) {
                Ok(found) => return found.map_err(|_| Why::NoConnection),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return Err(Why::NoConnection),
            }
        }
    }
}

/// One of the few names that may be looked up at once.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn begin(all: &Arc<AtomicUsize>) -> Option<Self> {
        let one = Self(all.clone());
        // Counted before it is looked at, so that two at once are not both the last; dropped again if it is one too many.
        (all.fetch_add(1, Ordering::Relaxed) < LOOKUPS_MAX).then_some(one)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A line that ends at an instant, however slowly bytes drip, and when the house stops.
struct Timed<'a> {
    stream: TcpStream,
    end: Instant,
    stopped: &'a AtomicBool,
}

impl Timed<'_> {
    /// Does it in short waits until it is done.
    fn patiently<T>(
        &mut self,
        wait: fn(&TcpStream, Option<Duration>) -> io::Result<()>,
        mut work: impl FnMut(&mut TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            let left = left(self.end, self.stopped)?;
            wait(&self.stream, Some(left.min(GLANCE)))?;
            match work(&mut self.stream) {
                Err(error) if is_wait(&error) => {}
                done => return done,
            }
        }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.patiently(TcpStream::set_read_timeout, |stream| stream.read(buffer))
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.patiently(TcpStream::set_write_timeout, |stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn left(end: Instant, stopped: &AtomicBool) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() || stopped.load(Ordering::Relaxed) {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left)
}

fn is_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

fn tls(roots: Option<&[CertificateDer<'static>]>) -> Option<Arc<ClientConfig>> {
    let mut store = RootCertStore::empty();
    match roots {
        Some(roots) => store.add_parsable_certificates(roots.iter().cloned()),
        None => store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?;
    let config = config.with_root_certificates(store).with_no_client_auth();
    Some(Arc::new(config))
}

/// A request without its body.
fn request(
    method: &str,
    endpoint: &Endpoint,
    own: &[(&str, String)],
    headers: &[(&str, String)],
) -> Result<Vec<u8>, Why> {
    let mut request = format!("{method} {} HTTP/1.1\r\n", endpoint.path);
    let all = [
        ("host", endpoint.authority()),
        ("user-agent", "Tongxin".to_owned()),
        ("connection", "close".to_owned()),
    ];
    for (name, value) in all.iter().chain(own).chain(headers) {
        if value.contains(['\r', '\n']) {
            return Err(Why::Fault);
        }
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";
    Ok(request.into_bytes())
}

fn exchange<T>(
    mut stream: impl Read + Write,
    request: &[u8],
    read: impl FnOnce(&mut dyn Read) -> Result<T, Why>,
) -> Result<T, Why> {
    let sent = stream.write_all(request).and_then(|()| stream.flush());
    // Who answers before having read everything may close at once; then the answer is still there.
    match (read(&mut stream), sent) {
        (Err(_), Err(error)) => Err(of(&error)),
        (answer, _) => answer,
    }
}

pub(crate) fn of(error: &io::Error) -> Why {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Why::Timeout,
        // What rustls finds wrong with a line.
        ErrorKind::InvalidData => Why::Unsafe,
        _ => Why::NoConnection,
    }
}
