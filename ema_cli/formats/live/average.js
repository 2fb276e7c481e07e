/* The average, round by round: values, shares, and the arithmetic of a round with its numbers put in. */

const page = document.querySelector(".ema"), data = JSON.parse(page.querySelector(".ema-data").textContent);
const words = data.words, find = name => page.querySelector(`[data-ema="${name}"]`);


const held = type(data.dtype), precise = type(data.precision), input = type(data.input);

/* What the constants are at a DECAY. */
function constants(asked) {
  if (asked.decay === data.decay) return {names: {...data.names}, exact: data.exact.DECAY && fractions.number(data.exact.DECAY)};
  const stated = Number(asked.decay), DECAY = precise.R(data.weighted ? 1 - stated : stated), exact = fractions.number(asked.decay);
  return {names: {...data.names, DECAY}, exact: data.weighted ? fractions["-"]([1n, 1n], exact) : exact};
}

function computed(asked) {
  const schedule = asked.warm ? data.warm : data.constant, {names, exact} = constants(asked);
  const body = parse(schedule.body), told = parse(schedule.text), known = {...names, ...schedule.names, pi: Math.PI};
  const exacts = {n: null, DECAY: exact}, rational = data.rational && exact;
  for (const [name, text] of Object.entries(data.exact)) if (name !== "DECAY") exacts[name] = fractions.number(text);
  const coefficient = (text, v) => text === null ? null : value(parse(text), doubles, {...held, v});
  const update = parse(data.update), shown = data.shown && parse(data.shown);
  const rows = [];
  let state = data.start === "initial" ? input.R(Number(asked.initial)) : 0, k = 0, product = 1;
  if (data.start === "first") state = input.R(Number(asked.params[0]));
  let before = state;
  asked.params.forEach((text, place) => {
    const n = data.steps[place], action = data.actions[place], p = input.R(Number(text));
    const row = {place, n, p, action, state};
    rows.push(row);
    if (action === "restart") row.state = state = p;
    if (action === "copy") state = p;
    if (action === "update" || action === "restart") {
      const v = n === null ? names.DECAY ?? value(body, doubles, {...precise, ...known, n: 0}) : value(body, doubles, {...precise, ...known, n});
      row.decay = value(parse(data.shown_decay), doubles, {...held, v});
      row.d = coefficient(data.d, v);
      row.w = coefficient(data.w, v);
      if (rational) {
        const at = {...exacts, n: n === null ? null : fractions.number(String(n))};
        row.v = n === null ? exact : exactly(told, at);
        const of = text => row.v && exactly(parse(text), {v: row.v});
        row.exact = {decay: of(data.shown_decay), d: data.d && of(data.d), w: of(data.w)};
        row.stated = row.v && fractions["=="](row.v, exact);
      }
      product *= row.d ?? row.decay;
      k = data.own ? n : k + 1;
      row.names = {k, product};
      state = value(update, doubles, {...held, ...row.names, s: row.state, p, d: row.d ?? row.decay, w: row.w});
    }
    row.after = state;
    row.shadow = shown && row.names ? value(shown, doubles, {...held, ...row.names, s: state, d: row.d ?? row.decay, w: row.w, p}) : state;
    if (row.shadow === undefined || Number.isNaN(row.shadow) && !row.names) row.shadow = before;
    before = row.shadow;
  });
  share(rows, update, shown);
  return {rows, known};
}

/* The part of the last shadow that each param makes up: the update is a straight line in s and p. */
function share(rows, update, shown) {
  let left = 1;
  const last = rows.findLast(row => row.names), names = row => ({...doubles, R: same, O: same, N: same, fma: (a, b, c) => a * b + c, ...row.names, d: row.d ?? row.decay, w: row.w});
  if (shown && last) left = value(shown, doubles, {...names(last), s: 1, p: 0});
  for (const row of rows.toReversed()) {
    if (row.action === "skip") row.share = 0;
    else if (row.action === "copy") { row.share = left; left = 0; }
    else {
      const at = (s, p) => value(update, doubles, {...names(row), s, p}), none = at(0, 0);
      row.share = left * (at(0, 1) - none);
      left *= at(1, 0) - none;
      if (row.action === "restart") { row.share += left; left = 0; }
    }
  }
  rows.left = left;
}

/* The decay and the update of a round with its numbers put in. */
function worked(row, asked, known) {
  if (row.action === "copy") return [words.copied];
  if (!row.names) return [words.skipped];
  const schedule = asked.warm ? data.warm : data.constant, precision = data.precision.name, dtype = data.dtype.name;
  const decay = x => written(x, precision), shadow = x => written(x, dtype);
  const short = (exact, stated) => {
    if (stated || exact[1] === 1n || exact[0] % exact[1] === 0n) {
      const text = significant(nearest(exact), 8), back = text.startsWith("-") ? null : fractions.number(text);
      if (back && fractions["=="](back, exact)) return text;
    }
    const [a, b] = lowest(exact), text = b === 1n ? String(a) : `${a}/${b}`;
    return text.length <= 15 ? text : null;
  };
  const operand = (exact, used, stated) => {
    if (exact && Math.abs(used - nearest(exact)) <= 2 ** -23 * Math.abs(nearest(exact))) {
      const text = short(exact, stated);
      if (text !== null) return text;
    }
    return decay(used);
  };
  const exact = row.exact ?? {}, told = operand(exact.decay, row.decay, row.stated);
  const texts = {s: shadow(row.state), p: shadow(row.p), d: row.d === null ? told : operand(exact.d, row.d, row.stated), w: operand(exact.w, row.w, row.stated),
    k: String(row.names.k), product: decay(row.names.product)};
  const lines = [];
  const names = {n: String(row.n)};
  for (const name of Object.keys(known)) if (name !== "pi" && typeof known[name] === "number") {
    const given = name === "DECAY" ? constants(asked).exact : data.exact[name] && fractions.number(data.exact[name]);
    names[name] = given && short(given, true) || decay(known[name]);
  }
  const way = chosen(parse(row.n === null ? data.shown_decay.replaceAll("v", "DECAY") : data.shown_decay.replaceAll("v", `(${schedule.text})`)), {n: row.n});
  if (board(way, names) !== told) lines.push(line(way, names, told));
  const update = chosen(parse(data.written), {w: row.w, d: row.d ?? row.decay});
  let text = line(update, texts, shadow(row.after));
  if (data.written_shown) text += `; ${line(parse(data.written_shown), {...texts, s: shadow(row.after)}, shadow(row.shadow))}`;
  return [...lines, text];
}
function lowest([a, b]) {
  let x = a < 0n ? -a : a, y = b;
  while (y) [x, y] = [y, x % y];
  return [a / x, b / x];
}
