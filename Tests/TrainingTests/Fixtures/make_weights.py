"""Makes files of weights as Keras 2, Keras 3 and PyTorch write them, and what networks with these
weights answer, so that the tests can compare.

    python3 -m pip install tensorflow-cpu tf_keras torch safetensors h5py numpy
    python3 make_weights.py            the small files beside this script
    python3 make_weights.py FOLDER     whole models, some 500 MB, for CONCH_WEIGHTS=FOLDER

Weights are drawn from their names: element i is the i-th output of SplitMix64 seeded with the
FNV-1a hash of the name. So the tests can write PyTorch's large files themselves.

torchvision's own package needs the other build of torch; the classes below are the same models in
plain PyTorch, with torchvision's names (the order and nesting of modules) and numbers. With stubs
for what does not load they were compared with torchvision 0.29.2 and timm 1.0.31: names, shapes and
answers are equal, to the bit. timm is compared again where it is installed.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))


# Weights from names


def draw(name, count):
    """Numbers of -1 to 1."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return 2 * (z >> np.uint64(40)).astype(np.float64) / 2.0**24 - 1


def value(name, shape, kind, fan):
    u = draw(name, int(np.prod(shape))).reshape(shape)
    if kind == "kernel":
        u = u * np.sqrt(3 / fan)
    elif kind == "scale":
        u = 1 + 0.1 * u
    elif kind == "variance":
        u = 1 + 0.5 * np.abs(u)
    else:
        u = 0.1 * u
    return u.astype(np.float32)


def image(*shape):
    return draw("image", int(np.prod(shape))).reshape(shape).astype(np.float32)


# PyTorch


def fill(model):
    state = model.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        last = name.rsplit(".", 1)[1]
        shape = tuple(tensor.shape)
        kind = "other"
        if last == "weight":
            kind = "kernel" if len(shape) > 1 else "scale"
        elif last == "running_var":
            kind = "variance"
        state[name] = torch.from_numpy(value(name, shape, kind, int(np.prod(shape[1:]))))
    model.load_state_dict(state)
    model.eval()
    return model


def unit(inputs, outputs, kernel=3, stride=1, groups=1, relu=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU6()] if relu else []))


def divisible(v):
    n = max(8, int(v + 4) // 8 * 8)
    return n + 8 if n < 0.9 * v else n


STAGES = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
]


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        self.residual = stride == 1 and inputs == outputs
        layers = [unit(inputs, hidden, 1)] if expand != 1 else []
        layers += [
            unit(hidden, hidden, 3, stride, hidden), nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class MobileNetV2(nn.Module):
    """torchvision.models.mobilenet_v2"""

    def __init__(self, alpha=1.0, classes=1000):
        super().__init__()
        channels = divisible(32 * alpha)
        layers = [unit(3, channels, 3, 2)]
        for expand, outputs, repeats, stride in STAGES:
            outputs = divisible(outputs * alpha)
            for index in range(repeats):
                layers.append(
                    InvertedResidual(channels, outputs, stride if index == 0 else 1, expand))
                channels = outputs
        last = divisible(1280 * max(1.0, alpha))
        layers.append(unit(channels, last, 1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(last, classes))

    def forward(self, x):
        return [self.classifier(self.features(x).mean((2, 3)))]


class TimmBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        self.residual, self.expand = stride == 1 and inputs == outputs, expand
        if expand != 1:
            self.conv_pw = nn.Conv2d(inputs, hidden, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(hidden)
            self.conv_dw = nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False)
            self.bn2 = nn.BatchNorm2d(hidden)
            self.conv_pwl = nn.Conv2d(hidden, outputs, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(outputs)
        else:
            self.conv_dw = nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False)
            self.bn1 = nn.BatchNorm2d(hidden)
            self.conv_pw = nn.Conv2d(hidden, outputs, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        relu = nn.functional.relu6
        if self.expand != 1:
            y = relu(self.bn1(self.conv_pw(x)))
            y = self.bn3(self.conv_pwl(relu(self.bn2(self.conv_dw(y)))))
        else:
            y = self.bn2(self.conv_pw(relu(self.bn1(self.conv_dw(x)))))
        return x + y if self.residual else y


class TimmMobileNetV2(nn.Module):
    """timm's mobilenetv2_035, _050, _100, _140"""

    def __init__(self, alpha=1.0, classes=1000):
        super().__init__()
        channels = divisible(32 * alpha)
        self.conv_stem = nn.Conv2d(3, channels, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        stages = []
        for expand, outputs, repeats, stride in STAGES:
            outputs = divisible(outputs * alpha)
            blocks = []
            for index in range(repeats):
                blocks.append(TimmBlock(channels, outputs, stride if index == 0 else 1, expand))
                channels = outputs
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        last = divisible(1280 * max(1.0, alpha))
        self.conv_head = nn.Conv2d(channels, last, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(last)
        self.classifier = nn.Linear(last, classes)

    def forward(self, x):
        relu = nn.functional.relu6
        x = self.blocks(relu(self.bn1(self.conv_stem(x))))
        return [self.classifier(relu(self.bn2(self.conv_head(x))).mean((2, 3)))]


class Bottleneck(nn.Module):
    def __init__(self, inputs, filters, stride, first, norm):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, filters, 1, bias=False)
        self.bn1 = norm(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, stride, 1, bias=False)
        self.bn2 = norm(filters)
        self.conv3 = nn.Conv2d(filters, 4 * filters, 1, bias=False)
        self.bn3 = norm(4 * filters)
        if first:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, 4 * filters, 1, stride, bias=False), norm(4 * filters))
        self.first = first

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn3(self.conv3(self.bn2(self.conv2(y)).relu()))
        return (y + (self.downsample(x) if self.first else x)).relu()


class ResNet50(nn.Module):
    """torchvision.models.resnet50, and timm's resnet50, whose names are the same"""

    def __init__(self, classes=1000, norm=nn.BatchNorm2d):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = norm(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = 64
        for number, (filters, blocks) in enumerate(zip([64, 128, 256, 512], [3, 4, 6, 3]), 1):
            layers = []
            for index in range(blocks):
                stride = 2 if index == 0 and number > 1 else 1
                layers.append(Bottleneck(inputs, filters, stride, index == 0, norm))
                inputs = 4 * filters
            setattr(self, f"layer{number}", nn.Sequential(*layers))
        if classes:
            self.fc = nn.Linear(2048, classes)

    def maps(self, x):
        x = self.layer1(self.maxpool(self.bn1(self.conv1(x)).relu()))
        c3 = self.layer2(x)
        c4 = self.layer3(c3)
        return c3, c4, self.layer4(c4)

    def forward(self, x):
        return [self.fc(self.maps(x)[2].mean((2, 3)))]


class FrozenBatchNorm(nn.Module):
    """torchvision.ops.FrozenBatchNorm2d, with the eps of 0 of the published RetinaNet"""

    def __init__(self, features):
        super().__init__()
        for name in ["weight", "bias", "running_mean", "running_var"]:
            self.register_buffer(name, torch.ones(features))

    def forward(self, x):
        scale = self.weight * self.running_var.rsqrt()
        bias = self.bias - self.running_mean * scale
        return x * scale[:, None, None] + bias[:, None, None]


class LastLevels(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.p6 = nn.Conv2d(width, width, 3, 2, 1)
        self.p7 = nn.Conv2d(width, width, 3, 2, 1)


class FeaturePyramid(nn.Module):
    def __init__(self, width, nested):
        super().__init__()
        wrap = (lambda c: nn.Sequential(c)) if nested else (lambda c: c)
        self.inner_blocks = nn.ModuleList(
            [wrap(nn.Conv2d(c, width, 1)) for c in [512, 1024, 2048]])
        self.layer_blocks = nn.ModuleList(
            [wrap(nn.Conv2d(width, width, 3, padding=1)) for _ in range(3)])
        self.extra_blocks = LastLevels(width)

    def forward(self, maps):
        last = self.inner_blocks[2](maps[2])
        results = [self.layer_blocks[2](last)]
        for index in [1, 0]:
            lateral = self.inner_blocks[index](maps[index])
            last = lateral + nn.functional.interpolate(last, size=lateral.shape[-2:], mode="nearest")
            results.insert(0, self.layer_blocks[index](last))
        # In channels and out channels are equal, so P6 comes from P5 and not from C5.
        p6 = self.extra_blocks.p6(results[-1])
        return results + [p6, self.extra_blocks.p7(p6.relu())]


class Head(nn.Module):
    def __init__(self, width, values, last, nested):
        super().__init__()
        if nested:
            self.conv = nn.Sequential(
                *[nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU()) for _ in range(4)])
        else:
            self.conv = nn.Sequential(
                *[m for _ in range(4) for m in [nn.Conv2d(width, width, 3, padding=1), nn.ReLU()]])
        self.last, self.values = last, values
        setattr(self, last, nn.Conv2d(width, 9 * values, 3, padding=1))

    def forward(self, maps):
        lists = []
        for x in maps:
            x = getattr(self, self.last)(self.conv(x))
            n, _, h, w = x.shape
            x = x.view(n, -1, self.values, h, w).permute(0, 3, 4, 1, 2)
            lists.append(x.reshape(n, -1, self.values))
        return torch.cat(lists, 1)


class Heads(nn.Module):
    def __init__(self, width, classes, nested):
        super().__init__()
        self.classification_head = Head(width, classes, "cls_logits", nested)
        self.regression_head = Head(width, 4, "bbox_reg", nested)


class Backbone(nn.Module):
    def __init__(self, width, nested):
        super().__init__()
        self.body = ResNet50(0, FrozenBatchNorm)
        self.fpn = FeaturePyramid(width, nested)


class RetinaNet(nn.Module):
    """torchvision.models.detection.retinanet_resnet50_fpn, up to the heads"""

    def __init__(self, classes=91, width=256, nested=False):
        super().__init__()
        self.backbone = Backbone(width, nested)
        self.head = Heads(width, classes, nested)

    def forward(self, x):
        maps = self.backbone.fpn(self.backbone.body.maps(x))
        return [self.head.classification_head(maps), self.head.regression_head(maps)]


TORCH = [
    ("torchvision_mobilenet_v2_a100_s64", lambda: MobileNetV2(), 64),
    ("torchvision_mobilenet_v2_a035_s75", lambda: MobileNetV2(0.35, 10), 75),
    ("timm_mobilenet_v2_a035_s64", lambda: TimmMobileNetV2(0.35), 64),
    ("torchvision_resnet50_s64", lambda: ResNet50(10), 64),
    ("torchvision_retinanet_s64", lambda: RetinaNet(5, 32), 64),
    ("torchvision_retinanet_new_s64", lambda: RetinaNet(5, 32, True), 64),
]
LARGE_TORCH = TORCH + [
    ("torchvision_mobilenet_v2_a140_s96", lambda: MobileNetV2(1.4), 96),
    ("timm_mobilenet_v2_a100_s96", lambda: TimmMobileNetV2(), 96),
    ("torchvision_resnet50_full_s96", lambda: ResNet50(), 96),
    ("torchvision_retinanet_full_s128", lambda: RetinaNet(), 128),
]


def torch_models(models, folder, with_weights):
    for name, build, side in models:
        model = fill(build())
        x = image(1, side, side, 3)
        with torch.no_grad():
            outputs = model(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()))
        result = {"x": x}
        for index, y in enumerate(outputs):
            result[f"y{index}"] = y.numpy()
        names = "\n".join(
            " ".join([key] + [str(s) for s in tensor.shape])
            for key, tensor in model.state_dict().items())
        save_file(result, f"{folder}/{name}.answers.safetensors", metadata={"weights": names})
        if with_weights:
            from safetensors.torch import save_model

            save_model(model, f"{folder}/{name}.safetensors")
        print(name, [float(abs(y).max()) for y in outputs])


def check_timm():
    try:
        import timm
    except Exception as error:
        return print("timm is not checked:", error)
    for name, model in [
        ("mobilenetv2_100", TimmMobileNetV2()), ("mobilenetv2_035", TimmMobileNetV2(0.35)),
        ("mobilenetv2_140", TimmMobileNetV2(1.4)), ("resnet50", ResNet50()),
    ]:
        theirs, own = fill(timm.create_model(name, pretrained=False)), fill(model)
        a = {k: v.shape for k, v in theirs.state_dict().items()}
        b = {k: v.shape for k, v in own.state_dict().items()}
        assert a == b, (name, set(a.items()) ^ set(b.items()))
        x = torch.from_numpy(image(1, 3, 96, 96))
        with torch.no_grad():
            print("timm", name, float(abs(theirs(x) - own(x)[0]).max()))


# Keras


def fill_keras(model):
    def layers(model):
        for layer in model.layers:
            if hasattr(layer, "layers"):
                yield from layers(layer)
            else:
                yield layer

    for layer in layers(model):
        weights = layer.weights
        values = []
        for index, weight in enumerate(weights):
            shape = tuple(weight.shape)
            kind, fan = "other", 1
            if len(shape) > 1:
                kind = "kernel"
                fan = shape[0] if len(shape) == 2 else int(np.prod(shape[:3]))
                if "epthwise" in layer.__class__.__name__ or (
                    "Separable" in layer.__class__.__name__ and index == 0
                ):
                    fan = shape[0] * shape[1]
            elif layer.__class__.__name__ == "BatchNormalization":
                kind = ["scale", "other", "other", "variance"][index]
            values.append(value(f"{fill_keras.names.get(layer.name, layer.name)}/{index}", shape, kind, fan))
        layer.set_weights(values)


fill_keras.names = {}


def tiny(keras, named=True):
    """Every kind of layer that has weights, with names or with those that Keras makes up."""
    layers, given = keras.layers, []

    def name(text):
        given.append(text)
        return {"name": text} if named else {}

    x = inputs = keras.Input((8, 8, 3))
    applied = []

    def add(layer, text):
        nonlocal x
        x = layer(x)
        applied.append((layer.name, text))

    add(layers.Conv2D(4, 3, padding="same", use_bias=False, **name("stem")), "stem")
    add(layers.BatchNormalization(**name("stem_bn")), "stem_bn")
    add(layers.ReLU(**name("stem_relu")), "stem_relu")
    add(layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, **name("depth")), "depth")
    add(layers.SeparableConv2D(6, 3, padding="same", **name("separable")), "separable")
    add(layers.Conv2DTranspose(5, 2, strides=2, **name("up")), "up")
    add(layers.BatchNormalization(**name("up_bn")), "up_bn")
    for index in range(11):
        add(layers.Conv2D(5, 1, **name(f"mix_{index}")), f"mix_{index}")
    add(layers.GlobalAveragePooling2D(**name("pool")), "pool")
    add(layers.Dense(3, **name("predictions")), "predictions")
    model = keras.Model(inputs, x)
    fill_keras.names = dict(applied)
    fill_keras(model)
    fill_keras.names = {}
    return model


def nested(keras):
    body = tiny(keras)
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, body(inputs))


def small_keras(folder):
    import keras
    import tf_keras

    x = image(2, 8, 8, 3)
    model = tiny(keras)
    model.save_weights(f"{folder}/keras3.weights.h5")
    model.save(f"{folder}/keras3_whole.h5")
    y = model.predict(x, verbose=0)
    save_file({"x": x, "y0": y}, f"{folder}/keras.answers.safetensors")
    tiny(keras, False).save_weights(f"{folder}/keras3_unnamed.weights.h5")
    nested(keras).save_weights(f"{folder}/keras3_nested.weights.h5")
    old = tiny(tf_keras)
    assert abs(old.predict(x, verbose=0) - y).max() < 1e-6
    old.save_weights(f"{folder}/keras2.h5")
    tiny(tf_keras, False).save_weights(f"{folder}/keras2_unnamed.h5")
    nested(tf_keras).save_weights(f"{folder}/keras2_nested.h5")


def large_keras(folder):
    import keras
    import tf_keras

    cases = []
    for alpha, side, top in [(0.35, 96, True), (0.35, 96, False), (1.0, 224, True)]:
        number = f"{round(alpha * 100):03}"
        cases.append((
            f"mobilenet_v2_a{number}_s{side}" + ("" if top else "_no_top"),
            f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{side}"
            + ("" if top else "_no_top"),
            lambda k, alpha=alpha, side=side, top=top: k.applications.MobileNetV2(
                input_shape=(side, side, 3), alpha=alpha, include_top=top, weights=None,
                **({"classifier_activation": None} if top else {})), side))
    for top in [True, False]:
        cases.append((
            "resnet50_s64" + ("" if top else "_no_top"),
            "resnet50_weights_tf_dim_ordering_tf_kernels" + ("" if top else "_notop"),
            lambda k, top=top: k.applications.ResNet50(
                input_shape=(64, 64, 3), include_top=top, weights=None,
                **({"classifier_activation": None} if top else {})), 64))
    for name, published, build, side in cases:
        for kind, framework in [("keras3", keras), ("keras2", tf_keras)]:
            model = build(framework)
            fill_keras(model)
            x = image(1, side, side, 3)
            y = model.predict(x, verbose=0)
            save_file({"x": x, "y0": y}, f"{folder}/{kind}_{name}.answers.safetensors")
            if kind == "keras3":
                model.save_weights(f"{folder}/{kind}_{name}.weights.h5")
            else:
                model.save_weights(f"{folder}/{kind}_{name}.h5")
                # As the published files are called.
                os.makedirs(f"{folder}/weights", exist_ok=True)
                model.save_weights(f"{folder}/weights/{published}.h5")
            print(kind, name, float(abs(y).max()))
            framework.backend.clear_session()


if len(sys.argv) > 1:
    os.makedirs(sys.argv[1], exist_ok=True)
    check_timm()
    torch_models(LARGE_TORCH, sys.argv[1], True)
    large_keras(sys.argv[1])
else:
    torch_models(TORCH, here, False)
    small_keras(here)
