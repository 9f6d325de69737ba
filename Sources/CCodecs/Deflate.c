// What zip files need of zlib, whole buffers at a time.
#include "Internal.h"

#include <string.h>
#include <zlib.h>

conch_codec_outcome conch_codec_inflate(
    const uint8_t *bytes, size_t count, uint8_t *out, size_t size) {
  conch_codec_outcome outcome = {0};
  z_stream stream = {0};
  // Negative: no zlib header, as in zip.
  if (inflateInit2(&stream, -15) != Z_OK) {
    outcome.status = CONCH_CODEC_MEMORY;
    return outcome;
  }
  // zlib counts in 32 bits; what is longer is given in parts.
  const size_t part = 1 << 30;
  size_t given = 0, taken = 0;
  int status = Z_OK;
  uint8_t end;  // an empty output still needs somewhere to point
  while (status == Z_OK || status == Z_BUF_ERROR) {
    if (stream.avail_in == 0 && given < count) {
      stream.next_in = (Bytef *)bytes + given;
      stream.avail_in = (uInt)(count - given < part ? count - given : part);
      given += stream.avail_in;
    }
    size_t room = size - taken < part ? size - taken : part;
    stream.next_out = room ? out + taken : &end;
    stream.avail_out = (uInt)room;
    uInt before_in = stream.avail_in;
    status = inflate(&stream, Z_NO_FLUSH);
    size_t made = room - stream.avail_out;
    taken += made;
    // No progress: the input is used up, or there is more output than was said.
    if (status == Z_BUF_ERROR || (status == Z_OK && made == 0 && before_in == stream.avail_in))
      break;
  }
  if (status != Z_STREAM_END || taken != size) {
    outcome.status = status == Z_STREAM_END || given < count || stream.avail_in > 0
                         ? CONCH_CODEC_CORRUPT
                         : CONCH_CODEC_TRUNCATED;
    strncpy(
        outcome.words, stream.msg ? stream.msg : "not as many bytes as it says",
        sizeof outcome.words - 1);
  }
  inflateEnd(&stream);
  return outcome;
}

uint32_t conch_codec_crc32(const uint8_t *bytes, size_t count) {
  uLong sum = crc32(0, NULL, 0);
  while (count > 0) {
    uInt part = (uInt)(count < (1 << 30) ? count : 1 << 30);
    sum = crc32(sum, bytes, part);
    bytes += part;
    count -= part;
  }
  return (uint32_t)sum;
}
