// The shortest text of a number that reads back in its type: the algorithm Schubfach (Raffaello Giulietti, 2020).
//
// All decimals between (c - 1/2) * 2^q and (c + 1/2) * 2^q read back as c * 2^q. The largest power of ten that is not
// wider than this interval has a multiple inside: one multiplication by a power of ten finds the nearest multiple.
#include "numbers.h"

#include <cmath>
#include <cstring>

namespace {

// The upper half of the product of two 64-bit numbers; the lower half goes to `low`.
uint64_t product(uint64_t a, uint64_t b, uint64_t* low) {
#if defined(__SIZEOF_INT128__)
    const unsigned __int128 both = static_cast<unsigned __int128>(a) * b;
    *low = static_cast<uint64_t>(both);
    return static_cast<uint64_t>(both >> 64);
#else
    const uint64_t half = 0xFFFFFFFF, a0 = a & half, a1 = a >> 32, b0 = b & half, b1 = b >> 32;
    const uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (middle & half);
    *low = other << 32 | (a0 * b0 & half);
    return a1 * b1 + (middle >> 32) + (other >> 32);
#endif
}

// The upper 64 bits of power * x; the last bit is set if any bit below was cut off.
uint64_t rounded_to_odd(const PowerOfTen& power, uint64_t x) {
    uint64_t cut, low;
    const uint64_t carried = product(power.low, x, &cut);
    const uint64_t high = product(power.high, x, &low);
    low += carried;
    return (high + (low < carried)) | (low > 1);
}

// Floors of logarithms, correct for all exponents of doubles.
int log2_of_power_of_ten(int k) { return k * 1741647 >> 19; }
int log10_of_power_of_two(int q) { return q * 1262611 >> 22; }
int log10_of_three_quarters_of_power_of_two(int q) { return (q * 1262611 - 524031) >> 22; }

struct Decimal {
    uint64_t digits;
    int exponent;
};

// The shortest decimal of c * 2^q. `uneven`: the next smaller number is nearer than the next larger one.
Decimal shortest(uint64_t c, int q, bool uneven) {
    const int k = uneven ? log10_of_three_quarters_of_power_of_two(q) : log10_of_power_of_two(q);
    const int shift = q + log2_of_power_of_ten(-k) + 1;
    const PowerOfTen& power = POWERS_OF_TEN[-k - FIRST_POWER_OF_TEN];
    // The number and the ends of its interval, in units of 10^k / 4; an end reads back as the number if c is even.
    const uint64_t quarters = rounded_to_odd(power, 4 * c << shift);
    const uint64_t least = rounded_to_odd(power, (4 * c - 2 + uneven) << shift) + (c & 1);
    const uint64_t most = rounded_to_odd(power, (4 * c + 2) << shift) - (c & 1);
    const uint64_t below = quarters / 4, tens = quarters / 40;
    if (tens > 0) {  // one digit shorter
        const bool lower = least <= 40 * tens, upper = 40 * tens + 40 <= most;
        if (lower != upper) return {tens + upper, k + 1};
    }
    const bool lower = least <= 4 * below, upper = 4 * below + 4 <= most;
    if (lower != upper) return {below + upper, k};
    const uint64_t middle = 4 * below + 2;
    return {below + (quarters > middle || (quarters == middle && (below & 1))), k};
}

char* put(char* out, const char* text) {
    const size_t length = std::strlen(text);
    std::memcpy(out, text, length);
    return out + length;
}

// All two-digit numbers from 00 to 99, concatenated.
constexpr char PAIRS[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657"
    "585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

// Writes exactly 8 digits.
void put_eight(char* out, uint32_t x) {
    const uint32_t high = x / 10000, low = x % 10000;
    std::memcpy(out, PAIRS + high / 100 * 2, 2);
    std::memcpy(out + 2, PAIRS + high % 100 * 2, 2);
    std::memcpy(out + 4, PAIRS + low / 100 * 2, 2);
    std::memcpy(out + 6, PAIRS + low % 100 * 2, 2);
}

constexpr int ALL_DIGITS = 17;
constexpr uint64_t LEAST_OF_ALL_DIGITS = 10000000000000000;

// A decimal in the layout of repr: positional from 1e-4 to 1e16, else with an exponent.
char* put_decimal(char* out, Decimal decimal) {
    while (decimal.digits < LEAST_OF_ALL_DIGITS) {
        decimal.digits *= 10;
        --decimal.exponent;
    }
    char digits[ALL_DIGITS + 15];  // with room for trailing zeros
    std::memset(digits, '0', sizeof digits);
    const uint64_t rest = decimal.digits % LEAST_OF_ALL_DIGITS;
    digits[0] = static_cast<char>('0' + decimal.digits / LEAST_OF_ALL_DIGITS);
    put_eight(digits + 1, static_cast<uint32_t>(rest / 100000000));
    put_eight(digits + 9, static_cast<uint32_t>(rest % 100000000));
    int count = ALL_DIGITS;
    while (digits[count - 1] == '0') --count;
    const int exponent = decimal.exponent + ALL_DIGITS - 1;
    if (0 <= exponent && exponent < 16) {
        const int whole = exponent + 1;
        std::memcpy(out, digits, 16);
        out[whole] = '.';
        std::memcpy(out + whole + 1, digits + whole, 16);
        return out + (count > whole ? count : whole + 1) + 1;
    }
    if (-4 <= exponent && exponent < 0) {
        std::memcpy(out, "0.000", 5);
        out += 1 - exponent;
        std::memcpy(out, digits, ALL_DIGITS);
        return out + count;
    }
    *out++ = digits[0];
    if (count > 1) {
        *out++ = '.';
        std::memcpy(out, digits + 1, ALL_DIGITS - 1);
        out += count - 1;
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    const int size = exponent < 0 ? -exponent : exponent;
    if (size >= 100) *out++ = static_cast<char>('0' + size / 100);
    *out++ = static_cast<char>('0' + size / 10 % 10);
    *out++ = static_cast<char>('0' + size % 10);
    return out;
}

// The absolute value of a finite number as c * 2^q with the digits of a type; false if the type does not have it.
bool take_apart(double value, const Type& type, uint64_t& c, int& q) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const int stored = static_cast<int>(bits >> 52 & 0x7FF);
    c = (bits & ((uint64_t{1} << 52) - 1)) | uint64_t{stored > 0} << 52;
    q = (stored > 0 ? stored : 1) - 1075;
    // A short type has fewer digits and a greater least exponent than a double.
    const int places = 53 - type.digits < type.least - q ? type.least - q : 53 - type.digits;
    if (places <= 0) return true;
    if (places > 63 || (c & ((uint64_t{1} << places) - 1)) != 0) return c == 0;
    c >>= places;
    q += places;
    return true;
}

}  // namespace

bool has(const Type& type, double value) {
    uint64_t c;
    int q;
    return !std::isfinite(value) || take_apart(value, type, c, q);
}

char* write_shortest(char* out, double value, const Type& type) {
    if (value != value) return put(out, "nan");
    if (std::signbit(value)) *out++ = '-';
    if (std::isinf(value)) return put(out, "inf");
    if (value == 0) return put(out, "0.0");
    uint64_t c;
    int q;
    if (!take_apart(value, type, c, q)) return nullptr;
    return put_decimal(out, shortest(c, q, c == uint64_t{1} << (type.digits - 1) && q > type.least));
}
