/* SHA-256 of FIPS 180-4. Our own only because it is 60 lines and a crypto library would be a dependency of every build;
   it names scenarios, it protects nothing. */
#ifndef KNEAD_SHA256_H
#define KNEAD_SHA256_H
#include <stddef.h>

void sha256_hex(const void *data, size_t size, char hex[65]); /* 64 lower-case digits and the end of the string */

#endif
