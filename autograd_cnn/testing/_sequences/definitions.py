"""What steps call by name, as the text that a printed sequence needs: Functions, modules, hooks."""

import re

_FUNCTIONS = """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3.0 * x * x


class Halved(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * 0.5

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, g):
        return g * 0.5


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2.0)

    @staticmethod
    def backward(ctx, g):
        return g * 2.0


class Squashed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.tanh()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * (1.0 - y * y)


class Turned(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, angle):
        ctx.save_for_backward(x)
        ctx.angle = angle
        return (x * angle).sin(), (x * angle).cos()

    @staticmethod
    def backward(ctx, g, h):
        (x,) = ctx.saved_tensors
        return ctx.angle * (g * (x * ctx.angle).cos() - h * (x * ctx.angle).sin()), None


class Lazy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2.0, x * 3.0

    @staticmethod
    def backward(ctx, g, h):
        if g is None:
            return None if h is None else h * 3.0
        return g * 2.0 if h is None else g * 2.0 + h * 3.0


class Signed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        sign = (x - 0.1234).sign()  # no rounding decides it
        ctx.mark_non_differentiable(sign)
        ctx.save_for_backward(sign)
        return x * sign, sign

    @staticmethod
    def backward(ctx, g, _):
        (sign,) = ctx.saved_tensors
        return g * sign


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2.0 * x


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return (g * y if ctx.needs_input_grad[0] else None), (g * x if ctx.needs_input_grad[1] else None)


class Window(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return g * 2.0


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 2.0
"""

_OTHERS = """
class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor([0.7], dtype=torch.float64))

    def forward(self, x):
        return (x * self.weight).sin()


def half_in(module, into, out):
    return tuple(None if g is None else g * 0.5 for g in into)


def hear(g):
    if g is not None and (g.abs() > 1e-9).any():  # what is left of rounding is no gradient
        heard.append(round(float(g.sum()), 4))


def twice(g):
    return None if g is None else g * 2.0


def shifted(g):
    return None if g is None else g + 1.0


def bounded(g):
    return None if g is None else g.clamp(-1.0, 1.0)


def in_place_twice(a):
    return a.mul_(2.0).sin()


def wave(a):
    return a.sin() * a


def offset(a):
    return (a * a + 1.0).log()
"""


def _split(text: str) -> dict[str, str]:
    parts = re.split(r"\n\n\n", text.strip("\n"))
    return {part.split()[1].split("(")[0].rstrip(":"): part for part in parts}


FUNCTIONS = _split(_FUNCTIONS)
"""The Functions, by name."""

DEFINITIONS = FUNCTIONS | _split(_OTHERS)
"""All texts, by the name that each defines."""

_NAMES = re.compile(rf"\b({'|'.join(DEFINITIONS)})\b")


def needed(text: str) -> list[str]:
    """The names defined here that ``text`` uses, in their order here."""
    used = set(_NAMES.findall(text))
    return [name for name in DEFINITIONS if name in used]
