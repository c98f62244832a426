//! Compile errors, each on the token that is to blame.

#[test]
fn wrong_use_is_a_compile_error_on_the_token_to_blame() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
