"""Makes data/fashion_mnist: the first images of each class of Fashion-MNIST, in the order of the published files.

Usage: python3 data/make_fashion_mnist.py [FOLDER], by default /usr/share/datasets/fashion-mnist, where Debian's package
dataset-fashion-mnist puts the four files. The same files give the same bytes: gzip is told no time and no name.
"""

import gzip
import os
import struct
import sys

CLASSES = 10
OF_EACH_CLASS = {"train": 300, "t10k": 100}
TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fashion_mnist")


def read(path, magic, axes):
    with gzip.open(path, "rb") as file:
        content = file.read()
    header = struct.unpack(f">{1 + axes}I", content[: 4 * (1 + axes)])
    assert header[0] == magic, f"{path}: expected the magic number {magic:#x}, found {header[0]:#x}"
    return header[1:], content[4 * (1 + axes) :]


def write(name, header, content):
    with open(os.path.join(TARGET, name), "wb") as file:
        file.write(gzip.compress(struct.pack(f">{len(header)}I", *header) + content, compresslevel=9, mtime=0))


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist"
    os.makedirs(TARGET, exist_ok=True)
    for part, most in OF_EACH_CLASS.items():
        (count, height, width), pixels = read(os.path.join(folder, f"{part}-images-idx3-ubyte.gz"), 0x803, 3)
        (labelled,), labels = read(os.path.join(folder, f"{part}-labels-idx1-ubyte.gz"), 0x801, 1)
        assert count == labelled, f"expected a label for each of {count} images, found {labelled}"
        taken, seen = [], [0] * CLASSES
        for image, label in enumerate(labels):
            if seen[label] < most:
                seen[label] += 1
                taken.append(image)
        assert seen == [most] * CLASSES, f"expected {most} images of each class, found {seen}"
        size = height * width
        write(f"{part}-images-idx3-ubyte.gz", (0x803, len(taken), height, width), b"".join(pixels[i * size : (i + 1) * size] for i in taken))
        write(f"{part}-labels-idx1-ubyte.gz", (0x801, len(taken)), bytes(labels[i] for i in taken))
        print(f"{part}: {len(taken)} images, {most} of each class")


if __name__ == "__main__":
    main()
