"""What the peers share: reading Conch's file, and obeying lines on standard input."""
import json, re, sys, time

import numpy as np


def batch_of(workload):
    return int(re.search(r"_b(\d+)_", workload).group(1))


def tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    return {
        name: np.frombuffer(data, np.float32, offset=entry["data_offsets"][0], count=int(np.prod(entry["shape"])))
        .reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"
    }


def difference(mine, theirs):
    """The largest, as a part of the largest output."""
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in zip(mine, theirs))


def serve(run):
    """`run N` answers with the seconds of N runs, `memory` with the most megabytes held."""
    for line in sys.stdin:
        words = line.split() or [""]
        if words[0] == "run":
            times = []
            for _ in range(int(words[1])):
                start = time.perf_counter()
                run()
                times.append(time.perf_counter() - start)
            print(*times, flush=True)
        elif words[0] == "memory":
            status = open("/proc/self/status").read()
            print(int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1000, flush=True)
