"""``spawn``: a function run in several processes at once, and their exceptions raised again here."""

import multiprocessing
import multiprocessing.connection
import signal
import traceback
import warnings
from collections.abc import Callable
from typing import Any


class ProcessException(Exception):  # noqa: N818 - PyTorch's name
    """A process that ``spawn`` started has failed."""

    def __init__(self, msg: str, error_index: int, pid: int) -> None:
        super().__init__(msg)
        self.msg = msg
        self.error_index = error_index
        self.pid = pid

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid)


class ProcessRaisedException(ProcessException):
    """It raised an exception, whose traceback is the message."""


class ProcessExitedException(ProcessException):
    """It ended with an exit code other than 0, or by a signal."""

    def __init__(
        self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None
    ) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code = exit_code
        self.signal_name = signal_name

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid, self.exit_code, self.signal_name)


def _run(function: Callable[..., Any], number: int, args: tuple[Any, ...], errors: Any) -> None:
    try:
        function(number, *args)
    except KeyboardInterrupt:
        pass  # the program that started it has got it too
    except Exception:  # noqa: BLE001 - the user's function; whatever it raises is told
        errors.send(traceback.format_exc())
        raise SystemExit(1) from None


class ProcessContext:
    """Processes that run one function."""

    def __init__(self, processes: list[Any], errors: list[Any]) -> None:
        self.processes = processes
        self._errors = errors

    def pids(self) -> list[int]:
        """Their process numbers."""
        return [int(process.pid) for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait until one has failed or all have ended, which is the answer; those left when one has failed
        are ended. ProcessRaisedException or ProcessExitedException where one has."""
        alive = {process.sentinel: i for i, process in enumerate(self.processes) if process.is_alive()}
        failed = next((i for i, process in enumerate(self.processes) if process.exitcode), None)
        if failed is None and alive:
            for sentinel in multiprocessing.connection.wait(list(alive), timeout):
                process = self.processes[alive[sentinel]]
                process.join()
                if process.exitcode:
                    failed = alive[sentinel]
                    break
        if failed is None:
            return not any(process.is_alive() for process in self.processes)
        for process in self.processes:
            if process.is_alive():
                process.terminate()
        for process in self.processes:
            process.join(grace_period if grace_period is not None else 30)
            if process.is_alive():
                process.kill()
                process.join()
        raise self._failure(failed)

    def _failure(self, number: int) -> ProcessException:
        process = self.processes[number]
        try:
            text = self._errors[number].recv() if self._errors[number].poll() else None
        except EOFError:  # it has ended without a word
            text = None
        if text is not None:
            return ProcessRaisedException(
                f"\n\n-- Process {number} terminated with the following error:\n{text}", number, process.pid
            )
        code = process.exitcode
        name = signal.Signals(-code).name if code < 0 else None
        how = f"signal {name}" if name else f"exit code {code}"
        return ProcessExitedException(
            f"process {number} terminated with {how}", number, process.pid, code, name
        )


SpawnContext = ProcessContext


def start_processes(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Start ``fn(i, *args)`` in processes numbered 0 to ``nprocs`` - 1, by ``start_method``.

    With ``join`` wait for all of them; else the context to join later is the answer.
    """
    way: Any = multiprocessing.get_context(start_method)
    processes, errors = [], []
    for number in range(nprocs):
        ours, theirs = way.Pipe(duplex=False)
        process = way.Process(target=_run, args=(fn, number, args, theirs), daemon=daemon)
        process.start()
        theirs.close()
        processes.append(process)
        errors.append(ours)
    context = ProcessContext(processes, errors)
    if not join:
        return context
    while not context.join():
        pass
    return None


def spawn(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """:func:`start_processes` by "spawn": ``fn`` is found by its name, and the script needs a main guard."""
    if start_method != "spawn":
        warnings.warn(
            f"This method only supports start_method=spawn (got: {start_method}).\nTo use a different "
            "start_method use:\n\t\t torch.multiprocessing.start_processes(...)",
            FutureWarning,
            stacklevel=2,
        )
    return start_processes(fn, args, nprocs, join, daemon, "spawn")
