// Holds the printing and the reading of numbers against the standard library, on more of them than a test can:
//
//     prove_numbers floats      prints every positive float of 32 bits
//     prove_numbers print N     prints N random doubles
//     prove_numbers read N      reads N random texts
//
// What is printed reads back to the number, and has the digits of the library's shortest text. What is read is the
// number of strtod, and what is not read is past the range of doubles. `make prove` does all three.
#include <charconv>
#include <cmath>
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

void tell(long long done) {
    if (done % 100000000 == 0) std::printf("%lld\n", done), std::fflush(stdout);
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
        tell(++done);
    }
}

// A random text of a number: the digits of a double, as many as people write, or halfway between two doubles.
class Texts {
public:
    explicit Texts(uint64_t seed) : draw_(seed) {}

    // Gives its end.
    char* write(char* out) {
        if (below(2)) *out++ = '-';
        switch (below(4)) {
            case 0: return std::to_chars(out, out + ROOM, any_double()).ptr;
            case 1: return std::to_chars(out, out + ROOM, any_double(), std::chars_format::scientific, below(25)).ptr;
            case 2: return write_halfway(out);
            default: return write_digits(out);
        }
    }

    static constexpr size_t ROOM = 1100;  // the longest: a tiny double in full

private:
    int below(int end) { return static_cast<int>(draw_() % end); }

    double any_double() {
        const uint64_t bits = (draw_() >> 1) % (uint64_t{0x7FF} << 52);
        double number;
        std::memcpy(&number, &bits, sizeof number);
        return number;
    }

    // The middle of two neighbours among whole numbers past 2^53, and what lies a trifle beside it.
    char* write_halfway(char* out) {
        const int shift = 1 + below(10);
        const uint64_t middle = (((draw_() >> 12 | uint64_t{1} << 52) << 1) + 1) << shift >> 1;
        out = std::to_chars(out, out + ROOM, middle + below(3) - 1).ptr;
        if (below(2)) std::memcpy(out, ".00000000000000000001", 21), out += 21;
        return out;
    }

    char* write_digits(char* out) {
        const int whole = 1 + below(20), behind = below(20);
        *out++ = static_cast<char>('0' + (whole == 1 ? below(10) : 1 + below(9)));
        for (int i = 1; i < whole; ++i) *out++ = static_cast<char>('0' + below(10));
        if (behind) *out++ = '.';
        for (int i = 0; i < behind; ++i) *out++ = static_cast<char>('0' + below(10));
        if (below(2)) {
            *out++ = 'e';
            out = std::to_chars(out, out + ROOM, below(below(2) ? 60 : 800) - (below(2) ? 30 : 400)).ptr;
        }
        return out;
    }

    std::mt19937_64 draw_;
};

void check_reading(long long count) {
    Texts texts(count);
    char text[2 * Texts::ROOM];
    for (long long done = 0; done < count; tell(++done)) {
        char* const end = texts.write(text);
        *end = 0;
        const double expected = std::strtod(text, nullptr);
        double value = 0;
        const char* const stop = read_double(text, end, &value);
        const bool vanishes = expected == 0 && std::strcspn(text, "123456789") < std::strcspn(text, "e");
        const bool same = stop == end && std::memcmp(&value, &expected, sizeof value) == 0;
        if (std::isfinite(expected) && !vanishes ? same : stop == nullptr) continue;
        std::printf("%s: %a is read, not %a\n", text, value, expected);
        std::exit(1);
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::string asked = count > 1 ? arguments[1] : "";
    const long long numbers = count > 2 ? std::atoll(arguments[2]) : 0;
    if (asked == "floats") {
        check_floats();
    } else if (asked == "print" && numbers > 0) {
        check_doubles(numbers);
    } else if (asked == "read" && numbers > 0) {
        check_reading(numbers);
    } else {
        return 2;
    }
    return 0;
}
