// Numbers as text: read to the nearest double, and printed as the shortest text in the layout of Python's repr.
#pragma once

#include <cstddef>
#include <cstdint>

// Reads a number as JSON writes it, up to the first character that cannot belong to it. Gives where it ends; nullptr
// where there is none, or one past the range of doubles, or too small for them.
const char* read_double(const char* at, const char* end, double* value);

// Whether a text is a number as JSON writes it, of any size.
bool is_json_number(const char* at, const char* end);

// Reads a whole number from 0 to 2^63 - 1 likewise.
const char* read_whole(const char* at, const char* end, int64_t* value);

// A type of numbers.
struct Type {
    const char* name;
    int digits;  // of the significand, in binary
    int least;  // exponent of the least positive number
};

bool has(const Type& type, double value);

// What a number is written into: the longest text, -2.2250738585072014e-308, and what is written behind it for speed.
constexpr size_t ROOM_FOR_NUMBER = 40;

// Writes the shortest text that reads back to the same number of a type. Gives where it ends; nullptr where the type
// has no such number.
char* write_shortest(char* out, double value, const Type& type);

// 10^k for each k from FIRST_POWER_OF_TEN on, as 128 bits of which the first is set, rounded up.
struct PowerOfTen {
    uint64_t high, low;
};
constexpr int FIRST_POWER_OF_TEN = -292, LAST_POWER_OF_TEN = 324;
extern const PowerOfTen POWERS_OF_TEN[];
