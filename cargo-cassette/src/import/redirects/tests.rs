use crate::import::tests::read;

fn chain(status: u16, first: &str, second: &str) -> String {
    format!(
        "interactions:
- request: {{method: {first}, uri: 'http://a/1'}}
  response: {{status: {{code: {status}}}, headers: {{location: '2?x=1#top'}}}}
- request: {{method: {second}, uri: 'http://a/2?x=1'}}
  response: {{status: {{code: 302}}, headers: {{location: 'http://b/3'}}}}
- request: {{method: {second}, uri: 'http://b/3'}}
  response: {{status: {{code: 200}}, body: {{string: there}}}}
version: 1
"
    )
}

#[test]
fn they_stay_as_they_were_recorded_and_are_told() {
    insta::assert_snapshot!(read("a.yaml", chain(302, "GET", "GET"), None, false), @r#"
    Vcrpy
    GET http://a/1
    -> HTTP/1.1 302 None
       location: 2?x=1#top
    GET http://a/2?x=1
    -> HTTP/1.1 302 None
       location: http://b/3
    GET http://b/3
    -> HTTP/1.1 200 None
       "there"
    note: interactions[0]: a redirect that the next request follows: for a client that does so by itself, import with `--follow-redirects`, and in 1 more place
    "#);
}

#[test]
fn joined_they_are_one_request_with_the_answer_of_another_url() {
    insta::assert_snapshot!(read("a.yaml", chain(302, "GET", "GET"), None, true), @r#"
    Vcrpy
    GET http://a/1
    -> HTTP/1.1 200 None of http://b/3
       "there"
    "#);
}

#[test]
fn what_keeps_its_method_is_followed_with_it_only() {
    let joined = |status, first, second| {
        let text = read("a.yaml", chain(status, first, second), None, true);
        text.matches("-> ").count() == 1
    };
    assert!(joined(303, "POST", "GET"));
    assert!(joined(301, "POST", "GET"));
    assert!(joined(308, "PUT", "PUT"));
    assert!(!joined(307, "POST", "GET"));
    assert!(!joined(303, "POST", "POST"));
    assert!(!joined(300, "GET", "GET"));
}
