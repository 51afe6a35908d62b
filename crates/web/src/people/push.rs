//! Whether a device's browser is told of messages: kept with its session, and gone with it.

use super::{People, ours};
use crate::failure::Failure;
use outbox::push::Browser;
use session::{SessionId, Subscription};
use std::sync::Arc;

impl People {
    /// Whether a session's browser is told.
    pub async fn is_told(self: &Arc<Self>, session: SessionId) -> Result<bool, Failure> {
        self.with(move |people, _| people.sessions().is_subscribed(session).map_err(ours))
            .await
    }

    /// Has a session's browser told from now on.
    pub async fn tell(
        self: &Arc<Self>,
        session: SessionId,
        browser: Browser,
    ) -> Result<(), Failure> {
        let to = Subscription {
            endpoint: browser.endpoint,
            key: browser.key,
            auth: browser.auth,
        };
        self.with(move |people, _| people.sessions().subscribe(session, &to).map_err(ours))
            .await
    }

    /// Has it told no more.
    pub async fn tell_no_more(self: &Arc<Self>, session: SessionId) -> Result<(), Failure> {
        self.with(move |people, _| people.sessions().unsubscribe(session).map_err(ours))
            .await
    }
}
