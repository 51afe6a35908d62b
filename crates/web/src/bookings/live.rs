//! Changes of slots, told to pages that listen (server-sent events), so that their counts are those of the moment.

use super::{Bookings, Fill, Spot};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};

/// So many pages listen at once; a further one is told nothing and shows what it was served with.
pub(super) const LISTENERS_MAX: usize = 512;
/// A line goes out at least so often, so that a reader who is gone is found out.
const PULSE: Duration = Duration::from_secs(25);
/// After this a page has to come again, which browsers do by themselves.
const LISTENING_MAX: Duration = Duration::from_secs(30 * 60);
/// Events that wait for a slow reader.
const WAITING_MAX: usize = 64;

/// A slot has changed.
#[derive(Debug, Clone, Copy)]
pub struct Changed {
    /// Which.
    pub spot: Spot,
    /// How it is now.
    pub fill: Fill,
}

impl Bookings {
    /// An answer that goes on: each change that `told` has words for, as one event of JSON.
    pub fn listen(
        self: &Arc<Self>,
        told: impl Fn(&Changed) -> Option<String> + Send + 'static,
    ) -> Response {
        let Ok(permit) = self.listeners.clone().try_acquire_owned() else {
            // Without content a browser does not ask again.
            return StatusCode::NO_CONTENT.into_response();
        };
        let mut changes = self.changes.subscribe();
        let mut stopping = self.stopping.subscribe();
        let mut texts = self.texts.subscribe();
        let (send, receive) = mpsc::channel::<Bytes>(WAITING_MAX);
        tokio::spawn(async move {
            let _permit = permit;
            let end = tokio::time::sleep(LISTENING_MAX);
            tokio::pin!(end);
            loop {
                let line = tokio::select! {
                    change = changes.recv() => match change {
                        Ok(change) => match told(&change) {
                            Some(json) => format!("data: {json}\n\n"),
                            None => continue,
                        },
                        Err(broadcast::error::RecvError::Lagged(_)) => "event: behind\ndata: {}\n\n".to_owned(),
                        Err(broadcast::error::RecvError::Closed) => break,
                    },
                    () = tokio::time::sleep(PULSE) => ":\n\n".to_owned(),
                    () = &mut end => break,
                    _ = stopping.wait_for(|stopping| *stopping) => break,
                    // Slots stand elsewhere now: the page comes again by itself.
                    _ = texts.changed() => break,
                };
                // Who does not read for so long comes again.
                if send.try_send(line.into()).is_err() {
                    break;
                }
            }
        });
        let headers = [
            (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        (headers, Body::new(Events(receive))).into_response()
    }
}

/// The events as a body.
struct Events(mpsc::Receiver<Bytes>);

impl axum::body::HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
