// Parsing takes one exact multiplication or division if the digits fit into 53 bits and a double holds the power of
// ten. Otherwise it calls the standard library's from_chars or, without one, Python's own function.
#include <Python.h>

#include "numbers.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace {

const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int MOST_DIGITS = 19;  // digits that always fit into 64 bits

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

bool read_exactly(const char* from, const char* to, double* value) {
#if defined(__cpp_lib_to_chars)
    const auto [stop, error] = std::from_chars(from, to, *value);
    return error == std::errc() && stop == to;
#else
    char text[400];
    const size_t length = to - from;
    if (length >= sizeof text) return false;
    std::memcpy(text, from, length);
    text[length] = 0;
    *value = PyOS_string_to_double(text, nullptr, nullptr);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return true;
#endif
}

}  // namespace

const char* read_double(const char* at, const char* end, double* value) {
    const char* const start = at;
    const bool negative = at < end && *at == '-';
    if (negative) ++at;
    const char* const first = at;
    uint64_t mantissa = 0;
    while (at < end && is_digit(*at)) mantissa = 10 * mantissa + (*at++ - '0');
    int64_t digits = at - first;
    if (digits == 0 || (digits > 1 && *first == '0')) return nullptr;
    int64_t exponent = 0;
    if (at < end && *at == '.') {
        const char* const point = ++at;
        while (at < end && is_digit(*at)) mantissa = 10 * mantissa + (*at++ - '0');
        exponent = point - at;
        if (exponent == 0) return nullptr;
        digits -= exponent;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        ++at;
        const bool down = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+')) ++at;
        const char* const power = at;
        int64_t given = 0;
        while (at < end && is_digit(*at)) given = given > 99999 ? given : 10 * given + (*at++ - '0');
        if (at == power || (at < end && is_digit(*at))) return nullptr;
        exponent += down ? -given : given;
    }
    if (digits <= MOST_DIGITS && mantissa <= uint64_t{1} << 53 && -22 <= exponent && exponent <= 22) {
        const double whole = static_cast<double>(mantissa);
        const double size = exponent < 0 ? whole / POWERS[-exponent] : whole * POWERS[exponent];
        *value = negative ? -size : size;
        return at;
    }
    if (!read_exactly(start, at, value)) return nullptr;
    return std::isfinite(*value) && (*value != 0 || mantissa == 0) ? at : nullptr;
}

bool is_json_number(const char* at, const char* end) {
    const auto digits = [&] {
        const char* const first = at;
        while (at < end && is_digit(*at)) ++at;
        return at - first;
    };
    if (at < end && *at == '-') ++at;
    const bool zero = at < end && *at == '0';
    const auto whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (at < end && *at == '.' && (++at, digits() == 0)) return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at < end && (*at == '-' || *at == '+')) ++at;
        if (digits() == 0) return false;
    }
    return at == end;
}

const char* read_whole(const char* at, const char* end, int64_t* value) {
    const char* const start = at;
    uint64_t whole = 0;
    while (at < end && is_digit(*at)) whole = 10 * whole + (*at++ - '0');
    if (at == start || at - start > MOST_DIGITS || (at - start > 1 && *start == '0')) return nullptr;
    if (whole > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return nullptr;
    *value = static_cast<int64_t>(whole);
    return at;
}
