// The front door: tells the format by its first bytes and checks the caller's buffer.
#include "Internal.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
static const uint8_t jpeg_signature[3] = {0xFF, 0xD8, 0xFF};

static conch_codec_outcome failed(conch_codec_status status, const char *words) {
  conch_codec_outcome outcome = {status, 0, {0}};
  strncpy(outcome.words, words, sizeof outcome.words - 1);
  return outcome;
}

conch_codec_outcome conch_codec_probe(const uint8_t *bytes, size_t count, conch_codec_info *info) {
  memset(info, 0, sizeof *info);
  info->orientation = 1;
  if (count >= sizeof png_signature && !memcmp(bytes, png_signature, sizeof png_signature))
    return conch_png_probe(bytes, count, info);
  if (count >= sizeof jpeg_signature && !memcmp(bytes, jpeg_signature, sizeof jpeg_signature))
    return conch_jpeg_probe(bytes, count, info);
  return failed(CONCH_CODEC_UNKNOWN, "");
}

conch_codec_outcome conch_codec_decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t denominator,
    void *out, size_t size) {
  int scale_known = denominator == 1 || denominator == 2 || denominator == 4 || denominator == 8;
  if (!scale_known || (info->format == CONCH_CODEC_PNG && denominator != 1))
    return failed(CONCH_CODEC_MISUSE, "scale");
  uint64_t width = conch_codec_scaled(info->width, denominator);
  uint64_t height = conch_codec_scaled(info->height, denominator);
  // Both sides are below 2^31 and a pixel is at most 8 bytes; the product is checked in two steps.
  uint64_t row = width * info->channels * (info->bits / 8);
  if (row == 0 || height == 0 || height > SIZE_MAX / row || row * height != size)
    return failed(CONCH_CODEC_MISUSE, "buffer size");
  switch (info->format) {
    case CONCH_CODEC_PNG: return conch_png_decode(bytes, count, info, out);
    case CONCH_CODEC_JPEG: return conch_jpeg_decode(bytes, count, info, denominator, out);
  }
  return failed(CONCH_CODEC_MISUSE, "format");
}

void conch_codec_free(uint8_t *encoded) { free(encoded); }
