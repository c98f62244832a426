#![no_main]

#[path = "../check.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // What it is does not matter here: what must hold of it has been checked.
    let _ = check::check(bytes);
});
