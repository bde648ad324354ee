"""What the write-ups on backward passes say, line by line: Caffe's layers, a NumPy network, cs231n's notes.

Each test begins with the sentence it checks. Gradients of ours are compared with the sentence's formula in
plain NumPy.
"""

import itertools

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import models, nn, ops, optim
from autograd_cnn._engine.modes import fusion
from autograd_cnn.autograd import grad
from autograd_cnn.nn import functional as F
from autograd_cnn.nn.functional import caffe

rng = np.random.default_rng(0)


def draw(*shape):
    return rng.normal(size=shape)


def leaf(array):
    return ag.tensor(array, requires_grad=True)


def pull(output, upstream, *inputs):
    """The gradients of ``inputs`` for the upstream signal, as arrays."""
    return [g.array for g in grad(output, inputs, ag.tensor(upstream), retain_graph=True)]


def close(actual, expected, atol=1e-10):
    np.testing.assert_allclose(getattr(actual, "array", actual), expected, rtol=0, atol=atol)


def primitives_of(tensor):
    """The names of the primitives that made ``tensor``."""
    names, stack = [], [tensor.grad_fn]
    while stack:
        node = stack.pop()
        if hasattr(node, "prim"):
            names.append(node.prim.name)
        stack += [edge for edge in node.edges if edge is not None]
    return names


def columns_by_hand(image, k, stride=1, pad=0, dilation=1):
    """im2col of one image (C, H, W) with loops: (C k k) x (H' W')."""
    image = np.pad(image, [(0, 0), (pad, pad), (pad, pad)])
    size = [(n - (dilation * (k - 1) + 1)) // stride + 1 for n in image.shape[1:]]
    out = np.zeros((image.shape[0], k, k, *size))
    for c, i, j, p, q in itertools.product(
        range(image.shape[0]), range(k), range(k), range(size[0]), range(size[1])
    ):
        out[c, i, j, p, q] = image[c, p * stride + i * dilation, q * stride + j * dilation]
    return out.reshape(image.shape[0] * k * k, -1)


# Fully connected layer (Caffe InnerProduct)

M, K, N = 4, 3, 5
X, W, B, DY = draw(M, K), draw(K, N), draw(1, N), draw(M, N)


@pytest.fixture
def product():
    """Y = X W + ones(M, 1) b, written as the formula stands, with its three leaves."""
    x, w, b = leaf(X), leaf(W), leaf(B)
    return x @ w + ag.ones(M, 1, dtype=ag.float64) @ b, x, w, b


def test_b_repeated_m_times(product):
    """'B is b repeated M times, that is ones(M,1) @ b' and 'Y = X W + B'."""
    close(product[0].detach(), X @ W + np.repeat(B, M, axis=0))


def test_gradient_of_w(product):
    """'dL/dW = (dL/dYᵀ X)ᵀ = Xᵀ dL/dY'."""
    y, _, w, _ = product
    (dw,) = pull(y, DY, w)
    close(dw, (DY.T @ X).T)
    close(dw, X.T @ DY)


def test_gradient_of_b(product):
    """'dL/db = (dL/dYᵀ ones(M,1))ᵀ, the column sums'."""
    y, _, _, b = product
    (db,) = pull(y, DY, b)
    close(db, (DY.T @ np.ones((M, 1))).T)
    close(db, DY.sum(0, keepdims=True))


def test_gradient_of_x(product):
    """'dL/dX = dL/dY Wᵀ'."""
    y, x, _, _ = product
    close(pull(y, DY, x)[0], DY @ W.T)


@pytest.mark.parametrize("layer", [caffe.inner_product, F.linear])
def test_caffes_storage(layer):
    """'Caffe stores W as (N x K) and so computes dW = dYᵀ X by GEMM, db by GEMV with a vector of ones, dX =
    dY W.'"""
    x, w, b = leaf(X), leaf(W.T), leaf(B[0])
    y = layer(x, w, b)
    close(y.detach(), X @ W + B)
    dx, dw, db = pull(y, DY, x, w, b)
    close(dw, DY.T @ X)
    close(db, DY.T @ np.ones(M))
    close(dx, DY @ W.T)


def test_what_accumulates_over_calls():
    """'dW and db accumulate over calls (beta = 1), dX does not (beta = 0).'"""
    w, b = leaf(W.T), leaf(B[0])
    for calls in (1, 2, 3):
        x = leaf(X)
        below = x * 1.0
        below.retain_grad()
        F.linear(below, w, b).backward(ag.tensor(DY))
        close(w.grad, calls * (DY.T @ X))
        close(b.grad, calls * DY.sum(0))
        close(below.grad, DY @ W.T)


@pytest.mark.parametrize("wanted", [w for w in itertools.product([False, True], repeat=3) if any(w)])
def test_only_what_is_asked_for(wanted):
    """'Each of the three is computed only where it is asked for (param_propagate_down, propagate_down).'"""
    operands = [leaf(a) if want else ag.tensor(a) for a, want in zip((X, W.T, B[0]), wanted, strict=True)]
    ran = []
    node = caffe.inner_product(*operands).grad_fn
    stack = [node]
    while stack:
        node = stack.pop()
        if hasattr(node, "plan") and node.prim.name == "matmul":
            ran += [rule.__name__ for rule, _, _ in node.plan.rules]
        stack += [edge for edge in node.edges if edge is not None]
    # X Wᵀ is one product (x: X, y: Wᵀ), ones(M, 1) b another (y: b)
    assert sorted(ran) == sorted(
        ["matmul_x"] * wanted[0] + ["matmul_y"] * wanted[1] + ["matmul_y"] * wanted[2]
    )


# LeNet's nine layers backwards (batch 64)


def test_lenets_layers_and_their_shapes():
    """'data, conv1 (20 of 5x5), pool1 (max 2x2), conv2 (50 of 5x5; bottom 64x20x12x12, top 64x50x8x8), pool2,
    ip1 (500), relu1, ip2 (10)'."""
    net, shapes = models.LeNet(), {}
    for name, layer in net.named_children():
        layer.register_forward_hook(
            lambda m, args, out, name=name: shapes.update({name: (tuple(args[0].shape), tuple(out.shape))})
        )
    net(ag.zeros(64, 1, 28, 28))
    assert shapes == {
        "conv1": ((64, 1, 28, 28), (64, 20, 24, 24)),
        "conv2": ((64, 20, 12, 12), (64, 50, 8, 8)),
        "fc1": ((64, 800), (64, 500)),
        "fc2": ((64, 500), (64, 10)),
    }


def test_backward_from_last_to_first():
    """'The net calls each layer's backward from last to first'."""
    net, called = models.LeNet(), []
    for name, layer in net.named_children():
        layer.register_full_backward_hook(lambda m, grad_input, grad_output, name=name: called.append(name))
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        F.cross_entropy(net(ag.zeros(2, 1, 28, 28)), ag.tensor([1, 2])).backward()
    assert called == ["fc2", "fc1", "conv2", "conv1"]


def test_layers_that_need_no_backward_are_skipped():
    """'skips layers that need none'."""
    net, called = models.LeNet(), []
    net.conv1.requires_grad_(False)
    for name, layer in net.named_children():
        layer.register_full_backward_hook(lambda m, grad_input, grad_output, name=name: called.append(name))
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        F.cross_entropy(net(ag.zeros(2, 1, 28, 28)), ag.tensor([1, 2])).backward()
    assert called == ["fc2", "fc1", "conv2"]
    assert net.conv1.weight.grad is None


def test_mean_absolute_gradients():
    """'with debug_info prints the mean absolute gradient of each blob and parameter'."""
    net, seen = models.LeNet(), {}
    for name, layer in net.named_children():
        layer.register_full_backward_hook(
            lambda m, grad_input, grad_output, name=name: seen.update(
                {name: grad_output[0].abs().mean().item()}
            )
        )
    images, labels = ag.tensor(rng.uniform(size=(4, 1, 28, 28)).astype("f")), ag.tensor([1, 2, 3, 4])
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        F.cross_entropy(net(images), labels).backward()
    seen.update({name: p.grad.abs().mean().item() for name, p in net.named_parameters()})

    blobs = {"conv1": net.conv1(images)}
    blobs["conv2"] = net.conv2(F.max_pool2d(blobs["conv1"], 2))
    blobs["fc1"] = net.fc1(F.max_pool2d(blobs["conv2"], 2).flatten(1))
    blobs["fc2"] = net.fc2(F.relu(blobs["fc1"]))
    values = {**blobs, **dict(net.named_parameters())}
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        gradients = grad(F.cross_entropy(blobs["fc2"], labels), list(values.values()))
    expected = {name: abs(g.numpy()).mean() for name, g in zip(values, gradients, strict=True)}
    assert seen == pytest.approx(expected, rel=1e-5)

    scores = np.exp(blobs["fc2"].detach().numpy())
    last = (scores / scores.sum(1, keepdims=True) - np.eye(10)[[1, 2, 3, 4]]) / 4
    assert seen["fc2"] == pytest.approx(abs(last).mean(), rel=1e-5)
    assert seen["fc2.bias"] == pytest.approx(abs(last.sum(0)).mean(), rel=1e-5)


SCORES, LABELS = draw(6, 4), np.array([0, 3, 1, 1, 2, 0])


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def test_softmax_with_loss():
    """'loss = log sum exp(z_i) - z_y; gradient f(z) - 1 at the label, f(z) elsewhere'."""
    z = leaf(SCORES)
    losses = F.cross_entropy(z, ag.tensor(LABELS), reduction="none")
    close(losses.detach(), np.log(np.exp(SCORES).sum(1)) - SCORES[np.arange(6), LABELS])
    expected = softmax(SCORES)
    expected[np.arange(6), LABELS] -= 1
    close(pull(losses, np.ones(6), z)[0], expected)


@pytest.mark.parametrize(
    ("normalization", "normalizer"), [("full", 6), ("valid", 4), ("batch_size", 6), ("none", 1)]
)
def test_loss_weight_over_the_normalizer(normalization, normalizer):
    """'scaled by loss weight over the normalizer (FULL: all positions, VALID: labels not ignored, BATCH_SIZE,
    or NONE; never below 1)'."""
    z = leaf(SCORES)
    F.cross_entropy(
        z, ag.tensor(LABELS), ignore_index=1, normalization=normalization, loss_weight=3.0
    ).backward()
    expected = softmax(SCORES)
    expected[np.arange(6), LABELS] -= 1
    expected[LABELS == 1] = 0
    close(z.grad, expected * 3 / normalizer)
    nothing = F.cross_entropy(
        leaf(SCORES), ag.tensor(np.full(6, 1)), ignore_index=1, normalization=normalization
    )
    assert nothing.item() == 0.0


def test_ignored_labels():
    """'labels to ignore give zero rows'."""
    z = leaf(SCORES)
    F.cross_entropy(z, ag.tensor(LABELS), ignore_index=1).backward()
    assert not z.grad.array[LABELS == 1].any()
    assert z.grad.array[LABELS != 1].all()


VALUES = np.array([[-2.0, -0.5, 0.0], [0.5, 3.0, -1.0]])
UPSTREAM = draw(2, 3)


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.3])
def test_relu_with_slope(slope):
    """'max(x, 0) + s min(x, 0); gradient dy where x > 0, s dy where x <= 0'."""
    x = leaf(VALUES)
    y = F.leaky_relu(x, slope)
    close(y.detach(), np.maximum(VALUES, 0) + slope * np.minimum(VALUES, 0))
    close(pull(y, UPSTREAM, x)[0], np.where(VALUES > 0, UPSTREAM, slope * UPSTREAM))


def test_relu_in_place():
    """'Works in place.'"""
    x = leaf(VALUES)
    y = x * 1.0
    memory = y.array
    F.relu(y, inplace=True)
    assert y.array is memory
    close(pull(y, UPSTREAM, x)[0], np.where(VALUES > 0, UPSTREAM, 0))


def test_the_relu_family():
    """'s = 0 ReLU, 0.01 leaky, learnt PReLU (gradient of the slope: sum of dy · x over x <= 0).'"""
    x, slope = leaf(VALUES), leaf(np.array([0.25]))
    close(F.leaky_relu(x, 0.0).detach(), F.relu(x).detach().array)
    close(F.leaky_relu(x).detach(), F.leaky_relu(x, 0.01).detach().array)
    dx, ds = pull(F.prelu(x, slope), UPSTREAM, x, slope)
    close(ds, [(UPSTREAM * VALUES)[VALUES <= 0].sum()])
    close(dx, np.where(VALUES > 0, UPSTREAM, 0.25 * UPSTREAM))


def test_sigmoid():
    """'gradient dy · y (1 - y), from the output alone'."""
    x = leaf(VALUES)
    y = F.sigmoid(x)
    out = 1 / (1 + np.exp(-VALUES))
    assert y.grad_fn.plan.names == ("out", "tail")
    close(pull(y, UPSTREAM, x)[0], UPSTREAM * out * (1 - out))


def test_max_pooling():
    """'forward keeps the index of the winner of each window (mask); backward adds dy at that index;
    overlapping windows accumulate'."""
    image = rng.permutation(36).reshape(1, 1, 6, 6) * 1.0
    x = leaf(image)
    y, index = F.max_pool2d(x, 3, stride=1, return_indices=True)
    dy = draw(1, 1, 4, 4)
    expected = np.zeros(36)
    for p, q in itertools.product(range(4), range(4)):
        window = image[0, 0, p : p + 3, q : q + 3]
        i, j = np.unravel_index(window.argmax(), (3, 3))
        assert index.array[0, 0, p, q] == (p + i) * 6 + q + j
        expected[(p + i) * 6 + q + j] += dy[0, 0, p, q]
    assert len(np.unique(index.array)) < 16
    close(pull(y, dy, x)[0].reshape(-1), expected)


def test_convolution_of_one_image():
    """'W (C_out x C k k) times columns (C k k x H' W'); for conv2 50 x 500 times 500 x 64. dW += dY ·
    colsᵀ, dcols = Wᵀ dY, then col2im. db = sum over positions and batch.'"""
    image, kernel, bias, dy = draw(20, 12, 12), draw(50, 20, 5, 5), draw(50), draw(1, 50, 8, 8)
    matrix, columns = kernel.reshape(50, 500), columns_by_hand(image, 5)
    assert columns.shape == (500, 64)
    x, w, b = leaf(image[None]), leaf(kernel), leaf(bias)
    for form in (F.conv2d, caffe.conv2d_image_by_image, caffe.conv2d_whole_batch):
        y = form(x, w, b)
        close(y.detach().array.reshape(50, 64), matrix @ columns + bias[:, None])
        dx, dw, db = pull(y, dy, x, w, b)
        g = dy.reshape(50, 64)
        close(dw.reshape(50, 500), g @ columns.T)
        close(db, g.sum(1))
        folded = ops.fold(
            (matrix.T @ g).reshape(1, 20, 5, 5, 8, 8),
            size=(12, 12),
            kernel=(5, 5),
            stride=(1, 1),
            dilation=(1, 1),
        )
        close(dx, folded)


# Convolution in general (Caffe BaseConvolution)


@pytest.mark.parametrize(
    ("size", "k", "stride", "pad", "dilation"),
    [(7, 3, 1, 0, 1), (8, 3, 2, 1, 1), (9, 2, 3, 2, 3), (12, 5, 1, 0, 1)],
)
def test_output_size(size, k, stride, pad, dilation):
    """'floor((H + 2 pad - (dilation (k - 1) + 1)) / stride) + 1, likewise for the width'."""
    y = F.conv2d(
        ag.zeros(1, 1, size, size + 4), ag.zeros(1, 1, k, k), stride=stride, padding=pad, dilation=dilation
    )
    assert y.shape[2:] == tuple(
        (n + 2 * pad - (dilation * (k - 1) + 1)) // stride + 1 for n in (size, size + 4)
    )


def test_unfolding():
    """'N x C x H x W unfolds to N x (C k_h k_w) x (H' W').'"""
    images = draw(2, 3, 7, 6)
    plan = ops.Geometry.even((3, 3), (2, 2), (1, 1), (1, 1))
    columns, places = caffe.im2col(ag.tensor(images), plan)
    assert places == (4, 3)
    close(columns, np.stack([columns_by_hand(image, 3, stride=2, pad=1) for image in images]))


@pytest.mark.parametrize(
    "options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"groups": 2}], ids=str
)
def test_image_by_image(options):
    """'Per image: Z = W · cols + b (b broadcast over positions: b times a row of ones); the loop over the
    batch accumulates dW and db.'"""
    x, w, b = leaf(draw(3, 4, 7, 7)), leaf(draw(6, 4 // options.get("groups", 1), 3, 3)), leaf(draw(6))
    by_image, whole = caffe.conv2d_image_by_image(x, w, b, **options), F.conv2d(x, w, b, **options)
    close(by_image.detach(), whole.detach().array)
    dy = draw(*whole.shape)
    for a, b_ in zip(pull(by_image, dy, x, w, b), pull(whole, dy, x, w, b), strict=True):
        close(a, b_)
    one = [pull(F.conv2d(x[i : i + 1], w, b, **options), dy[i : i + 1], w, b) for i in range(3)]
    dw, db = pull(by_image, dy, w, b)
    close(dw, sum(g[0] for g in one))
    close(db, sum(g[1] for g in one))


def test_col2im_adds():
    """'dW += dZ · colsᵀ; db += sum over positions; dcols = Wᵀ dZ; dA = col2im(dcols), where col2im adds
    every column entry back to the pixel it came from.'"""
    images, kernel, bias, dz = draw(2, 2, 6, 6), draw(3, 2, 3, 3), draw(3), draw(2, 3, 4, 4)
    x, w, b = leaf(images), leaf(kernel), leaf(bias)
    dx, dw, db = pull(F.conv2d(x, w, b), dz, x, w, b)
    matrix, expected = kernel.reshape(3, 18), np.zeros_like(images)
    source = columns_by_hand(np.arange(72.0).reshape(2, 6, 6), 3).astype(int)
    for image, g in zip(expected, dz.reshape(2, 3, 16), strict=True):
        np.add.at(image.reshape(-1), source, matrix.T @ g)
    close(dx, expected)
    close(
        dw.reshape(3, 18),
        sum(g @ columns_by_hand(image, 3).T for image, g in zip(images, dz.reshape(2, 3, 16), strict=True)),
    )
    close(db, dz.sum((0, 2, 3)))


def test_groups():
    """'Groups: channels split into g blocks, one GEMM each.'"""
    x, w = draw(2, 6, 5, 5), draw(9, 2, 3, 3)
    blocks = [
        F.conv2d(ag.tensor(x[:, 2 * g : 2 * g + 2]), ag.tensor(w[3 * g : 3 * g + 3])).array for g in range(3)
    ]
    close(F.conv2d(ag.tensor(x), ag.tensor(w), groups=3), np.concatenate(blocks, axis=1))


def test_pointwise_convolution():
    """'1x1 (stride 1, no padding): no unfolding, a plain GEMM.'"""
    images, kernel = draw(2, 3, 5, 5), draw(4, 3, 1, 1)
    x, w = leaf(images), leaf(kernel)
    with fusion(False):
        y = F.conv2d(x, w)
    assert "windows" not in primitives_of(y)
    assert "matmul" in primitives_of(y)
    close(y.detach().array.reshape(2, 4, 25), kernel.reshape(4, 3) @ images.reshape(2, 3, 25))


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2}], ids=str)
def test_deconvolution(options):
    """'Deconvolution (transposed convolution): its forward is convolution's backward with respect to the
    input, and the other way round'."""
    x, w = leaf(draw(2, 4, 7, 7)), leaf(draw(6, 4 // options.get("groups", 1), 3, 3))
    y = F.conv2d(x, w, **options)
    dy = draw(*y.shape)
    back = F.conv_transpose2d(ag.tensor(dy), w.detach(), **options)
    close(back, pull(y, dy, x)[0])
    z = leaf(dy)
    dx = draw(*back.shape)
    (dz,) = pull(F.conv_transpose2d(z, w, **options), dx, z)
    close(dz, F.conv2d(ag.tensor(dx), w.detach(), **options).array)
    assert issubclass(nn.ConvTranspose2d, nn.modules.conv._ConvNd)
    assert issubclass(nn.Conv2d, nn.modules.conv._ConvNd)


@pytest.mark.parametrize(
    ("size", "k", "stride", "pad", "expected"),
    [(7, 2, 2, 0, 4), (8, 3, 2, 0, 4), (5, 2, 3, 1, 2), (6, 2, 2, 0, 3)],
)
def test_pooling_rounds_up(size, k, stride, pad, expected):
    """'Caffe's pooling rounds the output size up (ceil), and drops a last window that would start beyond the
    padded image.'"""
    x = leaf(rng.permutation(size * size).reshape(1, 1, size, size) * 1.0)
    y = F.max_pool2d(x, k, stride=stride, padding=pad, ceil_mode=True)
    assert y.shape[2:] == (expected, expected)
    assert np.isfinite(y.array).all()
    y.sum().backward()
    assert x.grad.array.sum() == expected**2
    assert F.avg_pool2d(x, k, stride=stride, padding=pad, ceil_mode=True).shape == y.shape


@pytest.mark.parametrize(
    ("size", "k", "stride", "pad", "dilation"), [(4, 3, 1, 0, 1), (4, 3, 2, 1, 1), (3, 4, 3, 2, 2)]
)
def test_deconvolutions_output_size(size, k, stride, pad, dilation):
    """'Deconvolution's output size: stride (H - 1) + dilation (k - 1) + 1 - 2 pad.'"""
    y = F.conv_transpose2d(
        ag.zeros(1, 1, size, size), ag.zeros(1, 1, k, k), stride=stride, padding=pad, dilation=dilation
    )
    assert y.shape[2] == stride * (size - 1) + dilation * (k - 1) + 1 - 2 * pad


# Matrix form over the whole batch (NumPy CNN)


def test_whole_batch_columns():
    """'Columns of all images side by side, (H W D) x (H' W' N) with H, W the kernel's and D the channels; one
    GEMM.'"""
    images, kernel, bias = draw(3, 2, 6, 6), draw(4, 2, 3, 3), draw(4)
    x, w, b = leaf(images), leaf(kernel), leaf(bias)
    y = caffe.conv2d_whole_batch(x, w, b)
    assert primitives_of(y).count("matmul") == 1
    columns = np.stack([columns_by_hand(image, 3) for image in images], axis=-1).reshape(18, 16 * 3)
    expected = (kernel.reshape(4, 18) @ columns + bias[:, None]).reshape(4, 4, 4, 3).transpose(3, 0, 1, 2)
    close(y.detach(), expected)
    dy = draw(*y.shape)
    for a, e in zip(pull(y, dy, x, w, b), pull(F.conv2d(x, w, b), dy, x, w, b), strict=True):
        close(a, e)


def test_scatter_add():
    """'An input pixel maps to many columns, a column entry to one pixel, so the input gradient sums over the
    pixel's column entries (scatter-add, numpy.add.at).'"""
    pixels = ag.tensor(np.arange(36.0).reshape(1, 1, 6, 6), requires_grad=True)
    plan = ops.Geometry.even((3, 3), (1, 1), (0, 0), (1, 1))
    columns, _ = caffe.im2col(pixels, plan)
    g, expected = draw(*columns.shape), np.zeros(36)
    np.add.at(expected, columns.detach().array.astype(int), g)
    close(pull(columns, g, pixels)[0].reshape(-1), expected)


def test_fully_connected_as_convolution():
    """'A fully connected layer is a convolution whose kernel covers the whole input.'"""
    x, w, b = leaf(draw(3, 2, 4, 5)), leaf(draw(6, 40)), leaf(draw(6))
    by_convolution, by_product = caffe.linear_as_convolution(x, w, b), F.linear(x.reshape(3, -1), w, b)
    close(by_convolution.detach(), by_product.detach().array)
    dy = draw(3, 6)
    for a, e in zip(pull(by_convolution, dy, x, w, b), pull(by_product, dy, x, w, b), strict=True):
        close(a, e)


@pytest.mark.parametrize("stride", [None, 1])
def test_max_pooling_by_columns(stride):
    """'Max-pooling unfolds the same way and takes the maximum per column; its gradient goes back through the
    recorded positions.'"""
    x = leaf(rng.permutation(2 * 3 * 36).reshape(2, 3, 6, 6) * 1.0)
    by_columns, usual = caffe.max_pool2d_by_columns(x, 2, stride), F.max_pool2d(x, 2, stride)
    close(by_columns.detach(), usual.detach().array)
    dy = draw(*usual.shape)
    close(pull(by_columns, dy, x)[0], pull(usual, dy, x)[0])


# cs231n's three steps and matrix calculus


def test_three_steps():
    """'1. Forward: name the intermediate functions and keep what is needed. 2. Local gradient of each. 3.
    Multiply by the upstream signal, sum where a value is used more than once.'"""
    x = leaf(np.array([0.7]))
    square, wave = x * x, x.tanh()
    y = square * wave
    upstream = 2.0
    d_square, d_wave = upstream * np.tanh(0.7), upstream * 0.49
    by_hand = d_square * 2 * 0.7 + d_wave * (1 - np.tanh(0.7) ** 2)
    close(pull(y, np.array([upstream]), x)[0], [by_hand])
    assert wave.grad_fn.plan.names == ("out", "tail")
    assert wave.grad_fn.saved[1] is None  # there is one where the result is near 1 and tells no slope


def test_three_gradients():
    """'For y = f(x, W, b) three gradients are wanted: W, b (to update), x (to hand back).'"""
    below, layer = leaf(X), nn.Linear(K, N, dtype=ag.float64)
    before = layer.weight.array.copy()
    hidden = below * 2
    hidden.retain_grad()
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    layer(hidden).backward(ag.tensor(DY))
    optimizer.step()
    close(layer.weight.detach(), before - 0.1 * (DY.T @ (2 * X)))
    close(hidden.grad, DY @ before)
    close(below.grad, 2 * (DY @ before))


def jacobian(output, variable):
    """One row for each element of ``output``, by one backward pass each."""
    rows = []
    for i in range(output.numel()):
        seed = np.zeros(output.numel())
        seed[i] = 1
        rows.append(
            grad(output, variable, ag.tensor(seed.reshape(output.shape)), retain_graph=True)[0].array.reshape(
                -1
            )
        )
    return np.stack(rows)


def test_layouts():
    """'scalar by vector is a row; vector by vector m x n, entry ij = dy_i/dx_j; scalar by matrix has the
    matrix's shape (dimension balancing: a gradient always has its variable's shape)'."""
    a, x = leaf(draw(3, 4)), leaf(draw(4, 1))
    y = a @ x
    close(jacobian((x * x).sum(), x), 2 * x.array.T)
    assert jacobian(y, x).shape == (3, 4)
    close(jacobian(y, x), a.array)
    assert grad(y.sum(), a, retain_graph=True)[0].shape == a.shape


def test_outer_product():
    """'for y = A x with upstream σ the gradient of A has entries σ_i x_j'."""
    a, x, sigma = leaf(draw(3, 4)), leaf(draw(4)), draw(3)
    (da,) = pull(a @ x, sigma, a)
    for i, j in itertools.product(range(3), range(4)):
        assert da[i, j] == pytest.approx(sigma[i] * x.array[j])


def test_columns():
    """'z = W x with δ = dJ/dz: dJ/dx = Wᵀ δ, dJ/dW = δ xᵀ.'"""
    w, x, delta = leaf(draw(3, 4)), leaf(draw(4, 1)), draw(3, 1)
    dx, dw = pull(w @ x, delta, x, w)
    close(dx, w.array.T @ delta)
    close(dw, delta @ x.array.T)


def test_rows():
    """'z = x W: dJ/dx = δ Wᵀ, dJ/dW = xᵀ δ.'"""
    w, x, delta = leaf(draw(4, 3)), leaf(draw(1, 4)), draw(1, 3)
    dx, dw = pull(x @ w, delta, x, w)
    close(dx, delta @ w.array.T)
    close(dw, x.array.T @ delta)


def test_gradient_descent_fits_a_line():
    """'Gradient descent W ← W - lr dL/dW; example: fitting a line by autograd.'"""
    x = np.linspace(-1, 1, 50)
    w, b = leaf(np.zeros(1)), leaf(np.zeros(1))
    optimizer = optim.SGD([w, b], lr=0.3)
    for _ in range(200):
        optimizer.zero_grad()
        F.mse_loss(w * ag.tensor(x) + b, ag.tensor(3 * x - 0.5)).backward()
        before, step = w.array.copy(), w.grad.array.copy()
        optimizer.step()
        close(w.detach(), before - 0.3 * step, atol=1e-15)
    close(w.detach(), [3.0], atol=1e-8)
    close(b.detach(), [-0.5], atol=1e-8)
