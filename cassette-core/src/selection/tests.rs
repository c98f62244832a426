use super::*;

fn request(method: &str, url: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(url);
    request.body(Bytes::new()).unwrap()
}

fn passes(rules: &[&str], method: &str, url: &str) -> bool {
    let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
    let selection = Selection::new(&rules, &[], &Code::default()).unwrap();
    selection.is_unrecorded(&request(method, url))
}

#[test]
fn rules_are_of_method_host_port_and_path() {
    let get = |rule: &str, url: &str| passes(&[rule], "GET", url);
    let table = [
        ("api.example.com", "https://api.example.com/a/b?c", true),
        ("api.example.com", "https://API.example.com./", true),
        ("api.example.com", "https://example.com/", false),
        ("*.example.com", "https://a.b.example.com/", true),
        ("*", "http://localhost:8080/", true),
        ("localhost:8080", "http://localhost:8080/", true),
        ("localhost:8080", "http://localhost:8081/", false),
        ("localhost:*", "http://localhost/", true),
        ("example.com:443", "https://example.com/", true),
        ("example.com:443", "http://example.com/", false),
        ("[::1]", "http://[::1]:3000/", true),
        ("[::1]:3000", "http://[::1]:3000/", true),
        ("[::1]:3001", "http://[::1]:3000/", false),
        ("[ab].e.com:80[0-9]0", "http://b.e.com:8070/", true),
        ("[ab].e.com:80[0-9]0", "http://b.e.com:8071/", false),
        ("X-MINE2 e.com", "http://e.com/", false),
        ("e.com/health", "http://e.com/health", true),
        ("e.com/health", "http://e.com/health/a", false),
        ("e.com/health/*", "http://e.com/health/a", true),
        ("e.com/health/*", "http://e.com/health/a/b", false),
        ("e.com/health/**", "http://e.com/health/a/b", true),
        ("*/**/metrics", "http://e.com/a/b/metrics", true),
        ("GET e.com", "http://e.com/", true),
        ("POST e.com", "http://e.com/", false),
        ("* e.com", "http://e.com/", true),
    ];
    for (rule, url, expected) in table {
        assert_eq!(get(rule, url), expected, "{rule} {url}");
    }
}

#[test]
fn the_last_rule_that_fits_decides() {
    let only_models = ["*", "!POST e.com/v1/**"];
    assert!(!passes(
        &only_models,
        "POST",
        "http://e.com/v1/chat/completions"
    ));
    assert!(passes(&only_models, "GET", "http://e.com/v1/models"));
    assert!(passes(&only_models, "POST", "http://f.com/v1/chat"));
    assert!(passes(&["!e.com", "e.com"], "GET", "http://e.com/"));
    assert!(!passes(&[], "GET", "http://e.com/"));
}

#[test]
fn urls_are_excluded_by_a_part_or_an_expression() {
    let excluded = |entry: &str, url: &str| {
        let entries = [entry.to_owned()];
        let selection = Selection::new(&[], &entries, &Code::default()).unwrap();
        selection.is_unrecorded(&request("GET", url))
    };
    assert!(excluded("/metrics", "http://e.com/metrics?a"));
    assert!(!excluded("/metrics", "http://e.com/"));
    assert!(excluded(
        r"regex:/private/.*\.js$",
        "http://e.com/private/a.js"
    ));
    assert!(!excluded(
        r"regex:/private/.*\.js$",
        "http://e.com/private/a.css"
    ));
    assert!(excluded(r"regex:[?&]token=", "http://e.com/?token=1"));
}

#[test]
fn what_is_no_pattern_is_named() {
    let rule =
        |entry: &str| Selection::new(&[entry.to_owned()], &[], &Code::default()).unwrap_err();
    let url = |entry: &str| Selection::new(&[], &[entry.to_owned()], &Code::default()).unwrap_err();
    let said = [
        rule("get e.com"),
        rule("e.com/**a"),
        rule("/health"),
        rule("GET e.com [x"),
        rule("! e.com"),
        rule("https://e.com/a"),
        rule("e.com/a?b=*"),
        rule("e.com:http"),
        rule("e.com:/a"),
        url("regex:("),
        url(""),
    ];
    insta::assert_snapshot!(said.join("\n"), @"
    unrecorded has `get e.com`, whose method is none in upper case: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `e.com/**a`, which is no pattern (Pattern syntax error near position 3: recursive wildcards must form a single path component): write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `/health`, which names no host: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `GET e.com [x`, which names no host: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `! e.com`, whose method is none in upper case: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `https://e.com/a`, which has a scheme: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `e.com/a?b=*`, which has a query, at which `exclude_urls` looks: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `e.com:http`, whose port is none: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    unrecorded has `e.com:/a`, whose port is none: write a host, with a method before it and a path behind it where these count, like `GET api.example.com/health/*`
    exclude_urls has `regex:(`, which is no regular expression: found open group without closing ')'
    exclude_urls has ``, which is in every URL: write a part of one, like `/metrics`, or `regex:[?&]token=`
    ");
}
