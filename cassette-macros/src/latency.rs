//! What `latency` takes: a word, a factor or a time. What is read here means the same in `cassette.toml`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::duration;

/// Above this a factor is a slip of the pen. `cassette.toml` draws the same line.
const MAX_FACTOR: f64 = 1000.0;

#[derive(Debug, PartialEq)]
pub(crate) enum Latency {
    Recorded,
    Factor(f64),
    /// Milliseconds.
    Fixed(u64),
}

impl Latency {
    /// Reads the text; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix('x') {
            _ if text == "recorded" => Ok(Self::Recorded),
            Some(number) => factor(number).map(Self::Factor),
            None => duration::milliseconds(text).map(Self::Fixed),
        }
    }

    /// The value, of the enum that lives behind the private door at `root`.
    pub(crate) fn to_tokens(&self, root: &TokenStream) -> TokenStream {
        match self {
            Self::Recorded => quote!(#root::Latency::Recorded),
            Self::Factor(factor) => quote!(#root::Latency::Factor(#factor)),
            Self::Fixed(milliseconds) => {
                let time = duration::to_tokens(*milliseconds);
                quote!(#root::Latency::Fixed(#time))
            }
        }
    }
}

/// Digits and a point: no sign, no exponent, no `inf`.
fn factor(number: &str) -> Result<f64, String> {
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let is_sensible = |factor: &f64| is_plain && (0.0..=MAX_FACTOR).contains(factor);
    let factor = number.parse().ok().filter(is_sensible);
    factor.ok_or_else(|| format!("a factor is a number from 0 to {MAX_FACTOR}"))
}

#[cfg(test)]
mod tests {
    use super::Latency;

    #[test]
    fn the_three_forms_are_read() {
        let check = |text, latency| assert_eq!(Latency::parse(text), Ok(latency));
        check("recorded", Latency::Recorded);
        check("x0", Latency::Factor(0.0));
        check("x0.5", Latency::Factor(0.5));
        check("x1000", Latency::Factor(1000.0));
        check("0ms", Latency::Fixed(0));
        check("200ms", Latency::Fixed(200));
        check("1s 500ms", Latency::Fixed(1500));
    }

    #[test]
    fn anything_else_says_what_is_wrong() {
        let error = |text: &str| Latency::parse(text).unwrap_err();
        assert_eq!(error(""), r#"expected a number at """#);
        assert_eq!(error("Recorded"), r#"expected a number at "Recorded""#);
        assert_eq!(error("200"), "a number without a unit");
        for number in [
            "", ".", "1.2.3", "+1", "-1", "-0", "1e2", " 2", "NaN", "inf", "infinity", "1000.1",
        ] {
            let said = error(&format!("x{number}"));
            assert_eq!(said, "a factor is a number from 0 to 1000", "{number}");
        }
        let beyond_f64 = format!("x{}", "9".repeat(400));
        assert_eq!(error(&beyond_f64), "a factor is a number from 0 to 1000");
    }
}
