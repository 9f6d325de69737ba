// PNG through libpng, from and to memory.
#include "Internal.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// What libpng's callbacks need to see; one per call, on the caller's stack.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  int ended;  // the library asked for more bytes than there are
  conch_codec_outcome outcome;
  jmp_buf escape;
} reader;

static void on_error(png_structp png, png_const_charp words) {
  reader *state = png_get_error_ptr(png);
  state->outcome.status = state->ended ? CONCH_CODEC_TRUNCATED : CONCH_CODEC_CORRUPT;
  strncpy(state->outcome.words, words, sizeof state->outcome.words - 1);
  longjmp(state->escape, 1);
}

static void on_warning(png_structp png, png_const_charp words) {
  (void)png;
  (void)words;
}

static void read_bytes(png_structp png, png_bytep to, size_t count) {
  reader *state = png_get_io_ptr(png);
  if (count > state->count - state->position) {
    state->ended = 1;
    png_error(png, "end of data");
  }
  memcpy(to, state->bytes + state->position, count);
  state->position += count;
}

// A reader with every bound set. Colour management, text and time are skipped unread: samples are
// taken as they are stored, and a compressed profile cannot cost memory.
static png_structp open_reader(reader *state) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, state, on_error, on_warning);
  if (!png) return NULL;
  png_set_read_fn(png, state, read_bytes);
  png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_chunk_cache_max(png, 64);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  return png;
}

static void describe(png_structp png, png_infop header, conch_codec_info *info) {
  int colour = png_get_color_type(png, header);
  int transparent = png_get_valid(png, header, PNG_INFO_tRNS) != 0;
  info->format = CONCH_CODEC_PNG;
  info->width = png_get_image_width(png, header);
  info->height = png_get_image_height(png, header);
  info->bits = png_get_bit_depth(png, header) == 16 ? 16 : 8;
  info->channels = (colour & PNG_COLOR_MASK_COLOR ? 3 : 1) +
                   (colour & PNG_COLOR_MASK_ALPHA || transparent ? 1 : 0);
  info->orientation = 1;
  png_colorp colours;
  int count = 0;
  if (colour == PNG_COLOR_TYPE_PALETTE && png_get_PLTE(png, header, &colours, &count))
    info->palette = (uint32_t)count;
  // Deflate makes at most 1032 bytes of one.
  info->least_bytes = (uint64_t)png_get_rowbytes(png, header) * info->height / 1032;
}

conch_codec_outcome conch_png_probe(const uint8_t *bytes, size_t count, conch_codec_info *info) {
  reader state = {.bytes = bytes, .count = count};
  png_structp png = open_reader(&state);
  png_infop header = png ? png_create_info_struct(png) : NULL;
  if (!header) {
    png_destroy_read_struct(&png, NULL, NULL);
    state.outcome.status = CONCH_CODEC_MEMORY;
    return state.outcome;
  }
  if (setjmp(state.escape) == 0) {
    png_read_info(png, header);
    describe(png, header, info);
  }
  png_destroy_read_struct(&png, &header, NULL);
  return state.outcome;
}

// `numbers` is the count of channels that the caller wants of the stored numbers, 0 for colours.
static conch_codec_outcome decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t numbers, void *out) {
  reader state = {.bytes = bytes, .count = count};
  volatile int whole = 0;  // every row was read; only the end of the file is left
  png_structp png = open_reader(&state);
  png_infop header = png ? png_create_info_struct(png) : NULL;
  if (!header) {
    png_destroy_read_struct(&png, NULL, NULL);
    state.outcome.status = CONCH_CODEC_MEMORY;
    return state.outcome;
  }
  if (setjmp(state.escape) == 0) {
    png_read_info(png, header);
    conch_codec_info found = {0};
    describe(png, header, &found);
    if (found.width != info->width || found.height != info->height ||
        found.channels != info->channels || found.bits != info->bits)
      png_error(png, "the file changed while it was read");
    if (numbers) {
      png_set_packing(png);
      png_set_strip_alpha(png);
    } else {
      png_set_expand(png);
    }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(png);
#endif
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, header);
    size_t stride = (size_t)info->width * (numbers ? numbers : info->channels) * (info->bits / 8);
    if (png_get_rowbytes(png, header) != stride) png_error(png, "unexpected row size");
    for (int pass = 0; pass < passes; pass++) {
      for (uint32_t y = 0; y < info->height; y++) {
        png_read_row(png, (png_bytep)out + stride * y, NULL);
        // Interlaced: the share of the passes that is done, told as rows.
        state.outcome.rows =
            (uint32_t)(((uint64_t)pass * info->height + y + 1) / (uint64_t)passes);
      }
    }
    whole = 1;
    png_read_end(png, NULL);
  } else if (whole && state.ended) {
    // Only the closing chunk is missing: the picture is complete.
    state.outcome.status = CONCH_CODEC_OK;
  }
  png_destroy_read_struct(&png, &header, NULL);
  return state.outcome;
}

conch_codec_outcome conch_png_decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, void *out) {
  return decode(bytes, count, info, 0, out);
}

conch_codec_outcome conch_codec_decode_png_numbers(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t channels, void *out,
    size_t size) {
  conch_codec_outcome misuse = {CONCH_CODEC_MISUSE, 0, "buffer size"};
  uint64_t row = (uint64_t)info->width * channels * (info->bits / 8);
  if (info->format != CONCH_CODEC_PNG || (channels != 1 && channels != 3) || row == 0 ||
      info->height == 0 || info->height > SIZE_MAX / row || row * info->height != size)
    return misuse;
  return decode(bytes, count, info, channels, out);
}

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
  conch_codec_outcome outcome;
  jmp_buf escape;
} writer;

static void on_write_error(png_structp png, png_const_charp words) {
  writer *state = png_get_error_ptr(png);
  if (state->outcome.status == CONCH_CODEC_OK) state->outcome.status = CONCH_CODEC_MISUSE;
  strncpy(state->outcome.words, words, sizeof state->outcome.words - 1);
  longjmp(state->escape, 1);
}

static void write_bytes(png_structp png, png_bytep from, size_t count) {
  writer *state = png_get_io_ptr(png);
  if (count > state->capacity - state->count) {
    size_t capacity = state->capacity * 2;
    if (capacity < state->count + count) capacity = state->count + count;
    uint8_t *grown = realloc(state->bytes, capacity);
    if (!grown) {
      state->outcome.status = CONCH_CODEC_MEMORY;
      png_error(png, "out of memory");
    }
    state->bytes = grown;
    state->capacity = capacity;
  }
  memcpy(state->bytes + state->count, from, count);
  state->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

conch_codec_outcome conch_codec_encode_png(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t **encoded,
    size_t *count) {
  writer state = {0};
  int colour = channels == 1   ? PNG_COLOR_TYPE_GRAY
               : channels == 3 ? PNG_COLOR_TYPE_RGB
               : channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA
                               : -1;
  *encoded = NULL;
  *count = 0;
  if (colour < 0 || width == 0 || height == 0) {
    state.outcome.status = CONCH_CODEC_MISUSE;
    return state.outcome;
  }
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, on_write_error, on_warning);
  png_infop header = png ? png_create_info_struct(png) : NULL;
  if (!header) {
    png_destroy_write_struct(&png, NULL);
    state.outcome.status = CONCH_CODEC_MEMORY;
    return state.outcome;
  }
  if (setjmp(state.escape) == 0) {
    png_set_write_fn(png, &state, write_bytes, flush_nothing);
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
    png_set_IHDR(
        png, header, width, height, 8, colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    // On photographs a quarter of the usual level's time, for files that are a hundredth larger.
    png_set_compression_level(png, 4);
    png_write_info(png, header);
    for (uint32_t y = 0; y < height; y++)
      png_write_row(png, (png_bytep)pixels + (size_t)y * width * channels);
    png_write_end(png, header);
    *encoded = state.bytes;
    *count = state.count;
  } else {
    free(state.bytes);
  }
  png_destroy_write_struct(&png, &header);
  return state.outcome;
}
