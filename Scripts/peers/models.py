"""The workloads' networks in plain PyTorch. Their modules, or `in_order`, come in the order of Conch's
layers, so that weights can be carried over one after another."""
import torch
from torch import nn
from torch.nn import functional as F


class MobileNetV2(nn.Module):
    def __init__(self, alpha, classes):
        super().__init__()

        def divisible(value):
            rounded = max(8, int(value + 4) // 8 * 8)
            return rounded + 8 if rounded < 0.9 * value else rounded

        def convolution(inputs, outputs, kernel=1, stride=1, groups=1, activation=True):
            parts = [
                nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
                nn.BatchNorm2d(outputs),
            ]
            return parts + [nn.ReLU6(inplace=True)] if activation else parts

        class Block(nn.Module):
            def __init__(self, inputs, outputs, stride, expansion):
                super().__init__()
                hidden = inputs * expansion
                parts = convolution(inputs, hidden) if expansion > 1 else []
                parts += convolution(hidden, hidden, 3, stride, hidden)
                parts += convolution(hidden, outputs, activation=False)
                self.parts = nn.Sequential(*parts)
                self.adds = stride == 1 and inputs == outputs

            def forward(self, x):
                return x + self.parts(x) if self.adds else self.parts(x)

        channels = divisible(32 * alpha)
        parts = convolution(3, channels, 3, 2)
        for expansion, outputs, repeats, stride in [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1),
        ]:
            outputs = divisible(outputs * alpha)
            for number in range(repeats):
                parts.append(Block(channels, outputs, stride if number == 0 else 1, expansion))
                channels = outputs
        last = divisible(1280 * alpha) if alpha > 1 else 1280
        self.features = nn.Sequential(*parts, *convolution(channels, last))
        self.top = nn.Linear(last, classes)

    def forward(self, x):
        return self.top(self.features(x).mean((2, 3)))


class ResNet50(nn.Module):
    """Without top; gives the maps C3, C4 and C5."""

    class Block(nn.Module):
        def __init__(self, inputs, width, stride, projects):
            super().__init__()
            outputs = 4 * width

            def convolution(inputs, outputs, kernel=1, stride=1):
                convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
                return nn.Sequential(convolution, nn.BatchNorm2d(outputs))

            self.shortcut = convolution(inputs, outputs, 1, stride) if projects else None
            self.one = convolution(inputs, width)
            self.two = convolution(width, width, 3, stride)
            self.three = convolution(width, outputs)

        def in_order(self):
            last = zip(self.shortcut, self.three) if self.shortcut is not None else [self.three]
            return [*self.one, *self.two] + [module for pair in last for module in pair]

        def forward(self, x):
            y = F.relu(self.one(x), inplace=True)
            y = F.relu(self.two(y), inplace=True)
            y = self.three(y)
            return F.relu_(y + (self.shortcut(x) if self.shortcut is not None else x))

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.norm = nn.BatchNorm2d(64)
        self.stages = nn.ModuleList()
        inputs = 64
        for width, repeats, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
            blocks = []
            for number in range(repeats):
                blocks.append(self.Block(inputs, width, stride if number == 0 else 1, number == 0))
                inputs = 4 * width
            self.stages.append(nn.Sequential(*blocks))

    def in_order(self):
        blocks = [block for stage in self.stages for block in stage]
        return [self.conv, self.norm] + [module for block in blocks for module in block.in_order()]

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.conv(x)), inplace=True), 3, 2, 1)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps[1:]


class RetinaNet(nn.Module):
    def __init__(self, classes=1, width=256):
        super().__init__()
        self.backbone = ResNet50()
        self.lateral = nn.ModuleDict({str(l): nn.Conv2d(c, width, 1) for l, c in [(3, 512), (4, 1024), (5, 2048)]})
        self.pyramid = nn.ModuleDict(
            {str(l): nn.Conv2d(width, width, 3, 2 if l > 5 else 1, 1) for l in [3, 4, 5, 6, 7]})

        def head(values):
            parts = []
            for _ in range(4):
                parts += [nn.Conv2d(width, width, 3, 1, 1), nn.ReLU(inplace=True)]
            return nn.Sequential(*parts, nn.Conv2d(width, 9 * values, 3, 1, 1))

        self.classes = classes
        self.class_head = head(classes)
        self.box_head = head(4)

    def in_order(self):
        l, p = self.lateral, self.pyramid
        pyramid = [l["5"], l["4"], p["5"], l["3"], p["6"], p["3"], p["4"], p["7"]]
        heads = [module for pair in zip(self.class_head, self.box_head) for module in pair]
        return self.backbone.in_order() + pyramid + heads

    def forward(self, x):
        c3, c4, c5 = self.backbone(x)
        m5 = self.lateral["5"](c5)
        m4 = self.lateral["4"](c4) + F.interpolate(m5, scale_factor=2, mode="nearest")
        m3 = self.lateral["3"](c3) + F.interpolate(m4, scale_factor=2, mode="nearest")
        p3, p4, p5 = self.pyramid["3"](m3), self.pyramid["4"](m4), self.pyramid["5"](m5)
        p6 = self.pyramid["6"](p5)
        p7 = self.pyramid["7"](F.relu(p6))

        def lists(head, values):
            return torch.cat(
                [head(p).permute(0, 2, 3, 1).reshape(x.shape[0], -1, values) for p in (p3, p4, p5, p6, p7)], 1)

        return lists(self.class_head, self.classes), lists(self.box_head, 4)


class UNet(nn.Module):
    def __init__(self, width=16, depth=6):
        super().__init__()

        def bank(inputs, outputs):
            parts = []
            for _ in range(2):
                parts += [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs, 1e-3), nn.ReLU(inplace=True)]
                inputs = outputs
            return nn.Sequential(*parts)

        filters = [width << level for level in range(depth)]
        self.down = nn.ModuleList(bank(i, o) for i, o in zip([3] + filters, filters))
        self.up = nn.ModuleList()
        for level in reversed(range(depth - 1)):
            self.up.append(nn.ModuleList([
                nn.ConvTranspose2d(filters[level + 1], filters[level], 2, 2),
                bank(2 * filters[level], filters[level])]))
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        seen = []
        for level, bank in enumerate(self.down):
            x = bank(x)
            if level < len(self.down) - 1:
                seen.append(x)
                x = F.max_pool2d(x, 2)
        for (up, bank), before in zip(self.up, reversed(seen)):
            x = bank(torch.cat([before, up(x)], 1))
        return self.head(x)


class Embedding(nn.Module):
    def __init__(self, dimension=8):
        super().__init__()
        parts, inputs = [], 3
        for outputs in [32, 64, 128]:
            parts += [nn.Conv2d(inputs, outputs, 3, 2), nn.ReLU(inplace=True)]
            inputs = outputs
        self.features = nn.Sequential(*parts)
        self.end = nn.Linear(inputs, dimension)

    def forward(self, x):
        return self.end(self.features(x).mean((2, 3)))


def network(workload):
    if workload.startswith("mobilenet_v2_224"):
        return MobileNetV2(1, 4), 224
    if workload.startswith("mobilenet_v2_035_96"):
        return MobileNetV2(0.35, 4), 96
    if workload.startswith("retinanet"):
        return RetinaNet(), 512
    if workload.startswith("unet"):
        return UNet(), 512 if "512" in workload else 256
    return Embedding(), 64


def carry_over(model, weights):
    """Gives the model's modules the weights of Conch's file, in its order and PyTorch's layout."""
    values = iter(weights)
    with torch.no_grad():
        for module in model.in_order() if hasattr(model, "in_order") else model.modules():
            if isinstance(module, nn.ConvTranspose2d):
                targets = [(module.weight, (3, 2, 0, 1)), (module.bias, None)]
            elif isinstance(module, nn.Conv2d):
                order = (2, 3, 0, 1) if module.groups > 1 else (3, 2, 0, 1)
                targets = [(module.weight, order), (module.bias, None)]
            elif isinstance(module, nn.Linear):
                targets = [(module.weight, (1, 0)), (module.bias, None)]
            elif isinstance(module, nn.BatchNorm2d):
                targets = [(t, None) for t in (module.weight, module.bias, module.running_mean, module.running_var)]
            else:
                continue
            for target, order in targets:
                if target is not None:
                    value = torch.from_numpy(next(values).copy())
                    target.copy_(value.permute(order) if order else value)
    if next(values, None) is not None:
        raise ValueError("the file has more weights than the model")
