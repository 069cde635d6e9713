#include <stddef.h>
#include <stdint.h>

/// One profile after the other: for each locus its genotype's number, two bytes,
/// and the sum of the rows there. `rows` begin at `starts[locus]`.
void naive_sums(const uint16_t *profiles, size_t count, size_t loci,
                const double *rows, const size_t *starts, double *sums);

/// How many reach the limit; which, in `places`.
size_t naive_count(const uint16_t *profiles, size_t count, size_t loci,
                   const double *rows, const size_t *starts, double limit,
                   uint32_t *places);
