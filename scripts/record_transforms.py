"""Write tests/transforms/torchvision.npz: what torchvision's transforms make of two images from given seeds.

torchvision is no dependency of the tests, for it fixes a version of PyTorch; what is recorded here is
compared with everywhere.

    pip install torch==2.13.0 && pip install --no-deps torchvision==0.28.0 pillow
    python scripts/record_transforms.py
"""

from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "tests" / "transforms" / "torchvision.npz"
SEEDS = range(4)
TRANSFORMS = [
    "RandomCrop(9, padding=4)",
    "RandomCrop((14, 10), padding=(1, 2, 3, 4), padding_mode='reflect')",
    "RandomCrop((20, 12), pad_if_needed=True, fill=7)",
    "RandomHorizontalFlip()",
    "RandomVerticalFlip(0.3)",
    "RandomResizedCrop(8)",
    "RandomResizedCrop((6, 9), scale=(0.3, 0.5), ratio=(0.5, 2.0), interpolation=InterpolationMode.BICUBIC)",
    "RandomRotation(40)",
    "RandomRotation((10, 80), fill=3)",
    "CenterCrop(11)",
    "CenterCrop((20, 8))",
    "Pad((1, 2, 3, 4), padding_mode='symmetric')",
    "Pad(2, fill=9)",
    "Resize((7, 9))",
    "Resize(6, max_size=8)",
    "Resize((20, 31), InterpolationMode.BICUBIC)",
    "Resize((10, 30), InterpolationMode.NEAREST)",
    "Resize((5, 6), antialias=False)",
    "Grayscale()",
    "Compose([RandomCrop(12, padding=2), RandomHorizontalFlip(), RandomRotation(5)])",
]


def images() -> dict[str, np.ndarray]:
    """A colour image and a grey one."""
    rng = np.random.default_rng(0)
    return {
        "colour": rng.integers(0, 256, (13, 17, 3), dtype=np.uint8),
        "grey": rng.integers(0, 256, (16, 12), dtype=np.uint8),
    }


def main() -> None:
    """Record every transform of every image as a Pillow image and as a tensor, for each seed."""
    import torch
    from PIL import Image

    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in (
        "nms",
        "qnms",
    ):  # torchvision's compiled part wants its own build of PyTorch; transforms want none
        if not hasattr(torch.ops.torchvision, name):
            library.define(f"{name}(Tensor boxes, Tensor scores, float threshold) -> Tensor")
    from torchvision import transforms

    results: dict[str, np.ndarray] = {}
    for expression in TRANSFORMS:
        smooth = (
            "antialias=False" not in expression
        )  # which torchvision ignores for Pillow's images; here it is refused
        transform = eval(expression, vars(transforms))
        for name, array in images().items():
            planes = torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1)
            for kind, image in (
                {"pillow": Image.fromarray(array), "tensor": planes}.items()
                if smooth
                else [("tensor", planes)]
            ):
                for seed in SEEDS:
                    torch.manual_seed(seed)
                    results[f"{kind} {name} {seed} {expression}"] = np.asarray(transform(image))
    for name, array in images().items():
        results[f"image {name}"] = array
    np.savez_compressed(TARGET, **results)  # type: ignore[arg-type]  # its stub thinks of allow_pickle
    print(f"{TARGET.name}: {len(results)} images, {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
