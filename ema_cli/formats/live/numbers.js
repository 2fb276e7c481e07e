/* Numbers: doubles, fractions, the types of params and shadows, and their texts in the layout of text/number_text.py. */

const least = (a, b) => b < a ? b : a, greatest = (a, b) => b > a ? b : a;
const doubles = {
  number: text => { const [a, b] = text.split("/").map(Number); return b === undefined ? a : a / b; },
  neg: a => -a, "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b), "%": (a, b) => a - b * Math.floor(a / b), "**": (a, b) => a ** b,
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  "==": (a, b) => a === b, "!=": (a, b) => a !== b, div: (a, b) => a / b,
  min: (...all) => all.reduce(least), max: (...all) => all.reduce(greatest),
  exp: Math.exp, log: Math.log, sqrt: Math.sqrt, cos: Math.cos, floor: Math.floor, ceil: Math.ceil,
  whole: Math.floor, down: a => a, up: a => a, at_least: (a, n) => n,
};

/* Fractions: a numerator and a denominator above 0. */
const ratio = (a, b) => {
  if (!b) throw RangeError("a fraction over zero");
  return b < 0n ? [-a, -b] : [a, b];
};
const less = ([a, b], [c, d]) => a * d < c * b;
const fractions = {
  number: text => {
    const [above, below] = text.split("/");
    if (below) return [BigInt(above), BigInt(below)];
    const [mantissa, exponent = "0"] = text.split("e"), [whole, part = ""] = mantissa.split(".");
    const shift = part.length - exponent, digits = BigInt(whole + part);
    return shift >= 0 ? [digits, 10n ** BigInt(shift)] : [digits * 10n ** BigInt(-shift), 1n];
  },
  neg: ([a, b]) => [-a, b], "+": ([a, b], [c, d]) => [a * d + c * b, b * d], "-": ([a, b], [c, d]) => [a * d - c * b, b * d],
  "*": ([a, b], [c, d]) => [a * c, b * d], "/": ([a, b], [c, d]) => ratio(a * d, b * c),
  "//": (a, b) => fractions.floor(fractions["/"](a, b)),
  "%": (a, b) => fractions["-"](a, fractions["*"](b, fractions["//"](a, b))),
  "**": ([a, b], [c, d]) => {
    if (c % d || c / d > 400n || c / d < -400n) throw RangeError("a power that is not worth its digits");
    const times = c / d;
    return times < 0n ? ratio(b ** -times, a ** -times) : [a ** times, b ** times];
  },
  "<": less, ">": (a, b) => less(b, a), "<=": (a, b) => !less(b, a), ">=": (a, b) => !less(a, b),
  "==": ([a, b], [c, d]) => a * d === c * b, "!=": (a, b) => !fractions["=="](a, b),
  min: (...all) => all.reduce((a, b) => less(b, a) ? b : a), max: (...all) => all.reduce((a, b) => less(a, b) ? b : a),
  floor: ([a, b]) => [a < 0n ? -((b - 1n - a) / b) : a / b, 1n],
  R: a => a, O: a => a, N: a => a, f32: a => a, flush32: a => a, b16: a => a, f16: a => a,
  fma: (a, b, c) => fractions["+"](fractions["*"](a, b), c),
};
const exactly = (tree, names) => { try { return value(tree, fractions, names); } catch { return null; } };

const cell = new DataView(new ArrayBuffer(8));
/* A double as an integer times a power of two. */
function parts(x) {
  cell.setFloat64(0, x);
  const bits = cell.getBigUint64(0), exponent = Number(bits >> 52n & 2047n), mantissa = bits & (1n << 52n) - 1n;
  const whole = exponent ? mantissa | 1n << 52n : mantissa;
  return [bits >> 63n ? -whole : whole, (exponent || 1) - 1075];
}
function fractionOf(x) {
  const [whole, exponent] = parts(x);
  return exponent < 0 ? [whole, 1n << BigInt(-exponent)] : [whole << BigInt(exponent), 1n];
}
/* The double nearest to a fraction. */
function nearest([a, b]) {
  const extra = Math.max(0, 66 - a.toString(2).length + b.toString(2).length);
  const shifted = a << BigInt(extra);
  return Number(shifted / b * 2n + (shifted % b ? shifted < 0n ? -1n : 1n : 0n)) / 2 ** (extra + 1);
}

function fma64(a, b, c) {
  if (![a, b, c].every(Number.isFinite)) return a * b + c;
  const [x, i] = parts(a), [y, j] = parts(b), [z, k] = parts(c), low = Math.min(i + j, k);
  const sum = (x * y << BigInt(i + j - low)) + (z << BigInt(k - low));
  return sum ? Number(sum) * 2 ** low : a * b + c;
}
/* a*b + c for float32 values: the product is exact, the sum is rounded to odd, then to float32 (core/numbers/operations.py). */
function fma32(a, b, c, round) {
  const product = a * b;
  let sum = product + c;
  const back = sum - product, error = (product - (sum - back)) + (c - back);
  if (error) {
    cell.setFloat64(0, sum);
    const bits = cell.getBigUint64(0);
    if (!(bits & 1n)) { cell.setBigUint64(0, bits + (error > 0 === sum > 0 ? 1n : -1n)); sum = cell.getFloat64(0); }
  }
  return round(sum);
}
/* The nearest number with a given number of bits, ties to even. */
function shortened(x, bits, lowest) {
  if (!x || !Number.isFinite(x)) return x;
  const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), lowest) - bits + 1), scaled = x / unit;
  const down = Math.floor(scaled), over = scaled - down;
  return (over > .5 || (over === .5 && down % 2) ? down + 1 : down) * unit;
}
const same = x => x;
const ROUND = {
  float64: same, float32: Math.fround,
  float16: x => { const y = shortened(x, 11, -14); return Math.abs(y) > 65504 ? y * Infinity : y; },
  bfloat16: x => Math.fround(shortened(x, 8, -126)),
};
/* The functions of a type that formulas call: R, O, N and fma. */
function type({name, wide, flush}) {
  const flushed = round => x => Math.abs(x) < flush ? x * 0 : round(x);
  const of = round => flush ? flushed(round) : round;
  const O = of(name === "float64" ? same : Math.fround), R = of(wide ? x => ROUND[name](Math.fround(x)) : ROUND[name]);
  const fma = name === "float64" ? (a, b, c) => R(fma64(a, b, c)) : (a, b, c) => fma32(a, b, c, O);
  const N = name === "float64" ? same : name === "float32" ? R : O;
  const b16 = x => ROUND.bfloat16(Math.fround(x)), f16 = x => ROUND.float16(Math.fround(x));
  return {name, R, O, N, fma, f32: Math.fround, b16, f16};
}

function layout(negative, digits, exponent) {
  digits = digits.replace(/0+$/, "") || "0";
  const sign = negative ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const tail = digits.slice(exponent + 1);
  return sign + digits.slice(0, exponent + 1).padEnd(exponent + 1, "0") + (tail ? "." + tail : "");
}
const special = x => Number.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
function significant(x, count) {
  if (!Number.isFinite(x)) return special(x);
  const [mantissa, e] = Math.abs(x).toExponential(100).split("e"), all = mantissa.replace(".", "");
  let digits = all.slice(0, count), exponent = Number(e);
  const rest = all.slice(count);
  if (rest[0] > "5" || (rest[0] === "5" && (/[1-9]/.test(rest.slice(1)) || digits.at(-1) % 2))) {
    const up = String(BigInt(digits) + 1n);
    exponent += up.length - digits.length;
    digits = up.slice(0, count);
  }
  return layout(x < 0 || Object.is(x, -0), digits, exponent);
}
function fixed(x, decimals) {
  if (!Number.isFinite(x)) return special(x);
  const [a, b] = fractionOf(Math.abs(x)), scaled = a * 10n ** BigInt(decimals), twice = scaled % b * 2n;
  let whole = scaled / b;
  if (twice > b || (twice === b && whole % 2n)) whole += 1n;
  const digits = String(whole).padStart(decimals + 1, "0"), cut = digits.length - decimals;
  return (x < 0 || Object.is(x, -0) ? "-" : "") + digits.slice(0, cut) + (decimals ? "." + digits.slice(cut) : "");
}
function shortest(x, round) {
  if (!Number.isFinite(x)) return special(x);
  for (let count = 1; count < 17 && round !== same; count++) {
    const text = significant(x, count);
    if (round(Number(text)) === x) return text;
  }
  const text = Math.abs(x).toExponential();
  const [mantissa, exponent] = text.split("e");
  return layout(x < 0 || Object.is(x, -0), mantissa.replace(".", ""), Number(exponent));
}
/* A value of a type in a table for people. */
function written(x, name) {
  if (x === null || x === undefined) return "";
  if (data.decimals !== null) return fixed(x, data.decimals);
  if (data.digits === null && name !== "float64") return shortest(x, ROUND[name]);
  return significant(x, data.digits ?? 8);
}
