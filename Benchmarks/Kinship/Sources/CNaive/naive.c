#include "naive.h"

void naive_sums(const uint16_t *profiles, size_t count, size_t loci,
                const double *rows, const size_t *starts, double *sums) {
  for (size_t i = 0; i < count; i++) {
    double sum = 0;
    for (size_t l = 0; l < loci; l++)
      sum += rows[starts[l] + profiles[i * loci + l]];
    sums[i] = sum;
  }
}

size_t naive_count(const uint16_t *profiles, size_t count, size_t loci,
                   const double *rows, const size_t *starts, double limit,
                   uint32_t *places) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    double sum = 0;
    for (size_t l = 0; l < loci; l++)
      sum += rows[starts[l] + profiles[i * loci + l]];
    if (sum >= limit) places[found++] = (uint32_t)i;
  }
  return found;
}
