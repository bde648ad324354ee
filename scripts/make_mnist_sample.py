"""Make the digits that come with the package: the first 6,000 and 1,000 of MNIST, as IDX files.

    python scripts/make_mnist_sample.py FOLDER_WITH_MNIST

prints the SHA-256 of each file's content, which autograd_cnn/datasets/mnist.py checks. The same input gives
the same bytes.
"""

import gzip
import hashlib
import sys
from pathlib import Path

from autograd_cnn._files.atomic import write_atomically
from autograd_cnn.datasets import MNIST
from autograd_cnn.datasets._idx import idx_bytes

SIZES = {"train": 6000, "t10k": 1000}
TARGET = Path(__file__).parents[1] / "autograd_cnn" / "datasets" / "mnist_sample"


def main(root: str) -> None:
    """Write the four files and print their sums."""
    for part, count in SIZES.items():
        full = MNIST(root, train=part == "train")
        arrays = {
            "images-idx3-ubyte": full.data.array[:count],
            "labels-idx1-ubyte": full.targets.array[:count],
        }
        for kind, array in arrays.items():
            content = idx_bytes(array)
            write_atomically(TARGET / f"{part}-{kind}.gz", gzip.compress(content, 9, mtime=0))
            print(f'"{part}-{kind}": "{hashlib.sha256(content).hexdigest()}",')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
