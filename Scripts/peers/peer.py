"""One peer and one workload, obeying lines on standard input as `conch-bench workload` does:

    peer.py plain|channels_last|compiled|onnx WORKLOAD FILE

FILE is what `conch-bench`'s `write` wrote: the same weights, an input and its outputs. The first line
printed is the largest difference of outputs, as a part of the largest output."""
import sys

import torch
from torch.nn import functional as F

import models
from protocol import batch_of, difference, serve, tensors

kind, workload, path = sys.argv[1:4]
torch.set_num_threads(2)
torch.manual_seed(1)

batch = batch_of(workload)
model, side = models.network(workload)
file = tensors(path)
models.carry_over(model, [value for name, value in file.items() if name[0].isdigit()])
given = torch.from_numpy(file["input"].copy()).permute(0, 3, 1, 2)
wanted = [value for name, value in file.items() if name.startswith("output")]
model.eval()
if kind in ("channels_last", "compiled"):
    model = model.to(memory_format=torch.channels_last)
    given = given.contiguous(memory_format=torch.channels_last)
with torch.no_grad():
    outputs = model(given)
outputs = outputs if isinstance(outputs, tuple) else (outputs,)
found = [(o.permute(0, 2, 3, 1) if o.dim() == 4 else o).numpy() for o in outputs]
print(difference(found, wanted), flush=True)

images = torch.rand(batch, 3, side, side)
if kind in ("channels_last", "compiled"):
    images = images.contiguous(memory_format=torch.channels_last)


def loss_of():
    """The workload's loss; what it compares with is made once, here."""
    if workload.startswith("mobilenet"):
        labels = torch.arange(batch) % 4
        return lambda output: F.cross_entropy(output, labels)
    if workload.startswith("retinanet"):
        anchors = 49_104
        positive = torch.rand(batch, anchors) < 0.002
        there, codes = positive.float().unsqueeze(2), torch.randn(batch, anchors, 4)
        count = positive.sum()

        def loss(output):
            logits, boxes = output
            p = torch.sigmoid(logits)
            entropy = F.binary_cross_entropy_with_logits(logits, there, reduction="none")
            right = p * there + (1 - p) * (1 - there)
            alpha = 0.25 * there + 0.75 * (1 - there)
            focal = (alpha * (1 - right) ** 2 * entropy).sum()
            return (focal + F.smooth_l1_loss(boxes[positive], codes[positive], reduction="sum")) / count

        return loss
    if workload.startswith("unet"):
        target = (torch.rand(batch, 1, side, side) < 0.5).float()

        def loss(output):
            p = torch.sigmoid(output)
            dice = 1 - (2 * (p * target).sum() + 1e-6) / ((p + target).sum() + 1e-6)
            return F.binary_cross_entropy_with_logits(output, target) + dice

        return loss
    labels = torch.arange(batch // 2)
    return lambda output: F.cross_entropy(output[: batch // 2] @ output[batch // 2 :].T / 0.3, labels)


if kind == "onnx":
    import onnxruntime

    exported = f"{path}.onnx"
    torch.onnx.export(model, (torch.rand(batch, 3, side, side),), exported, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(exported, options, ["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: images.numpy()}
    run = lambda: session.run(None, feed)
elif workload.endswith("infer"):
    if kind == "compiled":
        model = torch.compile(model)

    def run():
        with torch.inference_mode():
            model(images)
else:
    model.train()
    if workload.startswith("mobilenet"):
        optimizer = torch.optim.SGD(model.parameters(), 0.001, momentum=0.9)
    else:
        optimizer = torch.optim.Adam(model.parameters(), 1e-5)
    loss = loss_of()
    forward = torch.compile(lambda x: loss(model(x))) if kind == "compiled" else lambda x: loss(model(x))

    def run():
        optimizer.zero_grad(set_to_none=True)
        forward(images).backward()
        optimizer.step()


serve(run)
