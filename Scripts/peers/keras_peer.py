"""As peer.py, for Keras as a compiled function: keras_peer.py keras WORKLOAD FILE."""
import os, sys

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow"}
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(2)
tf.config.threading.set_inter_op_parallelism_threads(2)
import keras

import keras_models
from protocol import batch_of, difference, serve, tensors

workload, path = sys.argv[2:4]
batch = batch_of(workload)
model, side = keras_models.network(workload)
file = tensors(path)
keras_models.carry_over([value for name, value in file.items() if name[0].isdigit()])
found = model(file["input"], training=False)
found = [output.numpy() for output in (found if isinstance(found, (list, tuple)) else [found])]
print(difference(found, [value for name, value in file.items() if name.startswith("output")]), flush=True)

images = tf.random.uniform((batch, side, side, 3))


def loss_of():
    """The workload's loss; what it compares with is made once, here."""
    if workload.startswith("mobilenet"):
        labels = tf.range(batch) % 4
        return lambda output: tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=output))
    if workload.startswith("retinanet"):
        positive = tf.random.uniform((batch, 49_104)) < 0.002
        there, codes = tf.cast(positive, tf.float32)[:, :, None], tf.random.normal((batch, 49_104, 4))
        count = tf.reduce_sum(there)

        def loss(output):
            logits, boxes = output
            p = tf.sigmoid(logits)
            entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=there, logits=logits)
            right = p * there + (1 - p) * (1 - there)
            alpha = 0.25 * there + 0.75 * (1 - there)
            difference = tf.abs(boxes - codes)
            smooth = tf.where(difference < 1, 0.5 * difference**2, difference - 0.5) * there
            return (tf.reduce_sum(alpha * (1 - right) ** 2 * entropy) + tf.reduce_sum(smooth)) / count

        return loss
    if workload.startswith("unet"):
        target = tf.cast(tf.random.uniform((batch, side, side, 1)) < 0.5, tf.float32)

        def loss(output):
            p = tf.sigmoid(output)
            dice = 1 - (2 * tf.reduce_sum(p * target) + 1e-6) / (tf.reduce_sum(p + target) + 1e-6)
            return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=output)) + dice

        return loss
    labels = tf.range(batch // 2)
    return lambda output: tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=labels,
            logits=tf.matmul(output[: batch // 2], output[batch // 2 :], transpose_b=True) / 0.3))


if workload.endswith("infer"):
    forward = tf.function(lambda x: model(x, training=False))
    run = lambda: [output.numpy() for output in tf.nest.flatten(forward(images))]
else:
    loss = loss_of()
    optimizer = keras.optimizers.SGD(0.001, momentum=0.9) if workload.startswith("mobilenet") else keras.optimizers.Adam(1e-5)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            value = loss(model(x, training=True))
        optimizer.apply_gradients(
            zip(tape.gradient(value, model.trainable_variables), model.trainable_variables))
        return value

    run = lambda: step(images).numpy()
serve(run)
