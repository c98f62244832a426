use super::*;
use crate::multipart::assemble;

/// A request of these parts, each its header lines, an empty line and its content.
pub(super) fn multipart(boundary: &str, parts: &[&str]) -> RecordedRequest {
    let content_type = format!("multipart/form-data; boundary=\"{boundary}\"");
    post(&content_type, &in_parts(boundary, parts))
}

fn in_parts(boundary: &str, parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| {
        let (head, body) = part.split_once("\n\n").unwrap();
        (head.split('\n'), body)
    });
    String::from_utf8(assemble(parts, boundary)).unwrap()
}

/// A part that has parts of its own.
fn nested(boundary: &str, parts: &[&str]) -> String {
    let body = in_parts(boundary, parts);
    format!("Content-Type: multipart/mixed; boundary={boundary}\n\n{body}")
}

const NAME: &str = "Content-Disposition: form-data; name=\"a\"";

#[test]
fn multipart_is_compared_part_by_part_without_its_boundary() {
    let matcher = RequestMatcher {
        headers: vec![CONTENT_TYPE],
        ..RequestMatcher::default()
    };
    let named = |value: &str| format!("{NAME}\n\n{value}");
    let (x, y) = (&*named("x"), &*named("y"));
    let left = multipart("one", &[x, x]);
    check(&matcher, &left, &multipart("an;other", &[x, x]), &[]);
    check(
        &matcher,
        &left,
        &multipart("form", &[x, y]),
        &["part 2 body line 1"],
    );
    check(&matcher, &left, &multipart("form", &[x]), &["part 2"]);
    check(
        &matcher,
        &multipart("one", &[x]),
        &multipart("two", &[y]),
        &["part \"a\" body line 1"],
    );
}

#[test]
fn headers_of_parts_are_compared_by_name() {
    let matcher = RequestMatcher::default();
    let part = |head: &str| multipart("b", &[&format!("{head}\n\nx")]);
    let left = part("X-A: 1\nX-B: 2;\r\n c\nX-B: 3");
    check(
        &matcher,
        &left,
        &part("x-b:2; c\nX-A:1 \nX-B:3\nContent-Length: 1"),
        &[],
    );
    check(
        &matcher,
        &left,
        &part("X-A: 2\nX-B: 3\nX-B: 2; c"),
        &["part 1 header x-a", "part 1 header x-b"],
    );
}

#[test]
fn parts_are_compared_as_what_they_say_they_are() {
    let matcher = RequestMatcher {
        ignored_json: Paths::new(&["/id".into()]),
        ..RequestMatcher::default()
    };
    let typed = |content_type: &str, body: &str| {
        multipart("b", &[&format!("{NAME}\n{content_type}\n\n{body}")])
    };
    for content_type in ["Content-Type: application/json", "content-type: A/B+JSON;x"] {
        check(
            &matcher,
            &typed(content_type, r#"{"id":1,"a":2,"b":3}"#),
            &typed(content_type, r#"{ "b":3, "a":2, "id":9 }"#),
            &[],
        );
        check(
            &matcher,
            &typed(content_type, r#"{"id":1,"a":2}"#),
            &typed(content_type, r#"{"id":9,"a":3}"#),
            &["part \"a\" body /a"],
        );
    }
    let form = "Content-Type: application/x-www-form-urlencoded";
    check(
        &matcher,
        &typed(form, "a=1&b=2"),
        &typed(form, "b=2&a=1"),
        &[],
    );
    for content_type in ["Content-Type: text/plain", "Content-Type:", "X: 1"] {
        check(
            &matcher,
            &typed(content_type, r#"{"a":1,"b":2}"#),
            &typed(content_type, r#"{"b":2,"a":1}"#),
            &["part \"a\" body line 1"],
        );
    }
    check(
        &matcher,
        &typed("Content-Type: application/json", "{}"),
        &typed("Content-Type: text/plain", "{}"),
        &["part \"a\" header content-type"],
    );
}

#[test]
fn parts_of_parts_are_compared_without_their_boundaries() {
    let matcher = RequestMatcher::default();
    let json = |value: &str| format!("Content-Type: application/json\n\n{{\"a\":{value},\"b\":1}}");
    let (one, two) = (json("1"), json("2"));
    let left = multipart("b", &[&nested("inner", &["X: 1\n\nx", &one])]);
    check(
        &matcher,
        &left,
        &multipart("c", &[&nested("other", &["x:1\n\nx", &one])]),
        &[],
    );
    check(
        &matcher,
        &left,
        &multipart("c", &[&nested("other", &["x:1\n\nx", &two])]),
        &["part 1 part 2 body /a"],
    );
}

#[test]
fn parts_are_looked_into_only_so_deeply() {
    let matcher = RequestMatcher::default();
    let deep = |depth: usize, letter: char| {
        let boundary = |depth: usize| format!("{letter}{depth}");
        let part = (1..depth).fold("X: 1\n\nx".to_owned(), |part, depth| {
            nested(&boundary(depth), &[&part])
        });
        multipart(&boundary(0), &[&part])
    };
    check(&matcher, &deep(8, 'b'), &deep(8, 'c'), &[]);
    let place = format!("{}body line 1", "part 1 ".repeat(8));
    check(&matcher, &deep(9, 'b'), &deep(9, 'c'), &[&place]);
}

#[test]
fn what_only_says_that_it_is_multipart_is_compared_as_text() {
    let matcher = RequestMatcher::default();
    let broken = |boundary: &str, body: &str| {
        let content_type = format!("multipart/form-data; boundary={boundary}");
        post(&content_type, &body.replace("B", boundary))
    };
    let left = broken("one", "--B\r\n\r\nx");
    check(&matcher, &left, &broken("two", "--B\r\n\r\nx"), &[]);
    check(
        &matcher,
        &left,
        &broken("two", "--B\r\n\r\ny"),
        &["body line 3"],
    );
    check(
        &matcher,
        &left,
        &broken("two", "--B\r\n\r\nx\r\n--B--"),
        &["body line 3"],
    );
    check(
        &matcher,
        &broken("one", "--boundary--"),
        &broken("two", "--B--"),
        &["content-type"],
    );
    check(
        &matcher,
        &broken("one", "--one--"),
        &broken("two", "--one--"),
        &["content-type"],
    );
    check(&matcher, &broken("one", ""), &post("text/plain", ""), &[]);
}

proptest! {
    #[test]
    fn boundaries_are_no_difference(
        boundaries in prop::collection::hash_set("boundary|data|[a-z']{6}", 4),
        left in "[A-Z\n-]{0,12}",
        right in "[A-Z\n-]{0,12}",
    ) {
        let boundaries: Vec<String> = boundaries.into_iter().collect();
        let request = |outer: &str, inner: &str, body: &str| {
            multipart(outer, &[&nested(inner, &["X: 1\n\nx", &format!("{NAME}\n\n{body}")])])
        };
        let recorded = request(&boundaries[0], &boundaries[1], &left);
        let actual = request(&boundaries[2], &boundaries[3], &right);
        let matcher = RequestMatcher { headers: vec![CONTENT_TYPE], ..RequestMatcher::default() };
        prop_assert_eq!(matcher.key(&recorded) == matcher.key(&actual), left == right);
        match matcher.check(&recorded, &actual) {
            Ok(()) => prop_assert_eq!(left, right),
            Err(Mismatch { differences }) => {
                prop_assert_eq!(differences.len(), 1);
                let inside = differences[0].place.starts_with("part 1 part \"a\" body");
                prop_assert!(inside, "{:?}", differences);
            }
        }
    }
}
