// RAII wrappers for Python's objects.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <utility>

// A reference that this code owns.
class Owned {
public:
    Owned() = default;
    explicit Owned(PyObject* object) : object_(object) {}
    Owned(Owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Owned& operator=(Owned&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Owned() { Py_XDECREF(object_); }
    PyObject* get() const { return object_; }
    PyObject* release() { return std::exchange(object_, nullptr); }
    explicit operator bool() const { return object_ != nullptr; }

private:
    PyObject* object_ = nullptr;
};

// The memory of a bytes object or an array, if items have the expected size; otherwise false, with an exception set.
class Memory {
public:
    Memory(PyObject* object, size_t item, bool writable = false) {
        if (PyObject_GetBuffer(object, &view_, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE) != 0) return;
        if (view_.itemsize == static_cast<Py_ssize_t>(item)) {
            count_ = view_.len / item;
        } else {
            PyErr_SetString(PyExc_ValueError, "an array of other items");
            PyBuffer_Release(&view_);  // also clears view_.obj
        }
    }
    Memory(Memory&& other) noexcept : view_(other.view_), count_(other.count_) { other.view_.obj = nullptr; }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() {
        if (view_.obj != nullptr) PyBuffer_Release(&view_);
    }
    explicit operator bool() const { return view_.obj != nullptr; }
    size_t count() const { return count_; }
    template <class Item>
    Item* as() const {
        return static_cast<Item*>(view_.buf);
    }

private:
    Py_buffer view_{};
    size_t count_ = 0;
};

// Gets the first number of a range and its step. Returns false with an exception set.
inline bool ask_range(PyObject* object, int64_t* first, int64_t* stride) {
    const Owned start(PyObject_GetAttrString(object, "start")), step(PyObject_GetAttrString(object, "step"));
    if (!start || !step) return false;
    *first = PyLong_AsLongLong(start.get());
    *stride = PyLong_AsLongLong(step.get());
    return PyErr_Occurred() == nullptr;
}
