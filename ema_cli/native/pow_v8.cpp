// JavaScript's Math.pow in V8, with the same steps as core/numbers/pow_v8.py, which names their source.
#include "loops.h"

namespace {

struct Two {
    double high, low;
};

constexpr Two LOG2_3_2 = {5.84962487220764160156e-01, 1.35003920212974897128e-08};
const double ATANH[6] = {2.06975017800338417784e-01, 2.30660745775561754067e-01, 2.72728123808534006489e-01,
                         3.33333329818377432918e-01, 4.28571428578550184252e-01, 5.99999999999994648725e-01};
constexpr double TWO_THIRDS_OF_LOG2_E = 9.61796693925975554329e-01;
constexpr Two TWO_THIRDS = {9.61796700954437255859e-01, -7.02846165095275826516e-09};
constexpr double LN_2 = 6.93147180559945286227e-01;
constexpr Two LN_2_PARTS = {6.93147182464599609375e-01, -1.90465429995776804525e-09};
const double EXP[5] = {4.13813679705723846039e-08, -1.65339022054652515390e-06, 6.61375632143793436117e-05,
                       -2.77777777770155933842e-03, 1.66666666666666019037e-01};
constexpr double FIRST_OF_3_2 = 1 + 0x3988F / 0x1p20, LAST_OF_3_2 = 1 + 0xBB67A / 0x1p20;

double head(double x) {
    int exponent;
    const double significand = std::frexp(x, &exponent);
    return std::ldexp(std::trunc(significand * 2097152.0), exponent - 21);
}

template <size_t count>
double polynomial(double x, const double (&coefficients)[count]) {
    double total = coefficients[0];
    for (size_t i = 1; i < count; ++i) total = coefficients[i] + x * total;
    return total;
}

Two log2_of(double x) {
    int n;
    const double half = std::frexp(x, &n);
    x = 2 * half;
    n -= 1;
    const bool near_3_2 = FIRST_OF_3_2 <= x && x < LAST_OF_3_2;
    if (x >= LAST_OF_3_2) {
        x = half;
        n += 1;
    }
    const double centre = near_3_2 ? 1.5 : 1.0;
    const Two base = near_3_2 ? LOG2_3_2 : Two{0, 0};
    const double difference = x - centre, inverse = 1 / (x + centre);
    const double s = difference * inverse;
    const double s_high = head(s);
    const double cut = std::trunc(x * 0x1p20) / 0x1p20;
    const double sum_high = cut + centre, sum_low = x - cut;
    const double s_low = inverse * ((difference - s_high * sum_high) - s_high * sum_low);
    double square = s * s;
    double rest = square * square * polynomial(square, ATANH);
    rest += s_low * (s_high + s);
    square = s_high * s_high;
    const double t_high = head(3 + square + rest);
    const double t_low = rest - ((t_high - 3) - square);
    const double u = s_high * t_high, v = s_low * t_high + t_low * s;
    const double p_high = head(u + v);
    const double p_low = v - (p_high - u);
    const double z_high = TWO_THIRDS.high * p_high;
    const double z_low = TWO_THIRDS.low * p_high + p_low * TWO_THIRDS_OF_LOG2_E + base.low;
    const double high = head(((z_high + z_low) + base.high) + n);
    return {high, z_low - (((high - n) - base.high) - z_high)};
}

double exp2_of(double high, double low) {
    double z = low + high;
    if (z < -1075) return 0;  // ldexp gives 0
    const int n = z <= -0.5 - 0x1p-21 ? static_cast<int>(std::trunc(z - 0.5)) : 0;
    high -= n;
    double t = head(low + high);
    const double u = t * LN_2_PARTS.high, v = (low - (t - high)) * LN_2 + t * LN_2_PARTS.low;
    z = u + v;
    const double w = v - (z - u);
    t = z * z;
    const double t1 = z - t * polynomial(t, EXP);
    return std::ldexp(1 - (z * t1 / ((t1 - 2) - (w + z * w)) - z), n);
}

}  // namespace

double pow_v8(double x, double y) {
    if (!(0 < x && x < 1 && 0 < y && y < 0x1p31)) return std::pow(x, y);
    if (y == 1) return x;
    if (y == 2) return x * x;
    if (y == 0.5) return std::sqrt(x);
    static thread_local double known = 1;  // cached: the decay is often the same in successive rows
    static thread_local Two log_of_known{0, 0};
    if (x != known) known = x, log_of_known = log2_of(x);
    const Two log = log_of_known;
    const double y_high = head(y);
    return exp2_of(y_high * log.high, (y - y_high) * log.high + y * log.low);
}
