// The float32 operations of core/numbers/operations.py and core/numbers/powf.py, with the same steps.
#include "loops.h"

namespace {

// e_powf_log2_data.c: 1/c and log2(c) for 16 values c.
const double LOG2_TABLE[16][2] = {
    {0x1.661ec79f8f3bep+0, -0x1.efec65b963019p-2}, {0x1.571ed4aaf883dp+0, -0x1.b0b6832d4fca4p-2},
    {0x1.49539f0f010bp+0, -0x1.7418b0a1fb77bp-2},  {0x1.3c995b0b80385p+0, -0x1.39de91a6dcf7bp-2},
    {0x1.30d190c8864a5p+0, -0x1.01d9bf3f2b631p-2}, {0x1.25e227b0b8eap+0, -0x1.97c1d1b3b7afp-3},
    {0x1.1bb4a4a1a343fp+0, -0x1.2f9e393af3c9fp-3}, {0x1.12358f08ae5bap+0, -0x1.960cbbf788d5cp-4},
    {0x1.0953f419900a7p+0, -0x1.a6f9db6475fcep-5}, {0x1p+0, 0x0p+0},
    {0x1.e608cfd9a47acp-1, 0x1.338ca9f24f53dp-4},  {0x1.ca4b31f026aap-1, 0x1.476a9543891bap-3},
    {0x1.b2036576afce6p-1, 0x1.e840b4ac4e4d2p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.40645f0c6651cp-2},
    {0x1.886e6037841edp-1, 0x1.88e9c2c1b9ff8p-2},  {0x1.767dcf5534862p-1, 0x1.ce0a44eb17bccp-2},
};
const double A[5] = {0x1.27616c9496e0bp-2, -0x1.71969a075c67ap-2, 0x1.ec70a6ca7baddp-2, -0x1.7154748bef6c8p-1,
                     0x1.71547652ab82bp0};
const double C[3] = {0x1.c6af84b912394p-5, 0x1.ebfce50fac4f3p-3, 0x1.62e42ff0c52d6p-1};
constexpr double FAR = 200;

struct Roots {
    double of[32];
    Roots() {
        for (int i = 0; i < 32; ++i) of[i] = std::pow(2.0, i / 32.0);
    }
};

int32_t word_of(float x) {
    int32_t word;
    std::memcpy(&word, &x, sizeof word);
    return word;
}

float float_of(int32_t word) {
    float x;
    std::memcpy(&x, &word, sizeof x);
    return x;
}

}  // namespace

double powf_of_glibc(double x, double y) {
    static const Roots roots;
    if (!(std::fabs(x) > 0 && std::fabs(x) <= DBL_MAX && std::fabs(y) <= DBL_MAX)) return std::pow(x, y);
    double sign = 1;
    if (x < 0) {
        if (std::fmod(y, 1) != 0) return NAN;
        sign = std::fmod(y, 2) != 0 ? -1 : 1;
        x = -x;
    }
    int shift = 0;
    if (x < 0x1p-126) {
        x *= 0x1p23;
        shift = 23;
    }
    const int32_t ix = word_of(static_cast<float>(x));
    const int32_t above = ix - 0x3F330000;
    const double* const entry = LOG2_TABLE[above >> 19 & 15];
    const int32_t exponent = above >> 23;
    double r = static_cast<double>(float_of(ix - exponent * (1 << 23))) * entry[0] - 1.0;
    const double base = entry[1] + (exponent - shift);
    const double r2 = r * r;
    const double high = A[0] * r + A[1];
    const double middle = A[2] * r + A[3];
    const double low = (A[4] * r + base) + middle * r2;
    const double ylog = least_of(most_of(y * (high * (r2 * r2) + low), -FAR), FAR);
    const int k = static_cast<int>(std::nearbyint(ylog * 32));
    r = ylog - k / 32.0;
    const double power = (C[0] * r + C[1]) * (r * r) + (C[2] * r + 1.0);
    return sign * std::ldexp(power * roots.of[k & 31], k >> 5);
}

double fma_of_floats(double a, double b, double c) {
    const double product = a * b;
    double t = product + c;
    const double back = t - product;
    const double error = (product - (t - back)) + (c - back);
    if (error != 0) {
        uint64_t bits;
        std::memcpy(&bits, &t, sizeof bits);
        if (!(bits & 1)) t = std::nextafter(t, std::copysign(HUGE_VAL, error));
    }
    return t;
}
