//! Whether the process is about to end: everything that runs beside the requests watches it.

use std::sync::Arc;

use tokio::sync::watch;

/// The life of a platform. Clones share it.
#[derive(Clone, Debug)]
pub struct Life(Arc<watch::Sender<bool>>);

impl Default for Life {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Life {
    /// Says that the end has come.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it has.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }

    /// For loops that watch it beside their work.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Waits for the end.
    pub async fn stopped(&self) {
        // The sender lives as long as `self`, so that waiting cannot fail.
        let _ = self.watch().wait_for(|stop| *stop).await;
    }
}
