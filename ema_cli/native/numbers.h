// Numbers as text: parsed to the nearest double, and printed as the shortest text in the layout of Python's repr.
#pragma once

#include <cstddef>
#include <cstdint>

// Parses a JSON number up to the first character that can't belong to it, and returns its end; nullptr if there is
// none, or it is too large or too small for a double.
const char* read_double(const char* at, const char* end, double* value);

// True if a text is a JSON number of any size.
bool is_json_number(const char* at, const char* end);

// Parses a whole number from 0 to 2^63 - 1 in the same way.
const char* read_whole(const char* at, const char* end, int64_t* value);

// A type of numbers.
struct Type {
    const char* name;
    int digits;  // bits of the significand
    int least;  // exponent of the least positive number
};

bool has(const Type& type, double value);

// The size of a buffer for a number: the longest text, -2.2250738585072014e-308, and bytes written past it for speed.
constexpr size_t ROOM_FOR_NUMBER = 40;

// Writes the shortest text that reads back to the same number of a type, and returns its end; nullptr if the type does
// not have the number.
char* write_shortest(char* out, double value, const Type& type);

// 10^k for each k from FIRST_POWER_OF_TEN, scaled to 128 bits with the first bit set, and rounded up.
struct PowerOfTen {
    uint64_t high, low;
};
constexpr int FIRST_POWER_OF_TEN = -292, LAST_POWER_OF_TEN = 324;
extern const PowerOfTen POWERS_OF_TEN[];
