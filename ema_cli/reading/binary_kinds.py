"""Binary files mistaken for tables: recognized by their first bytes, each with a command that converts it."""

from __future__ import annotations

import re

_PANDAS = "python -c \"import pandas; print(pandas.{}('FILE').to_csv(index=False))\" | ema-calc reads it"
_ARRAY = "python -c \"import numpy, sys; numpy.savetxt(sys.stdout, numpy.load('FILE'))\" | ema-calc reads it"
_ARCHIVE = (
    "python -c \"import numpy, sys; d = {k: v.reshape(len(v), -1) for k, v in numpy.load('FILE').items()};"
    " print(','.join(k + str(i or '') for k in d for i in range(len(d[k].T))));"
    " numpy.savetxt(sys.stdout, numpy.hstack(list(d.values())), delimiter=',')\" | ema-calc reads it"
)
_UNPACKED = "is compressed; unpack it into a pipe: {} FILE | ema-calc"
_WIDE = "is in {}; iconv -f {} -t UTF-8 FILE | ema-calc reads it"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        rb"PK\x03\x04.{26}(?:\[Content_Types\]|xl/|_rels/|docProps/)",
        f"is an Excel file; {_PANDAS.format('read_excel')}",
    ),
    (rb"PK\x03\x04.{26}[^\x00]*?(?:data\.pkl|\.format_version)", "is a PyTorch checkpoint, not a log"),
    (rb"PK\x03\x04.{26}[^\x00]*?\.npy", f"is a NumPy archive; {_ARCHIVE}"),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd.oasis", f"is an OpenDocument sheet; {_PANDAS.format('read_excel')}"),
    (rb"PK\x03\x04", "is a zip archive; unpack it: unzip -p FILE | ema-calc"),
    (rb"\xd0\xcf\x11\xe0", f"is an old Excel file; {_PANDAS.format('read_excel')}"),
    (rb"<stata_dta>|[\x71-\x73][\x01\x02]\x01\x00", f"is a Stata file; {_PANDAS.format('read_stata')}"),
    (rb"PAR1", f"is a Parquet file; {_PANDAS.format('read_parquet')}"),
    (rb"ARROW1|FEA1", f"is an Arrow file; {_PANDAS.format('read_feather')}"),
    (rb"\x93NUMPY", f"is a NumPy array; {_ARRAY}"),
    (rb"\x89HDF", f"is an HDF5 file; {_PANDAS.format('read_hdf')}, if pandas wrote it"),
    (rb"MATLAB 5\.0 MAT-file", "is a MATLAB file; writetable saves a table as CSV"),
    (
        rb"\x80[\x02-\x05](?:\x95|[\]}(cq])",
        'is a Python pickle; if you trust it and it holds a table, python -c "import pandas;'
        " print(pandas.DataFrame(pandas.read_pickle('FILE')).to_csv(index=False))\" | ema-calc reads it",
    ),
    (
        rb"SQLite format 3",
        "is an SQLite database; sqlite3 FILE .tables lists its tables, and sqlite3 -csv -header FILE"
        " 'select * from TABLE' | ema-calc reads one",
    ),
    (rb":W&B", "is Weights & Biases' own record of a run; run.history().to_csv() or its page saves the history as CSV"),
    (rb"GGUF|.{7}\x00\{\"", "holds model weights, not a log"),
    (rb"RDX[23]\n|RDA[23]\n|X\n\x00\x00\x00[\x02\x03]", "is an R data file; write.csv saves a table as CSV"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP", "is an image; save the numbers behind it as CSV"),
    (rb"\x1f\x8b", _UNPACKED.format("gzip -dc")),
    (rb"BZh", _UNPACKED.format("bzip2 -dc")),
    (rb"\xfd7zXZ", _UNPACKED.format("xz -dc")),
    (rb"\x28\xb5\x2f\xfd", _UNPACKED.format("zstd -dc")),
)
"""Patterns of first bytes, and the end of the error for such a file; the first match wins."""

_WIDE_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xfe\x00\x00|\x00\x00\xfe\xff", _WIDE.format("UTF-32", "UTF-32")),
    (rb"(?:.{4})*?\n\x00\x00\x00", _WIDE.format("UTF-32", "UTF-32LE")),
    (rb"(?:.{4})*?\x00\x00\x00\n", _WIDE.format("UTF-32", "UTF-32BE")),
    (rb"(?:[\t-~]\x00){4}|(?!\xff\xfe)(?:..)*?\n\x00", _WIDE.format("UTF-16", "UTF-16LE")),
    (rb"(?:\x00[\t-~]){4}|(?!\xfe\xff)(?:..)*?\x00\n", _WIDE.format("UTF-16", "UTF-16BE")),
)
"""Patterns of UTF-16 and UTF-32 text, tried only if at least a quarter of the bytes are zeros."""


def kind(start: bytes) -> str | None:
    """The end of an error on a binary file, such as "is a NumPy array; ..."; None if the file may be text."""
    start = start[:512]
    wide = _WIDE_BEGINNINGS if 4 * start.rstrip(b"\x00").count(0) >= len(start) else ()
    for pattern, sentence in (*_BEGINNINGS, *wide):
        if re.match(pattern, start, re.DOTALL):
            return sentence
    marked = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "is not text: it has NUL bytes" if wide and not marked else None
