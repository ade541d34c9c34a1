/* `body.resolution`: one word for a coarser or finer mesh of the same body. Works on every body whose table says which
   of its numbers count elements. */
#include <math.h>
#include "sim/run/build.h"

/* Factors on counts. A third each way is about a twelfth of the unknowns, for a layer keeps at least one element.
   Finer is finer along the skin: there hands move and fields change, and a layer of one element stays one. */
static const struct {
  double plane, depth;
} factor[] = {[RESOLUTION_DEFAULT] = {1, 1}, [RESOLUTION_DRAFT] = {1.0 / 3, 1.0 / 3}, [RESOLUTION_FINE] = {2, 1}};

static void scale(const param *row, int n, int *count, resolution r) {
  double by = row->counts == COUNT_PLANE ? factor[r].plane : factor[r].depth;
  for (int i = 0; i < n; i++) {
    double wanted = floor(by * count[i] + 0.5), most = fmax(row->hi, count[i]);
    count[i] = (int)fmin(fmax(wanted, fmin(row->lo, count[i])), most);
  }
}

int build_resolution(const param *rows, void *block, resolution r) {
  int plane = 0;
  for (const param *row = rows; row && row->name; row++) {
    char *value = (char *)block + row->offset;
    if (row->counts) {
      scale(row, row->kind == PARAM_INTEGERS ? row->max : 1, (int *)(void *)value, r);
      plane += row->counts == COUNT_PLANE;
    } else if (row->kind == PARAM_GROUP) {
      plane += build_resolution(row->rows, value, r);
    } else if (row->kind == PARAM_LIST) {
      int n = *(const int *)(const void *)((char *)block + row->count_offset);
      for (int i = 0; i < n; i++) plane += build_resolution(row->rows, value + (size_t)i * row->row_size, r);
    }
  }
  return plane;
}
