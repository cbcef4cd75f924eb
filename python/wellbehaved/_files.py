"""Result files: NumPy archives in the author's layout and in the neutral one."""
from __future__ import annotations

import json
import os
import pathlib
import re
import tempfile
from typing import TYPE_CHECKING, Dict, Mapping, Union

import numpy as np

from .moments import NAMES

if TYPE_CHECKING:
    import pandas

Source = Union[str, "os.PathLike[str]"]
#: Moments that files may hold: those that are measured by this package, and the mean square of the gradient.
_COLUMNS = (*NAMES, "gradient", "log_gradient")
_AT_PLACE = re.compile(r"(?P<moment>.+)_loc(?P<place>\d+)")
_LOCATION = re.compile(r"(?P<suffix>(loc|branch)(?P<number>\d+)) (?P<words>.+)")


def read(path: Source) -> "pandas.DataFrame":
    """Reads a result file as a table with a row for each simulation and place.

    Parameters
    ----------
    path : str or path
        A result file (`.npz`) of this package, of the command `wellbehaved`, of the author's package, or a folder of its arrays as `.npy` files.

    Returns
    -------
    pandas.DataFrame
        Columns `simulation`, `depth`, `place` (in words, or `loc1`, `loc2`, … of the author's layout), `ends_unit` (where the file says which places
        form the sequence that is diagnosed), then a column for each moment that the file holds. `attrs` has `network`, its name, and `configuration`.

    Raises
    ------
    ValueError
        The file is no result file, or its arrays do not fit each other.
    ImportError
        pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError("wellbehaved.read gives a pandas.DataFrame: install pandas (pip install pandas, or Debian's python3-pandas)") from error

    arrays = _joined(path, load(path))
    frame = pandas.DataFrame(_neutral(path, arrays) if any(name in NAMES for name in arrays) or "place" in arrays else _by_place(path, arrays))
    configuration = _configuration(arrays)
    network = configuration.get("network", configuration.get("architecture"))
    frame.attrs["configuration"] = configuration
    frame.attrs["network"] = network.get("name") if isinstance(network, dict) else network
    return frame


def load(path: Source) -> Dict[str, np.ndarray]:
    """Reads the arrays of a result file, or of a folder of them; nothing in it is executed."""
    path = pathlib.Path(path)
    try:
        if path.is_dir():
            return {file.stem: np.load(file, allow_pickle=False) for file in sorted(path.glob("*.npy"))}
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("it is a single array")
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise a dozen kinds of errors about damaged files
        raise ValueError(f"{path}: expected a result file (.npz): {error}") from error


def save(path: Source, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes a result file, complete or not at all."""
    path = pathlib.Path(path)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, **arrays)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def _configuration(arrays: Mapping[str, np.ndarray]) -> Dict[str, object]:
    try:
        said = json.loads(str(arrays["configuration"]))
    except (KeyError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _neutral(path: Source, arrays: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
    depth = _depth(path, arrays)
    moments = {name: arrays[name] for name in _COLUMNS if name in arrays}
    rows = _rows(path, moments, len(depth))
    place = arrays.get("place", np.array([f"depth {value}" for value in depth]))
    if place.shape != depth.shape:
        raise ValueError(f"{path}: expected a text for each of the {len(depth)} places in 'place', found {place.shape}")
    columns = {
        "simulation": np.repeat(_simulations(path, arrays, rows), len(depth)),
        "depth": np.tile(depth, rows),
        "place": np.tile(place.astype(object), rows),
    }
    if "end_of_unit" in arrays and arrays["end_of_unit"].shape == depth.shape:
        columns["ends_unit"] = np.tile(arrays["end_of_unit"] != 0, rows)
    return {**columns, **{name: _numbers(name, values).ravel() for name, values in moments.items()}}


def _joined(path: Source, arrays: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """The arrays of a network of one repeated unit, which has an array for each place of the unit, as those of any network: with a column for each place."""
    if "locations" not in arrays:
        return arrays
    found = [_LOCATION.fullmatch(str(text)) for text in np.atleast_1d(arrays["locations"])]
    if not all(found):
        raise ValueError(f"{path}: expected texts such as 'loc2 after relu' in 'locations', found {arrays['locations'].tolist()}")
    unit, stem = [match for match in found if match], np.atleast_1d(arrays.get("stem_locations", np.zeros(0, str)))
    depth = _depth(path, arrays)
    joined = {name: array for name, array in arrays.items() if not _is_part(name)}
    joined["depth"] = np.concatenate([np.zeros(len(stem), np.int64), np.repeat(depth, len(unit))])
    joined["place"] = np.array([str(text) for text in stem] + [f"{value}.{match['number']} {match['words']}" for value in depth for match in unit])
    for moment in _COLUMNS:
        parts = [f"{moment}_{match['suffix']}" for match in unit]
        if any(name in arrays for name in parts):
            missing = [name for name in parts + ([f"{moment}_stem"] if len(stem) else []) if name not in arrays]
            if missing:
                raise ValueError(f"{path}: expected {moment} at every place of the unit, found no '{missing[0]}'")
            rows = _rows(path, {name: arrays[name] for name in parts}, len(depth))
            before = arrays[f"{moment}_stem"] if len(stem) else np.zeros((rows, 0))
            if before.shape != (rows, len(stem)):
                raise ValueError(f"{path}: expected '{moment}_stem' of shape {(rows, len(stem))}, found {before.shape}")
            joined[moment] = np.concatenate([before, np.stack([arrays[name] for name in parts], axis=-1).reshape(rows, -1)], axis=1)
    return joined


def _is_part(name: str) -> bool:
    return _AT_PLACE.fullmatch(name) is not None or any(re.fullmatch(rf"{moment}_(stem|branch\d+)", name) for moment in _COLUMNS)


def _by_place(path: Source, arrays: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
    depth = _depth(path, arrays)
    found = {name: match for name in arrays for match in [_AT_PLACE.fullmatch(name)] if match}
    rows = _rows(path, {name: arrays[name] for name in found}, len(depth))
    places = sorted({int(match["place"]) for match in found.values()})
    known = [name for name in NAMES if any(match["moment"] == name for match in found.values())]
    others = sorted({match["moment"] for match in found.values()} - set(NAMES))
    nothing = np.full((rows, len(depth)), np.nan)
    stacked = {moment: np.stack([arrays.get(f"{moment}_loc{place}", nothing) for place in places], axis=-1) for moment in known + others}
    shape = (rows, len(depth), len(places))
    return {
        "simulation": np.broadcast_to(_simulations(path, arrays, rows)[:, None, None], shape).ravel(),
        "depth": np.broadcast_to(depth[None, :, None], shape).ravel(),
        "place": np.broadcast_to(np.array([f"loc{place}" for place in places], dtype=object), shape).ravel(),
        **{moment: _numbers(moment, values).ravel() for moment, values in stacked.items()},
    }


def _numbers(moment: str, values: np.ndarray) -> np.ndarray:
    """The moments as a table holds them: an effective rank that was not taken is -1 in files, and no number here."""
    numbers = values.astype(np.float64)
    return np.where(numbers == -1, np.nan, numbers) if moment.startswith("reff_") else numbers


def _depth(path: Source, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    depth = arrays.get("depth", np.zeros(0))
    if depth.ndim != 1 or depth.size == 0 or depth.dtype.kind not in "iuf":
        raise ValueError(f"{path}: expected a result file with a list of depths in 'depth'")
    return depth.astype(np.int64)


def _rows(path: Source, moments: Mapping[str, np.ndarray], columns: int) -> int:
    if not moments:
        raise ValueError(f"{path}: expected moments, such as 'chi' or 'chi_loc4', found none")
    shapes = {values.shape for values in moments.values()}
    if len(shapes) > 1 or any(len(shape) != 2 or shape[1] != columns for shape in shapes):
        name = next(name for name, values in moments.items() if values.ndim != 2 or values.shape[1] != columns or len(shapes) > 1)
        raise ValueError(f"{path}: expected every moment of shape (simulations, {columns}), found {moments[name].shape} in '{name}'")
    return next(iter(shapes))[0]


def _simulations(path: Source, arrays: Mapping[str, np.ndarray], rows: int) -> np.ndarray:
    simulations = arrays.get("simulation", np.arange(rows))
    if simulations.shape != (rows,):
        raise ValueError(f"{path}: expected a number for each of the {rows} simulations in 'simulation', found {simulations.shape}")
    return simulations
