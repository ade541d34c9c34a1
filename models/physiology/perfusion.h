/* The vascular law of one point, by itself so that it can be tried without a body.

     q     = f(p) (1 + F)                      flow over flow at rest; p: pressure added to the tissue, Pa
     do/dt = (min(q, 1) - o) / tau_o           oxygen store, 1 when full
     u     = max(0, 1 - o / q_c)               debt: nothing until the store falls under q_c
     dF/dt = (A u - F max(1, q)) / tau         dilation: made by debt, washed out by flow
     skin    f = exp(-(p / p_s)^n)             muscle    f = max(0, 1 - p / p_c) */
#ifndef KNEAD_PERFUSION_H
#define KNEAD_PERFUSION_H

typedef struct perfusion_law {
  int skin;           /* which f; 0: muscle */
  double pressure;    /* p_s or p_c, Pa */
  double power;       /* n; skin only */
  double gain;        /* A */
  double reserve;     /* q_c */
  double time;        /* tau, s */
  double oxygen_time; /* tau_o, s */
} perfusion_law;

/* f: 1 without added pressure, 0 when the vessels are shut. */
double perfusion_open(const perfusion_law *law, double pressure);

/* One step of dt s over which the added pressure goes from p0 to p1 in a straight line. Advances the oxygen store and
   the dilation; returns q at the end. Any dt is stable: both stay >= 0, oxygen <= 1. */
double perfusion_point(const perfusion_law *law, double p0, double p1, double dt, double *oxygen, double *dilation);

#endif
