// Prints every positive float of 32 bits, or as many random doubles as are asked for, and holds each text against the
// standard library: it reads back to the number, and the library's shortest text has the same digits.
//
//     g++ -O2 -std=c++17 -Iema_cli/native tests/native/print_all.cpp ema_cli/native/print.cpp \
//         build/temp.*/powers_of_ten.cpp -o print_all && ./print_all floats && ./print_all 1000000000
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "numbers.h"

namespace {

// The digits of a text in any layout, without zeros at their ends, and the exponent of the first.
struct Decimal {
    char digits[2 * ROOM_FOR_NUMBER];
    int count = 0, exponent = 0;

    Decimal(const char* at, const char* end) {
        bool behind = false;
        int whole = 0, zeros = 0;
        for (; at < end && *at != 'e'; ++at) {
            if (*at == '.') {
                behind = true;
                continue;
            }
            whole += !behind;
            if (count == 0 && *at == '0') {
                ++zeros;
            } else {
                digits[count++] = *at;
            }
        }
        if (at < end) std::from_chars(at + 1 + (at[1] == '+'), end, exponent);
        exponent += whole - zeros;
        while (count > 0 && digits[count - 1] == '0') --count;
    }

    bool operator==(const Decimal& other) const {
        return count == other.count && exponent == other.exponent && std::memcmp(digits, other.digits, count) == 0;
    }
};

template <class Number>
void check(Number number, const Type& type) {
    char own[ROOM_FOR_NUMBER], other[ROOM_FOR_NUMBER];
    const char* const end = write_shortest(own, number, type);
    const char* const other_end = std::to_chars(other, other + sizeof other, number, std::chars_format::scientific).ptr;
    Number back = 0;
    const bool reads = end != nullptr && std::from_chars(own, end, back).ptr == end && back == number;
    if (reads && Decimal(own, end) == Decimal(other, other_end)) return;
    std::printf("%a: %s is printed, not %s\n", static_cast<double>(number),
                end == nullptr ? "nothing" : std::string(own, end - own).c_str(),
                std::string(other, other_end - other).c_str());
    std::exit(1);
}

void check_floats() {
    for (uint32_t bits = 1; bits < 0x7F800000; ++bits) {
        float number;
        std::memcpy(&number, &bits, sizeof number);
        check(number, {"float32", 24, -149});
    }
    std::puts("all positive floats of 32 bits");
}

void check_doubles(long long count) {
    std::mt19937_64 draw(count);
    for (long long done = 0; done < count;) {
        const uint64_t bits = draw() >> 1;
        if (bits >> 52 == 0x7FF) continue;
        double number;
        std::memcpy(&number, &bits, sizeof number);
        check(number, {"float64", 53, -1074});
        if (++done % 100000000 == 0) std::printf("%lld doubles\n", done), std::fflush(stdout);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    if (std::strcmp(arguments[1], "floats") == 0) {
        check_floats();
    } else {
        check_doubles(std::atoll(arguments[1]));
    }
    return 0;
}
