"""The steps taken by JAX on the processor, compiled as a whole by XLA: training steps, convolution, pooling
and the loss.

Images are batch, height, width, channels and kernels height, width, in, out, as JAX's own libraries have
them.
"""

import os
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

FORMATS = ("",)


def build(kind: str, options: dict[str, Any], threads: int, memory_format: str = "") -> Callable[[], Any]:
    # XLA has no option for the size of its pool of threads; when its client starts, at the first array, it
    # reads this.
    os.environ["PJRT_NPROC"] = os.environ["NPROC"] = str(threads)
    jax.config.update("jax_platforms", "cpu")
    if kind in MODELS:
        return training(kind)
    makers: dict[str, Callable[..., Callable[[], Any]]] = {"conv": conv, "pool": pool, "loss": loss}
    if kind not in makers:
        raise LookupError(
            "the chain is compiled into one kernel" if kind == "overhead" else f"no step for {kind}"
        )
    return makers[kind](**options)


def convolve(x: jax.Array, w: jax.Array, stride: int = 1, pad: int = 0) -> jax.Array:
    return lax.conv_general_dilated(
        x, w, (stride, stride), [(pad, pad)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def windows(x: jax.Array) -> jax.Array:
    """The 2x2 windows side by side on axes 2 and 4: their maximum is several times faster on the processor
    than ``reduce_window``'s."""
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c)


def max_pool(x: jax.Array) -> jax.Array:
    return windows(x).max((2, 4))


def average_pool(x: jax.Array) -> jax.Array:
    return windows(x).mean((2, 4))


def cross_entropy(z: jax.Array, labels: jax.Array) -> jax.Array:
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), labels[:, None], 1))


def weights(*shapes: tuple[int, ...]) -> list[jax.Array]:
    """Drawn with variance 1 / fan-in; vectors, which are biases, are zero."""
    draw = np.random.default_rng(0)
    return [
        jnp.asarray(
            (draw.standard_normal(s) / np.prod(s[:-1]) ** 0.5 if len(s) > 1 else np.zeros(s)).astype("f")
        )
        for s in shapes
    ]


def lenet(parameters: list[jax.Array], x: jax.Array) -> jax.Array:
    w1, b1, w2, b2, w3, b3, w4, b4 = parameters
    h = max_pool(convolve(x, w1) + b1)
    h = max_pool(convolve(h, w2) + b2).reshape(64, -1)
    return jax.nn.relu(h @ w3 + b3) @ w4 + b4


def mlp(parameters: list[jax.Array], x: jax.Array) -> jax.Array:
    w1, b1, w2, b2, w3, b3 = parameters
    return jax.nn.relu(jax.nn.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3


def vgg(parameters: list[jax.Array], x: jax.Array) -> jax.Array:
    *convolutions, w, b = parameters
    for i in range(0, 12, 2):
        x = jax.nn.relu(convolve(x, convolutions[i], pad=1) + convolutions[i + 1])
        if i % 4:
            x = max_pool(x)
    return x.reshape(32, -1) @ w + b


VGG = [
    s
    for k, n in ((3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256))
    for s in ((3, 3, k, n), (n,))
]
MODELS: dict[str, tuple[Callable[..., jax.Array], list[tuple[int, ...]], tuple[int, ...]]] = {
    "lenet": (
        lenet,
        [(5, 5, 1, 20), (20,), (5, 5, 20, 50), (50,), (800, 500), (500,), (500, 10), (10,)],
        (64, 28, 28, 1),
    ),
    "mlp": (mlp, [(784, 256), (256,), (256, 256), (256,), (256, 10), (10,)], (128, 784)),
    "vgg": (vgg, [*VGG, (256 * 16, 10), (10,)], (32, 32, 32, 3)),
}
"""The function, the shapes of its parameters and that of its input."""


def training(kind: str) -> Callable[[], Any]:
    model, shapes, size = MODELS[kind]
    draw = np.random.default_rng(0)
    x, y = jnp.asarray(draw.standard_normal(size).astype("f")), jnp.asarray(draw.integers(0, 10, size[0]))
    state = weights(*shapes), [jnp.zeros(s) for s in shapes]

    def update(parameters: Any, velocity: Any, x: jax.Array, y: jax.Array) -> Any:
        value, gradient = jax.value_and_grad(lambda p: cross_entropy(model(p, x), y))(parameters)
        velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, gradient)
        return (jax.tree.map(lambda p, v: p - 0.01 * v, parameters, velocity), velocity), value

    compiled = jax.jit(update, donate_argnums=(0, 1))

    def step() -> Any:
        nonlocal state
        state, value = jax.block_until_ready(compiled(*state, x, y))
        return value

    return step


def leaf(*shape: int) -> jax.Array:
    return jnp.asarray(np.random.default_rng(0).standard_normal(shape).astype("f"))


def forward_and_backward(forward: Callable[..., jax.Array], *leaves: jax.Array) -> Callable[[], Any]:
    """The output is returned beside the gradients: what nobody asks for is not computed."""

    def both(signal: jax.Array, *leaves: jax.Array) -> Any:
        out, pullback = jax.vjp(forward, *leaves)
        return out, pullback(signal)

    compiled, signal = jax.jit(both), jnp.ones_like(forward(*leaves))
    return lambda: jax.block_until_ready(compiled(signal, *leaves))


def conv(
    channels: int, outputs: int, size: int, kernel: int, stride: int, backward: bool
) -> Callable[[], Any]:
    x, w = leaf(32, size, size, channels), leaf(kernel, kernel, channels, outputs)

    def forward(x: jax.Array, w: jax.Array) -> jax.Array:
        return convolve(x, w, stride, 0 if kernel == 5 else kernel // 2)

    if backward:
        return forward_and_backward(forward, x, w)
    compiled = jax.jit(forward)
    return lambda: compiled(x, w).block_until_ready()


def pool(kind: str) -> Callable[[], Any]:
    return forward_and_backward(max_pool if kind == "max" else average_pool, leaf(64, 24, 24, 20))


def loss() -> Callable[[], Any]:
    labels = jnp.arange(128)
    return forward_and_backward(lambda x: cross_entropy(x, labels), leaf(128, 1000))
