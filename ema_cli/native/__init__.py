"""The compiled core in C++: it parses blocks of plain lines, prints numbers, and runs the loops of the averages.

Python is the reference; the output is the same to the byte. The core leaves special cases in a block or a batch to
Python, which does everything if there is no compiler, or with EMA_CALC_PURE=1 in the environment. It is loaded by
`core/compiled_loops.py`.

    _core.pyi, module.cpp    the functions for Python
    numbers.cpp, print.cpp   parse and print numbers
    parse.cpp, lines.cpp     lines into columns, and columns into lines
    masks.cpp                columns with gaps
    generate.py              writes C++: the loops for the formulas of the catalogue, and the powers of ten
    run.cpp, loops.h         find and run a loop; the functions that loops call
    powers.cpp, pow_v8.cpp   powers as libraries compute them, step by step
"""
