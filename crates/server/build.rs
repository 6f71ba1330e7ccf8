//! The program carries the pages: a new build of them makes a new build of this crate.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
