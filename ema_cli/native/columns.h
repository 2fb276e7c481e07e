// Blocks of lines: parsed into columns, and joined from columns.
#pragma once

#include <cstddef>
#include <cstdint>

#include "python.h"

// The place of a cell in its block.
struct Span {
    int32_t from, to;
};

// The text between two cells.
struct Literal {
    const char* text;
    size_t length;
};

inline bool ask_literal(PyObject* object, Literal* literal) {
    char* text = nullptr;
    Py_ssize_t length = 0;
    if (PyBytes_AsStringAndSize(object, &text, &length) != 0) return false;
    *literal = {text, static_cast<size_t>(length)};
    return true;
}

// parse(data, literals, columns, spans) -> rows | None
PyObject* parse(PyObject* arguments);

// lines(rows, parts, write) -> bool
PyObject* lines(PyObject* arguments);

// texts(values, type) -> list[str] | None
PyObject* texts(PyObject* arguments);
