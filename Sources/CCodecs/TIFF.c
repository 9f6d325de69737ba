// TIFF through libtiff, from memory: measurements as floats, not pictures as bytes.
#include "Internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

// What libtiff's callbacks need to see; one per call, on the caller's stack.
typedef struct {
  const uint8_t *bytes;
  uint64_t count;
  uint64_t position;
  int ended;  // the library asked for bytes beyond the end
  conch_codec_outcome outcome;
} reader;

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t wanted) {
  reader *state = handle;
  if (wanted <= 0) return 0;
  uint64_t left = state->position < state->count ? state->count - state->position : 0;
  if ((uint64_t)wanted > left) {
    state->ended = 1;
    wanted = (tmsize_t)left;
  }
  memcpy(to, state->bytes + state->position, (size_t)wanted);
  state->position += (uint64_t)wanted;
  return wanted;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t count) {
  (void)handle, (void)from, (void)count;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  reader *state = handle;
  uint64_t base = whence == SEEK_CUR ? state->position : whence == SEEK_END ? state->count : 0;
  // Offsets may be negative numbers in disguise; anything outside is clamped and reads nothing.
  uint64_t target = base + offset;
  state->position = target > state->count ? state->count : target;
  if (target > state->count) state->ended = 1;
  return state->position;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((reader *)handle)->count; }

#if TIFFLIB_VERSION >= 20221213
static int on_error(
    TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)module;
  reader *state = data;
  // The first complaint is nearest to the cause.
  if (!state->outcome.words[0])
    vsnprintf(state->outcome.words, sizeof state->outcome.words, format, arguments);
  return 1;
}

static int on_warning(
    TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)data, (void)module, (void)format, (void)arguments;
  return 1;
}
#endif

// A strip or tile, or a table of them, may take this much at most.
enum { largest_allocation = 1 << 28 };

static TIFF *open_reader(reader *state) {
#if TIFFLIB_VERSION >= 20221213
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, largest_allocation);
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, state);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, state);
  // "m": not mapped into memory, it is there already.
  TIFF *tiff = TIFFClientOpenExt(
      "", "rm", state, read_bytes, write_nothing, seek, close_nothing, size_of, NULL, NULL,
      options);
  TIFFOpenOptionsFree(options);
  return tiff;
#else
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  return TIFFClientOpen(
      "", "rm", state, read_bytes, write_nothing, seek, close_nothing, size_of, NULL, NULL);
#endif
}

static conch_codec_outcome failed(reader *state, conch_codec_status status, const char *words) {
  state->outcome.status = status;
  if (!state->outcome.words[0])
    strncpy(state->outcome.words, words, sizeof state->outcome.words - 1);
  return state->outcome;
}

static int describe(TIFF *tiff, conch_tiff_info *info, reader *state) {
  uint16_t bands = 1, bits = 1, format = SAMPLEFORMAT_UINT, orientation = 1, photometric = 1;
  uint16_t compression = COMPRESSION_NONE;
  memset(info, 0, sizeof *info);
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &info->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &info->height)) {
    failed(state, CONCH_CODEC_CORRUPT, "it does not say its size");
    return 0;
  }
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &bands);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  info->bands = bands;
  info->bits = bits;
  info->kind = format == SAMPLEFORMAT_INT ? 2 : format == SAMPLEFORMAT_IEEEFP ? 3 : 1;
  info->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  info->is_palette = photometric == PHOTOMETRIC_PALETTE;
  info->is_inverted = photometric == PHOTOMETRIC_MINISWHITE;
  int readable = info->kind == 3 ? bits == 32 || bits == 64
                                 : bits == 8 || bits == 16 || bits == 32 || (bits == 1 && bands == 1);
  if (!readable || format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP) {
    snprintf(
        state->outcome.words, sizeof state->outcome.words, "%u-bit %s samples", bits,
        info->kind == 3 ? "floating" : format > SAMPLEFORMAT_VOID ? "complex" : "whole-number");
    failed(state, CONCH_CODEC_UNSUPPORTED, "");
    return 0;
  }
  if (photometric == PHOTOMETRIC_YCBCR) {
    if (compression != COMPRESSION_JPEG) {
      failed(state, CONCH_CODEC_UNSUPPORTED, "YCbCr colours without JPEG");
      return 0;
    }
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  if (!TIFFIsCODECConfigured(compression)) {
    failed(state, CONCH_CODEC_UNSUPPORTED, "a compression that this system's libtiff lacks");
    return 0;
  }
  return 1;
}

conch_codec_outcome conch_tiff_probe(const uint8_t *bytes, size_t count, conch_tiff_info *info) {
  reader state = {.bytes = bytes, .count = count};
  TIFF *tiff = open_reader(&state);
  if (!tiff)
    return failed(
        &state, state.ended ? CONCH_CODEC_TRUNCATED : CONCH_CODEC_CORRUPT, "it has no directory");
  if (describe(tiff, info, &state)) {
    info->pages = 1;
    // A chain of directories may be long, or a circle, which libtiff notices.
    while (info->pages < 10000 && TIFFReadDirectory(tiff)) info->pages++;
    // Complaints about later pages do not concern the first.
    state.outcome.words[0] = 0;
  }
  TIFFClose(tiff);
  return state.outcome;
}

static float sample(const uint8_t *at, const conch_tiff_info *info) {
  // Copies, since rows of packed bands need not be aligned.
  uint16_t half;
  uint32_t word;
  float number;
  double wide;
  switch (info->bits) {
    case 8: return info->kind == 2 ? (float)(int8_t)*at : (float)*at;
    case 16: memcpy(&half, at, 2); return info->kind == 2 ? (float)(int16_t)half : (float)half;
    case 32:
      if (info->kind == 3) {
        memcpy(&number, at, 4);
        return number;
      }
      memcpy(&word, at, 4);
      return info->kind == 2 ? (float)(int32_t)word : (float)word;
    default: memcpy(&wide, at, 8); return (float)wide;
  }
}

// Where a piece (a strip or a tile of one plane or of all) goes.
typedef struct {
  uint32_t top, left, rows, columns;  // the part of it that lies inside the picture
  size_t stride;                      // bytes of one of its rows
  uint32_t band, bands;               // the first band it holds, and how many
} piece;

static void place(const uint8_t *from, const piece *part, const conch_tiff_info *info, float *out) {
  size_t width = info->width, bytes = info->bits / 8;
  for (uint32_t y = 0; y < part->rows; y++) {
    const uint8_t *row = from + part->stride * y;
    float *to = out + ((size_t)(part->top + y) * width + part->left) * info->bands + part->band;
    for (uint32_t x = 0; x < part->columns; x++) {
      if (info->bits == 1)
        to[0] = (float)(row[x / 8] >> (7 - x % 8) & 1);
      else
        for (uint32_t b = 0; b < part->bands; b++)
          to[b] = sample(row + ((size_t)x * part->bands + b) * bytes, info);
      to += info->bands;
    }
  }
}

conch_codec_outcome conch_tiff_decode(
    const uint8_t *bytes, size_t count, const conch_tiff_info *info, float *out, size_t room) {
  reader state = {.bytes = bytes, .count = count};
  conch_tiff_info found;
  TIFF *tiff = open_reader(&state);
  if (!tiff) return failed(&state, CONCH_CODEC_CORRUPT, "it has no directory");
  uint8_t *buffer = NULL;
  if (!describe(tiff, &found, &state)) goto end;
  if (found.width != info->width || found.height != info->height || found.bands != info->bands ||
      found.bits != info->bits || found.kind != info->kind || found.width == 0 ||
      found.bands == 0 || (uint64_t)found.width * found.height != room / found.bands ||
      room % found.bands != 0) {
    failed(&state, CONCH_CODEC_MISUSE, "buffer size");
    goto end;
  }
  uint16_t planar = PLANARCONFIG_CONTIG;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  int separate = planar == PLANARCONFIG_SEPARATE && found.bands > 1;
  uint32_t planes = separate ? found.bands : 1;
  int tiled = TIFFIsTiled(tiff);
  uint32_t wide = found.width, high = 0;
  if (tiled) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &wide);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &high);
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &high);
    if (high > found.height) high = found.height;
  }
  tmsize_t size = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
  tmsize_t stride = tiled ? TIFFTileRowSize(tiff) : TIFFScanlineSize(tiff);
  // The rows and columns that will be read from a piece must lie inside its bytes.
  uint64_t bits = (uint64_t)wide * (separate ? 1 : found.bands) * found.bits;
  if (wide == 0 || high == 0 || size <= 0 || stride <= 0 || size > largest_allocation ||
      (bits + 7) / 8 > (uint64_t)stride || (uint64_t)stride > (uint64_t)size / high) {
    failed(&state, CONCH_CODEC_CORRUPT, "the sizes of its strips or tiles make no sense");
    goto end;
  }
  buffer = malloc((size_t)size);
  if (!buffer) {
    failed(&state, CONCH_CODEC_MEMORY, "a strip or tile is too large");
    goto end;
  }
  uint32_t number = 0;
  for (uint32_t plane = 0; plane < planes; plane++) {
    for (uint32_t top = 0; top < found.height; top += high) {
      for (uint32_t left = 0; left < found.width; left += wide) {
        piece part = {
            .top = top,
            .left = left,
            .rows = found.height - top < high ? found.height - top : high,
            .columns = found.width - left < wide ? found.width - left : wide,
            .stride = (size_t)stride,
            .band = plane,
            .bands = separate ? 1 : found.bands};
        // The last strip may be stored short; a tile is always whole.
        tmsize_t needed = tiled ? size : (tmsize_t)part.rows * stride;
        tmsize_t got = tiled ? TIFFReadEncodedTile(tiff, number, buffer, size)
                             : TIFFReadEncodedStrip(tiff, number, buffer, needed);
        if (got < needed) {
          failed(
              &state, state.ended ? CONCH_CODEC_TRUNCATED : CONCH_CODEC_CORRUPT,
              "a strip or tile is incomplete");
          goto end;
        }
        place(buffer, &part, &found, out);
        number++;
        // Steps past the end would wrap around.
        if (found.width - left <= wide) break;
      }
      if (plane == planes - 1) state.outcome.rows = top + high;
      if (found.height - top <= high) break;
    }
  }
  state.outcome.words[0] = 0;
end:
  free(buffer);
  TIFFClose(tiff);
  return state.outcome;
}
