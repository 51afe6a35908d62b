//! A router on a listener: slow senders are cut off, connections are counted, and a stop lets answers finish.

use axum::Router;
use axum::http::HeaderMap;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// So many connections are open at once; further ones wait.
const MAX_CONNECTIONS: usize = 4096;
/// A request's head must have come by then.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Answers under way are given so long when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// A pause after `accept` failed (out of file descriptors, mostly), so as not to spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Heads of requests larger than this are refused (bytes).
const MAX_HEAD: usize = 32 * 1024;

/// Where a request's connection comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Whether it may be the proxy that ends HTTPS: that runs on this machine.
    pub fn may_be_proxy(self) -> bool {
        self.0.to_canonical().is_loopback()
    }
}

/// What a proxy says of a request is believed from this machine only: from anybody else it is taken away before a page sees it.
fn come_from(peer: Peer, headers: &mut HeaderMap) {
    if !peer.may_be_proxy() {
        for name in ["x-forwarded-for", "x-forwarded-proto"] {
            headers.remove(name);
        }
    }
}

/// Serves until `stop` is ready, then lets the answers under way finish.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let permit = connections.clone().acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Small answers go out at once.
        let _ = stream.set_nodelay(true);
        let answering = TowerToHyperService::new(router.clone());
        let answering = service_fn(move |mut request: hyper::Request<Incoming>| {
            let peer = Peer(peer.ip());
            come_from(peer, request.headers_mut());
            request.extensions_mut().insert(peer);
            answering.call(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), answering);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A broken connection is the other side's business.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use tokio::sync::{Notify, oneshot};

    #[test]
    fn what_a_proxy_says_is_kept_from_this_machine_only() {
        let kept = |peer: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [
                ("x-forwarded-proto", "https"),
                ("x-forwarded-for", "203.0.113.9"),
                ("host", "city.example"),
            ] {
                // A name may come twice, and both go.
                headers.append(name, value.parse().unwrap());
                headers.append(name, value.parse().unwrap());
            }
            come_from(Peer(peer.parse().unwrap()), &mut headers);
            headers.len()
        };
        for here in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(kept(here), 6, "{here}");
        }
        for elsewhere in ["198.51.100.7", "10.0.0.1", "2001:db8::7"] {
            assert_eq!(kept(elsewhere), 2, "{elsewhere}");
        }
    }

    fn asks(address: SocketAddr) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: city.example\r\n\r\n")?;
        let mut reply = String::new();
        // The connection stays open for a next request; a server that stops closes it after its answer.
        stream.read_to_string(&mut reply)?;
        Ok(reply)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_stop_lets_answers_finish_and_takes_no_more() {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (begun.clone(), go_on.clone());
        let slow = get(move || {
            let (tell, wait) = (tell.clone(), wait.clone());
            async move {
                tell.notify_one();
                wait.notified().await;
                "answered in full"
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, Router::new().route("/", slow), async {
            let _ = stopped.await;
        }));

        let under_way = tokio::task::spawn_blocking(move || asks(address));
        begun.notified().await;
        stop.send(()).unwrap();
        // The listener is gone soon, while the answer is still under way.
        let mut refused = false;
        for _ in 0..200 {
            refused = tokio::task::spawn_blocking(move || TcpStream::connect(address))
                .await
                .unwrap()
                .is_err();
            if refused {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(refused, "new connections are refused");
        assert!(!serving.is_finished(), "an answer is under way");
        go_on.notify_one();
        let reply = under_way.await.unwrap().unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 OK"), "{reply}");
        assert!(reply.ends_with("answered in full"), "{reply}");
        serving.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_stop_does_not_wait_for_ever() {
        // A request whose head never ends holds nobody up: idle connections are closed at once.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(
            listener,
            Router::new().route("/", get(|| async { "" })),
            async {
                let _ = stopped.await;
            },
        ));
        let mut idle = TcpStream::connect(address).unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nhost: half").unwrap();
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(LAST_WORDS * 2, serving).await;
        assert!(ended.is_ok(), "it ended");
    }
}
