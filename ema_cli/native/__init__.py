"""The compiled core: the plain reading of blocks, the shortest printing of numbers, and the loops of the averages again
in C++, to the same bytes in a fraction of the time.

Python is the definition: whatever is odd about a block or a batch is left to it, and without a compiler, or with
EMA_CALC_PURE=1 in the environment, it does everything. `_core.pyi` lists the functions. They are

    compiled.py     loads it
    numbers.cpp     numbers as text, and back
    columns.cpp     lines into columns, and columns into lines
    module.cpp      what Python sees
"""
