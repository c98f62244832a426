//! What is taken for a secret by default. The list is part of the documentation: `docs/secrets.md` shows
//! it, and a test compares the two.

/// The number of these rules; it grows with every change of a name or a shape.
#[cfg(test)]
const VERSION: u32 = 1;

/// Names of headers, query parameters, form fields, JSON keys, XML elements and cookies' like whose value is
/// a secret wherever they stand. All names here are folded: lower case, without `-` and `_`.
pub(super) const ANYWHERE: &[&str] = &[
    "accesskeyid",
    "accesskeysecret",
    "accesstoken",
    "accountkey",
    "apikey",
    "apisecret",
    "apitoken",
    "appkey",
    "appsecret",
    "authenticitytoken",
    "authkey",
    "authorization",
    "authtoken",
    "awsaccesskeyid",
    "awssecretaccesskey",
    "awssessiontoken",
    "bearertoken",
    "bottoken",
    "clientassertion",
    "clientsecret",
    "codeverifier",
    "connectionstring",
    "consumersecret",
    "csrf",
    "csrfmiddlewaretoken",
    "csrftoken",
    "devicecode",
    "encryptionkey",
    "idtoken",
    "idtokenhint",
    "jsessionid",
    "jwt",
    "masterkey",
    "oauthsignature",
    "oauthtoken",
    "oauthtokensecret",
    "oauthverifier",
    "passphrase",
    "passwd",
    "password",
    "personalaccesstoken",
    "phpsessid",
    "privatekey",
    "privatetoken",
    "proxyauthorization",
    "refreshtoken",
    "requestverificationtoken",
    "samlresponse",
    "sastoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "secretstring",
    "sessiontoken",
    "sharedaccesskey",
    "signingkey",
    "signingsecret",
    "subjecttoken",
    "subscriptionkey",
    "webhooksecret",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
    "xapikey",
    "xauthtoken",
    "xcsrftoken",
    "xgoogcredential",
    "xgoogsignature",
    "xsrftoken",
];

/// Names that are secrets as headers.
pub(super) const HEADERS: &[&str] = &[
    "authentication",
    "cfaccessclientsecret",
    "cfaccessjwtassertion",
    "cfaccesstoken",
    "cookie",
    "cookie2",
    "ddapikey",
    "ddapplicationkey",
    "deploytoken",
    "jobtoken",
    "ocpapimsubscriptionkey",
    "stripesignature",
    "xaccesstoken",
    "xalgoliaapikey",
    "xamzcopysourceserversideencryptioncustomerkey",
    "xamznoidcdata",
    "xamzserversideencryptioncustomerkey",
    "xapitoken",
    "xappkey",
    "xapptoken",
    "xauthkey",
    "xauthorization",
    "xconsultoken",
    "xcsrf",
    "xdeploytoken",
    "xfigmatoken",
    "xforwardedaccesstoken",
    "xforwardedauthorization",
    "xgitlabtoken",
    "xgoogapikey",
    "xgoogiamauthorizationtoken",
    "xhoneycombteam",
    "xhubsignature",
    "xhubsignature256",
    "xidtoken",
    "xjobtoken",
    "xmsauthorizationauxiliary",
    "xmscopysourceauthorization",
    "xmsencryptionkey",
    "xpostmarkaccounttoken",
    "xpostmarkservertoken",
    "xrapidapikey",
    "xrapidapiproxysecret",
    "xrefreshtoken",
    "xsessiontoken",
    "xshopifyaccesstoken",
    "xshopifystorefrontaccesstoken",
    "xslacksignature",
    "xsubjecttoken",
    "xtelegrambotapisecrettoken",
    "xtwiliosignature",
    "xvaulttoken",
    "xxsrftoken",
];

/// Names that are secrets in a query, a fragment and a form: also signatures, which open a URL to whoever
/// has it.
pub(super) const QUERY: &[&str] = &["accesskey", "assertion", "hapikey", "pwd", "sig"];

/// Names that are secrets where the value is opaque: at least 16 characters of token-like text. As
/// words they are too common: `"token": " the"` stands in the answers of language models.
pub(super) const OPAQUE: &[&str] = &["pass", "token"];

/// The same in a query, a fragment and a form.
pub(super) const OPAQUE_QUERY: &[&str] = &["key", "signature", "ticket"];

/// Names that are secrets only while somebody logs in: in the target of a redirect and in a form with one of
/// [`LOGIN_MARKS`]; in a target also where both stand, or one is opaque.
pub(super) const LOGIN: &[&str] = &["code", "state"];

/// What makes a request one of OAuth (RFC 6749).
pub(super) const LOGIN_MARKS: &[&str] = &["clientid", "granttype", "responsetype"];

/// Ends of names whose values the gate looks at: those of nobody's list that look like credentials.
pub(super) const SUSPECT_ENDS: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "authtoken",
    "bearertoken",
    "clientsecret",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "signingkey",
];

/// What a token of a provider looks like.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) name: &'static str,
    /// What it begins with; nothing like a word stands before it.
    pub(super) prefix: &'static str,
    /// At least so many of its alphabet follow.
    pub(super) rest: usize,
    pub(super) alphabet: Alphabet,
}

/// Of what a token is made behind its prefix.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alphabet {
    /// Letters and digits.
    Word,
    /// Upper-case letters and digits.
    Upper,
    /// Lower-case hexadecimal digits.
    Hex,
    /// Letters, digits, `-` and `_`.
    Url,
    /// Those of `Url`, and dots.
    Dotted,
    /// Those of `Url`, `+`, `/` and `=`.
    Base64,
}

const fn shape(name: &'static str, prefix: &'static str, rest: usize, alphabet: Alphabet) -> Shape {
    Shape {
        name,
        prefix,
        rest,
        alphabet,
    }
}

/// Tokens that are known by their beginning. Two that begin alike stand in the order in which they are tried.
pub(super) const SHAPES: &[Shape] = &[
    shape("adobe", "p8e-", 32, Alphabet::Word),
    shape("age", "AGE-SECRET-KEY-1", 50, Alphabet::Upper),
    shape("anthropic", "sk-ant-", 20, Alphabet::Url),
    shape("atlassian", "ATATT3x", 60, Alphabet::Base64),
    shape("atlassian", "ATCTT3x", 60, Alphabet::Base64),
    shape("aws", "AKIA", 16, Alphabet::Upper),
    shape("aws", "ASIA", 16, Alphabet::Upper),
    shape("aws", "ABSK", 100, Alphabet::Base64),
    shape("databricks", "dapi", 32, Alphabet::Hex),
    shape("discord", "discord.com/api/webhooks/", 40, Alphabet::Base64),
    shape("digitalocean", "dop_v1_", 64, Alphabet::Hex),
    shape("digitalocean", "doo_v1_", 64, Alphabet::Hex),
    shape("docker", "dckr_pat_", 20, Alphabet::Url),
    shape("doppler", "dp.pt.", 40, Alphabet::Word),
    shape("doppler", "dp.st.", 40, Alphabet::Dotted),
    shape("figma", "figd_", 30, Alphabet::Url),
    shape("github", "ghp_", 30, Alphabet::Word),
    shape("github", "gho_", 30, Alphabet::Word),
    shape("github", "ghu_", 30, Alphabet::Word),
    shape("github", "ghs_", 30, Alphabet::Word),
    shape("github", "ghr_", 30, Alphabet::Word),
    shape("github", "github_pat_", 22, Alphabet::Url),
    shape("gitlab", "glpat-", 20, Alphabet::Dotted),
    shape("gitlab", "gldt-", 20, Alphabet::Url),
    shape("gitlab", "glptt-", 20, Alphabet::Url),
    shape("gitlab", "glrt-", 20, Alphabet::Dotted),
    shape("gitlab", "glcbt-", 20, Alphabet::Url),
    shape("google", "AIza", 35, Alphabet::Url),
    shape("google", "GOCSPX-", 20, Alphabet::Url),
    shape("google", "ya29.", 30, Alphabet::Dotted),
    shape("grafana", "glc_", 32, Alphabet::Base64),
    shape("grafana", "glsa_", 32, Alphabet::Url),
    shape("groq", "gsk_", 40, Alphabet::Word),
    shape("huggingface", "hf_", 30, Alphabet::Word),
    shape("linear", "lin_api_", 32, Alphabet::Word),
    shape("newrelic", "NRAK-", 27, Alphabet::Upper),
    shape("notion", "ntn_", 40, Alphabet::Word),
    shape("notion", "secret_", 43, Alphabet::Word),
    shape("npm", "npm_", 36, Alphabet::Word),
    shape("openai", "sk-", 20, Alphabet::Url),
    shape("perplexity", "pplx-", 40, Alphabet::Word),
    shape("planetscale", "pscale_tkn_", 32, Alphabet::Dotted),
    shape("postman", "PMAK-", 50, Alphabet::Url),
    shape("pypi", "pypi-AgEI", 50, Alphabet::Url),
    shape("replicate", "r8_", 37, Alphabet::Word),
    shape("rubygems", "rubygems_", 48, Alphabet::Hex),
    shape("sendgrid", "SG.", 60, Alphabet::Dotted),
    shape("sentry", "sntrys_", 60, Alphabet::Base64),
    shape("shopify", "shpat_", 32, Alphabet::Word),
    shape("shopify", "shpca_", 32, Alphabet::Word),
    shape("shopify", "shppa_", 32, Alphabet::Word),
    shape("shopify", "shpss_", 32, Alphabet::Word),
    shape("slack", "hooks.slack.com/services/", 20, Alphabet::Base64),
    shape("slack", "xapp-", 30, Alphabet::Url),
    shape("slack", "xoxa-", 20, Alphabet::Url),
    shape("slack", "xoxb-", 20, Alphabet::Url),
    shape("slack", "xoxe-", 20, Alphabet::Url),
    shape("slack", "xoxe.", 20, Alphabet::Dotted),
    shape("slack", "xoxp-", 20, Alphabet::Url),
    shape("slack", "xoxr-", 20, Alphabet::Url),
    shape("slack", "xoxs-", 20, Alphabet::Url),
    shape("square", "sq0atp-", 22, Alphabet::Url),
    shape("square", "sq0csp-", 43, Alphabet::Url),
    shape("stripe", "rk_live_", 20, Alphabet::Word),
    shape("stripe", "rk_test_", 20, Alphabet::Word),
    shape("stripe", "sk_live_", 20, Alphabet::Word),
    shape("stripe", "sk_test_", 20, Alphabet::Word),
    shape("stripe", "whsec_", 24, Alphabet::Base64),
    shape("supabase", "sbp_", 40, Alphabet::Hex),
    shape("tailscale", "tskey-", 20, Alphabet::Url),
    // Behind the number of the bot.
    shape("telegram", ":AA", 32, Alphabet::Url),
    shape("telegram", "%3AAA", 32, Alphabet::Url),
    shape("vault", "hvb.", 60, Alphabet::Url),
    shape("vault", "hvs.", 24, Alphabet::Url),
    shape("xai", "xai-", 60, Alphabet::Word),
];

/// Schemes of `authorization` whose credentials are looked for in text.
pub(super) const SCHEMES: &[&str] = &["Basic ", "Bearer ", "Token ", "basic ", "bearer ", "token "];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::shapes;

    const PAGE: &str = include_str!("../../../docs/secrets.md");

    /// The names in the block of text that follows these words.
    fn listed(after: &str) -> Vec<&'static str> {
        let (_, rest) = PAGE.split_once(after).unwrap();
        let block = rest.split("```").nth(1).unwrap();
        block
            .strip_prefix("text")
            .unwrap()
            .split_whitespace()
            .collect()
    }

    #[test]
    fn the_page_about_secrets_shows_the_lists() {
        assert!(PAGE.contains(&format!("Rules, version {VERSION}.")));
        assert_eq!(listed("### Everywhere"), ANYWHERE);
        assert_eq!(listed("### Headers"), HEADERS);
        assert_eq!(listed("### Queries, fragments and forms"), QUERY);
        assert_eq!(listed("### Where the value is opaque"), OPAQUE);
        assert_eq!(
            listed("In queries, fragments and forms also, but for uuids:"),
            OPAQUE_QUERY
        );
        assert_eq!(listed("### While somebody logs in"), LOGIN);
        assert_eq!(listed("Names that end like a credential's:"), SUSPECT_ENDS);
    }

    #[test]
    fn the_page_about_secrets_shows_the_shapes() {
        for name in shapes::names().split(", ") {
            assert!(PAGE.contains(&format!("| `{name}` | ")), "{name}");
        }
        for shape in SHAPES {
            assert!(PAGE.contains(&format!("`{}…`", shape.prefix)), "{shape:?}");
        }
    }
}
