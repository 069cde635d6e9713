#ifndef CKINSHIP_H
#define CKINSHIP_H

#include <stddef.h>
#include <stdint.h>

// Profiles lie in blocks: for each locus KINSHIP_BLOCK codes, one byte each.
#define KINSHIP_BLOCK 1024
// A table of penalties has 256 bytes a locus. A profile whose penalties sum to
// more than this is out.
#define KINSHIP_LIMIT 250

/// Whether this processor looks up 64 bytes at once (AVX-512 VBMI).
int kinship_is_fast(void);

/// Writes the places in the block (ascending) whose penalties sum to at most
/// KINSHIP_LIMIT, and returns how many there are.
/// `order` lists the loci, those that rule out most first; `fast` may be given
/// as 0 to take the portable way.
size_t kinship_survivors(const uint8_t *codes, size_t loci,
                         const uint8_t *tables, const uint8_t *order,
                         uint16_t *places, int fast);

/// Writes for each profile of the block the sum over the loci of rows[code];
/// `rows` has 256 doubles a locus.
void kinship_sums(const uint8_t *codes, size_t loci,
                  const double *rows, double *sums);

/// Fills a locus's 256 penalties: floor((most - row) * scale), 255 at most.
void kinship_penalties(const double *row, double most, double scale,
                       uint8_t *table);

#endif
