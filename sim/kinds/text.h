/* A text that is part of the program, such as a tissue of models/tissues: found by its name, read as a file would be.
 */
#ifndef KNEAD_TEXT_H
#define KNEAD_TEXT_H
#include <stddef.h>

typedef struct builtin_text {
  const char *name; /* NULL ends a list */
  const char *text; /* with a NUL behind it */
  size_t size;
} builtin_text;

#endif
