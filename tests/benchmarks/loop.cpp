// The same job as a compiled loop: step,param in, step,param,decay,shadow out, shortest digits. How near to the machine is ema-calc?
// c++ -O2 -std=c++17 loop.cpp -o loop; ./loop DECAY FILE
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int, char** argv) {
    const double most = std::atof(argv[1]);
    std::FILE* file = std::fopen(argv[2], "rb");
    static char line[4096], out[4400];
    double shadow = 0;
    if (!file || !std::fgets(line, sizeof line, file)) return 1;
    std::fputs("step,param,decay,shadow\n", stdout);
    while (std::fgets(line, sizeof line, file)) {
        const size_t length = std::strlen(line) - 1;
        const char* comma = static_cast<const char*>(std::memchr(line, ',', length));
        long step = 0;
        double param = 0;
        std::from_chars(line, comma, step);
        std::from_chars(comma + 1, line + length, param);
        double decay = (1.0 + step) / (10.0 + step);
        if (decay > most) decay = most;
        shadow = shadow * decay + param * (1 - decay);
        std::memcpy(out, line, length);
        char* end = out + length;
        *end++ = ',';
        end = std::to_chars(end, out + sizeof out, decay).ptr;
        *end++ = ',';
        end = std::to_chars(end, out + sizeof out, shadow).ptr;
        *end++ = '\n';
        std::fwrite(out, 1, end - out, stdout);
    }
    return 0;
}
