#include "columns.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "numbers.h"

namespace {

struct Span {
    int32_t from, to;
};

// A literal between two cells, or a column of cells: what a line is made of.

struct Literal {
    const char* text;
    size_t length;
};

bool is_plain(char c) {  // whatever format it is written in, but for a comma in CSV
    return ' ' <= c && c <= '~' && c != '"' && c != '\\';
}

// Where a cell of text ends; nullptr where it is none that can be passed through as it stands.
const char* read_text(const char* at, const char* end, char stop) {
    const char* const start = at;
    while (at < end && *at != stop && is_plain(*at)) ++at;
    return at > start && (*start == ' ' || at[-1] == ' ') ? nullptr : at;
}

enum class Kind { whole, number, text };

struct Target {
    Kind kind;
    void* values;
};

bool ask_literal(PyObject* object, Literal* literal) {
    char* text = nullptr;
    Py_ssize_t length = 0;
    if (PyBytes_AsStringAndSize(object, &text, &length) != 0) return false;
    *literal = {text, static_cast<size_t>(length)};
    return true;
}

bool take(const char*& at, const char* end, const Literal& literal) {
    if (static_cast<size_t>(end - at) < literal.length || std::memcmp(at, literal.text, literal.length) != 0) return false;
    at += literal.length;
    return true;
}

}  // namespace

PyObject* parse(PyObject*, PyObject* arguments) {
    PyObject *data, *literals, *columns, *places;
    if (!PyArg_ParseTuple(arguments, "OO!O!O:parse", &data, &PyTuple_Type, &literals, &PyTuple_Type, &columns, &places)) {
        return nullptr;
    }
    const Memory block(data, 1);
    if (!block) return nullptr;
    const Memory spans(places, sizeof(Span), true);
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
    const size_t most = width ? spans.count() / width : 0;
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
                case Kind::text: at = read_text(cell, end, *between[i + 1].text); break;
            }
            if (at == nullptr) Py_RETURN_NONE;
            *span++ = {static_cast<int32_t>(cell - start), static_cast<int32_t>(at - start)};
        }
        if (!take(at, end, between[width])) Py_RETURN_NONE;
    }
    if (at < end) Py_RETURN_NONE;
    return PyLong_FromSize_t(row);
}

namespace {

// Texts of a short type, which are few: made by Python once.
class Remembered {
public:
    explicit Remembered(PyObject* print) : print_(print) {}

    const std::string* text(double value) {
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        const auto known = texts_.find(bits);
        if (known != texts_.end()) return &known->second;
        Owned made(PyObject_CallFunction(print_, "d", value));
        if (!made) return nullptr;
        Py_ssize_t length = 0;
        const char* const text = PyUnicode_AsUTF8AndSize(made.get(), &length);
        if (text == nullptr || length > static_cast<Py_ssize_t>(LONGEST_NUMBER)) {
            if (text != nullptr) PyErr_SetString(PyExc_ValueError, "the text of a number is too long");
            return nullptr;
        }
        if (texts_.size() >= MOST) texts_.clear();
        return &texts_.emplace(bits, std::string(text, length)).first->second;
    }

private:
    static constexpr size_t MOST = 1 << 17;
    PyObject* print_;
    std::unordered_map<uint64_t, std::string> texts_;
};

// Prints doubles in the way that a column asks for.
class Printer {
public:
    // `print` is "double", "float", or a function of Python.
    bool open(PyObject* print) {
        if (PyUnicode_Check(print)) {
            Py_ssize_t length = 0;
            const char* const name = PyUnicode_AsUTF8AndSize(print, &length);
            if (name == nullptr) return false;
            is_float_ = *name == 'f';
            return true;
        }
        // One memory for each function, for as long as the process lives.
        static auto& all = *new std::unordered_map<PyObject*, Remembered>();
        auto known = all.find(print);
        if (known == all.end()) {
            Py_INCREF(print);
            known = all.emplace(print, Remembered(print)).first;
        }
        remembered_ = &known->second;
        return true;
    }

    char* write(char* out, double value) {
        if (remembered_ == nullptr) return is_float_ ? write_float(out, value) : write_double(out, value);
        const std::string* const text = remembered_->text(value);
        if (text == nullptr) return nullptr;
        std::memcpy(out, text->data(), text->size());
        return out + text->size();
    }

private:
    bool is_float_ = false;
    Remembered* remembered_ = nullptr;
};

bool is_json_number(const char* at, const char* end) {
    double value;
    return read_double(at, end, &value) == end;
}

// What is written line by line; grows by doubling.
class Output {
public:
    char* room(size_t length) {
        if (size_ + length > bytes_.size()) bytes_.resize(2 * bytes_.size() + length);
        return bytes_.data() + size_;
    }
    void put(const char* text, size_t length) {
        std::memcpy(room(length), text, length);
        size_ += length;
    }
    void put(char c) { put(&c, 1); }
    void until(const char* end) { size_ = end - bytes_.data(); }
    const char* from(size_t place) const { return bytes_.data() + place; }
    size_t size() const { return size_; }
    void clear() { size_ = 0; }

private:
    std::vector<char> bytes_ = std::vector<char>(1 << 16);
    size_t size_ = 0;
};

// Something that each line has.
class Part {
public:
    virtual ~Part() = default;
    virtual bool write(Output& out, size_t row) = 0;
};

class Fixed : public Part {
public:
    explicit Fixed(Literal literal) : literal_(literal) {}
    bool write(Output& out, size_t) override {
        out.put(literal_.text, literal_.length);
        return true;
    }

private:
    Literal literal_;
};

enum Way { AS_WRITTEN, AS_JSON, AS_CSV };

// Cells of a block, as they were written.
class Cells : public Part {
public:
    Cells(Memory data, Memory spans, size_t place, size_t width, int way)
        : data_(std::move(data)), spans_(std::move(spans)), place_(place), width_(width), way_(way) {}
    bool has(size_t rows) const { return place_ < width_ && spans_.count() / width_ >= rows; }
    bool write(Output& out, size_t row) override {
        const Span span = spans_.as<Span>()[row * width_ + place_];
        const char* const text = data_.as<const char>();
        if (span.from < 0 || span.to < span.from || static_cast<size_t>(span.to) > data_.count()) {
            PyErr_SetString(PyExc_ValueError, "a cell lies outside of its block");
            return false;
        }
        const char* const from = text + span.from;
        const size_t length = span.to - span.from;
        if (way_ == AS_JSON && length == 0) {
            out.put("null", 4);
        } else if (needs_quotes(from, length)) {
            out.put('"');
            out.put(from, length);
            out.put('"');
        } else {
            out.put(from, length);
        }
        return true;
    }

private:
    bool needs_quotes(const char* text, size_t length) const {
        if (way_ == AS_CSV) return std::memchr(text, ',', length) != nullptr;
        return way_ == AS_JSON && !is_json_number(text, text + length);
    }

    Memory data_, spans_;
    size_t place_, width_;
    int way_;
};

class Texts : public Part {
public:
    explicit Texts(PyObject* list) : list_(list) {}
    bool has(size_t rows) const { return PyList_Size(list_) >= static_cast<Py_ssize_t>(rows); }
    bool write(Output& out, size_t row) override {
        Py_ssize_t length = 0;
        PyObject* const item = PyList_GetItem(list_, row);
        const char* const text = item == nullptr ? nullptr : PyUnicode_AsUTF8AndSize(item, &length);
        if (text == nullptr) return false;
        out.put(text, length);
        return true;
    }

private:
    PyObject* list_;
};

// Numbers; where a mask says that one is absent, a text in its place.
class Numbers : public Part {
public:
    Numbers(Memory values, Printer printer, Literal absent, bool quoted)
        : values_(std::move(values)), printer_(printer), absent_(absent), quoted_(quoted) {}
    bool has(size_t rows) const { return values_.count() >= rows && (!masked_ || mask_.front().count() >= rows); }
    void mask(Memory mask) {
        mask_.push_back(std::move(mask));
        masked_ = true;
    }
    bool write(Output& out, size_t row) override {
        if (masked_ && !mask_.front().as<const char>()[row]) {
            out.put(absent_.text, absent_.length);
            return true;
        }
        const double value = values_.as<const double>()[row];
        if (written_ && std::memcmp(&value, &last_, sizeof value) == 0) {
            char* const to = out.room(length_);
            std::memcpy(to, out.from(place_), length_);
            place_ = out.size();
            out.until(to + length_);
            return true;
        }
        char* const from = out.room(LONGEST_NUMBER + 2);
        place_ = out.size();
        const bool quotes = quoted_ && value - value != 0;
        char* to = from;
        if (quotes) *to++ = '"';
        to = printer_.write(to, value);
        if (to == nullptr) return false;
        if (quotes) *to++ = '"';
        out.until(to);
        length_ = to - from;
        last_ = value;
        written_ = true;
        return true;
    }

private:
    Memory values_;
    std::vector<Memory> mask_;  // none or one
    Printer printer_;
    Literal absent_;
    bool quoted_, masked_ = false, written_ = false;
    double last_ = 0;
    size_t place_ = 0, length_ = 0;
};

void complain() {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "a column has too few cells");
}

// A part as Python states it: bytes, a list of texts, cells (data, spans, place, width, way), or numbers (values,
// print, mask or None, the text of what is absent, quoted).
std::unique_ptr<Part> ask_part(PyObject* stated, size_t rows) {
    if (PyBytes_Check(stated)) {
        Literal literal;
        if (!ask_literal(stated, &literal)) return nullptr;
        return std::make_unique<Fixed>(literal);
    }
    if (PyList_Check(stated)) {
        auto part = std::make_unique<Texts>(stated);
        if (part->has(rows)) return part;
        complain();
        return nullptr;
    }
    PyObject *first, *second, *third, *fourth;
    int last;
    if (!PyArg_ParseTuple(stated, "OOOOi", &first, &second, &third, &fourth, &last)) return nullptr;
    if (PyLong_Check(third)) {
        Memory data(first, 1);
        if (!data) return nullptr;
        Memory spans(second, sizeof(Span));
        if (!spans) return nullptr;
        const size_t place = PyLong_AsSize_t(third), width = PyLong_AsSize_t(fourth);
        if (PyErr_Occurred()) return nullptr;
        auto part = std::make_unique<Cells>(std::move(data), std::move(spans), place, width, last);
        if (part->has(rows)) return part;
        complain();
        return nullptr;
    }
    Memory values(first, sizeof(double));
    Printer printer;
    Literal absent;
    if (!values || !printer.open(second) || !ask_literal(fourth, &absent)) return nullptr;
    auto part = std::make_unique<Numbers>(std::move(values), printer, absent, last != 0);
    if (third != Py_None) {
        Memory mask(third, 1);
        if (!mask) return nullptr;
        part->mask(std::move(mask));
    }
    if (part->has(rows)) return part;
    complain();
    return nullptr;
}

}  // namespace

PyObject* lines(PyObject*, PyObject* arguments) {
    Py_ssize_t rows;
    PyObject* stated;
    if (!PyArg_ParseTuple(arguments, "nO!:lines", &rows, &PyTuple_Type, &stated)) return nullptr;
    if (rows < 0) return PyErr_Format(PyExc_ValueError, "fewer rows than none");
    std::vector<std::unique_ptr<Part>> parts;
    for (Py_ssize_t i = 0; i < PyTuple_Size(stated); ++i) {
        auto part = ask_part(PyTuple_GetItem(stated, i), rows);
        if (part == nullptr) return nullptr;
        parts.push_back(std::move(part));
    }
    Output out;
    for (Py_ssize_t row = 0; row < rows; ++row) {
        for (const auto& part : parts) {
            if (!part->write(out, row)) return nullptr;
        }
    }
    return PyBytes_FromStringAndSize(out.from(0), out.size());
}

PyObject* texts(PyObject*, PyObject* arguments) {
    PyObject *column, *print;
    if (!PyArg_ParseTuple(arguments, "OO:texts", &column, &print)) return nullptr;
    const Memory values(column, sizeof(double));
    Printer printer;
    if (!values || !printer.open(print)) return nullptr;
    Owned list(PyList_New(values.count()));
    if (!list) return nullptr;
    char text[LONGEST_NUMBER];
    for (size_t row = 0; row < values.count(); ++row) {
        char* const end = printer.write(text, values.as<const double>()[row]);
        PyObject* const item = end == nullptr ? nullptr : PyUnicode_FromStringAndSize(text, end - text);
        if (item == nullptr || PyList_SetItem(list.get(), row, item) != 0) return nullptr;
    }
    Py_INCREF(list.get());
    return list.get();
}
