#include "ckinship.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { lanes = 256 };

// Look whether everybody is out after so many loci, not after each: a branch a
// locus costs more than it saves.
static int is_pause(size_t done) { return done == 9 || done == 15 || done == 24; }

static size_t survivors_portable(const uint8_t *codes, size_t loci,
                                 const uint8_t *tables, const uint8_t *order,
                                 uint16_t *places) {
  size_t found = 0;
  for (size_t start = 0; start < KINSHIP_BLOCK; start += lanes) {
    uint16_t sums[lanes];
    memset(sums, 0, sizeof sums);
    int out = 0;
    for (size_t k = 0; k < loci && !out; k++) {
      const uint8_t *code = codes + (size_t)order[k] * KINSHIP_BLOCK + start;
      const uint8_t *table = tables + (size_t)order[k] * 256;
      for (size_t i = 0; i < lanes; i++) sums[i] += table[code[i]];
      if (is_pause(k + 1)) {
        uint16_t least = UINT16_MAX;
        for (size_t i = 0; i < lanes; i++)
          if (sums[i] < least) least = sums[i];
        out = least > KINSHIP_LIMIT;
      }
    }
    if (out) continue;
    for (size_t i = 0; i < lanes; i++)
      if (sums[i] <= KINSHIP_LIMIT) places[found++] = (uint16_t)(start + i);
  }
  return found;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vbmi")))
static size_t survivors_fast(const uint8_t *codes, size_t loci,
                             const uint8_t *tables, const uint8_t *order,
                             uint16_t *places) {
  const __m512i limit = _mm512_set1_epi8((char)KINSHIP_LIMIT);
  size_t found = 0;
  for (size_t start = 0; start < KINSHIP_BLOCK; start += lanes) {
    __m512i sum[4];
    for (int j = 0; j < 4; j++) sum[j] = _mm512_setzero_si512();
    int out = 0;
    for (size_t k = 0; k < loci; k++) {
      const uint8_t *code = codes + (size_t)order[k] * KINSHIP_BLOCK + start;
      const uint8_t *table = tables + (size_t)order[k] * 256;
      const __m512i t0 = _mm512_loadu_si512(table);
      const __m512i t1 = _mm512_loadu_si512(table + 64);
      const __m512i t2 = _mm512_loadu_si512(table + 128);
      const __m512i t3 = _mm512_loadu_si512(table + 192);
#pragma clang loop unroll(full)
      for (int j = 0; j < 4; j++) {
        const __m512i c = _mm512_loadu_si512(code + 64 * j);
        const __m512i low = _mm512_permutex2var_epi8(t0, c, t1);
        const __m512i high = _mm512_permutex2var_epi8(t2, c, t3);
        const __m512i penalty =
            _mm512_mask_blend_epi8(_mm512_movepi8_mask(c), low, high);
        sum[j] = _mm512_adds_epu8(sum[j], penalty);
      }
      if (is_pause(k + 1)) {
        const __m512i least = _mm512_min_epu8(_mm512_min_epu8(sum[0], sum[1]),
                                              _mm512_min_epu8(sum[2], sum[3]));
        if (_mm512_cmple_epu8_mask(least, limit) == 0) {
          out = 1;
          break;
        }
      }
    }
    if (out) continue;
    for (int j = 0; j < 4; j++) {
      uint64_t left = _mm512_cmple_epu8_mask(sum[j], limit);
      while (left) {
        places[found++] =
            (uint16_t)(start + 64 * (size_t)j + (size_t)__builtin_ctzll(left));
        left &= left - 1;
      }
    }
  }
  return found;
}
#endif

int kinship_is_fast(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vbmi");
#else
  return 0;
#endif
}

size_t kinship_survivors(const uint8_t *codes, size_t loci,
                         const uint8_t *tables, const uint8_t *order,
                         uint16_t *places, int fast) {
#if defined(__x86_64__)
  if (fast) return survivors_fast(codes, loci, tables, order, places);
#endif
  (void)fast;
  return survivors_portable(codes, loci, tables, order, places);
}

void kinship_sums(const uint8_t *codes, size_t loci,
                  const double *rows, double *sums) {
  memset(sums, 0, KINSHIP_BLOCK * sizeof *sums);
  size_t l = 0;
  // Seven loci and eight profiles at a time: eight codes are one load and then
  // shifts, since loads are what there is too little of. Added one locus after
  // the other, so that the digits do not depend on the grouping.
  for (; l + 7 <= loci; l += 7) {
    const uint8_t *a = codes + l * KINSHIP_BLOCK;
    const double *r = rows + 256 * l;
    for (size_t i = 0; i < KINSHIP_BLOCK; i += 8) {
      uint64_t eight[7];
#pragma clang loop unroll(full)
      for (size_t k = 0; k < 7; k++)
        memcpy(&eight[k], a + KINSHIP_BLOCK * k + i, 8);
#pragma clang loop unroll(full)
      for (size_t j = 0; j < 8; j++) {
        double sum = sums[i + j];
#pragma clang loop unroll(full)
        for (size_t k = 0; k < 7; k++)
          sum += r[256 * k + (eight[k] >> (8 * j) & 255)];
        sums[i + j] = sum;
      }
    }
  }
  for (; l < loci; l++) {
    const uint8_t *a = codes + l * KINSHIP_BLOCK;
    const double *ra = rows + 256 * l;
    for (size_t i = 0; i < KINSHIP_BLOCK; i++) sums[i] += ra[a[i]];
  }
}

void kinship_penalties(const double *row, double most, double scale,
                       uint8_t *table) {
  for (int i = 0; i < 256; i++) {
    double steps = (most - row[i]) * scale;
    // Also true of NaN and infinity: an impossible genotype is out at once.
    table[i] = !(steps < 255) ? 255 : (uint8_t)(steps < 0 ? 0 : steps);
  }
}
