"""Random detections with the numbers that pycocotools gives for them.

    pip install pycocotools
    python3 average_precision.py > average_precision.json

Coordinates are quarters of pixels and scores 64ths, so that float32 holds them exactly and equal
scores occur. Boxes are [image, label, left, top, right, bottom, crowd or score].
"""

import contextlib
import io
import json

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

# In the order of COCOeval.stats.
STATISTICS = [
    "ap", "ap50", "ap75", "small", "medium", "large", "ar1", "ar10", "ar100", "ar_small",
    "ar_medium", "ar_large",
]


def box(random, side):
    w, h = np.exp(random.uniform(np.log(6), np.log(160), 2))
    x, y = random.uniform(0, side, 2)
    return [float(np.round(v * 4) / 4) for v in (x, y, x + w, y + h)]


def case(random):
    classes, images = int(random.integers(1, 4)), int(random.integers(1, 7))
    # Every tenth case has many boxes in one place, so that limits and crowds matter.
    crowded = random.random() < 0.1
    side = 80 if crowded else 300
    truths, detections = [], []
    for image in range(images):
        for _ in range(random.integers(0, 9)):
            label = int(random.integers(classes))
            truth = box(random, side)
            truths.append([image, label, *truth, int(random.random() < 0.15)])
            for _ in range(random.integers(0, 3)):
                shift = np.round(random.normal(0, 3, 4) * 4) / 4
                near = [float(v) for v in np.array(truth) + shift]
                if near[2] - near[0] < 1 or near[3] - near[1] < 1:
                    continue
                other = int(random.integers(classes)) if random.random() < 0.1 else label
                detections.append([image, other, *near, int(random.integers(1, 65)) / 64])
        for _ in range(random.integers(0, 120 if crowded else 5)):
            detections.append(
                [image, int(random.integers(classes)), *box(random, side),
                 int(random.integers(1, 65)) / 64])
    return {"classes": classes, "images": images, "truths": truths, "detections": detections}


def expected(case):
    def wide(b):
        return [b[2], b[3], b[4] - b[2], b[5] - b[3]]

    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": i} for i in range(case["images"])],
        "categories": [{"id": k, "name": str(k)} for k in range(case["classes"])],
        "annotations": [
            {"id": n + 1, "image_id": b[0], "category_id": b[1], "bbox": wide(b),
             "area": wide(b)[2] * wide(b)[3], "iscrowd": b[6]}
            for n, b in enumerate(case["truths"])
        ],
    }
    coco.createIndex()
    found = coco.loadRes([
        {"image_id": b[0], "category_id": b[1], "bbox": wide(b), "score": b[6]}
        for b in case["detections"]
    ])
    evaluation = COCOeval(coco, found, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    # [overlap, recall, class, area, limit]
    precision = evaluation.eval["precision"]

    def known(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else None

    return {
        **{n: None if s == -1 else float(s) for n, s in zip(STATISTICS, evaluation.stats)},
        "ap_of_class": [known(precision[:, :, k, 0, 2]) for k in range(case["classes"])],
        "ap50_of_class": [known(precision[0, :, k, 0, 2]) for k in range(case["classes"])],
    }


def main():
    random = np.random.default_rng(7)
    cases = []
    while len(cases) < 50:
        one = case(random)
        if not one["detections"] or len(one["detections"]) > 150:
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            one["expected"] = expected(one)
        cases.append(one)
    print("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]")


main()
