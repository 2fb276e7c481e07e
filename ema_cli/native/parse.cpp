// Parses blocks of lines into columns.
#include "columns.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "numbers.h"

namespace {

bool is_plain(char c) {  // needs no quotes or escapes in any format, except a comma in CSV
    return ' ' <= c && c <= '~' && c != '"' && c != '\\';
}

// The end of a cell of text between two literals; nullptr if the cell can't be passed through unchanged. The separator
// of cells also ends the last cell, so that a row with too many cells is left to Python.
const char* read_text(const char* at, const char* end, const Literal& before, const Literal& behind) {
    const char* const start = at;
    const char stop = *behind.text, mark = before.length == 1 ? *before.text : stop;
    while (at < end && *at != stop && *at != mark && is_plain(*at)) ++at;
    return at > start && (*start == ' ' || at[-1] == ' ') ? nullptr : at;
}

enum class Kind { whole, number, text };

struct Target {
    Kind kind;
    void* values;
};

bool take(const char*& at, const char* end, const Literal& literal) {
    if (static_cast<size_t>(end - at) < literal.length || std::memcmp(at, literal.text, literal.length) != 0) return false;
    at += literal.length;
    return true;
}

}  // namespace

PyObject* parse(PyObject* arguments) {
    PyObject *data, *literals, *columns, *places;
    if (!PyArg_ParseTuple(arguments, "OO!O!O:parse", &data, &PyTuple_Type, &literals, &PyTuple_Type, &columns, &places)) {
        return nullptr;
    }
    const Memory block(data, 1);
    if (!block) return nullptr;
    if (block.count() > INT32_MAX) Py_RETURN_NONE;  // spans hold 32-bit offsets
    const Memory spans(places, sizeof(int32_t), true);
    if (!spans) return nullptr;
    const Py_ssize_t width = PyTuple_Size(columns);
    if (PyTuple_Size(literals) != width + 1) {
        PyErr_SetString(PyExc_ValueError, "a line has one literal more than it has cells");
        return nullptr;
    }
    std::vector<Literal> between(width + 1);
    for (Py_ssize_t i = 0; i <= width; ++i) {
        if (!ask_literal(PyTuple_GetItem(literals, i), &between[i])) return nullptr;
    }
    const size_t most = width ? spans.count() / 2 / width : 0;
    std::vector<Memory> memories;
    memories.reserve(width);
    std::vector<Target> targets;
    for (Py_ssize_t i = 0; i < width; ++i) {
        PyObject* const column = PyTuple_GetItem(columns, i);
        if (column == Py_None) {
            targets.push_back({Kind::text, nullptr});
            continue;
        }
        Owned code(PyObject_GetAttrString(column, "typecode"));
        if (!code) return nullptr;
        Py_ssize_t length = 0;
        const char* const letter = PyUnicode_AsUTF8AndSize(code.get(), &length);
        if (letter == nullptr) return nullptr;
        memories.emplace_back(column, sizeof(double), true);
        if (!memories.back()) return nullptr;
        if (memories.back().count() < most) {
            PyErr_SetString(PyExc_ValueError, "a column is shorter than the spans");
            return nullptr;
        }
        targets.push_back({*letter == 'q' ? Kind::whole : Kind::number, memories.back().as<void>()});
    }
    const char* const start = block.as<const char>();
    const char* const end = start + block.count();
    const char* at = start;
    Span* span = spans.as<Span>();
    size_t row = 0;
    for (; at < end && row < most; ++row) {
        for (Py_ssize_t i = 0; i < width; ++i) {
            if (!take(at, end, between[i])) Py_RETURN_NONE;
            const char* const cell = at;
            switch (targets[i].kind) {
                case Kind::whole: at = read_whole(cell, end, static_cast<int64_t*>(targets[i].values) + row); break;
                case Kind::number: at = read_double(cell, end, static_cast<double*>(targets[i].values) + row); break;
                case Kind::text: at = read_text(cell, end, between[i], between[i + 1]); break;
            }
            if (at == nullptr) Py_RETURN_NONE;
            *span++ = {static_cast<int32_t>(cell - start), static_cast<int32_t>(at - start)};
        }
        if (!take(at, end, between[width])) Py_RETURN_NONE;
    }
    if (at < end) Py_RETURN_NONE;
    return PyLong_FromSize_t(row);
}
