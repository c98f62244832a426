use super::*;
use crate::redact::Rules;
use crate::redact::tests::masked;

/// Each `$` is masked, and each `~` stays, where secrets are found like this.
fn check(find: fn(&[u8], Judge<'_>) -> Vec<Spot>, templates: &[&str]) {
    let rules = Rules::default();
    let judge = |carrier, name: &str, value: &[u8]| rules.of_name(carrier, name, value);
    for template in templates {
        let live = template.replace(['$', '~'], "s3cret");
        let stored = template.replace('$', "[REDACTED]").replace('~', "s3cret");
        let spots = find(live.as_bytes(), &judge);
        assert_eq!(masked(&live, spots), stored, "{template}");
    }
}

#[test]
fn what_stands_behind_a_name_is_masked_to_the_end_of_its_word() {
    let cells = [
        "password=$",
        "password=$ and more",
        "(password=$), [api_key=$",
        "a='password=$' b=\"password=$\"",
        "password=$,b=~;c=~|d=~",
        "x-password=~ xpassword=~ password =~",
        "spring.datasource.password=$ User[password=$, name=~",
        "password= ~",
        "password=",
        "=~",
        "==password=$",
        "pass%77ord=$",
    ];
    check(assigned, &cells);
    let long = format!("{}password=~", "a".repeat(60));
    check(assigned, &[&long]);
}

#[test]
fn parameters_are_masked_however_their_ampersands_are_escaped() {
    check(
        assigned,
        &[
            "see http://e.com/?a=~&api_key=$&b=~",
            "see http://e.com/?api_key=$#top=~",
            r#"{"url":"http://e.com/?a=~\u0026api_key=$\u0026b=~"}"#,
            r#"{"url":"http://e.com/?a=~\u0026pwd=$"}"#,
            "<a href='http://e.com/?a=~&amp;pwd=$&amp;b=~'>",
            "/a;api_key=$;b=~",
            // `pwd` is one of the names for parameters only.
            "?pwd=$ pwd=~",
            "u0026pwd=~",
        ],
    );
}

#[test]
fn user_information_is_masked_behind_a_scheme_only() {
    check(
        |text, _| users(text),
        &[
            "https://$@e.com/a@b",
            "postgres://~@db:5432/x",
            "see https://$@e.com and http://$@f.com",
            r#"{"url":"https:\/\/$@e.com"}"#,
            "//$@e.com",
            "mailto:~@e.com",
            "git@e.com:~/x",
            "https://e.com/@~",
            "https://e.com/?a=~@b",
            "https://@~",
            "a //~@e.com",
            "https://a b~@e.com",
            "@",
            "//@",
        ],
    );
}

#[test]
fn of_user_information_the_password_is_learned() {
    for (url, value) in [
        ("https://ada:s3%40cret@e.com", "s3@cret"),
        ("https://ada:a:b@e.com", "a:b"),
        ("https://token@e.com", "token"),
        ("https://token:@e.com", "token"),
    ] {
        let spots = users(url.as_bytes());
        let values: Vec<_> = spots.into_iter().map(|spot| spot.value).collect();
        assert_eq!(values, [value.as_bytes()], "{url}");
    }
}

#[test]
fn urls_are_looked_through_behind_each_of_their_marks() {
    check(
        of_url,
        &[
            "http://$@e.com/password=~?password=$&a=~",
            "http://e.com/?a=~&password=$#api_key=$&b=~",
            "/p;password=$?a=~",
            "/?next=http://f.com/?password=$",
            "/?password",
            "/?password=&a=~",
            "",
        ],
    );
}
