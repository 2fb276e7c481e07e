#include "run.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include "loops.h"

namespace {

constexpr double EXACT = 9007199254740992.0;  // 2^53: doubles hold every whole number up to this one

// The values of an input, converted to doubles.
class Given {
public:
    // Opens a number, a range, or an array of doubles or whole numbers, which may have separate rows for each param.
    // Returns 1; 0 if a whole number exceeds `bound`; -1 with an exception set.
    int open(PyObject* object, size_t rows, size_t all_rows, double bound) {
        if (PyFloat_Check(object) || PyLong_Check(object)) {
            one_ = PyFloat_AsDouble(object);
            return 1;
        }
        if (PyRange_Check(object)) return open_range(object, rows, bound);
        Owned code(PyObject_GetAttrString(object, "typecode"));
        if (!code) return -1;
        const bool whole = PyUnicode_CompareWithASCIIString(code.get(), "q") == 0;
        if (!whole && PyUnicode_CompareWithASCIIString(code.get(), "d") != 0) return fail("an array of other numbers");
        memory_.emplace(object, sizeof(double));
        if (!*memory_) return -1;
        if (memory_->count() < rows) return fail("a column is too short");
        many_ = true;
        if (all_rows > rows && memory_->count() == all_rows) own_ = rows, rows = all_rows;
        if (!whole) return 1;
        converted_.resize(rows);
        const int64_t* const from = memory_->as<const int64_t>();
        for (size_t row = 0; row < rows; ++row) {
            converted_[row] = static_cast<double>(from[row]);
            if (!(-bound < converted_[row] && converted_[row] < bound)) return 0;
        }
        return 1;
    }

    Input input(size_t param, size_t row) const {
        if (!many_) return {&one_, 0};
        const double* const values = converted_.empty() ? memory_->as<const double>() : converted_.data();
        return {values + param * own_ + row, 1};
    }

private:
    static int fail(const char* what) {
        PyErr_SetString(PyExc_ValueError, what);
        return -1;
    }

    int open_range(PyObject* object, size_t rows, double bound) {
        int64_t start, step;
        if (!ask_range(object, &start, &step)) return PyErr_Clear(), 0;
        if (PyObject_Size(object) < static_cast<Py_ssize_t>(rows)) return fail("a range is too short");
        const double first = static_cast<double>(start), stride = static_cast<double>(step);
        const double last = first + stride * static_cast<double>(rows);
        if (!(-bound < first && first < bound && -bound < last && last < bound)) return 0;
        many_ = true;
        converted_.resize(rows);
        for (size_t row = 0; row < rows; ++row) converted_[row] = first + stride * static_cast<double>(row);
        return 1;
    }

    double one_ = 0;
    bool many_ = false;
    size_t own_ = 0;  // rows per param if each has its own; 0 if all share them
    std::optional<Memory> memory_;
    std::vector<double> converted_;
};

}  // namespace

PyObject* find(PyObject* arguments) {
    const char* key;
    if (!PyArg_ParseTuple(arguments, "s:find", &key)) return nullptr;
    const auto precedes = [](const Loop& loop, const char* text) { return std::strcmp(loop.key, text) < 0; };
    const Loop* const found = std::lower_bound(LOOPS, LOOPS + LOOP_COUNT, key, precedes);
    if (found == LOOPS + LOOP_COUNT || std::strcmp(found->key, key) != 0) Py_RETURN_NONE;
    return Py_BuildValue("ns", static_cast<Py_ssize_t>(found - LOOPS), found->names);
}

PyObject* run(PyObject* arguments) {
    Py_ssize_t number;
    PyObject *parted, *stated, *registers, *outputs, *coded;
    if (!PyArg_ParseTuple(arguments, "nOO!OO!O:run", &number, &parted, &PyTuple_Type, &stated, &registers, &PyTuple_Type,
                          &outputs, &coded)) {
        return nullptr;
    }
    if (number < 0 || static_cast<size_t>(number) >= LOOP_COUNT) {
        return PyErr_Format(PyExc_ValueError, "no such loop");
    }
    const Memory parts(parted, sizeof(int64_t));
    if (!parts) return nullptr;
    const int64_t* const lengths = parts.as<const int64_t>();
    size_t rows = 0;
    for (size_t part = 0; part < parts.count(); ++part) {
        if (lengths[part] < 0 || lengths[part] > PY_SSIZE_T_MAX / 8 - static_cast<Py_ssize_t>(rows)) {
            return PyErr_Format(PyExc_ValueError, "no such part");
        }
        rows += lengths[part];
    }
    const Loop& loop = LOOPS[number];
    const size_t count = *loop.names ? 1 + std::count(loop.names, loop.names + std::strlen(loop.names), ' ') : 0;
    if (static_cast<size_t>(PyTuple_Size(stated)) != count) return PyErr_Format(PyExc_ValueError, "other inputs");
    // Python's integers are exact: doubles must hold even the product of two of them.
    double largest = 0;
    for (size_t i = 0; i < count; ++i) {
        PyObject* const one = PyTuple_GetItem(stated, i);
        if (PyLong_Check(one)) largest = std::max(largest, std::fabs(PyLong_AsDouble(one)));
    }
    if (PyErr_Occurred()) PyErr_Clear(), largest = EXACT;
    if (largest >= EXACT) Py_RETURN_FALSE;
    const Memory before(registers, sizeof(double));
    if (!before) return nullptr;
    const size_t of_param = loop.registers * parts.count();
    const size_t params = of_param ? before.count() / of_param : 1;
    if (params * of_param != before.count()) return PyErr_Format(PyExc_ValueError, "other registers");
    if (rows > 0 && params > PY_SSIZE_T_MAX / rows) return PyErr_Format(PyExc_ValueError, "too many rows");
    std::vector<Given> given(count);
    for (size_t i = 0; i < count; ++i) {
        const int good = given[i].open(PyTuple_GetItem(stated, i), rows, rows * params, EXACT / (1 + largest));
        if (good < 0) return nullptr;
        if (good == 0) Py_RETURN_FALSE;
    }
    std::vector<double> state(before.as<const double>(), before.as<const double>() + before.count());
    std::vector<Memory> memories;
    std::vector<double*> columns;
    uint8_t* actions = nullptr;
    for (Py_ssize_t i = 0; i < PyTuple_Size(outputs); ++i) {
        PyObject* const output = PyTuple_GetItem(outputs, i);
        const bool bytes = PyByteArray_Check(output);
        memories.emplace_back(output, bytes ? 1 : sizeof(double), true);
        if (!memories.back()) return nullptr;
        if (memories.back().count() < rows * params) return PyErr_Format(PyExc_ValueError, "a short column");
        if (bytes) {
            actions = memories.back().as<uint8_t>();
        } else {
            columns.push_back(memories.back().as<double>());
        }
    }
    const size_t expected = loop.writes_actions ? 0 : loop.registers ? loop.registers : 1;
    if (columns.size() != expected || (actions != nullptr) != loop.writes_actions) {
        return PyErr_Format(PyExc_ValueError, "other outputs");
    }
    const Memory codes(coded, 1);
    if (!codes) return nullptr;
    if (codes.count() != 0 && codes.count() < rows) return PyErr_Format(PyExc_ValueError, "too few actions");
    std::vector<Input> inputs(count);
    double* own = state.data();
    for (size_t param = 0; param < params; ++param) {
        for (size_t part = 0, row = 0; part < parts.count(); ++part) {
            const size_t length = lengths[part];
            for (size_t i = 0; i < count; ++i) inputs[i] = given[i].input(param, row);
            const Frame frame{length, inputs.data(), own, columns.data(), actions,
                              codes.count() ? codes.as<const uint8_t>() + row : nullptr};
            if (!loop.run(frame)) Py_RETURN_FALSE;
            own += loop.registers;
            row += length;
            for (double*& column : columns) column += length;
            if (actions) actions += length;
        }
    }
    Py_RETURN_TRUE;
}
