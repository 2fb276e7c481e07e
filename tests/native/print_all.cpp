// Prints every positive float of 32 bits, and as many random doubles as are asked for, and holds each text against the
// standard library: it reads back to the number, and the library's shortest text has as many digits, and the same ones.
//
//     g++ -O2 -std=c++17 -Iema_cli/native tests/native/print_all.cpp ema_cli/native/print.cpp \
//         build/temp.*/generated_4.cpp -o print_all && ./print_all 1000000000
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "numbers.h"

namespace {

// The digits and the exponent of a text in any layout: d.ddde+xx without the zeros that say nothing.
std::string plain(const char* at, const char* end) {
    std::string digits;
    int point = 0, exponent = 0;
    bool behind = false;
    for (; at < end && *at != 'e'; ++at) {
        if (*at == '.') {
            behind = true;
        } else {
            digits += *at;
            point += !behind;
        }
    }
    if (at < end) std::from_chars(at + 1 + (at[1] == '+'), end, exponent);
    size_t zeros = 0;
    while (zeros + 1 < digits.size() && digits[zeros] == '0') ++zeros;
    digits.erase(0, zeros);
    exponent += point - static_cast<int>(zeros);
    while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
    return digits + "e" + std::to_string(exponent);
}

template <class Number>
void check(Number number, const Type& type) {
    char own[ROOM_FOR_NUMBER], other[ROOM_FOR_NUMBER];
    const char* const end = write_shortest(own, number, type);
    const char* const other_end = std::to_chars(other, other + sizeof other, number, std::chars_format::scientific).ptr;
    Number back = 0;
    const bool reads = end != nullptr && std::from_chars(own, end, back).ptr == end && back == number;
    if (reads && plain(own, end) == plain(other, other_end)) return;
    std::printf("%a: %s is printed, not %s\n", static_cast<double>(number),
                end == nullptr ? "nothing" : std::string(own, end - own).c_str(),
                std::string(other, other_end - other).c_str());
    std::exit(1);
}

}  // namespace

int main(int count, char** arguments) {
    for (uint32_t bits = 1; bits < 0x7F800000; ++bits) {
        float number;
        std::memcpy(&number, &bits, sizeof number);
        check(number, {"float32", 24, -149});
    }
    std::puts("all positive floats of 32 bits");
    std::mt19937_64 draw(count);
    const long long doubles = count > 1 ? std::atoll(arguments[1]) : 0;
    for (long long done = 0; done < doubles;) {
        const uint64_t bits = draw() >> 1;
        if (bits >> 52 == 0x7FF) continue;
        double number;
        std::memcpy(&number, &bits, sizeof number);
        check(number, {"float64", 53, -1074});
        if (++done % 100000000 == 0) std::printf("%lld doubles\n", done), std::fflush(stdout);
    }
    return 0;
}
