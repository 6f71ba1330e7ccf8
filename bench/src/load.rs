//! A load generator for HTTP/1.1 over connections that stay open, on a thread of its own.
//!
//! *Closed*: each connection asks again as soon as it is answered; what comes out is the greatest rate. *Open*:
//! requests are due at fixed instants, and a time counts from when the request was due, so that a server that
//! stalls cannot hide it by not being asked (no coordinated omission).

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use memchr::memmem;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    Outcome,
    stats::{Times, rate},
};

/// Connections under load.
pub const CONNECTIONS: usize = 32;
/// Draws made before the run, so that drawing costs nothing in it.
const DRAWS: usize = 1 << 20;

/// What is asked: paths, in an order drawn beforehand.
pub struct Requests {
    head: Vec<u8>,
    paths: Arc<Vec<String>>,
    order: Vec<u32>,
}

/// How paths are drawn.
#[derive(Clone, Copy, Debug)]
pub enum Draw {
    /// All alike.
    Uniform,
    /// The k-th most wanted is asked for in proportion to 1/k.
    Zipf,
}

impl Requests {
    /// Of these paths, which follow `prefix` and are ready for a request line.
    pub fn new(prefix: &str, paths: Arc<Vec<String>>, draw: Draw) -> Self {
        let mut chance = StdRng::seed_from_u64(20_261_122);
        let count = paths.len();
        let order = match draw {
            Draw::Uniform => (0..DRAWS).map(|_| chance.random_range(0..count)).collect(),
            Draw::Zipf => zipf(count, &mut chance),
        };
        Self {
            head: format!("GET {prefix}").into_bytes(),
            paths,
            order: order
                .into_iter()
                .map(|place: usize| u32::try_from(place).unwrap_or(0))
                .collect(),
        }
    }

    fn write(&self, turn: usize, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.extend_from_slice(&self.head);
        let place = self.order.get(turn % self.order.len()).copied().unwrap_or(0);
        if let Some(path) = self.paths.get(place as usize) {
            buffer.extend_from_slice(path.as_bytes());
        }
        buffer.extend_from_slice(b" HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n");
    }
}

/// Ranks drawn by Zipf's law with exponent 1; which path has which rank is shuffled.
#[allow(clippy::cast_precision_loss, reason = "ranks are far below 2^52")]
fn zipf(count: usize, chance: &mut StdRng) -> Vec<usize> {
    let mut sums = Vec::with_capacity(count);
    let mut sum = 0.0;
    for rank in 1..=count {
        sum += 1.0 / rank as f64;
        sums.push(sum);
    }
    // A step coprime to any count of round thousands scatters the ranks over the table.
    let scatter = |rank: usize| rank * 7_368_787 % count;
    (0..DRAWS)
        .map(|_| {
            let point = chance.random_range(0.0..sum);
            scatter(sums.partition_point(|upto| *upto < point).min(count - 1))
        })
        .collect()
}

/// What came of a run.
pub struct Measured {
    /// Answers a second.
    pub rate: f64,
    /// Times.
    pub times: Times,
    /// Answers other than 200, and connections lost.
    pub errors: u64,
}

/// Asks as fast as answers come.
pub async fn closed(address: SocketAddr, requests: &Arc<Requests>, time: Duration) -> Outcome<Measured> {
    drive(address, requests, time, None).await
}

/// Asks `per_second` times a second.
pub async fn open(
    address: SocketAddr,
    requests: &Arc<Requests>,
    time: Duration,
    per_second: f64,
) -> Outcome<Measured> {
    drive(address, requests, time, Some(per_second)).await
}

/// Runs on a thread of its own, away from the runtime that may be measured.
async fn drive(
    address: SocketAddr,
    requests: &Arc<Requests>,
    time: Duration,
    per_second: Option<f64>,
) -> Outcome<Measured> {
    let requests = Arc::clone(requests);
    let work = move || -> Outcome<Measured> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(all(address, &requests, time, per_second))
    };
    tokio::task::spawn_blocking(work).await?
}

async fn all(
    address: SocketAddr,
    requests: &Arc<Requests>,
    time: Duration,
    per_second: Option<f64>,
) -> Outcome<Measured> {
    let begin = Instant::now() + Duration::from_millis(20);
    let mut running = Vec::with_capacity(CONNECTIONS);
    for number in 0..CONNECTIONS {
        let client = Client::connect(address).await?;
        let pace = per_second.map(|rate| Pace::new(begin, rate, number));
        let requests = Arc::clone(requests);
        running.push(tokio::spawn(one(client, requests, begin + time, number, pace)));
    }
    let (mut times, mut errors) = (Times::new()?, 0);
    for task in running {
        let (own, faults) = task.await??;
        times.merge(&own)?;
        errors += faults;
    }
    Ok(Measured {
        rate: rate(times.count(), begin.elapsed()),
        times,
        errors,
    })
}

/// When the requests of one connection are due.
struct Pace {
    due: Instant,
    step: Duration,
}

impl Pace {
    #[allow(clippy::cast_precision_loss, reason = "a number of connections")]
    fn new(begin: Instant, per_second: f64, number: usize) -> Self {
        let step = Duration::from_secs_f64(CONNECTIONS as f64 / per_second);
        Self {
            due: begin + step.mul_f64(number as f64 / CONNECTIONS as f64),
            step,
        }
    }

    /// Waits for the next instant and tells it; it may lie in the past when the server is behind.
    async fn next(&mut self) -> Instant {
        let due = self.due;
        self.due += self.step;
        tokio::time::sleep_until(due.into()).await;
        due
    }
}

async fn one(
    mut client: Client,
    requests: Arc<Requests>,
    end: Instant,
    number: usize,
    mut pace: Option<Pace>,
) -> Outcome<(Times, u64)> {
    let (mut times, mut errors, mut turn) = (Times::new()?, 0, number * (DRAWS / CONNECTIONS));
    let mut request = Vec::new();
    loop {
        let from = match &mut pace {
            Some(pace) => pace.next().await,
            None => Instant::now(),
        };
        if from >= end {
            return Ok((times, errors));
        }
        requests.write(turn, &mut request);
        turn += 1;
        match client.ask(&request).await {
            Ok(answer) if answer.is_ok() => times.add(from.elapsed()),
            Ok(_) => errors += 1,
            Err(_) => {
                errors += 1;
                client = Client::connect(client.address).await?;
            }
        }
    }
}

/// An answer as counted.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    status: [u8; 3],
    /// Bytes of head and body.
    pub bytes: usize,
}

impl Answer {
    /// Whether its status is 200.
    pub fn is_ok(self) -> bool {
        self.status == *b"200"
    }
}

/// A connection.
pub struct Client {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            address,
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// One request, one answer with a `content-length`.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, body) = loop {
            self.read().await?;
            if let Some(end) = memmem::find(&self.buffer, b"\r\n\r\n") {
                break (end + 4, length(&self.buffer[..end])?);
            }
        };
        while self.buffer.len() < head + body {
            self.read().await?;
        }
        let status = self.buffer.get(9..12).and_then(|text| text.try_into().ok());
        Ok(Answer {
            status: status.unwrap_or(*b"???"),
            bytes: head + body,
        })
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn length(head: &[u8]) -> io::Result<usize> {
    let missing = || io::Error::other("an answer without content-length");
    let name = b"content-length: ";
    let from = memmem::find(head, name).ok_or_else(missing)? + name.len();
    let digits = head[from..].iter().take_while(|byte| byte.is_ascii_digit());
    Ok(digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0')))
}
