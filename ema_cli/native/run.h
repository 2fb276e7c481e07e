// The generated loops, and columns with gaps, for Python.
#pragma once

#include "python.h"

// find(key) -> (number, names) | None
PyObject* find(PyObject* arguments);

// run(number, parts, inputs, registers, outputs, codes) -> bool
PyObject* run(PyObject* arguments);

// rise(values) -> bool
PyObject* rise(PyObject* arguments);

// strides(values, before, output) -> bool
PyObject* strides(PyObject* arguments);

// gather(values, mask, output)
PyObject* gather(PyObject* arguments);

// scatter(values, mask, output)
PyObject* scatter(PyObject* arguments);
