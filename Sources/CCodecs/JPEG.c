// JPEG through libjpeg, from memory, with the EXIF orientation read from its APP1 segment.
#include "Internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A progressive file may hold thousands of scans of a few bytes, each of which costs a pass over
// the whole image; encoders write about ten.
enum { most_scans = 100 };

static const uint8_t end_of_image[2] = {0xFF, JPEG_EOI};

// The three callback structs libjpeg wants, and what they need; one per call, on the stack.
typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  int ended;  // the decoder asked for more bytes than there are
  conch_codec_outcome outcome;
  jmp_buf escape;
} reader;

static void stop(j_common_ptr any, conch_codec_status status) {
  reader *state = (reader *)any->err;
  char words[JMSG_LENGTH_MAX];
  any->err->format_message(any, words);
  state->outcome.status = status;
  strncpy(state->outcome.words, words, sizeof state->outcome.words - 1);
  if (any->is_decompressor && any->global_state != 0)
    state->outcome.rows = ((j_decompress_ptr)any)->output_scanline;
  longjmp(state->escape, 1);
}

static void on_error(j_common_ptr any) {
  reader *state = (reader *)any->err;
  switch (any->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
      stop(any, CONCH_CODEC_MEMORY);
      break;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
    case JERR_NOT_COMPILED:
    case JERR_IMAGE_TOO_BIG:
      stop(any, CONCH_CODEC_UNSUPPORTED);
      break;
    default:
      stop(any, state->ended ? CONCH_CODEC_TRUNCATED : CONCH_CODEC_CORRUPT);
  }
}

// Below zero is a warning: libjpeg would go on and paint grey. Those that mean lost pixels stop
// here; harmless ones (stray bytes between segments, odd version numbers) pass.
static void on_message(j_common_ptr any, int level) {
  reader *state = (reader *)any->err;
  if (level >= 0) return;
  switch (any->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_MUST_RESYNC:
    case JWRN_JPEG_EOF:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_NOT_SEQUENTIAL:
#ifdef JWRN_ARITH_BAD_CODE
    case JWRN_ARITH_BAD_CODE:
#endif
      stop(any, state->ended ? CONCH_CODEC_TRUNCATED : CONCH_CODEC_CORRUPT);
      break;
    default:
      break;
  }
}

static void on_output(j_common_ptr any) { (void)any; }

static void source_nothing(j_decompress_ptr jpeg) { (void)jpeg; }

// At the end of the data an end marker is supplied. A decoder that still needs pixels then warns
// that it hit a marker (truncated); one that has them all never notices that the marker was missing.
static boolean source_fill(j_decompress_ptr jpeg) {
  ((reader *)jpeg->err)->ended = 1;
  jpeg->src->next_input_byte = end_of_image;
  jpeg->src->bytes_in_buffer = sizeof end_of_image;
  return TRUE;
}

static void source_skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count > jpeg->src->bytes_in_buffer) {
    source_fill(jpeg);
    return;
  }
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void on_progress(j_common_ptr any) {
  j_decompress_ptr jpeg = (j_decompress_ptr)any;
  if (jpeg->input_scan_number > most_scans) {
    any->err->msg_code = JERR_BAD_PROGRESSION;
    stop(any, CONCH_CODEC_CORRUPT);
  }
}

// Fills in the callbacks; must come before anything that can fail.
static void prepare(reader *state, j_decompress_ptr jpeg, const uint8_t *bytes, size_t count) {
  memset(state, 0, sizeof *state);
  memset(jpeg, 0, sizeof *jpeg);
  jpeg->err = jpeg_std_error(&state->errors);
  state->errors.error_exit = on_error;
  state->errors.emit_message = on_message;
  state->errors.output_message = on_output;
  state->source.init_source = source_nothing;
  state->source.fill_input_buffer = source_fill;
  state->source.skip_input_data = source_skip;
  state->source.resync_to_restart = jpeg_resync_to_restart;
  state->source.term_source = source_nothing;
  state->source.next_input_byte = bytes;
  state->source.bytes_in_buffer = count;
  state->progress.progress_monitor = on_progress;
}

// Unsigned of `size` bytes at `at`, in the byte order of the TIFF header ("II" is little-endian).
static uint32_t tiff_value(const uint8_t *at, int size, int little) {
  uint32_t value = 0;
  for (int i = 0; i < size; i++) value = value << 8 | at[little ? size - 1 - i : i];
  return value;
}

// Orientation (tag 0x0112 of the first directory; TIFF 6.0, EXIF 2.3 section 4.6.2), or 1.
static uint32_t exif_orientation(const uint8_t *segment, size_t count) {
  if (count < 14 || memcmp(segment, "Exif\0\0", 6)) return 1;
  const uint8_t *tiff = segment + 6;
  size_t size = count - 6;
  int little = tiff[0] == 'I' && tiff[1] == 'I';
  if (!little && !(tiff[0] == 'M' && tiff[1] == 'M')) return 1;
  if (tiff_value(tiff + 2, 2, little) != 42) return 1;
  size_t directory = tiff_value(tiff + 4, 4, little);
  if (directory > size - 2) return 1;
  size_t entries = tiff_value(tiff + directory, 2, little);
  for (size_t i = 0; i < entries; i++) {
    size_t at = directory + 2 + i * 12;
    if (at + 12 > size) return 1;
    if (tiff_value(tiff + at, 2, little) != 0x0112) continue;
    if (tiff_value(tiff + at + 2, 2, little) != 3) return 1;  // type SHORT
    uint32_t value = tiff_value(tiff + at + 8, 2, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

conch_codec_outcome conch_jpeg_probe(const uint8_t *bytes, size_t count, conch_codec_info *info) {
  reader state;
  struct jpeg_decompress_struct jpeg;
  prepare(&state, &jpeg, bytes, count);
  if (setjmp(state.escape) == 0) {
    jpeg_create_decompress(&jpeg);
    jpeg.src = &state.source;
    jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&jpeg, TRUE);
    info->format = CONCH_CODEC_JPEG;
    info->width = jpeg.image_width;
    info->height = jpeg.image_height;
    info->bits = 8;
    info->channels = jpeg.num_components == 1 ? 1 : 3;
    info->orientation = 1;
    // A Huffman code has at least one bit, and each 8×8 block of the finest component one code.
    info->least_bytes = jpeg.arith_code ? 0 : (uint64_t)info->width * info->height / 512;
    for (jpeg_saved_marker_ptr marker = jpeg.marker_list; marker; marker = marker->next) {
      info->orientation = exif_orientation(marker->data, marker->data_length);
      if (info->orientation != 1) break;
    }
    if (jpeg.data_precision != 8) {
      state.outcome.status = CONCH_CODEC_UNSUPPORTED;
      snprintf(
          state.outcome.words, sizeof state.outcome.words, "%d bits a sample", jpeg.data_precision);
    } else if (jpeg.num_components == 2 || jpeg.num_components > 4) {
      state.outcome.status = CONCH_CODEC_UNSUPPORTED;
      snprintf(
          state.outcome.words, sizeof state.outcome.words, "%d components", jpeg.num_components);
    }
  }
  jpeg_destroy_decompress(&jpeg);
  return state.outcome;
}

// CMYK to RGB without profiles. Adobe's files store the inks inverted (255 is no ink).
static void cmyk_row(const uint8_t *from, uint8_t *to, uint32_t width, int inverted) {
  for (uint32_t x = 0; x < width; x++) {
    unsigned black = inverted ? from[x * 4 + 3] : 255 - from[x * 4 + 3];
    for (int c = 0; c < 3; c++) {
      unsigned ink = inverted ? from[x * 4 + c] : 255 - from[x * 4 + c];
      to[x * 3 + c] = (uint8_t)((ink * black + 127) / 255);
    }
  }
}

conch_codec_outcome conch_jpeg_decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t denominator,
    void *out) {
  reader state;
  struct jpeg_decompress_struct jpeg;
  prepare(&state, &jpeg, bytes, count);
  if (setjmp(state.escape) == 0) {
    jpeg_create_decompress(&jpeg);
    jpeg.src = &state.source;
    jpeg.progress = &state.progress;
    jpeg.mem->max_memory_to_use = (long)conch_codec_working_memory(info);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.scale_num = 1;
    jpeg.scale_denom = denominator;
    jpeg.dct_method = JDCT_ISLOW;  // the same bits with and without SIMD
    int inks = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
    jpeg.out_color_space = inks ? JCS_CMYK : info->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&jpeg);
    uint32_t width = conch_codec_scaled(info->width, denominator);
    uint32_t height = conch_codec_scaled(info->height, denominator);
    if (jpeg.image_width != info->width || jpeg.image_height != info->height ||
        jpeg.output_width != width || jpeg.output_height != height ||
        jpeg.output_components != (int)(inks ? 4 : info->channels)) {
      state.outcome.status = CONCH_CODEC_MISUSE;
      longjmp(state.escape, 1);
    }
    size_t stride = (size_t)width * info->channels;
    JSAMPARRAY inks_row =
        inks ? jpeg.mem->alloc_sarray((j_common_ptr)&jpeg, JPOOL_IMAGE, width * 4, 1) : NULL;
    while (jpeg.output_scanline < height) {
      JSAMPROW row = (JSAMPROW)out + stride * jpeg.output_scanline;
      if (inks) {
        jpeg_read_scanlines(&jpeg, inks_row, 1);
        cmyk_row(inks_row[0], row, width, jpeg.saw_Adobe_marker);
      } else {
        jpeg_read_scanlines(&jpeg, &row, 1);
      }
    }
    state.outcome.rows = height;
    if (state.ended && jpeg_has_multiple_scans(&jpeg)) {
      // Cut between two scans: every row is there, but only coarsely.
      state.outcome.status = CONCH_CODEC_TRUNCATED;
    }
  }
  jpeg_destroy_decompress(&jpeg);
  return state.outcome;
}
