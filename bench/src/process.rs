//! Programs under measurement: the product's server and the bare one.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{Outcome, load::Client};

/// A server, stopped when it is dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to the first answer that it is ready.
    pub ready_after: Duration,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a program that listens at `address` and waits until `path` is answered with 200.
    pub async fn start(command: &mut Command, address: SocketAddr, path: &str) -> Outcome<Self> {
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).spawn()?;
        let mut server = Self {
            address,
            ready_after: Duration::ZERO,
            child,
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        loop {
            if is_ok(address, request.as_bytes()).await {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended at once: {status}").into());
            }
            if begun.elapsed() > Duration::from_secs(120) {
                return Err("the server does not become ready".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Resident memory in megabytes: all, and without mapped files.
    pub fn memory(&self) -> Outcome<(f64, f64)> {
        memory(self.child.id())
    }
}

async fn is_ok(address: SocketAddr, request: &[u8]) -> bool {
    let Ok(mut client) = Client::connect(address).await else {
        return false;
    };
    client.ask(request).await.is_ok_and(|answer| answer.is_ok())
}

/// Resident memory of a process in megabytes: all, and without mapped files.
pub fn memory(process: u32) -> Outcome<(f64, f64)> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kilobytes = |name: &str| -> Outcome<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("no such line in /proc")?.parse()?)
    };
    Ok((kilobytes("VmRSS:")? / 1024.0, kilobytes("RssAnon:")? / 1024.0))
}

/// An address on which nobody listens.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// What a command prints; its failure is an error with what it said.
pub fn output(command: &mut Command) -> Outcome<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output()?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("{name}: {}", said.trim()).into())
}

/// The size of a file in megabytes.
#[allow(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
pub fn megabytes(file: &Path) -> Outcome<f64> {
    Ok(std::fs::metadata(file)?.len() as f64 / (1024.0 * 1024.0))
}
