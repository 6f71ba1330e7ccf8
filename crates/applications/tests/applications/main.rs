//! Tests of this capability through its public face.

mod clocks;
mod journeys;
mod life;
mod support;
