# Records in a list: made, read, changed.
def work(count):
    points = []
    for i in range(count):
        points.append({"x": i, "y": i * 2, "name": "p"})
    total = 0
    for p in points:
        q = {**p, "x": p["x"] + 1}
        total += q["x"] + q["y"]
    return total


print(work(200000))
