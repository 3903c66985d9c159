"""Put trained weights where the program loads them: half the size, a byte a weight.

python -m training.reader.ship RUN/reader.safetensors RUN/entailment.safetensors
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors.torch import load_file, save_file

from training.reader.network import pack

BUNDLED = Path("rag/bundled/reader")


def main() -> None:
    """Write the files from the command line."""
    parser = argparse.ArgumentParser(description="Pack weights for shipping.")
    parser.add_argument("weights", type=Path, nargs="+")
    for path in parser.parse_args().weights:
        save_file(pack(load_file(str(path))), str(BUNDLED / path.name))


if __name__ == "__main__":
    main()
