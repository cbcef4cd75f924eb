"""Calls the command `wellbehaved`."""
from __future__ import annotations

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence

from ._files import Source

_MISSING = """the command 'wellbehaved' is not installed, or not on the PATH. It needs the .NET 10 SDK
(https://dotnet.microsoft.com/download); in a checkout of the project:
    dotnet pack src/Cli -c Release -o packages
    dotnet tool install --global wellbehaved --source packages
Or name it: command=["dotnet", "…/wellbehaved.dll"], or the environment variable WELLBEHAVED_COMMAND."""


class CommandNotFound(RuntimeError):
    """The command is not installed; the message says how to install it."""


@dataclass(frozen=True)
class Diagnosis:
    """What the command says of a network.

    Attributes
    ----------
    text : str
        The sentence and its evidence, as the command prints them; also what `print` shows.
    condition : str
        `well_behaved`, `pathological_signal`, `pathological_snr`, `pathological_point` or `undecided`.
    data : dict
        Everything as numbers, with intervals: what `diagnose --json` writes (docs/file-formats.md).
    """

    text: str
    condition: str
    data: Dict[str, Any] = field(repr=False)

    @property
    def is_well_behaved(self) -> bool:
        """Whether the network is diagnosed as well-behaved."""
        return self.condition == "well_behaved"

    def __str__(self) -> str:
        return self.text


def diagnose(path: Source, *, command: Optional[Sequence[str]] = None) -> Diagnosis:
    """Judges a result file by the command `wellbehaved diagnose`.

    Parameters
    ----------
    path : str or path
        A result file.
    command : sequence of str, optional
        How to start the command, where it is not on the PATH.

    Returns
    -------
    Diagnosis
        The verdict, with rates and evidence; `undecided` is one too.

    Raises
    ------
    CommandNotFound
        The command is not installed; the message says how to install it.
    ValueError
        The command refuses the file; the message is its line.
    """
    with tempfile.TemporaryDirectory(prefix="wellbehaved") as folder:
        report = pathlib.Path(folder, "diagnosis.json")
        text = _run(["diagnose", os.fspath(path), "--json", str(report)], command, accepted=(0, 3))
        data = json.loads(report.read_text(encoding="utf-8"))
        # The caller did not ask for that file, which is gone when this is read.
        lines = [line for line in text.rstrip().splitlines() if str(report) not in line]
    return Diagnosis("\n".join(lines), data["condition"], data)


def plot(*paths: Source, out: Source, command: Optional[Sequence[str]] = None) -> pathlib.Path:
    """Draws result files by the command `wellbehaved plot`.

    Parameters
    ----------
    paths : str or path
        Result files; several are compared.
    out : str or path
        The figure to write, which is replaced; the ending says the format: .svg, .png or .pdf.
    command : sequence of str, optional
        How to start the command, where it is not on the PATH.

    Returns
    -------
    pathlib.Path
        The figure.

    Raises
    ------
    CommandNotFound
        The command is not installed; the message says how to install it.
    ValueError
        The command refuses a file; the message is its line.
    """
    _run(["plot", *map(os.fspath, paths), "--out", os.fspath(out)], command, accepted=(0,))
    return pathlib.Path(out)


def _run(arguments: List[str], command: Optional[Sequence[str]], accepted: Sequence[int]) -> str:
    try:
        done = subprocess.run(
            [*(command or _found()), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", check=False,
        )
    except FileNotFoundError as error:
        raise CommandNotFound(_MISSING) from error
    except OSError as error:
        raise CommandNotFound(f"expected a command that starts, got {error}") from error
    if done.returncode not in accepted:
        raise ValueError((done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()[-1])
    return done.stdout


def _found() -> List[str]:
    named = os.environ.get("WELLBEHAVED_COMMAND")
    if named:
        # In Windows a backslash separates folders, and quotation marks stay with what they enclose.
        return shlex.split(named) if os.name == "posix" else [part.strip('"') for part in shlex.split(named, posix=False)]
    tools = pathlib.Path.home() / ".dotnet" / "tools"
    found = shutil.which("wellbehaved") or shutil.which("wellbehaved", path=str(tools))
    if not found:
        raise CommandNotFound(_MISSING)
    return [found]
