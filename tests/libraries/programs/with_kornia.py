import torch
from kornia import color as C
from kornia import filters as F
from kornia import geometry as G

torch.manual_seed(0)
x = torch.rand(1, 3, 16, 16, requires_grad=True)
for name, y in {
    "gauss": F.gaussian_blur2d(x, (3, 3), (1.5, 1.5)),
    "box": F.box_blur(x, (3, 3)),
    "sobel": F.sobel(x),
    "lap": F.laplacian(x, 3),
    "median": F.median_blur(x, (3, 3)),
    "grad": F.spatial_gradient(x),
    "unsharp": F.unsharp_mask(x, (3, 3), (1.0, 1.0)),
    "canny": F.canny(x)[0],
    "bilateral": F.bilateral_blur(x, (3, 3), 0.1, (1.5, 1.5)),
    "gray": C.rgb_to_grayscale(x),
    "hsv": C.rgb_to_hsv(x),
    "lab": C.rgb_to_lab(x),
    "rot": G.transform.rotate(x, torch.tensor([30.0])),
    "resize": G.transform.resize(x, (8, 8), antialias=False),
}.items():
    print(name, y.abs().mean().item())
F.gaussian_blur2d(x, (3, 3), (1.5, 1.5)).square().sum().backward()
print(x.grad.sum().item())
