// Operations on columns of 8-byte numbers, and masks of the rows that have a value.
#include <algorithm>
#include <cstdint>

#include "run.h"

namespace {

bool fail() {
    PyErr_SetString(PyExc_ValueError, "a column has too few rows");
    return false;
}

}  // namespace

PyObject* gather(PyObject* arguments) {
    PyObject *column, *bytes, *output;
    if (!PyArg_ParseTuple(arguments, "OOO:gather", &column, &bytes, &output)) return nullptr;
    const Memory values(column, sizeof(uint64_t)), mask(bytes, 1), out(output, sizeof(uint64_t), true);
    if (!values || !mask || !out) return nullptr;
    if (values.count() < mask.count()) return fail(), nullptr;
    size_t next = 0;
    for (size_t row = 0; row < mask.count(); ++row) {
        if (!mask.as<const uint8_t>()[row]) continue;
        if (next == out.count()) return fail(), nullptr;
        out.as<uint64_t>()[next++] = values.as<const uint64_t>()[row];
    }
    Py_RETURN_NONE;
}

PyObject* scatter(PyObject* arguments) {
    PyObject *column, *bytes, *output;
    if (!PyArg_ParseTuple(arguments, "OOO:scatter", &column, &bytes, &output)) return nullptr;
    const Memory values(column, sizeof(uint64_t)), mask(bytes, 1), out(output, sizeof(uint64_t), true);
    if (!values || !mask || !out) return nullptr;
    if (out.count() < mask.count()) return fail(), nullptr;
    size_t next = 0;
    for (size_t row = 0; row < mask.count(); ++row) {
        uint64_t value = 0;
        if (mask.as<const uint8_t>()[row]) {
            if (next == values.count()) return fail(), nullptr;
            value = values.as<const uint64_t>()[next++];
        }
        out.as<uint64_t>()[row] = value;
    }
    Py_RETURN_NONE;
}

PyObject* rise(PyObject* arguments) {
    PyObject* column;
    if (!PyArg_ParseTuple(arguments, "O:rise", &column)) return nullptr;
    const Memory values(column, sizeof(int64_t));
    if (!values) return nullptr;
    const int64_t* const value = values.as<const int64_t>();
    return PyBool_FromLong(std::is_sorted(value, value + values.count()));
}

PyObject* strides(PyObject* arguments) {
    PyObject *column, *output;
    long long before;
    if (!PyArg_ParseTuple(arguments, "OLO:strides", &column, &before, &output)) return nullptr;
    const Memory values(column, sizeof(int64_t)), out(output, sizeof(double), true);
    if (!values || !out) return nullptr;
    if (out.count() < values.count()) return fail(), nullptr;
    int64_t last = before;
    for (size_t row = 0; row < values.count(); ++row) {
        const int64_t value = values.as<const int64_t>()[row];
        if (value < last) Py_RETURN_FALSE;
        // The difference of two signed 64-bit integers may need an unsigned one.
        out.as<double>()[row] = static_cast<double>(static_cast<uint64_t>(value) - static_cast<uint64_t>(last));
        last = value;
    }
    Py_RETURN_TRUE;
}
