use std::ops::Range;

use super::PLACEHOLDER;

/// Returns `content` with the placeholder in these places, which do not overlap and are in order.
pub(super) fn mask(content: &[u8], secrets: &[Range<usize>]) -> Vec<u8> {
    let (mut out, mut copied) = (Vec::with_capacity(content.len()), 0);
    for secret in secrets {
        out.extend_from_slice(&content[copied..secret.start]);
        out.extend_from_slice(PLACEHOLDER.as_bytes());
        copied = secret.end;
    }
    out.extend_from_slice(&content[copied..]);
    out
}

/// Returns where the chunks of a body end after it was masked; a chunk that ended in a secret ends
/// behind the placeholder.
pub(super) fn move_ends(ends: &[usize], secrets: &[Range<usize>]) -> Vec<usize> {
    let mut secrets = secrets.iter().peekable();
    // What stands before the next secret: in the live body, and how it is there in the masked one.
    let (mut live, mut masked) = (0, 0);
    let mut moved = |&end: &usize| {
        while let Some(secret) = secrets.next_if(|secret| secret.start < end) {
            masked += secret.start - live + PLACEHOLDER.len();
            live = secret.end;
        }
        masked + end.saturating_sub(live)
    };
    ends.iter().map(&mut moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ends` of `abcdef` when `secrets` are masked, as the chunks that come of it.
    fn chunks(ends: &[usize], secrets: &[(usize, usize)]) -> Vec<String> {
        let secrets: Vec<_> = secrets.iter().map(|&(begin, end)| begin..end).collect();
        let masked = mask(b"abcdef", &secrets);
        let ends = move_ends(ends, &secrets);
        let begins = [0].into_iter().chain(ends.iter().copied());
        begins
            .zip(&ends)
            .map(|(begin, &end)| String::from_utf8(masked[begin..end].to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn chunks_keep_their_text_and_a_secret_goes_to_the_chunk_it_began_in() {
        assert_eq!(chunks(&[2, 4, 6], &[]), ["ab", "cd", "ef"]);
        assert_eq!(chunks(&[2, 4, 6], &[(2, 4)]), ["ab", "[REDACTED]", "ef"]);
        assert_eq!(chunks(&[2, 4, 6], &[(1, 3)]), ["a[REDACTED]", "d", "ef"]);
        assert_eq!(chunks(&[2, 4, 6], &[(1, 5)]), ["a[REDACTED]", "", "f"]);
        assert_eq!(
            chunks(&[6], &[(0, 1), (5, 6)]),
            ["[REDACTED]bcde[REDACTED]"]
        );
        assert_eq!(
            chunks(&[1, 6], &[(0, 1), (1, 2)]),
            ["[REDACTED]", "[REDACTED]cdef"]
        );
    }
}
