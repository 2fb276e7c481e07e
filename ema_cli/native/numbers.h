// Numbers as text: read to the nearest double, and printed as the shortest text in the layout of Python's repr.
#pragma once

#include <cstddef>
#include <cstdint>

// The longest text that is printed has 24 characters: -2.2250738585072014e-308.
constexpr size_t LONGEST_NUMBER = 32;

// Reads a number as JSON writes it, up to the first character that cannot belong to it. Gives where it ends; nullptr
// where there is none, or one past the range of doubles, or too small for them.
const char* read_double(const char* at, const char* end, double* value);

// Reads a whole number from 0 to 2^63 - 1 likewise.
const char* read_whole(const char* at, const char* end, int64_t* value);

// The shortest text that reads back to the same double. Gives where it ends.
char* write_double(char* out, double value);

// The shortest text that reads back to the same float; false where this library has none.
bool can_write_float();
char* write_float(char* out, double value);
