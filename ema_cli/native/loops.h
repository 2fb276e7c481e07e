// Parts of the generated loops: the number systems of core/numbers/dtypes.py, and functions that formulas call.
//
// Each function does the same operations as its Python counterpart. Where Python would raise an exception, `odd` is set:
// the caller then discards the result, and Python repeats the computation and words the error.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

// The action codes of core/gates.py.
constexpr uint8_t UPDATES = 1, COPIES = 2, RESTARTS = 3;

// The values of a name: one for each row, or (with stride 0) one for all rows.
struct Input {
    const double* values;
    size_t stride;
    double operator[](size_t row) const { return values[row * stride]; }
};

struct Frame {
    size_t rows;
    const Input* inputs;
    double* state;
    double* const* outputs;
    uint8_t* actions;
    const uint8_t* codes;  // the action of each row; null if all are updates
};

// Returns false if an operation set `odd`.
using Run = bool (*)(const Frame&);

struct Loop {
    const char* key;
    const char* names;  // of its inputs, in order, with spaces between them
    size_t registers;  // 0 for a column whose rows are independent
    bool writes_actions;
    Run run;
};

extern const Loop LOOPS[];  // in the order of their keys
extern const size_t LOOP_COUNT;

double powf_of_glibc(double x, double y);  // not rounded to float32 yet
double fma_of_floats(double a, double b, double c);  // likewise
double pow_v8(double x, double y);

inline double to_float(double x) { return static_cast<double>(static_cast<float>(x)); }

inline double flushed(double x, double least, double rounded) {
    return -least < x && x < least ? std::copysign(0.0, x) : rounded;
}

// Rounds x to `digits` binary digits, ties to even; from `past` on, to infinity.
inline double to_short(double x, int digits, int least_exponent, double past) {
    if (x != x) return x;
    if (std::fabs(x) >= past) return std::copysign(HUGE_VAL, x);
    uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    const int own = static_cast<int>(bits >> 52 & 0x7FF) - 1023;
    const int exponent = own < least_exponent ? least_exponent : own;
    // Adding 1.5 * 2^(52 + exponent - digits + 1) rounds off the excess digits of x.
    const uint64_t large = static_cast<uint64_t>(1023 + 52 + exponent - digits + 1) << 52 | uint64_t{1} << 51;
    double shift;
    std::memcpy(&shift, &large, sizeof shift);
    const double rounded = (std::fabs(x) + shift) - shift;
    return std::copysign(rounded >= past ? HUGE_VAL : rounded, x);
}

[[gnu::noinline]] static double to_float16(double x) { return to_short(x, 11, -14, 65536.0); }
[[gnu::noinline]] static double to_bfloat16(double x) { return to_short(x, 8, -126, 0x1p128); }

constexpr double FLUSHED_FLOAT32 = 0x1p-126 - 0x1p-151;
constexpr double LEAST_FLOAT64 = 0x1p-1022;

// A number system: R rounds to the type, O to the compute type, and N converts a number.

template <bool flush>
struct Float64 {
    static double R(double x) { return flush ? flushed(x, LEAST_FLOAT64, x) : x; }
    static double O(double x) { return R(x); }
    static double N(double x) { return x; }
    static double fma(double a, double b, double c) { return R(std::fma(a, b, c)); }
    static double P(double x, double y) { return std::pow(x, y); }
    static constexpr bool is_double = true;
};

template <bool flush>
struct Float32 {
    static double R(double x) { return flush ? flushed(x, FLUSHED_FLOAT32, to_float(x)) : to_float(x); }
    static double O(double x) { return R(x); }
    static double N(double x) { return R(x); }
    static double fma(double a, double b, double c) { return R(fma_of_floats(a, b, c)); }
    static double P(double x, double y) { return R(powf_of_glibc(x, y)); }
    static constexpr bool is_double = false;
};

template <bool by_float32>
struct Float16 {
    static double R(double x) { return to_float16(by_float32 ? to_float(x) : x); }
    static double O(double x) { return to_float(x); }
    static double N(double x) { return O(x); }
    static double fma(double a, double b, double c) { return O(fma_of_floats(a, b, c)); }
    static double P(double x, double y) { return O(powf_of_glibc(x, y)); }
    static constexpr bool is_double = false;
};

template <bool by_float32, bool flush>
struct BFloat16 {
    static double R(double x) {
        const double rounded = to_bfloat16(by_float32 ? to_float(x) : x);
        return flush ? flushed(x, FLUSHED_FLOAT32, rounded) : rounded;
    }
    static double O(double x) { return flush ? flushed(x, FLUSHED_FLOAT32, to_float(x)) : to_float(x); }
    static double N(double x) { return O(x); }
    static double fma(double a, double b, double c) { return O(fma_of_floats(a, b, c)); }
    static double P(double x, double y) { return O(powf_of_glibc(x, y)); }
    static constexpr bool is_double = false;
};

// Python's operators and functions.

inline double least_of(double a, double b) { return b < a ? b : a; }
inline double most_of(double a, double b) { return b > a ? b : a; }

inline double quotient(double a, double b, bool& odd) {
    odd |= b == 0;
    return a / b;
}

inline double rest(double a, double b, bool& odd) {
    odd |= b == 0;
    const double found = std::fmod(a, b);
    if (found == 0) return std::copysign(0.0, b);
    return (found < 0) != (b < 0) ? found + b : found;
}

inline double floored(double a, double b, bool& odd) { return std::round((a - rest(a, b, odd)) / b); }

// Python raises an exception if finite arguments give a result that is not finite.
inline double checked(double found, double x, double y, bool& odd) {
    odd |= !std::isfinite(found) && std::isfinite(x) && std::isfinite(y);
    return found;
}

// Python's power of whole numbers is exact: a result that a double may not hold is left to Python.
inline double power(double x, double y, bool& odd) {
    const double found = checked(std::pow(x, y), x, y, odd);
    odd |= std::fabs(found) >= 0x1p53 && x == std::floor(x) && y == std::floor(y);
    return found;
}
inline double exp(double x, bool& odd) { return checked(std::exp(x), x, 0, odd); }
inline double exp2(double x, bool& odd) { return checked(std::exp2(x), x, 0, odd); }
inline double log(double x, bool& odd) {
    odd |= !(x > 0);
    return std::log(x);
}
inline double sqrt(double x, bool& odd) {
    odd |= !(x >= 0);
    return std::sqrt(x);
}
inline double floor(double x, bool& odd) {
    odd |= !std::isfinite(x);
    return std::floor(x) + 0.0;  // Python's integers have no negative zero
}
inline double ceil(double x, bool& odd) { return -floor(-x, odd) + 0.0; }
inline double cos(double x, bool& odd) {
    odd |= !std::isfinite(x);
    return std::cos(x);
}

// The functions of core/numbers/operations.py, and others that formulas call.

inline double div(double x, double y) {
    if (y != 0) return x / y;
    return x == 0 || x != x ? NAN : std::copysign(HUGE_VAL, x) * std::copysign(1.0, y);
}

inline double at_least(double least, double n, bool& odd) {
    odd |= n < least;
    return n;
}

inline double f32(double x) { return to_float(x); }
inline double flush32(double x) { return Float32<true>::R(x); }

template <class S>
double power_by_squares(double x, double n) {
    double result = 1;
    for (uint64_t left = n > 0 ? static_cast<uint64_t>(n) : 0; left > 0; left >>= 1) {
        if (left & 1) result = S::R(result * x);
        x = S::R(x * x);
    }
    return result;
}

template <class S>
double tensor_power(double x, double y, bool& odd) {
    if (S::is_double) return std::pow(x, y);
    if (y == -0.5) return S::R(quotient(1, S::R(sqrt(x, odd)), odd));
    if (y == -1.0) return S::R(quotient(1, x, odd));
    if (y == -2.0) return S::R(quotient(1, S::R(x * x), odd));
    return S::R(std::pow(x, y));
}
