/* Every body keeps the contract of sim/kinds/body.h. Walks the catalogue: a body that can be made of defaults is proved
   by being listed; one with required keys needs a line in `examples` as well, and the first test fails until it has
   one. */
#include "sim/run/build.h"
#include "tests/contract/body_bench.h"
#include "tests/mesh/loose_sample.h"

/* What is known of an example beforehand; layers bottom to top. size 0, nlayer 0: not stated. */
typedef struct example {
  const char *kind, *text;
  double size[2];
  int nlayer;
  double thickness[BODY_LAYERS]; /* of layers bounded by planes; 0: not stated */
} example;

static const example examples[] = {
    {"block",
     "size: [20 cm, 30 cm], cells: [3, 4], layers: [{name: skin, thickness: 2 mm}, "
     "{name: fat, thickness: 10 mm, cells: 2, grade: 2}, {name: muscle, thickness: 30 mm, tissue: m, cells: 2, "
     "fibre: 30 deg, fibre2: -90 deg}], faces: {left: sliding, top: fixed, bottom: free}",
     {0.2, 0.3},
     3,
     {0.03, 0.01, 0.002}},
    {"block",
     "size: [1 m, 2 m], cells: [4, 3], origin: corner, layers: [{name: one, thickness: 1 m, cells: 4}], "
     "distort: 0.2, grading: {toward_x: 0 m, toward_y: 2 m, ratio: 4}",
     {1, 2},
     1,
     {1}},
    {"layered_back", "", {0.24, 0.44}, 4, {0.035, 0.001, 0.009, 0.002}},
    {"layered_back",
     "size: [16 cm, 20 cm], cells: [5, 6], fat: 25 mm, L5: 30 mm, muscle_angle: 15 deg, sides: fixed, "
     "fascia_families: 1, layer_cells: [1, 2, 1, 3], grading: {toward_s: 0 m, toward_t: 4 cm, ratio: 3}",
     {0.16, 0.2},
     4,
     {0.035, 0.001, 0.025, 0.002}},
    {"gmsh_body",
     "file: test_bodies_sample.msh, unit: 1 mm, L5: 10 mm, layers: [{name: muscle, tissue: m, fibre: 10 deg}], "
     "landmarks: "
     "[{name: L5, at: [0 mm, 0 mm]}, {name: T1, at: [9 cm, 0 mm]}, {name: hip_left, at: [-1 cm, -5 cm]}]",
     {0},
     2,
     {0}},
    {"gmsh_body",
     "file: test_bodies_loose.msh, unit: 1 mm, L5: -10 mm, layers: [{name: fat, tissue: f}, {name: muscle, fibre: 10 "
     "deg, "
     "fibre2: -30 deg}], landmarks: [{name: L5, at: [0 mm, 0 mm]}]",
     {0},
     2,
     {0}},
    {"lumbar_back", "", {0}, 12, {0}},
    {"lumbar_back",
     "sex: female, height: 1.6 m, bmi: 31, cells: [9, 13], layer_cells: [2, 2, 3], grading: {toward_t: 4 cm, ratio: "
     "2}, "
     "tissues: {multifidus: deep, gliding: fat}, sides: fixed",
     {0},
     12,
     {0}},
    {"thoracic_back", "", {0}, 14, {0}},
    {"thoracic_back",
     "sex: female, bmi: 19, size: [30 cm, 34 cm], T7: 12 cm, cells: [7, 9], layer_cells: [1, 2, 1]",
     {0},
     0,
     {0}},
    {"lumbar_back", "size: [14 cm, 16 cm], L5: 2 cm, cells: [4, 5], layer_cells: [1, 1, 1]", {0}, 0, {0}},
};
enum { NEXAMPLE = sizeof examples / sizeof *examples };

/* The i-th body to look at: the examples, then every body of the catalogue that has none. */
static int next(int i, built *b) {
  if (i < NEXAMPLE) {
    *b = make(find(examples[i].kind), examples[i].text);
    return 1;
  }
  int left = i - NEXAMPLE;
  for (const body *const *k = models_catalog.bodies; *k; k++) {
    int has = 0;
    for (int e = 0; e < NEXAMPLE; e++) has |= !strcmp(examples[e].kind, (*k)->name);
    if (!has && left-- == 0) {
      *b = make(*k, "");
      return 1;
    }
  }
  return 0;
}

#define EACH_BODY(b) for (int nth = 0; next(nth, &(b)); nth++, arena_destroy(&(b).a))

/* -------------------------------------------------------------------------------------------------------- sentences */

static void every_body_of_the_catalogue_builds(void **state) {
  (void)state;
  int n = 0, listed = 0;
  built b;
  for (const body *const *k = models_catalog.bodies; *k; k++) listed++;
  EACH_BODY(b) n++;
  assert_true(listed >= 2);
  assert_true(n >= NEXAMPLE && n >= listed);
}

static void no_cell_is_inside_out(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    double least = HUGE_VAL;
    for (int cell = 0; cell < b.g.mesh->ncell; cell++) volume(b.g.mesh, cell, &least);
    assert_true(least > 0);
    assert_true(mesh_quality(b.g.mesh, NULL) > 0);
  }
}

static void volumes_add_up_to_the_stated_box_and_layers(void **state) {
  (void)state;
  for (int e = 0; e < NEXAMPLE; e++) {
    const example *x = &examples[e];
    if (x->size[0] == 0) continue; /* a curved one: see below */
    built b = make(find(x->kind), x->text);
    double layer[BODY_LAYERS] = {0}, top = 0, unused = 0, area = x->size[0] * x->size[1];
    assert_int_equal(b.g.nlayer, x->nlayer);
    for (int cell = 0; cell < b.g.mesh->ncell; cell++) layer[b.g.mesh->layer[cell]] += volume(b.g.mesh, cell, &unused);
    for (int l = 0; l < x->nlayer; l++) {
      /* A sum over ncell * 27 points, each a determinant; thickness is a difference of heights near `top`, so relative
         to the thinnest layer the roundings weigh top / thickness more. */
      top += x->thickness[l];
      double k = 27.0 * b.g.mesh->ncell * fmax(1, top / x->thickness[l]);
      assert_close(layer[l] / (area * x->thickness[l]), 1, test_round(k));
    }
    double lo[3], hi[3];
    bounds(b.g.mesh, lo, hi);
    assert_close(hi[0] - lo[0], x->size[0], test_round(2));
    assert_close(hi[1] - lo[1], x->size[1], test_round(4));
    assert_close(hi[2] - lo[2], top, test_round(4));
    arena_destroy(&b.a);
  }
}

static void layers_are_named_used_and_distinct(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    int used[BODY_LAYERS] = {0};
    assert_in_range(b.g.nlayer, 1, BODY_LAYERS);
    for (int cell = 0; cell < b.g.mesh->ncell; cell++) {
      assert_true(b.g.mesh->layer[cell] < b.g.nlayer);
      used[b.g.mesh->layer[cell]] = 1;
    }
    for (int l = 0; l < b.g.nlayer; l++) {
      assert_true(used[l] && b.g.layer[l][0] && b.g.tissue[l][0]);
      for (int m = 0; m < l; m++) assert_string_not_equal(b.g.layer[l], b.g.layer[m]);
    }
  }
}

/* A facet that one cell alone has is on the surface; all its nodes must be in the list of one face. */
static void six_faces_cover_the_surface_and_nothing_else(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    const mesh *m = b.g.mesh;
    static const int first[6] = {0, 2, 0, 6, 0, 18}, one[6] = {3, 3, 1, 1, 1, 1}, two[6] = {9, 9, 9, 9, 3, 3};
    int *cells = calloc((size_t)m->nnode, sizeof *cells);
    unsigned char *on = calloc((size_t)m->nnode, 1), *outside = calloc((size_t)m->nnode, 1);
    int32_t *list = malloc((size_t)m->nnode * sizeof *list);
    for (int f = 0; f < FACE_COUNT; f++) {
      int n = mesh_face_nodes(m, (face_id)f, m->nnode, list);
      assert_true(n > 0);
      for (int i = 0; i < n; i++) on[list[i]] = (unsigned char)(on[list[i]] | 1 << f);
    }
    for (int cell = 0; cell < m->ncell; cell++)
      for (int f = 0; f < 6; f++) cells[m->cell[CELL_NODES * cell + first[f] + one[f] + two[f]]]++;
    for (int cell = 0; cell < m->ncell; cell++)
      for (int f = 0; f < 6; f++) {
        const int32_t *node = m->cell + CELL_NODES * cell;
        if (cells[node[first[f] + one[f] + two[f]]] != 1) continue;
        unsigned common = 63;
        for (int i = 0; i < 3; i++)
          for (int j = 0; j < 3; j++) {
            int n = node[first[f] + i * one[f] + j * two[f]];
            common &= on[n], outside[n] = 1;
          }
        assert_true(common == 1u << f); /* the face's own, and by no other */
      }
    for (int i = 0; i < m->nnode; i++) assert_int_equal(on[i] != 0, outside[i]);
    for (int f = 0; f < FACE_COUNT; f++) assert_in_range(b.g.faces[f], SUPPORT_FREE, SUPPORT_FIXED);
    free(cells), free(on), free(outside), free(list);
  }
}

static void fibres_are_unit_vectors_or_zero_and_alike_through_a_layer(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    const mesh *m = b.g.mesh;
    int have[BODY_LAYERS][2];
    memset(have, -1, sizeof have);
    assert_in_range(m->nfam, 0, 2);
    assert_true((m->nfam == 0) == (m->fibre == NULL));
    for (int cell = 0; cell < m->ncell; cell++)
      for (int k = 0; k < m->nfam; k++) {
        const float *f = m->fibre + 3 * (m->nfam * cell + k);
        double x = (double)f[0], y = (double)f[1], z = (double)f[2], length = sqrt(x * x + y * y + z * z);
        int is = length > 0, *had = &have[m->layer[cell]][k];
        if (is) assert_close(length, 1, 2 * (double)FLT_EPSILON); /* each component rounded to single */
        if (*had >= 0) assert_int_equal(*had, is);
        *had = is;
      }
  }
}

static void muscle_has_fibres_where_the_scenario_says_so(void **state) {
  (void)state;
  built b = make(find("block"), examples[0].text);
  for (int cell = 0; cell < b.g.mesh->ncell; cell++) {
    const float *f = b.g.mesh->fibre + 6 * cell;
    int muscle = !strcmp(b.g.layer[b.g.mesh->layer[cell]], "muscle");
    const double expected[6] = {0.5, sqrt(0.75), 0, -1, 0, 0}; /* 30 deg and -90 deg from y toward x */
    for (int i = 0; i < 6; i++) assert_close((double)f[i], muscle ? expected[i] : 0, (double)FLT_EPSILON);
  }
  arena_destroy(&b.a);
  b = make(find("block"), examples[1].text);
  assert_int_equal(b.g.mesh->nfam, 0);
  arena_destroy(&b.a);
  b = make(find("layered_back"), "");
  for (int cell = 0; cell < b.g.mesh->ncell; cell++) {
    const float *f = b.g.mesh->fibre + 6 * cell;
    const char *layer = b.g.layer[b.g.mesh->layer[cell]];
    double c = cos(39 * acos(-1) / 180), s = sin(39 * acos(-1) / 180);
    double expected[6] = {0};
    if (!strcmp(layer, "muscle")) expected[1] = 1;
    if (!strcmp(layer, "fascia")) expected[0] = s, expected[1] = c, expected[3] = -s, expected[4] = c;
    for (int i = 0; i < 6; i++) assert_close((double)f[i], expected[i], (double)FLT_EPSILON);
  }
  arena_destroy(&b.a);
}

static void leaning_muscle_fibres_rise_away_from_the_midline(void **state) {
  (void)state;
  built b = make(find("layered_back"), examples[3].text); /* 15 deg */
  for (int cell = 0; cell < b.g.mesh->ncell; cell++) {
    if (strcmp(b.g.layer[b.g.mesh->layer[cell]], "muscle")) continue;
    const float *f = b.g.mesh->fibre + 3 * cell;
    double x = b.g.mesh->x[3 * b.g.mesh->cell[CELL_NODES * cell + 13]], angle = acos(-1) / 12;
    assert_close((double)f[0], x < 0 ? -sin(angle) : sin(angle), (double)FLT_EPSILON);
    assert_close((double)f[1], cos(angle), (double)FLT_EPSILON);
  }
  arena_destroy(&b.a);
}

/* A curved skin is smooth on the chart and quadratic on the mesh: between nodes h/2 apart they differ by at most
   D (h/2)^3 / (9 sqrt 3), their slopes by D (h/2)^2 / 3, D the largest third derivative. A ridge height
   exp(-(x/width)^2) has 4 height / width^3 at most; the lumbar skin has its furrow and its bulges. */
static double third_derivative(const built *b) {
  return is_flat(b->g.mesh) ? 0 : 4 * (0.007 / pow(0.028, 3) + 0.004 / pow(0.03, 3));
}

static void the_chart_lies_on_the_skin_with_its_frame(void **state) {
  (void)state;
  built b;
  enum { STEPS = 12 };
  EACH_BODY(b) {
    double lo[3], hi[3];
    int found = 0;
    bounds(b.g.mesh, lo, hi);
    double far = fmax(hi[1] - lo[1], hi[0] - lo[0]), h2 = 0.5 * coarsest(b.g.mesh), bent = third_derivative(&b);
    double off = far * test_round(30) + bent * h2 * h2 * h2 / (9 * sqrt(3)),
           turned = test_round(1000) + bent * h2 * h2 / 3;
    for (int i = 0; i <= STEPS; i++)
      for (int j = 0; j <= STEPS; j++) {
        double s = far * (2.0 * i / STEPS - 1), t = far * (2.0 * j / STEPS - 1), x[3], axes[9], z = 0, n[3];
        if (!b.kind->chart(b.par, s, t, x, axes)) { continue; }
        found++;
        assert_int_equal(on_skin(b.g.mesh, x[0], x[1], &z, n), 1);
        assert_close(x[2], z, off);
        for (int r = 0; r < 3; r++)
          for (int c = 0; c < 3; c++) {
            double dot = 0;
            for (int d = 0; d < 3; d++) dot += axes[3 * r + d] * axes[3 * c + d];
            assert_close(dot, r == c, test_round(8));
          }
        for (int d = 0; d < 3; d++) { /* inward, and along x across = inward: a right-handed frame */
          int p = (d + 1) % 3, q = (d + 2) % 3;
          assert_close(axes[6 + d], -n[d], turned);
          assert_close(axes[p] * axes[3 + q] - axes[q] * axes[3 + p], axes[6 + d], test_round(8));
        }
        for (int k = 0; k < 2; k++) { /* s and t are lengths along their axes; s of a curved skin on the midline only */
          double y[3], unused[9], h = test_step() * far, tol = 100 * test_step();
          if (!b.kind->chart(b.par, s + (k == 0) * h, t + (k == 1) * h, y, unused)) continue;
          /* Beside the midline the skin rises along otherwise than on it, by at most the slope of the hollow (1/7): a
             step of s turns, and at slopes of 1/2 across slips, by less than that. */
          if (k == 0 && t != 0 && bent > 0) tol = 0.15;
          for (int d = 0; d < 3; d++) assert_close((y[d] - x[d]) / h, axes[3 * k + d], tol);
        }
      }
    assert_true(found > STEPS); /* at least a row of the net must have met the body */
    double x[3], axes[9];
    assert_int_equal(b.kind->chart(b.par, 3 * far, 0, x, axes), 0);
    assert_int_equal(b.kind->chart(b.par, 0, -3 * far, x, axes), 0);
  }
}

/* Columns stand upright on rectangles, so the space between skin and floor is an integral over the plan, and Simpson's
   rule on the nodes of a quadratic cell is exact: no gap, no overlap, whatever the layers are. */
static void layers_fill_the_space_between_skin_and_floor(void **state) {
  (void)state;
  built b;
  int looked = 0;
  EACH_BODY(b) {
    const mesh *m = b.g.mesh;
    int upright = mesh_in_columns(m);
    double sum = 0, between = 0, unused = 0;
    for (int i = 0; i < m->nnode; i += 2 * m->nz + 1)
      for (int k = 0; k <= 2 * m->nz; k++)
        for (int d = 0; d < 2; d++) upright &= m->x[3 * (i + k) + d] == m->x[3 * i + d];
    if (!upright) continue; /* the distorted block; a mesh without columns */
    looked++;
    for (int cell = 0; cell < m->ncell; cell++) sum += volume(m, cell, &unused);
    for (int f = 0; f < m->nskin; f++) {
      const int32_t *top = m->skin + FACET_NODES * f, *low = m->cell + CELL_NODES * (m->skin_cell[f] - m->nz + 1);
      double area = (m->x[3 * top[8]] - m->x[3 * top[0]]) * (m->x[3 * top[8] + 1] - m->x[3 * top[0] + 1]);
      for (int a = 0; a < FACET_NODES; a++) {
        double w = (a % 3 == 1 ? 4 : 1) * (a / 3 == 1 ? 4 : 1) / 36.0;
        between += area * w * (m->x[3 * top[a] + 2] - m->x[3 * low[a] + 2]);
      }
    }
    /* ncell * 27 terms of heights some 100 times the thinnest layer */
    assert_close(sum / between, 1, test_round(27.0 * m->ncell * 100));
  }
  assert_true(looked > 3);
}

static void the_middle_of_the_body_is_on_the_chart(void **state) {
  (void)state;
  double x[3], axes[9];
  built b = make(find("block"), examples[0].text);
  assert_int_equal(b.kind->chart(b.par, 0.1, -0.05, x, axes), 1);
  assert_true(x[0] == -0.05 && x[1] == 0.1);
  assert_close(x[2], 0.042, test_round(1));
  arena_destroy(&b.a);
  b = make(find("block"), examples[1].text); /* a quarter model's axis is its corner */
  assert_int_equal(b.kind->chart(b.par, 0, 0, x, axes), 1);
  assert_int_equal(b.kind->chart(b.par, -0.01, 0, x, axes), 0);
  arena_destroy(&b.a);
}

static void landmarks_rise_from_l5_along_the_spine_on_the_skin(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    assert_in_range(b.g.nlandmark, 0, BODY_LANDMARKS);
    assert_true((b.g.nlandmark > 0) == (b.g.landmark_note != NULL));
    int beside = 0;
    for (int i = 0; i < b.g.nlandmark; i++) {
      double x[3], axes[9];
      const landmark *p = &b.g.landmarks[i];
      assert_int_equal(b.kind->chart(b.par, p->s, p->t, x, axes), 1);
      assert_true(p->name[0]);
      for (int k = 0; k < i; k++) assert_string_not_equal(p->name, b.g.landmarks[k].name);
      beside |= p->t != 0;
      if (beside) { /* after those of the midline, and named for its side */
        assert_true(p->t != 0 && strstr(p->name, p->t > 0 ? "_right" : "_left"));
        continue;
      }
      if (!strcmp(p->name, "L5")) assert_true(i == 0 && p->s == 0); /* upper bodies begin above it */
      if (i > 0) assert_true(p->s > b.g.landmarks[i - 1].s);
    }
  }
  b = make(find("layered_back"), "");
  assert_int_equal(b.g.nlandmark, 11);
  assert_string_equal(b.g.landmarks[5].name, "T12");
  assert_string_equal(b.g.landmarks[10].name, "T7");
  assert_close(b.g.landmarks[10].s, 0.35, test_round(2));
  assert_non_null(strstr(b.g.landmark_note, "assumed"));
  arena_destroy(&b.a);
  b = make(find("layered_back"), examples[3].text); /* 17 cm above L5: up to L1 at 14 cm */
  assert_int_equal(b.g.nlandmark, 5);
  arena_destroy(&b.a);
}

/* Elements that the table counts are those the mesh has: `body.resolution` then reaches all of them. */
static void a_body_that_makes_its_mesh_says_what_counts_elements(void **state) {
  (void)state;
  for (const body *const *k = models_catalog.bodies; *k; k++) {
    const char *text = !strcmp((*k)->name, "block") ? examples[0].text : "";
    if (!strcmp((*k)->name, "gmsh_body")) { /* reads its elements */
      void *empty = calloc(1, (*k)->par_size);
      assert_int_equal(build_resolution((*k)->params, empty, RESOLUTION_DRAFT), 0);
      free(empty);
      continue;
    }
    built b = make(*k, text);
    const int nx = b.g.mesh->nx, ny = b.g.mesh->ny, nz = b.g.mesh->nz;
    assert_int_equal(build_resolution((*k)->params, b.par, RESOLUTION_FINE), 1);
    assert_ok((*k)->build(b.par, b.a, &b.g));
    assert_int_equal(b.g.mesh->nx, 2 * nx);
    assert_int_equal(b.g.mesh->ny, 2 * ny);
    assert_int_equal(b.g.mesh->nz, nz);
    arena_destroy(&b.a);
    b = make(*k, text);
    build_resolution((*k)->params, b.par, RESOLUTION_DRAFT);
    assert_ok((*k)->build(b.par, b.a, &b.g));
    assert_in_range(b.g.mesh->nx, nx / 3, nx / 3 + 1);
    assert_in_range(b.g.mesh->ny, ny / 3, ny / 3 + 1);
    assert_true(b.g.mesh->nz < nz);
    arena_destroy(&b.a);
  }
}

static void a_default_back_has_its_size_and_its_supports(void **state) {
  (void)state;
  built b = make(find("layered_back"), "");
  assert_int_equal(3 * b.g.mesh->nnode, 63063); /* as its table says */
  for (int f = FACE_XM; f <= FACE_YP; f++) assert_int_equal(b.g.faces[f], SUPPORT_SLIDING);
  assert_int_equal(b.g.faces[FACE_BOTTOM], SUPPORT_FIXED);
  assert_int_equal(b.g.faces[FACE_TOP], SUPPORT_FREE);
  arena_destroy(&b.a);
  for (int k = 0; k < 2; k++) {
    b = make(find(k ? "thoracic_back" : "lumbar_back"), "");
    assert_int_equal(3 * b.g.mesh->nnode, 24633);
    for (int f = FACE_XM; f <= FACE_YP; f++) assert_int_equal(b.g.faces[f], SUPPORT_SLIDING);
    assert_int_equal(b.g.faces[FACE_BOTTOM], SUPPORT_FIXED);
    assert_int_equal(b.g.faces[FACE_TOP], SUPPORT_FREE);
    arena_destroy(&b.a);
  }
  b = make(find("block"), examples[0].text);
  const int asked[FACE_COUNT] = {SUPPORT_SLIDING, SUPPORT_FREE, SUPPORT_FREE,
                                 SUPPORT_FREE,    SUPPORT_FREE, SUPPORT_FIXED};
  for (int f = 0; f < FACE_COUNT; f++) assert_int_equal(b.g.faces[f], asked[f]);
  assert_string_equal(b.g.tissue[0], "m"); /* as named; the others are called like their layers */
  assert_string_equal(b.g.tissue[2], "skin");
  arena_destroy(&b.a);
}

/* Nothing, exactly, at 0; the same bits one by one and together; and smooth: u(2h) - u(-2h) differs from twice
   u(h) - u(-h) by 2 h^3 times the third derivative. */
static void motions_begin_at_rest_and_are_smooth(void **state) {
  (void)state;
  enum { N = 400 };
  int moving = 0;
  built b;
  EACH_BODY(b) {
    assert_true(!!b.kind->motions == !!b.kind->move);
    for (int k = 0; b.kind->motions && b.kind->motions[k].name; k++, moving++) {
      const param *row = b.kind->motions[k].params;
      assert_string_equal(row->name, "amount");
      assert_true(row->offset == 0 && row->kind == PARAM_NUMBER && row->lo < 0 && row->hi > 0 && !row[1].name);
      int angle = !strcmp(row->unit, "rad");
      assert_true(angle || !strcmp(row->unit, "m"));
      static double X[3 * N], u[5][3 * N], one[3];
      for (int i = 0; i < 3 * N; i++)
        X[i] = b.g.mesh->x[3 * ((size_t)(i / 3) * (size_t)(b.g.mesh->nnode - 1) / (N - 1)) + (size_t)(i % 3)];
      const double h = angle ? 0.02 : 1e-3;
      for (int j = 0; j < 5; j++) b.kind->move(b.par, k, (j - 2) * h, N, X, u[j]);
      double most = 0;
      for (int i = 0; i < 3 * N; i++) {
        assert_true(u[2][i] == 0);
        most = fmax(most, fabs(u[4][i]));
        /* A turn on an arm of less than 0.5 m has a third derivative below 0.5 m, joints that turn one after the other
           no more. */
        assert_close(u[4][i] - u[0][i], 2 * (u[3][i] - u[1][i]), angle ? 2 * h * h * h * 0.5 : 1e-15);
      }
      assert_true(most > 0.5 * h * (angle ? 0.05 : 1)); /* it does move */
      for (int i = 0; i < N; i += 37) {
        b.kind->move(b.par, k, 2 * h, 1, X + 3 * i, one);
        assert_memory_equal(one, u[4] + 3 * i, sizeof one);
      }
    }
  }
  assert_true(moving >= 4);
}

static void building_twice_gives_the_same_bits(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    body_geometry again = {0};
    assert_ok(b.kind->build(b.par, b.a, &again));
    assert_memory_equal(again.mesh->x, b.g.mesh->x, 3 * (size_t)b.g.mesh->nnode * sizeof(double));
    assert_int_equal(again.mesh->nfam, b.g.mesh->nfam);
    if (again.mesh->nfam)
      assert_memory_equal(again.mesh->fibre, b.g.mesh->fibre,
                          3 * (size_t)(b.g.mesh->nfam * b.g.mesh->ncell) * sizeof(float));
  }
}

static void a_full_arena_is_reported_at_every_size(void **state) {
  (void)state;
  built b;
  EACH_BODY(b) {
    arena *small = arena_create(1 << 12);
    body_geometry g;
    size_t need = 0;
    assert_ok(b.kind->build(b.par, small, &g));
    need = arena_used(small);
    assert_true(need > 0);
    for (int i = 0; i < 40; i++) {
      arena_release(small, 0);
      arena_limit(small, need * (size_t)i / 40);
      assert_int_equal(b.kind->build(b.par, small, &g), ST_INTERNAL);
    }
    arena_destroy(&small);
  }
}

static void impossible_bodies_are_refused_with_a_reason(void **state) {
  (void)state;
  static const struct {
    const char *kind, *text, *says;
  } bad[] = {
      {"block", "size: [1 m, 1 m], cells: [1, 1], layers: [{name: a, thickness: 1 m}, {name: a, thickness: 1 m}]",
       "'a' is layers[0] already"},
      {"layered_back", "size: [10 cm, 10 cm], L5: 20 cm", "off a body"},
      {"gmsh_body", "file: none.msh, unit: 1 mm", "cannot be opened"},
      {"gmsh_body", "file: test_bodies_sample.msh, unit: 1 mm, layers: [{name: bone}]", "no physical volume 'bone'"},
      {"lumbar_back", "size: [10 cm, 10 cm], L5: 20 cm", "off a body"},
      {"lumbar_back", "borders: {multifidus: 6 cm, longissimus: 5 cm}", "follow each other outward"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    arena *a = arena_create(1 << 16);
    const char *message;
    body_geometry g;
    const body *kind = find(bad[i].kind);
    void *par = bind(kind, bad[i].text, a, &message);
    assert_non_null(par);
    assert_int_equal(kind->build(par, a, &g), ST_INPUT);
    if (!strstr(err_message(), bad[i].says)) fail_msg("the message is '%s'", err_message());
    arena_destroy(&a);
  }
}

static void a_mesh_of_gmsh_keeps_its_layers_and_lengths(void **state) {
  (void)state;
  int e = 0;
  while (strcmp(examples[e].kind, "gmsh_body")) e++;
  built b = make(find("gmsh_body"), examples[e].text);
  assert_string_equal(b.g.layer[0], "muscle"), assert_string_equal(b.g.tissue[0], "m");
  assert_string_equal(b.g.layer[1], "skin layer"), assert_string_equal(b.g.tissue[1], "skin layer");
  for (int cell = 0; cell < b.g.mesh->ncell; cell++)
    assert_true((b.g.mesh->fibre[3 * cell + 1] > 0.9f) == (b.g.mesh->layer[cell] == 0));
  double x[3], axes[9];
  assert_int_equal(b.kind->chart(b.par, 0, 0, x, axes), 1);
  assert_close(x[1], 0.01, test_round(10)); /* s counts from L5 */
  /* along x = 0 the sample's skin is level, so s is y */
  assert_int_equal(b.kind->chart(b.par, 0.05, 0, x, axes), 1);
  assert_close(x[1], 0.06, 1e-12);
  assert_int_equal(b.kind->chart(b.par, 0.12, 0, x, axes), 0);
  arena_destroy(&b.a);
}

static int setup(void **state) {
  sample_write("test_bodies_sample.msh", &(sample){.nodes = 27, .turned = 1, .leave_out = -1});
  loose_write("test_bodies_loose.msh", &(loose_sample){.ring = 1, .n = 4, .k = 2, .nodes = 8});
  return body_setup(state);
}

static int teardown(void **state) {
  remove("test_bodies_sample.msh");
  remove("test_bodies_loose.msh");
  return body_teardown(state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_body_of_the_catalogue_builds),
      cmocka_unit_test(no_cell_is_inside_out),
      cmocka_unit_test(volumes_add_up_to_the_stated_box_and_layers),
      cmocka_unit_test(layers_are_named_used_and_distinct),
      cmocka_unit_test(six_faces_cover_the_surface_and_nothing_else),
      cmocka_unit_test(fibres_are_unit_vectors_or_zero_and_alike_through_a_layer),
      cmocka_unit_test(muscle_has_fibres_where_the_scenario_says_so),
      cmocka_unit_test(leaning_muscle_fibres_rise_away_from_the_midline),
      cmocka_unit_test(the_chart_lies_on_the_skin_with_its_frame),
      cmocka_unit_test(the_middle_of_the_body_is_on_the_chart),
      cmocka_unit_test(landmarks_rise_from_l5_along_the_spine_on_the_skin),
      cmocka_unit_test(a_body_that_makes_its_mesh_says_what_counts_elements),
      cmocka_unit_test(a_default_back_has_its_size_and_its_supports),
      cmocka_unit_test(layers_fill_the_space_between_skin_and_floor),
      cmocka_unit_test(a_mesh_of_gmsh_keeps_its_layers_and_lengths),
      cmocka_unit_test(building_twice_gives_the_same_bits),
      cmocka_unit_test(a_full_arena_is_reported_at_every_size),
      cmocka_unit_test(impossible_bodies_are_refused_with_a_reason),
      cmocka_unit_test(motions_begin_at_rest_and_are_smooth),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
