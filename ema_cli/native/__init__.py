"""The compiled core: reading blocks of plain lines, printing numbers, and the loops of the averages, in C++.

Python is the definition, and the output is the same to the byte. Whatever is odd about a block or a batch is left to
Python; without a compiler, or with EMA_CALC_PURE=1 in the environment, it does everything. It is loaded by
`core/compiled_loops.py`.

    _core.pyi, module.cpp    the functions that Python sees
    numbers.cpp, print.cpp   numbers read from text, and printed
    parse.cpp, lines.cpp     lines into columns, and columns into lines
    masks.cpp                columns with gaps
    generate.py              writes the loops from the formulas of the catalogue, and the powers of ten, as C++
    run.cpp, loops.h         find and run a loop; what loops are made of
    powers.cpp, pow_v8.cpp   the powers of libraries, step by step
"""
