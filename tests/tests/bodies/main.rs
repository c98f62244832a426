//! Bodies, and the heads around them: whatever a server sends and a client sends it, the replay shows
//! what the recording showed, to the byte, and the file is as readable as that allows.

mod case;
mod coders;
#[cfg(feature = "decompression")]
mod decoded;
mod encodings;
mod exact;
mod files;
mod files_kept;
mod files_left;
mod forms;
mod heads;
mod limits;
mod multipart;
mod multipart_files;
mod property;
mod redirects;
mod see;
mod servers;
mod trailers;
