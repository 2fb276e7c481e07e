/* The average, round by round: values, shares, and the working of a round. */

const page = document.querySelector(".ema"), data = JSON.parse(page.querySelector(".ema-data").textContent);
const words = data.words, find = name => page.querySelector(`[data-ema="${name}"]`);

const held = type(data.dtype), precise = type(data.precision), input = type(data.input);
const mapped = (texts, change) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text, name)]));
const numbered = texts => mapped(texts, text => Number(text.replace("inf", "Infinity")));
const registers = numbered(data.registers), given = numbered(data.names), called = {...held, ...numbered(data.called)};
if (data.board_shown && data.same) { /* a read-out may compute in float32 for any dtype */
  const single = type({name: "float32", flush: 2 ** -126 - 2 ** -151});
  Object.assign(called, {flush32: single.R, fma32: single.fma, least32: 2 ** -126});
}
const recurs = "d" in registers; /* each round's decay is computed from the previous one */
const shown = data.shown && parse(data.shown), showing = data.shown_if && parse(data.shown_if);

/* The constants for a DECAY or a half-life. */
function constants(asked) {
  const fraction = data.exact.DECAY && fractions.number(data.exact.DECAY);
  if (asked.decay === data.decay) return {names: {...given}, exact: fraction};
  if (data.moved === "half_life") return {names: {...given, half_life: Number(asked.decay)}, exact: null};
  const stated = Number(asked.decay), DECAY = precise.R(data.weighted ? 1 - stated : stated), exact = fractions.number(asked.decay);
  return {names: {...given, DECAY}, exact: data.weighted ? fractions["-"]([1n, 1n], exact) : exact};
}

function computed(asked) {
  const schedule = asked.warm ? data.warm : data.constant, {names, exact} = constants(asked);
  const body = parse(schedule.body), told = parse(schedule.text), rational = data.rational && exact !== null, rows = [];
  const known = {...names, ...numbered(schedule.names), pi: Math.PI, inf: Infinity};
  const exacts = {...mapped(data.exact, fractions.number), DECAY: exact};
  const coefficient = (text, v) => text === null ? null : value(parse(text), doubles, {...called, v});
  const start = {initial: asked.initial, zero: 0, first: asked.params[0], none: NaN}[data.start];
  const begun = x => Object.fromEntries(data.shadows.map(name => [name, x]));
  let state = {...registers, ...begun(input.R(Number(start)))}, sums = {...called, count: data.seed?.count}, k = 0;
  let before = data.start === "none" ? undefined : state.s;
  asked.params.forEach((text, place) => {
    const n = data.counters[place], action = data.actions[place], p = input.R(Number(text));
    const taken = data.take ? value(parse(data.take), doubles, {...called, p}) : p, row = {place, n, p, e: data.elapsed?.[place], action};
    rows.push(row);
    if (action === "copy") state = {...state, ...begun(taken)};
    if (action === "restart") state = {...state, s: taken};
    if (action === "wait" || action === "seed") { /* the mean of the first params */
      sums = {...Object.fromEntries(data.seed.registers.map(name => [name, 0])), ...sums, p: taken};
      for (const [name, text] of data.seed.steps) sums[name] = value(parse(text), doubles, sums);
      if (action === "seed") state = {...state, ...begun(value(parse(data.seed.mean), doubles, sums))};
    }
    if (action === "update" || action === "restart") {
      const constant = n === null && /\bn\b/.test(schedule.body);
      const v = constant ? names.DECAY : value(body, doubles, {...precise, ...known, n: n ?? 0, e: row.e});
      row.decay = value(parse(data.shown_decay), doubles, {...called, v});
      row.d = coefficient(data.d, v) ?? v;
      row.w = coefficient(data.w, v);
      if (rational) {
        row.v = constant ? exact : exactly(told, {...exacts, n: n !== null && fractions.number(String(n))});
        const of = text => row.v && exactly(parse(text), {v: row.v});
        row.exact = {decay: of(data.shown_decay), d: data.d && of(data.d), w: of(data.w)};
        row.stated = row.v && exact && fractions["=="](row.v, exact);
      }
      k = data.own ? n : k + 1;
      const env = {...called, p: taken, d: row.d, w: row.w, v: row.decay, n, k, ...state};
      row.given = {...env};
      for (const [name, text] of data.steps) {
        if (name === "s") row.seen = {...env};
        env[name] = value(parse(text), doubles, env);
      }
      state = mapped(registers, (_, name) => env[name]);
      row.after = env;
      if (recurs) Object.assign(row, {decay: env.d, d: env.d, w: env.w, exact: undefined});
    }
    row.s = state.s;
  });
  const ends = rows.findLast(row => row.after)?.after;
  rows.forEach((row, place) => {
    for (const name of row.after ? data.ahead : []) row.after[name] = ends[name];
    const hidden = place + 1 < data.shown_from || showing && row.after && !value(showing, doubles, {...row.after});
    row.shadow = hidden ? undefined : row.action === "skip" ? before : shown && row.after ? value(shown, doubles, {...row.after}) : row.s;
    before = row.shadow;
  });
  share(rows);
  return {rows, known};
}

/* The share of each param in the last shadow: the registers are affine in the params, and the formulas give the slopes
   at zeros and ones (report/response.py). */
function share(rows) {
  const own = data.linear, last = rows.findLast(row => row.after);
  const plain = {R: same, O: same, N: same, f32: same, flush32: same, fma: (a, b, c) => a * b + c};
  if (!own || rows.at(-1).shadow === undefined) return;
  const slopes = (env, steps, outputs) => {
    const at = one => {
      const given = {...env, ...plain};
      for (const name of [...own, "p"]) if (!Number.isNaN(env[name])) given[name] = Number(name === one);
      for (const [name, text] of steps) given[name] = value(parse(text), doubles, given);
      return outputs.map(name => given[name]);
    };
    const zero = at();
    return [...own, "p"].map(one => at(one).map((x, place) => x - zero[place]));
  };
  const dot = (a, b) => a.reduce((sum, x, place) => sum + x * b[place], 0);
  let weights = own.map(name => Number(name === "s")), direct = 0;
  if (shown && last) {
    weights = slopes(last.after, [["shown", data.shown]], ["shown"]).flat();
    direct = weights.pop();
  }
  const parts = own.map(name => Number(data.shadows.includes(name)));
  for (const row of rows.toReversed()) {
    row.share = 0;
    if (row.action === "wait" || row.action === "seed")
      row.share = dot(weights, parts) / data.seed.count;
    if (row.given) {
      const found = slopes(row.given, data.steps, own), byParam = found.pop();
      row.share = dot(weights, byParam) + direct;
      weights = found.map(column => dot(weights, column));
      direct = 0;
    }
    if (row.action === "copy" || row.action === "restart") {
      const replaced = row.action === "copy" ? parts : parts.map((_, place) => Number(!place));
      row.share += dot(weights, replaced);
      weights = weights.map((x, place) => replaced[place] ? 0 : x);
    }
  }
  rows.left = dot(weights, parts);
}

/* The working of a round: its decay and its update, with numbers. */
function worked(row, asked, known) {
  const decay = x => written(x, data.precision.name), shadow = x => written(x, data.dtype.name);
  if (row.action === "seed") {
    const right = shadow(row.s), whole = ROUND[data.dtype.name](Number(right)) === row.s;
    return [`${words.seed} ${whole ? "=" : "≈"} ${right}`];
  }
  if (row.action !== "update" && row.action !== "restart") return [words[row.action]];
  const schedule = asked.warm ? data.warm : data.constant;
  const short = (exact, stated) => {
    const [a, b] = lowest(exact);
    if (stated || b === 1n) {
      const text = significant(nearest(exact), 8), back = fractions.number(text.replace("-", ""));
      if (fractions["=="](text.startsWith("-") ? fractions.neg(back) : back, exact)) return text;
    }
    const text = b === 1n ? String(a) : `${a}/${b}`;
    return text.length <= 15 ? text : null;
  };
  const operand = (exact, used, stated) => {
    const near = exact && Math.abs(used - nearest(exact)) <= 2 ** -23 * Math.abs(nearest(exact));
    return near && short(exact, stated) || decay(used);
  };
  const exact = row.exact ?? {}, told = operand(exact.decay, row.decay, row.stated), lines = [];
  const names = {n: String(row.n), e: String(row.e ?? 0)};
  const d = data.d === null ? told : operand(exact.d, row.d, row.stated), w = operand(exact.w, row.w, row.stated);
  const texts = env => {
    const remembered = Object.keys({...data.called, ...registers}).map(name => [name, (["product", "old"].includes(name) ? decay : shadow)(env[name])]);
    const found = {...Object.fromEntries(remembered), p: shadow(row.p), d, v: d, w, k: String(env.k)};
    return "new" in env ? {...found, new: decay(env.new)} : found;
  };
  for (const name of Object.keys(known)) if (name !== "pi" && name !== "inf") {
    const fraction = name === "DECAY" ? constants(asked).exact : data.exact[name] && fractions.number(data.exact[name]);
    names[name] = fraction && short(fraction, true) || decay(known[name]);
  }
  const decided = row.n === null && /\bn\b/.test(schedule.text) ? "DECAY" : `(${schedule.text})`;
  const way = chosen(parse(data.shown_decay.replaceAll("v", decided)), {...known, n: row.n, e: row.e});
  if (!recurs && board(way, names) !== told) lines.push(line(way, names, told));
  const tree = chosen(parse(data.board), {...row.seen}), last = data.board_shown && chosen(parse(data.board_shown), {...row.after});
  const plain = last?.op === "name" ? last.name : "";
  if (row.shadow === undefined) return [...lines, words.wait];
  if (tree.op === "name" || plain === "p") return [...lines, row.shadow === row.p ? words.copy : words.kept];
  const text = line(tree, texts(row.seen), shadow(row.after.s));
  return [...lines, last && plain !== "s" ? `${text}; ${line(last, texts(row.after), shadow(row.shadow))}` : text];
}
function lowest([a, b]) {
  let x = a < 0n ? -a : a, y = b;
  while (y) [x, y] = [y, x % y];
  return [a / x, b / x];
}
