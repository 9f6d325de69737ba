"""The workloads' networks in Keras. Their layers are made in the order of Conch's, so that weights can
be carried over one after another, which have Keras's own layout there."""
import keras
from keras import layers


made = []  # layers with weights, in order


def recorded(kind):
    def make(*arguments, **settings):
        made.append(kind(*arguments, **settings))
        return made[-1]

    return make


Conv2D, DepthwiseConv2D, Conv2DTranspose, BatchNormalization, Dense = map(
    recorded,
    [layers.Conv2D, layers.DepthwiseConv2D, layers.Conv2DTranspose, layers.BatchNormalization, layers.Dense])


def batch_norm(x, epsilon=1e-5):
    return BatchNormalization(momentum=0.9, epsilon=epsilon)(x)


def mobilenet_v2(side, alpha, classes):
    def divisible(value):
        rounded = max(8, int(value + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * value else rounded

    def strided(x, stride):
        # PyTorch pads a stride of 2 on all sides.
        return (layers.ZeroPadding2D(1)(x), "valid") if stride == 2 else (x, "same")

    image = layers.Input((side, side, 3))
    x, padding = strided(image, 2)
    channels = divisible(32 * alpha)
    x = Conv2D(channels, 3, 2, padding, use_bias=False)(x)
    x = layers.ReLU(6)(batch_norm(x))
    for expansion, outputs, repeats, first in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]:
        outputs = divisible(outputs * alpha)
        for number in range(repeats):
            stride, before = (first if number == 0 else 1), x
            if expansion > 1:
                x = Conv2D(channels * expansion, 1, use_bias=False)(x)
                x = layers.ReLU(6)(batch_norm(x))
            x, padding = strided(x, stride)
            x = DepthwiseConv2D(3, stride, padding, use_bias=False)(x)
            x = layers.ReLU(6)(batch_norm(x))
            x = batch_norm(Conv2D(outputs, 1, use_bias=False)(x))
            if stride == 1 and channels == outputs:
                x = layers.Add()([before, x])
            channels = outputs
    x = Conv2D(divisible(1280 * alpha) if alpha > 1 else 1280, 1, use_bias=False)(x)
    x = layers.GlobalAveragePooling2D()(layers.ReLU(6)(batch_norm(x)))
    return keras.Model(image, Dense(classes)(x))


def retinanet(side, classes=1, width=256):
    def convolution(x, filters, kernel=1, stride=1):
        if kernel > 1 and stride > 1:
            x, padding = layers.ZeroPadding2D(kernel // 2)(x), "valid"
        else:
            padding = "same"
        return Conv2D(filters, kernel, stride, padding, use_bias=False)(x)

    image = layers.Input((side, side, 3))
    x = layers.ReLU()(batch_norm(convolution(image, 64, 7, 2)))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    maps = []
    for filters, repeats, first in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for number in range(repeats):
            stride, before = (first if number == 0 else 1), x
            x = layers.ReLU()(batch_norm(convolution(x, filters)))
            x = layers.ReLU()(batch_norm(convolution(x, filters, 3, stride)))
            if number == 0:
                before, x = convolution(before, 4 * filters, 1, stride), convolution(x, 4 * filters)
                before, x = batch_norm(before), batch_norm(x)
            else:
                x = batch_norm(convolution(x, 4 * filters))
            x = layers.ReLU()(layers.Add()([before, x]))
        maps.append(x)
    _, c3, c4, c5 = maps

    def pyramid(x, stride=1):
        if stride == 2:
            return Conv2D(width, 3, 2)(layers.ZeroPadding2D(1)(x))
        return Conv2D(width, 3, padding="same")(x)

    def sum_with(above, lateral):
        return layers.Add()([lateral, layers.UpSampling2D()(above)])

    m5 = Conv2D(width, 1)(c5)
    l4 = Conv2D(width, 1)(c4)
    p5 = pyramid(m5)
    m4 = sum_with(m5, l4)
    m3 = sum_with(m4, Conv2D(width, 1)(c3))
    p6 = pyramid(p5, 2)
    p3, p4 = pyramid(m3), pyramid(m4)
    p7 = pyramid(layers.ReLU()(p6), 2)
    heads = [[], []]
    for number in range(5):
        for head, values in zip(heads, (classes, 4)):
            filters = width if number < 4 else 9 * values
            head.append(Conv2D(filters, 3, padding="same", activation="relu" if number < 4 else None))

    def lists(head, values):
        parts = []
        for x in (p3, p4, p5, p6, p7):
            for layer in head:
                x = layer(x)
            parts.append(layers.Reshape((-1, values))(x))
        return layers.Concatenate(1)(parts)

    return keras.Model(image, [lists(heads[0], classes), lists(heads[1], 4)])


def unet(side, width=16, depth=6):
    def bank(x, filters):
        for _ in range(2):
            x = Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.ReLU()(batch_norm(x, 1e-3))
        return x

    x = image = layers.Input((side, side, 3))
    seen = []
    for level in range(depth):
        x = bank(x, width << level)
        if level < depth - 1:
            seen.append(x)
            x = layers.MaxPooling2D()(x)
    for level in reversed(range(depth - 1)):
        x = Conv2DTranspose(width << level, 2, 2)(x)
        x = bank(layers.Concatenate()([seen[level], x]), width << level)
    return keras.Model(image, Conv2D(1, 1)(x))


def embedding(side, dimension=8):
    x = image = layers.Input((side, side, 3))
    for filters in [32, 64, 128]:
        x = Conv2D(filters, 3, 2, activation="relu")(x)
    return keras.Model(image, Dense(dimension)(layers.GlobalAveragePooling2D()(x)))


def network(workload):
    if workload.startswith("mobilenet_v2_224"):
        return mobilenet_v2(224, 1, 4), 224
    if workload.startswith("mobilenet_v2_035_96"):
        return mobilenet_v2(96, 0.35, 4), 96
    if workload.startswith("retinanet"):
        return retinanet(512), 512
    if workload.startswith("unet"):
        side = 512 if "512" in workload else 256
        return unet(side), side
    return embedding(64), 64


def carry_over(weights):
    """Gives the layers, in the order in which they were made, the weights of Conch's file."""
    values = iter(weights)
    for layer in made:
        layer.set_weights([next(values) for _ in layer.weights])
    if next(values, None) is not None:
        raise ValueError("the file has more weights than the model")
