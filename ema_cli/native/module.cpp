// The compiled core as a Python module: a few functions on arrays.
#include "columns.h"
#include "python.h"
#include "run.h"

#include <cfloat>
#include <cmath>
#include <exception>

#if defined(__FAST_MATH__)
#error "the compiled core must not be built with -ffast-math"
#endif
#if FLT_EVAL_METHOD != 0
#error "the compiled core needs arithmetic that rounds each operation to its own type"
#endif

namespace {

// A library linked with -ffast-math may have switched the whole process to flush subnormals.
PyObject* works(PyObject*, PyObject*) {
    volatile double least = DBL_MIN;
    volatile float least_float = FLT_MIN;
    volatile double a = 1 + DBL_EPSILON, b = 1 - DBL_EPSILON;
    const bool keeps = least / 2 > 0 && least_float / 2 > 0;
    return PyBool_FromLong(keeps && std::fma(a, b, -1) == -DBL_EPSILON * DBL_EPSILON);
}

// Turns C++ exceptions, such as running out of memory, into Python's MemoryError.
template <PyObject* (*function)(PyObject*)>
PyObject* guarded(PyObject*, PyObject* arguments) {
    try {
        return function(arguments);
    } catch (const std::exception&) {
        return PyErr_NoMemory();
    }
}

PyMethodDef methods[] = {
    {"works", works, METH_NOARGS, nullptr},
    {"parse", guarded<parse>, METH_VARARGS, nullptr},
    {"lines", guarded<lines>, METH_VARARGS, nullptr},
    {"texts", guarded<texts>, METH_VARARGS, nullptr},
    {"find", guarded<find>, METH_VARARGS, nullptr},
    {"run", guarded<run>, METH_VARARGS, nullptr},
    {"gather", guarded<gather>, METH_VARARGS, nullptr},
    {"scatter", guarded<scatter>, METH_VARARGS, nullptr},
    {"rise", guarded<rise>, METH_VARARGS, nullptr},
    {"strides", guarded<strides>, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

int fill(PyObject* module) { return PyModule_AddIntConstant(module, "interface", 9); }

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(fill)}, {0, nullptr}};

PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_core", nullptr, 0, methods, slots, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__core() { return PyModuleDef_Init(&definition); }
