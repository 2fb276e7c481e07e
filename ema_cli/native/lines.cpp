// Joins lines from columns: cells of a block are copied, and numbers are printed.
#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cstring>
#include <memory>
#include <vector>

#include "columns.h"
#include "numbers.h"

namespace {

constexpr Type TYPES[] = {{"float64", 53, -1074}, {"float32", 24, -149}, {"float16", 11, -24}, {"bfloat16", 8, -133}};
constexpr Type UNKNOWN = {"", 0, DBL_MAX_EXP};  // has no number but 0: Python prints the others

const Type* type_of(PyObject* name) {
    for (const Type& type : TYPES) {
        if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, type.name) == 0) return &type;
    }
    return &UNKNOWN;
}

// A buffer that is filled line by line, and handed on in pieces.
class Output {
public:
    char* room(size_t length) {
        if (size_ + length > room_) grow(length);
        return bytes_.get() + size_;
    }
    void put(const char* text, size_t length) {
        char* const to = room(length);
        if (length == 1) {  // most literals
            *to = *text;
        } else {
            std::memcpy(to, text, length);
        }
        size_ += length;
    }
    void put_quoted(const char* text, size_t length) {
        put("\"", 1);
        put(text, length);
        put("\"", 1);
    }
    void skip(size_t length) { size_ += length; }
    bool is_full() const { return size_ >= PIECE; }
    // Returns false with an exception set.
    bool hand_on(PyObject* write) {
        Owned done(PyObject_CallFunction(write, "y#", bytes_.get(), static_cast<Py_ssize_t>(size_)));
        size_ = 0;
        return static_cast<bool>(done);
    }

private:
    static constexpr size_t PIECE = 1 << 16;
    // Far more than a piece needs; most of it is never touched. malloc keeps as much freed memory as the largest block
    // ever allocated: otherwise it would return the memory of each batch to the system, and get it back by pages.
    static constexpr size_t ROOM = 1 << 22;

    void grow(size_t length) {
        room_ = 2 * room_ + length;
        std::unique_ptr<char[]> larger(new char[room_]);
        std::memcpy(larger.get(), bytes_.get(), size_);
        bytes_ = std::move(larger);
    }

    std::unique_ptr<char[]> bytes_{new char[ROOM]};
    size_t room_ = ROOM, size_ = 0;
};

enum Way { AS_WRITTEN, AS_JSON, AS_CSV };

// One part of each line. Python passes it as
//     bytes                                         the same text in each line
//     a list of texts
//     (data, spans, place, width, way)              a cell of a block
//     (values, type, mask or None, absent, quoted)  numbers; in rows where the mask is 0, the text `absent`
//     an array or a range of whole numbers
class Part {
public:
    // Returns false with an exception set.
    bool open(PyObject* stated, size_t rows) {
        if (PyBytes_Check(stated)) {
            kind_ = Kind::literal;
            return ask_literal(stated, &literal_);
        }
        if (PyList_Check(stated)) {
            kind_ = Kind::texts;
            texts_ = stated;
            return PyList_Size(stated) >= static_cast<Py_ssize_t>(rows) || fail();
        }
        if (PyRange_Check(stated)) {
            kind_ = Kind::range;
            if (PyObject_Size(stated) < static_cast<Py_ssize_t>(rows)) return fail();
            return ask_range(stated, &first_, &stride_);
        }
        if (!PyTuple_Check(stated)) {
            kind_ = Kind::counts;
            return take(stated, sizeof(int64_t)) && (memories_[0].count() >= rows || fail());
        }
        PyObject *first, *second, *third, *fourth;
        if (!PyArg_ParseTuple(stated, "OOOOi", &first, &second, &third, &fourth, &way_)) return false;
        if (PyLong_Check(third)) {
            kind_ = Kind::cells;
            place_ = PyLong_AsSize_t(third);
            width_ = PyLong_AsSize_t(fourth);
            if (PyErr_Occurred() || !take(first, 1) || !take(second, sizeof(int32_t))) return false;
            return (place_ < width_ && memories_[1].count() / 2 / width_ >= rows) || fail();
        }
        kind_ = Kind::numbers;
        if (!take(first, sizeof(double)) || !ask_literal(fourth, &literal_)) return false;
        type_ = type_of(second);
        if (third != Py_None && !take(third, 1)) return false;
        for (const Memory& memory : memories_) {
            if (memory.count() < rows) return fail();
        }
        return true;
    }

    // True if all of its numbers are values of its type.
    bool is_of_type(size_t rows) const {
        if (type_ == nullptr || type_->digits == DBL_MANT_DIG) return true;
        const double* const values = memories_[0].as<const double>();
        return std::all_of(values, values + rows, [this](double value) { return has(*type_, value); });
    }

    // Returns false with an exception set.
    bool write(Output& out, size_t row) {
        switch (kind_) {
            case Kind::literal: out.put(literal_.text, literal_.length); return true;
            case Kind::texts: return write_text(out, row);
            case Kind::cells: return write_cell(out, row);
            case Kind::range: write_count(out, first_ + stride_ * static_cast<int64_t>(row)); return true;
            case Kind::counts: write_count(out, memories_[0].as<const int64_t>()[row]); return true;
            default: write_number(out, row); return true;
        }
    }

private:
    enum class Kind { literal, texts, cells, range, counts, numbers };

    static bool fail() {
        PyErr_SetString(PyExc_ValueError, "a column has too few cells");
        return false;
    }

    bool take(PyObject* object, size_t item) {
        memories_.emplace_back(object, item);
        return static_cast<bool>(memories_.back());
    }

    bool write_text(Output& out, size_t row) const {
        Py_ssize_t length = 0;
        PyObject* const item = PyList_GetItem(texts_, row);
        const char* const text = item == nullptr ? nullptr : PyUnicode_AsUTF8AndSize(item, &length);
        if (text == nullptr) return false;
        out.put(text, length);
        return true;
    }

    bool write_cell(Output& out, size_t row) const {
        const Memory& data = memories_[0];
        const Span span = memories_[1].as<const Span>()[row * width_ + place_];
        if (span.from < 0 || span.to < span.from || static_cast<size_t>(span.to) > data.count()) {
            PyErr_SetString(PyExc_ValueError, "a cell lies outside of its block");
            return false;
        }
        const char* const text = data.as<const char>() + span.from;
        const size_t length = span.to - span.from;
        if (way_ == AS_JSON && length == 0) {
            out.put("null", 4);
        } else if (needs_quotes(text, length)) {
            out.put_quoted(text, length);
        } else {
            out.put(text, length);
        }
        return true;
    }

    bool needs_quotes(const char* text, size_t length) const {
        if (way_ == AS_JSON) return !is_json_number(text, text + length);
        return way_ == AS_CSV && std::memchr(text, ',', length) != nullptr;
    }

    static void write_count(Output& out, int64_t count) {
        char* const to = out.room(ROOM_FOR_NUMBER);
        out.skip(std::to_chars(to, to + ROOM_FOR_NUMBER, count).ptr - to);
    }

    void write_number(Output& out, size_t row) {
        if (memories_.size() > 1 && !memories_[1].as<const char>()[row]) {
            out.put(literal_.text, literal_.length);
            return;
        }
        const double value = memories_[0].as<const double>()[row];
        if (length_ == 0 || std::memcmp(&value, &last_, sizeof value) != 0) {
            char* to = text_;
            const bool quotes = way_ == AS_JSON && value - value != 0;
            if (quotes) *to++ = '"';
            to = write_shortest(to, value, *type_);
            if (quotes) *to++ = '"';
            length_ = to - text_;
            last_ = value;
        }
        std::memcpy(out.room(sizeof text_), text_, sizeof text_);
        out.skip(length_);
    }

    Kind kind_ = Kind::literal;
    Literal literal_{};
    PyObject* texts_ = nullptr;
    std::vector<Memory> memories_;
    size_t place_ = 0, width_ = 0;  // of cells
    int64_t first_ = 0, stride_ = 0;       // of a range
    int way_ = AS_WRITTEN;
    const Type* type_ = nullptr;
    double last_ = 0;  // the last number written, and its text
    size_t length_ = 0;
    char text_[ROOM_FOR_NUMBER + 2];
};

}  // namespace

PyObject* lines(PyObject* arguments) {
    Py_ssize_t rows;
    PyObject *stated, *write;
    if (!PyArg_ParseTuple(arguments, "nO!O:lines", &rows, &PyTuple_Type, &stated, &write)) return nullptr;
    if (rows < 0) return PyErr_Format(PyExc_ValueError, "fewer rows than none");
    std::vector<Part> parts(PyTuple_Size(stated));
    for (size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].open(PyTuple_GetItem(stated, i), rows)) return nullptr;
        if (!parts[i].is_of_type(rows)) Py_RETURN_FALSE;
    }
    Output out;
    for (Py_ssize_t row = 0; row < rows; ++row) {
        for (Part& part : parts) {
            if (!part.write(out, row)) return nullptr;
        }
        if ((out.is_full() || row + 1 == rows) && !out.hand_on(write)) return nullptr;
    }
    Py_RETURN_TRUE;
}

PyObject* texts(PyObject* arguments) {
    PyObject *column, *name;
    if (!PyArg_ParseTuple(arguments, "OO:texts", &column, &name)) return nullptr;
    const Memory values(column, sizeof(double));
    const Type* const type = type_of(name);
    if (!values) return nullptr;
    Owned list(PyList_New(values.count()));
    if (!list) return nullptr;
    char text[ROOM_FOR_NUMBER];
    for (size_t row = 0; row < values.count(); ++row) {
        char* const end = write_shortest(text, values.as<double>()[row], *type);
        if (end == nullptr) Py_RETURN_NONE;
        PyObject* const item = PyUnicode_FromStringAndSize(text, end - text);
        if (item == nullptr || PyList_SetItem(list.get(), row, item) != 0) return nullptr;
    }
    return list.release();
}
