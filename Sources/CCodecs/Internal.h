// Shared between the two codecs; not seen by Swift.
#ifndef CONCH_CODECS_INTERNAL_H
#define CONCH_CODECS_INTERNAL_H

#include "CCodecs.h"

// Working memory that a library may take by itself, besides the caller's buffer: progressive JPEGs
// keep their coefficients (two bytes for each of up to four components), so this follows the
// image's size.
static inline size_t conch_codec_working_memory(const conch_codec_info *info) {
  return (size_t)info->width * info->height * 8 + ((size_t)32 << 20);
}

conch_codec_outcome conch_png_probe(const uint8_t *bytes, size_t count, conch_codec_info *info);
conch_codec_outcome conch_png_decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, void *out);
conch_codec_outcome conch_jpeg_probe(const uint8_t *bytes, size_t count, conch_codec_info *info);
conch_codec_outcome conch_jpeg_decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t denominator,
    void *out);

#endif
