use super::*;
use crate::redact::tests::masked;

/// What is left of a text; each `s3cret` in it is one, or not.
fn check(live: &str, stored: &str) {
    let spots = find(live.as_bytes(), &Rules::default());
    assert_eq!(masked(live, spots), stored, "{live}");
}

/// Each `$` is masked, and each `#` stays.
fn check_all(templates: &[&str]) {
    for template in templates {
        let live = template.replace(['$', '#'], "s3cret");
        let stored = template.replace('$', "[REDACTED]").replace('#', "s3cret");
        check(&live, &stored);
    }
}

#[test]
fn elements_are_masked_by_their_name_whatever_namespace_it_has() {
    check_all(&[
        "<password>$</password>",
        "<r><a>#</a><Pass-Word>$</Pass-Word><b>#</b></r>",
        "<wsse:Password Type='x'>$</wsse:Password>",
        "<password\n  a=\"1\"\n>\n  $\n</password>",
        "<password a='x>y'>$</password>",
        "<passwords>#</passwords><a:password:b>#</a:password:b>",
        "<password/>#<password />#",
        "<password></password>#<password> \n</password>#",
        "<r>password</r>#",
        "a < b <password>$</password>",
        "<password>$",
        "<password>#\n<next>#</next>",
        "send <password>, then <name>#",
        "Vec<Secret> and Vec<Name>",
        "<!-- <password>$</password> -->",
        "<",
        "</",
        "<password",
        "<password a",
        "<password a=",
        "<password a=\"",
    ]);
}

#[test]
fn cdata_is_masked_to_its_end() {
    check_all(&[
        "<password><![CDATA[$]]></password><a>#</a>",
        "<password><![CDATA[$",
        "<password><![CDATA[]]></password>#",
    ]);
    check(
        "<password><![CDATA[s3<c>]ret]]></password>",
        "<password><![CDATA[[REDACTED]]]></password>",
    );
}

#[test]
fn attributes_are_masked_by_their_name() {
    check_all(&[
        "<user password=\"$\" name=\"#\"/>",
        "<user a='#' ns:password='$' b='#'>#</user>",
        "<user Api-Key='$'>",
        "<user password=''>#",
        "<user password=\"#",
        "<user password=\"$\" password='$'>",
    ]);
}

#[test]
fn what_an_attribute_names_is_masked_in_the_other() {
    check_all(&[
        "<input type=\"hidden\" name=\"csrf-token\" value=\"$\">",
        "<input value='$' name='authenticity_token'/>",
        "<input id=\"password\" value=\"$\" class=\"#\">",
        "<meta name=\"csrf-token\" content=\"$\" />",
        "<meta property='api_key' content='$'>",
        "<input name=\"user\" value=\"#\"><input value=\"#\">",
        "<option name='a' value='#'>password</option>",
    ]);
}

/// As people and minifiers write HTML.
#[test]
fn attributes_without_quotes_or_values_hide_none() {
    check_all(&[
        "<input type=hidden name=\"csrf-token\" value=\"$\">",
        "<input required name='password' value='$'>",
        "<input name='password' disabled value='$'>",
        "<input type=hidden name=password value=$>",
        "<input name=password value=$ hidden>#",
        "<input name = \"password\" value = \"$\">",
        "<a href=/x/#?a=1 password=$>#</a>",
    ]);
}

#[test]
fn a_value_is_learned_without_its_escapes() {
    let text = b"<password>a&lt;&amp;&gt;&quot;&apos;&#39;b</password>";
    let values = find(text, &Rules::default())
        .into_iter()
        .map(|spot| spot.value);
    assert_eq!(values.collect::<Vec<_>>(), [b"a<&>\"''b"]);
}
