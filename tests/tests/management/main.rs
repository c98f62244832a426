//! What a cassette can be asked, and how it can be changed, shared, bounded and packed.

mod bench;
mod bounds;
mod counting;
mod deletion;
mod differences;
mod flushes;
mod inspection;
mod large;
mod lent;
mod neighbours;
mod packed;
mod pools;
mod racing;
mod replacing;
mod rival;
mod shared;
