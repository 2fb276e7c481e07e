// Blocks of lines: cut into columns, and put together from columns.
#pragma once

#include "python.h"

// parse(data, literals, columns, spans) -> rows | None
PyObject* parse(PyObject*, PyObject* arguments);

// lines(rows, parts) -> bytes
PyObject* lines(PyObject*, PyObject* arguments);

// texts(values, shortest) -> list[str]
PyObject* texts(PyObject*, PyObject* arguments);
