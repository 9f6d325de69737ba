"""Makes the small HDF5 files beside it, as h5py and so Keras write them.

python3 -m pip install h5py numpy; python3 make_hdf5.py
Every dataset counts from 0 in steps of a half, so that each type holds it exactly.
"""

import os

import h5py
import numpy

here = os.path.dirname(os.path.abspath(__file__))


def counting(shape, dtype):
    return (numpy.arange(numpy.prod(shape)) / 2).reshape(shape).astype(dtype)


def fill(file):
    for name, dtype in [
        ("float32", "<f4"), ("float64", "<f8"), ("float16", "<f2"), ("big32", ">f4"),
        ("big64", ">f8"), ("big16", ">f2"),
    ]:
        file["numbers/" + name] = counting((2, 3), dtype)
    for name, dtype in [
        ("int8", "i1"), ("uint8", "u1"), ("int16", "<i2"), ("uint16", ">u2"), ("int32", ">i4"),
        ("uint32", "<u4"), ("int64", "<i8"), ("uint64", ">u8"),
    ]:
        file["whole/" + name] = numpy.array([1, 2, 250 if dtype == "u1" else 100], dtype)
    file["whole/negative"] = numpy.array([-1, -128], "i1")
    file["shapes/scalar"] = numpy.float32(7)
    file["shapes/empty"] = numpy.zeros((0, 3), "f4")
    # More members than one table of a group holds.
    for index in range(40):
        file[f"many/m{index}"] = numpy.float32(index)
    file.create_dataset("chunked/one", data=counting((10,), "<f4"), chunks=(4,))
    file.create_dataset("chunked/three", data=counting((5, 4, 3), "<f8"), chunks=(2, 3, 2))
    group = file["numbers"]
    group.attrs["layer_names"] = numpy.array([b"Conv1", b"bn_Conv1"])
    group.attrs["variable"] = "a text of any length"
    group.attrs["several"] = numpy.array(["one", "", "drei"], dtype=h5py.string_dtype())
    group.attrs["none"] = numpy.array([], dtype="S1")
    group.attrs["number"] = 3
    file["soft"] = h5py.SoftLink("/numbers/float32")


for name, options in [
    ("default", {}), ("v110", {"libver": ("v108", "v110")}), ("userblock", {"userblock_size": 512}),
]:
    with h5py.File(f"{here}/{name}.h5", "w", **options) as file:
        if name == "v110":
            # Groups with an index are left out, so few members.
            file["a/b"] = counting((2, 3), "<f4")
            file["a"].attrs["layer_names"] = numpy.array([b"Conv1", b"bn_Conv1"])
            file["compact"] = counting((2, 3), "<f4")
        elif name == "userblock":
            file["a/b"] = counting((2, 3), "<f4")
        else:
            fill(file)

with h5py.File(f"{here}/unsupported.h5", "w") as file:
    file.create_dataset("compressed", data=counting((10,), "<f4"), chunks=(4,), compression="gzip")
    file.create_dataset("unwritten", shape=(1000,), dtype="f4")
    file["complex"] = numpy.array([1j], "c8")
    file["text"] = numpy.array([b"abc"])
