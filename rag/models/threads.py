"""Threads that compute side by side on the CPU, one core each."""

from __future__ import annotations


def one_core() -> None:
    """Limit the calling thread to one core: the initializer of a pool with a thread per core."""
    import torch
    from threadpoolctl import threadpool_limits

    # torch sets a thread's number of cores when it first asks, which would undo our limit.
    torch.get_num_threads()
    threadpool_limits(1, user_api="openmp")
