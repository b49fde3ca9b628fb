"""What others do with the same articles: exact hashes, SimHash, MinHash-LSH of datasketch and of rensa.

Runs in an environment of its own (`python story_peers.py ARTICLES.jsonl`), so it imports
nothing of newsflow; prints one JSON object a method: labels in the order of the file, CPU
seconds, and bytes that an article's signature takes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

PERMUTATIONS = 128
Edges = Iterable[tuple[int, int]]


def words(text: str) -> list[str]:
    found = re.findall(r"\w+", text.lower())
    return found if len(found) > len(text) / 20 else list("".join(found))  # scripts without spaces: characters


def shingles(text: str, size: int = 5) -> list[str]:
    found = words(text)
    return [" ".join(found[i : i + size]) for i in range(max(1, len(found) - size + 1))]


def labels(count: int, edges: Edges) -> list[int]:
    parent = list(range(count))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in edges:
        parent[find(a)] = find(b)
    return [find(i) for i in range(count)]


def exact(bodies: list[str]) -> Edges:
    first: dict[bytes, int] = {}
    return [(first.setdefault(hashlib.sha256(b.encode()).digest(), i), i) for i, b in enumerate(bodies)]


def simhash(bits: int) -> Callable[[list[str]], Edges]:
    def run(bodies: list[str]) -> Edges:
        signatures = np.array([_simhash(body) for body in bodies], dtype=np.uint64)
        for i, one in enumerate(signatures):
            near = np.flatnonzero(np.bitwise_count(signatures[:i] ^ one) <= bits)
            yield from ((i, int(j)) for j in near)

    return run


def _simhash(body: str) -> int:
    found = [hashlib.blake2b(s.encode(), digest_size=8).digest() for s in shingles(body, 3)]
    bits = np.unpackbits(np.frombuffer(b"".join(found), dtype=np.uint8).reshape(-1, 8), axis=1)
    return int.from_bytes(np.packbits(bits.mean(axis=0) > 0.5).tobytes(), "big")


def datasketch(threshold: float) -> Callable[[list[str]], Edges]:
    def run(bodies: list[str]) -> Edges:
        from datasketch import MinHash, MinHashLSH

        index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        for i, body in enumerate(bodies):
            signature = MinHash(num_perm=PERMUTATIONS)
            signature.update_batch([s.encode() for s in shingles(body)])
            yield from ((i, j) for j in index.query(signature))
            index.insert(i, signature)

    return run


def rensa(threshold: float) -> Callable[[list[str]], Edges]:
    def run(bodies: list[str]) -> Edges:
        from rensa import RMinHash, RMinHashLSH

        index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16 if threshold > 0.6 else 32)
        signatures = []
        for i, body in enumerate(bodies):
            signature = RMinHash(num_perm=PERMUTATIONS, seed=42)
            signature.update(shingles(body))
            signatures.append(signature)
            near = [j for j in index.query(signature) if signature.jaccard(signatures[j]) >= threshold]
            yield from ((i, j) for j in near)
            index.insert(i, signature)

    return run


METHODS: dict[str, tuple[Callable[[list[str]], Edges], int]] = {
    "exact hash": (exact, 32),
    "SimHash, 3 bits": (simhash(3), 8),
    "SimHash, 12 bits": (simhash(12), 8),
    "datasketch, J .5": (datasketch(0.5), 8 * PERMUTATIONS),
    "datasketch, J .8": (datasketch(0.8), 8 * PERMUTATIONS),
    "rensa, J .5": (rensa(0.5), 4 * PERMUTATIONS),
    "rensa, J .8": (rensa(0.8), 4 * PERMUTATIONS),
}


def run() -> None:
    bodies = [json.loads(line)["body"] for line in Path(sys.argv[1]).read_text().splitlines()]
    for name, (method, size) in METHODS.items():
        started = time.process_time()
        found = labels(len(bodies), method(bodies))
        seconds = time.process_time() - started
        print(json.dumps({"method": name, "labels": found, "seconds": seconds, "bytes": size}), flush=True)


if __name__ == "__main__":
    run()
