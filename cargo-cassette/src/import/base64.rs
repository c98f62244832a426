//! Base64 as others write it: with padding or without, in lines or in one.

use anyhow::{Result, anyhow};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const ANY: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// # Errors
///
/// When it is no base64; of what it holds nothing is said.
pub(super) fn decode(text: &str) -> Result<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    let decoded = ANY.decode(text);
    decoded.map_err(|_| anyhow!("it is no base64"))
}
