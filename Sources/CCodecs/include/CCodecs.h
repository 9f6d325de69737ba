// PNG, JPEG and TIFF for Swift: libpng and libjpeg report errors by longjmp, which Swift may not
// cross, and libtiff's handlers are variadic.
//
// Every call is whole: it opens, works on memory the caller owns, closes, and returns a status.
// Nothing proportional to the image's declared size is allocated before the caller has seen that
// size in `conch_codec_probe` and has come back with a buffer for it.
#ifndef CONCH_CODECS_H
#define CONCH_CODECS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  CONCH_CODEC_OK = 0,
  CONCH_CODEC_UNKNOWN,      // the content is neither PNG nor JPEG
  CONCH_CODEC_UNSUPPORTED,  // a PNG or JPEG of a kind that is not read
  CONCH_CODEC_CORRUPT,      // the data contradict themselves
  CONCH_CODEC_TRUNCATED,    // the data end before the image does
  CONCH_CODEC_MEMORY,       // the library would need more memory than it was allowed
  CONCH_CODEC_MISUSE        // the caller's buffer does not fit the image
} conch_codec_status;

typedef enum { CONCH_CODEC_PNG = 1, CONCH_CODEC_JPEG = 2 } conch_codec_format;

// What the header says. `channels` and `bits` are those of the decoded samples: grey 1, grey and
// alpha 2, RGB 3, RGB and alpha 4 (palette, transparency and CMYK already expanded); 8 or 16 bits.
typedef struct {
  conch_codec_format format;
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  uint32_t bits;
  uint32_t orientation;  // EXIF 1…8; 1 where none is given
  uint64_t least_bytes;  // no smaller file can hold a whole image of this kind and size
  uint32_t palette;      // PNG: colours in the palette that the samples index, 0 without one
} conch_codec_info;

// What happened: a status, how many rows were whole before it, and the library's own words.
typedef struct {
  conch_codec_status status;
  uint32_t rows;
  char words[200];
} conch_codec_outcome;

// Reads the header only.
conch_codec_outcome conch_codec_probe(const uint8_t *bytes, size_t count, conch_codec_info *info);

// Width and height of a JPEG decoded at 1/`denominator` (1, 2, 4, 8) of its size: rounded up.
static inline uint32_t conch_codec_scaled(uint32_t side, uint32_t denominator) {
  return side / denominator + (side % denominator != 0);
}

// Decodes into `out`, rows from the top, samples interleaved, 16-bit samples in host order.
// `info` is what the probe said; `denominator` is 1 for PNG. `size` must be exactly scaled width *
// scaled height * channels * bits / 8. The orientation is not applied. Rows after a failure are
// left as they were.
conch_codec_outcome conch_codec_decode(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t denominator,
    void *out, size_t size);

// Encodes 8-bit rows (1 grey, 3 RGB, 4 RGBA channels) as PNG. `*encoded` is then owned by the
// caller, who gives it back to `conch_codec_free`. Same pixels, same bytes.
conch_codec_outcome conch_codec_encode_png(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t **encoded,
    size_t *count);

void conch_codec_free(uint8_t *encoded);

// A PNG's samples as they are stored, for files whose numbers are classes: palette indices and grey
// of less than 8 bits are not stretched to 0…255, transparency is left away. 1 channel (palette,
// grey) or 3; `size` must be exactly width * height * channels * bits / 8, `info` from the probe.
conch_codec_outcome conch_codec_decode_png_numbers(
    const uint8_t *bytes, size_t count, const conch_codec_info *info, uint32_t channels, void *out,
    size_t size);

// What the first page of a TIFF file says of itself.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t bands;
  uint32_t bits;         // a sample: 1, 8, 16, 32, 64
  uint32_t kind;         // 1 unsigned, 2 signed, 3 floating
  uint32_t orientation;  // 1…8
  uint32_t pages;
  uint8_t is_palette;
  uint8_t is_inverted;  // 0 is white
} conch_tiff_info;

conch_codec_outcome conch_tiff_probe(const uint8_t *bytes, size_t count, conch_tiff_info *info);

// The numbers of the first page, as stored, rows from the top, bands interleaved. `room` counts
// floats and must be exactly width * height * bands.
conch_codec_outcome conch_tiff_decode(
    const uint8_t *bytes, size_t count, const conch_tiff_info *info, float *out, size_t room);

// Undoes raw deflate (RFC 1951), as zip files hold it: `size` bytes, no more and no fewer.
conch_codec_outcome conch_codec_inflate(
    const uint8_t *bytes, size_t count, uint8_t *out, size_t size);

// The checksum of zip and PNG (CRC-32, IEEE 802.3).
uint32_t conch_codec_crc32(const uint8_t *bytes, size_t count);

#endif
