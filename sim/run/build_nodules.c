/* Nodules: places of one tissue that are stiffer or more active than the rest of it, such as a taut band. */
#include <math.h>
#include <string.h>
#include "sim/run/build.h"

typedef struct nodule_keys {
  place at;
  double depth, size[3], angle, stiffness, activation;
} nodule_keys;

const param build_nodule_rows[] = {
    PARAM(nodule_keys, at, .kind = PARAM_PLACE, .doc = "place on the skin above it: L3 or [L3, 3 cm]"),
    PARAM(nodule_keys, depth, .unit = "m", .lo = 0, .hi = 0.3, .preset = (double)NAN,
          .doc = "of its middle, below the undeformed skin"),
    PARAM(nodule_keys, size, .kind = PARAM_VECTOR, .max = 3, .unit = "m", .lo = 1e-4, .hi = 0.3,
          .preset_text = "[30 mm, 4.5 mm, 4.5 mm]",
          .source = "across: an ellipse of 0.16 cm2, Sikdar et al. 2009, PMC2774893; along: assumed",
          .doc = "length along, width across, height"),
    PARAM(nodule_keys, angle, .unit = "rad", .lo = -3.15, .hi = 3.15, .preset = 0, .source = "numerical",
          .doc = "from along the spine toward the subject's right"),
    PARAM(nodule_keys, stiffness, .lo = 0.05, .hi = 100, .preset = (double)NAN, .optional = 1, .source = "none",
          .doc =
              "factor on the energy of its tissue; 1.98 was measured for taut bands (Chen 2016, Arch Phys Med Rehabil "
              "97:67-73)"),
    PARAM(nodule_keys, activation, .lo = 0, .hi = 1, .preset = (double)NAN, .optional = 1, .source = "none",
          .doc = "activation of its fibres, instead of its tissue's `tone`"),
    {0}};

static void place_nodule(builder *b, const node *map, const nodule_keys *k, nodule *n) {
  const model *m = b->m;
  double axes[9], c = cos(k->angle), s = sin(k->angle);
  if (!m->body->chart(m->body_par, k->at.s, k->at.t, n->centre, axes)) return; /* build_places has said so */
  for (int i = 0; i < 3; i++) {
    n->centre[i] += k->depth * axes[6 + i];
    n->axes[i] = c * axes[i] + s * axes[3 + i], n->axes[3 + i] = c * axes[3 + i] - s * axes[i];
    n->axes[6 + i] = axes[6 + i], n->half[i] = 0.5 * k->size[i];
  }
  n->tissue = m->layer_tissue[m->mesh->layer[mesh_cell_at(m->mesh, n->centre)]];
  if (n->tissue && !isnan(k->activation) && !n->tissue->law->ops->fibre_stress)
    scenario_error(b->scn, map,
                   "at this depth is '%s', whose law %s has no fibres to activate; give `stiffness`, or another depth",
                   n->tissue->name, n->tissue->law->name);
}

status build_nodules(builder *b) {
  const node *section = scenario_get(b->scn->root, "nodules");
  if (!build_is_map(b, section, "nodules")) return ST_OK;
  if (section->n) fprintf(b->text, "nodules:\n");
  for (int i = 0; i < section->n; i++) {
    const node *key = section->key[i], *map = section->child[i];
    bound k;
    if (!build_name_ok(b, key) || !build_is_map(b, map, "a nodule")) continue;
    if (b->m->nnodule == MODEL_NODULES) {
      scenario_error(b->scn, key, "more than %d nodules", MODEL_NODULES);
      break;
    }
    int before = b->scn->nerror;
    TRY(build_bind(b, map, map, build_nodule_rows, sizeof(nodule_keys), (build_member){0}, &k));
    build_places(b, map, map, k.rows, k.block);
    const nodule_keys *keys = k.block;
    if (isnan(keys->stiffness) == isnan(keys->activation) && b->scn->nerror == before)
      scenario_error(b->scn, map,
                     "a nodule is either stiffer or more active than its tissue: give one of `stiffness: 1.98` and "
                     "`activation: 0.1`%s",
                     isnan(keys->stiffness) ? "" : ", not both; for both use two nodules");
    nodule *n = &b->m->nodules[b->m->nnodule++];
    *n = (nodule){.stiffness = keys->stiffness, .activation = keys->activation};
    snprintf(n->name, sizeof n->name, "%s", key->text);
    if (b->body_ok && b->scn->nerror == before) place_nodule(b, map, keys, n);
    fprintf(b->text, "  %s:\n", n->name);
    scenario_emit(b->text, k.rows, k.block, 4);
  }
  return ST_OK;
}

/* After the space is made: it has counted the points. */
void build_check_nodules(builder *b) {
  const node *section = scenario_get(b->scn->root, "nodules");
  for (int i = 0; i < b->m->nnodule; i++) {
    const nodule *n = &b->m->nodules[i];
    if (n->npoint == 0)
      scenario_error(
          b->scn, scenario_get(section, n->name),
          "no quadrature point of '%s' lies in it: it is too small for this mesh; make it larger or refine%s",
          n->tissue ? n->tissue->name : "its tissue",
          b->m->resolution == RESOLUTION_DRAFT ? ", the mesh is 'resolution: draft'" : "");
  }
}
