/* The vectors of FIPS 180-2 appendix B and of NIST's SHA-2 example page. */
#include "tests/test.h"
#include "sim/base/sha256.h"

static void check(const char *text, const char *expected) {
  char hex[65];
  sha256_hex(text, strlen(text), hex);
  assert_string_equal(hex, expected);
}

static void the_standard_s_examples_come_out(void **unused) {
  (void)unused;
  check("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  check("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  check("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrs"
        "tu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

static void a_million_letters_come_out(void **unused) {
  (void)unused;
  char *text = malloc(1000000), hex[65];
  assert_non_null(text);
  memset(text, 'a', 1000000);
  sha256_hex(text, 1000000, hex);
  free(text);
  assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_standard_s_examples_come_out),
                                     cmocka_unit_test(a_million_letters_come_out)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
