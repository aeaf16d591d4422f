"""The same steps on a Dask cluster; needs the extra ``slinb[dask]``, and nothing else does.

What a step says it reads travels to a worker by its digest through one folder of objects, on a
disk that all see or in a cloud (any address that fsspec knows: ``s3://``, ``abfs://``), and the
outputs come back the same way. Each worker lays the files out in a folder of its own, so that a
step finds them where it would find them here. A worker that dies costs nothing but time: Dask
gives its steps to another.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

from slinb.batch.digests import digest_data, digest_file, list_packages, name_below
from slinb.batch.manifest import digest_all_code
from slinb.batch.pool import Outcome, Task, carry_out, describe_failure
from slinb.errors import ParameterError, SlinbError

#: A notebook has the working folder of its whole process, so the threads of a worker take turns.
_ONE_AT_A_TIME = threading.Lock()


class DaskWorkers:
    """Carries steps out on a cluster, as :class:`slinb.batch.pool.Pool` does here.

    Parameters
    ----------
    scheduler : str
        Address of the cluster's scheduler: "tcp://10.0.0.5:8786".
    root : Path
        Root of the project: what a step reads and writes lies below it.
    objects : str
        Where files are exchanged: a folder that all see, or an address that fsspec knows.

    Raises
    ------
    ParameterError
        Dask is not installed, or nobody answers at the address.

    Examples
    --------
    >>> with DaskWorkers(address, root, "s3://bucket/x") as workers:  # doctest: +SKIP
    ...     run_graph(graph, store, workers)
    """

    def __init__(self, scheduler: str, root: Path, objects: str) -> None:
        distributed = _import_distributed()
        try:
            self._client = distributed.Client(scheduler, timeout=10, set_as_default=False)
        except OSError as error:
            raise ParameterError(
                f"No Dask cluster answers at {scheduler}.",
                "Start one (`dask scheduler`, `dask worker`), or run without --dask.",
            ) from error
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._root, self._objects = root, Objects(f"{objects.rstrip('/')}/{uuid4().hex}")
        self._names: dict[str, str] = {}
        self._made_with = name_software()

    def __enter__(self) -> DaskWorkers:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()
        self._objects.remove()

    @property
    def count(self) -> int:
        """How many workers the cluster has now."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def submit(self, task: Task) -> None:
        """Send a task, with what it reads, to the cluster."""
        sent = {name: self._objects.put(self._root / name) for name in task.reads}
        future = self._client.submit(
            carry_out_afar, task, self._root, self._objects, sent, self._made_with, pure=False
        )
        self._names[future.key] = task.name
        future.add_done_callback(self._ended.put)

    def collect(self) -> Outcome | None:
        """Wait for the next task, bring back what it wrote and return its outcome."""
        if not self._names:
            return None
        future = self._ended.get()
        name = self._names.pop(future.key)
        try:
            outcome, written = future.result()
        except Exception as error:  # whatever a cluster can raise, the other steps go on
            return Outcome(name, failure=describe_failure(error))
        for file, digest in written.items():
            self._objects.get(digest, self._root / file)
        return outcome


class Objects:
    """Files by their digest, at an address that fsspec knows.

    Parameters
    ----------
    address : str
        "/shared/slinb-objects", "s3://bucket/objects", "memory://x".
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def _open(self) -> tuple[Any, str]:
        import fsspec

        files, folder = fsspec.core.url_to_fs(self._address)
        return files, str(folder)

    def remove(self) -> None:
        """Remove all that was exchanged: restricted figures are among it."""
        files, folder = self._open()
        if files.exists(folder):
            files.rm(folder, recursive=True)

    def put(self, path: Path) -> str:
        """Store a file and return its digest; what is there already is not sent again."""
        digest = digest_file(path)
        files, folder = self._open()
        place = f"{folder}/{digest[:2]}/{digest}"
        if not files.exists(place):
            files.makedirs(f"{folder}/{digest[:2]}", exist_ok=True)
            aside = f"{place}.{uuid4().hex}.part"  # two workers may store the same content
            files.put_file(str(path), aside)
            files.mv(aside, place)
        return digest

    def get(self, digest: str, path: Path) -> None:
        """Fetch a file by its digest.

        Raises
        ------
        SlinbError
            What arrived is not what was stored.
        """
        if path.is_file() and digest_file(path) == digest:
            return
        files, folder = self._open()
        path.parent.mkdir(parents=True, exist_ok=True)
        files.get_file(f"{folder}/{digest[:2]}/{digest}", str(path))
        if digest_file(path) != digest:
            raise SlinbError(f"{path.name} was damaged on its way.", "Run again.")


def carry_out_afar(
    task: Task, root: Path, objects: Objects, sent: Mapping[str, str], made_with: str
) -> tuple[Outcome, dict[str, str]]:
    """Carry a task out on a worker, in a folder of its own.

    Returns
    -------
    tuple
        The outcome, and the digest of each file that the task wrote or changed.

    Raises
    ------
    SlinbError
        This worker has other code or packages: what it made would be stored under a wrong name.
    """
    if name_software() != made_with:
        raise SlinbError(
            "This worker has another slinb, or other packages, than the machine that planned.",
            "Install the same versions (requirements.lock) on every worker.",
        )
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="slinb-") as name:
        folder = Path(name)
        for file, digest in sent.items():
            objects.get(digest, folder / file)
        moved = Task(task.name, task.function, _move(task.arguments, root, folder))
        outcome = carry_out(moved)
        now = {name_below(p, folder): p for p in folder.rglob("*") if p.is_file()}
        written = {n: objects.put(p) for n, p in now.items() if digest_file(p) != sent.get(n)}
    return outcome, written if outcome.failure is None else {}


def _move(value: Any, root: Path, folder: Path) -> Any:
    """Put paths below the project's root where the worker has laid out its files."""
    if isinstance(value, Path):
        return folder / value.relative_to(root) if value.is_relative_to(root) else value
    if isinstance(value, Mapping):
        return {k: _move(v, root, folder) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_move(v, root, folder) for v in value)
    return value


def name_software() -> str:
    """Return one name for the code of slinb and the packages installed beside it."""
    return digest_data([digest_all_code(), dict(list_packages())])


def _import_distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ParameterError(
            "Running on a cluster needs Dask, which is not installed.",
            "Install it with: python -m pip install “slinb[dask]”.",
        ) from error
    return distributed
