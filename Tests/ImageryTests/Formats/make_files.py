"""Makes the files in Files/: written by other programs, so that the readers are not only tested
against the project's own writers. Needs numpy, tifffile, imagecodecs, pillow and tensorflow:

    python make_files.py

Every number is (7 y + 3 x + 11 band) % 200, or a simple function of it, so that the tests can say
what they expect.
"""

import pathlib

import numpy as np
import tifffile
from PIL import Image

here = pathlib.Path(__file__).parent / "Files"
here.mkdir(exist_ok=True)


def numbers(height, width, bands):
    y, x, b = np.ogrid[:height, :width, :bands]
    return (7 * y + 3 * x + 11 * b) % 200


def tiff(name, values, **options):
    tifffile.imwrite(here / name, values, metadata=None, software="", **options)


plain = numbers(37, 29, 3)
tiff("rgb8.tif", plain.astype("u1"), photometric="rgb", rowsperstrip=5)
tiff("rgb8-lzw.tif", plain.astype("u1"), photometric="rgb", compression="lzw", predictor=True)
tiff("grey16.tif", (plain[:, :, 0] * 300).astype("u2"), photometric="minisblack")
tiff("white-is-zero.tif", plain[:, :, 0].astype("u1"), photometric="miniswhite")
four = numbers(37, 29, 4)
tiff("bands4-planar16.tif", np.moveaxis((four * 300).astype("u2"), 2, 0),
     photometric="minisblack", planarconfig="separate", rowsperstrip=8)
tiff("bands4-int16-big.tif", (four - 100).astype("i2"), photometric="minisblack",
     planarconfig="contig", byteorder=">", compression="zlib")
tiff("bands6-float-tiles.tif", (numbers(37, 29, 6) / 8 - 5).astype("f4"),
     photometric="minisblack", planarconfig="contig", tile=(16, 16), compression="zlib")
missing = (numbers(9, 8, 1) / 8).astype("f4")[:, :, 0]
missing[2, 3] = np.nan
missing[5, 1] = np.inf
tiff("missing.tif", missing, photometric="minisblack")
tiff("pages.tif", np.stack([plain[:9, :8, 0]] * 3).astype("u1"), photometric="minisblack")
tiff("bits1.tif", numbers(9, 13, 1)[:, :, 0] % 2 == 1, photometric="minisblack")

np.save(here / "float32.npy", (numbers(6, 5, 4) / 8 - 5).astype("<f4"))
np.save(here / "float64-big-columns.npy", np.asfortranarray((numbers(6, 5, 4) / 8 - 5).astype(">f8")))
np.save(here / "int16-big.npy", (numbers(6, 5, 2) - 100).astype(">i2"))
np.save(here / "float16.npy", (numbers(6, 5, 1) / 8).astype("<f2"))
np.save(here / "grey8.npy", numbers(6, 5, 1)[:, :, 0].astype("u1"))
stack = np.stack([numbers(6, 5, 3) + i for i in range(4)]).astype("u1")
np.savez(here / "labels.npz", images=stack, labels=np.array([1, 0, 2, 1]),
         classes=np.array(["sand", "wäter", "rock"]))
np.savez_compressed(here / "masks.npz", images=stack,
                    masks=(stack[:, :, :, 0] % 3).astype("u1"))
np.savez(here / "values.npz", x=np.asfortranarray(stack), y=np.array([0.5, 1.5, -2.0, 8.0]))

small = plain[:6, :8].astype("u1")
palette = Image.fromarray((plain[:6, :8, 0] % 5).astype("u1")).convert("P")
palette.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 90, 90, 90])
palette.save(here / "palette-mask.png")
grey2 = Image.fromarray((plain[:6, :8, 0] % 2 * 255).astype("u1")).convert("1")
grey2.save(here / "bits1-mask.png")


def shards():
    import tensorflow as tf

    def ints(values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def floats(values):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    def texts(values):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))

    jpeg = tf.io.encode_jpeg(small, quality=95, chroma_downsampling=False).numpy()
    png = tf.io.encode_png(small).numpy()

    def write(name, examples):
        with tf.io.TFRecordWriter(str(here / name)) as file:
            for features in examples:
                example = tf.train.Example(features=tf.train.Features(feature=features))
                file.write(example.SerializeToString())

    write("class00-7.tfrec", [{"image": texts([jpeg]), "class": ints([i % 3])} for i in range(4)])
    write("class01-7.tfrec", [{"image": texts([png]), "class": ints([2])}])
    write("objects.tfrecord", [
        {"image": texts([jpeg]), "image/filename": texts([b"pier.jpg"]), "image/id": ints([4]),
         "objects/xmin": floats([1, 2.5]), "objects/xmax": floats([4, 7]),
         "objects/ymin": floats([0, 3]), "objects/ymax": floats([5, 6]),
         "objects/area": floats([15, 13.5]), "objects/id": ints([0, 1]),
         "objects/label": ints([1, 1]), "objects/is_crowd": ints([0, 1])},
        {"image": texts([jpeg]), "image/filename": texts([b"empty.jpg"]), "image/id": ints([5]),
         "objects/xmin": floats([]), "objects/xmax": floats([]), "objects/ymin": floats([]),
         "objects/ymax": floats([]), "objects/area": floats([]), "objects/id": ints([]),
         "objects/label": ints([]), "objects/is_crowd": ints([])},
    ])
    write("older.tfrecord", [
        {"height": ints([6]), "width": ints([8]), "filename": texts([b"pier.jpg"]),
         "id": texts([b"pier.jpg"]), "image": texts([jpeg]), "format": texts([b"jpg"]),
         "objects/bbox/xs": floats([2.5]), "objects/bbox/ys": floats([2.5]),
         "objects/bbox/ws": floats([3]), "objects/bbox/hs": floats([5]),
         "objects/class/id": texts([b"person"]), "objects/class/label": ints([1])},
    ])
    write("api.record", [
        {"image/height": ints([6]), "image/width": ints([8]),
         "image/filename": texts([b"pier.jpg"]), "image/source_id": texts([b"pier.jpg"]),
         "image/key/sha256": texts([b"x"]), "image/encoded": texts([jpeg]),
         "image/format": texts([b"jpg"]),
         "image/object/bbox/xmin": floats([0.125]), "image/object/bbox/xmax": floats([0.5]),
         "image/object/bbox/ymin": floats([0]), "image/object/bbox/ymax": floats([1]),
         "image/object/class/text": texts([b"person"]), "image/object/class/label": ints([1]),
         "image/object/difficult": ints([1]), "image/object/truncated": ints([0]),
         "image/object/view": texts([b"Unspecified"])},
    ])
    # Labels as the course has them: grey codes, and JPEG.
    codes = np.array([63, 128, 191, 255], "u1")[np.indices((48, 64))[1] // 16][:, :, None]
    picture = np.repeat(codes, 3, 2)
    write("codes.tfrec", [
        {"image": texts([tf.io.encode_jpeg(picture).numpy()]),
         "label": texts([tf.io.encode_jpeg(codes, quality=95).numpy()])}])


shards()
