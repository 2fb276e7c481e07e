/* Lines of working: plain text as in working/expression.py, and MathML as in working/typeset.py. */

const RANK = {"**": 8, neg: 7, "*": 6, "/": 6, "%": 6, "+": 5, "-": 5, "<": 4, "<=": 4};
const SIGN = {"+": " + ", "-": " - ", "*": " x ", "/": "/", "%": " mod ", "**": "^", "<": " < ", "<=": " <= "};
function board(tree, texts) {
  const leaf = text => [text, text.startsWith("-") ? 7 : text.includes(" ") ? 5 : text.includes("/") ? 6 : 9];
  const inside = (part, lowest, leading = false) => {
    const [text, rank] = of(part, leading);
    return rank >= lowest && (leading || rank !== 7) ? text : `(${of(part)[0]})`;
  };
  function of(part, leading = true) {  // what does not lead a text may not begin with a sign
    switch (part.op) {
      case "number": return leaf(part.text);
      case "name": return leaf(texts[part.name] ?? part.name);
      case "neg": return [`-${inside(part.a, 6)}`, 7];
      case "**": return [`${inside(part.a, 9)}^${inside(part.b, 9)}`, 8];
      case "//": return [`floor(${of(part.a)[0]}/${inside(part.b, 9)})`, 9];
      case "call": return [`${part.name}(${part.args.map(arg => of(arg)[0]).join(", ")})`, 9];
      default: {
        const rank = RANK[part.op], strict = part.op === "-" || part.op === "/";
        return [inside(part.a, rank, leading) + SIGN[part.op] + inside(part.b, rank + strict), rank];
      }
    }
  }
  return of(tree)[0];
}

const escaped = text => text.replace(/[&<>"]/g, mark => `&#${mark.charCodeAt()};`);
const MO = {"+": "+", "-": "−", "*": "×", "<": "&lt;", "<=": "≤"};
const SIGNED = {
  floor: inner => `<mrow><mo>⌊</mo>${inner}<mo>⌋</mo></mrow>`,
  ceil: inner => `<mrow><mo>⌈</mo>${inner}<mo>⌉</mo></mrow>`,
  sqrt: inner => `<msqrt>${inner}</msqrt>`,
};
function mathml(text) {
  const number = text => {
    const [mantissa, exponent] = text.split("e"), mn = `<mn>${mantissa}</mn>`;
    return exponent ? `<mrow>${mn}<mo>·</mo><msup><mn>10</mn><mn>${Number(exponent)}</mn></msup></mrow>` : mn;
  };
  const tall = part => ["/", "**", "fraction"].includes(part.op) || [part.a, part.b, ...part.args ?? []].some(one => one && tall(one));
  const around = (...some) => {
    const mark = sign => some.some(tall) ? `<mo>${sign}</mo>` : `<mo stretchy="false">${sign}</mo>`;
    return `<mrow>${mark("(")}${some.map(of).join("<mo>,</mo>")}${mark(")")}</mrow>`;
  };
  const slash = (a, b) => `<mrow>${a}<mo>/</mo>${b}</mrow>`;
  const exponent = part => part.op === "/" ? slash(grouped(part.a, 6), grouped(part.b, 9))
    : part.op === "fraction" ? slash(...part.text.split("/").map(number)) : of(part);
  const rank = part => part.op === "/" ? 9 : RANK[part.op] ?? 9;
  const grouped = (part, lowest, leading) => rank(part) >= lowest && (leading || rank(part) !== 7) ? of(part) : around(part);
  function of(part) {
    switch (part.op) {
      case "number": return number(part.text);
      case "fraction": return `<mfrac>${part.text.split("/").map(number).join("")}</mfrac>`;
      case "name": return `<mi>${escaped(part.name)}</mi>`;
      case "neg": return `<mrow><mo>−</mo>${grouped(part.a, 6)}</mrow>`;
      case "/": return `<mfrac>${of(part.a)}${of(part.b)}</mfrac>`;
      case "**": return `<msup>${part.a.op === "number" ? of(part.a) : around(part.a)}${exponent(part.b)}</msup>`;
      case "call": return SIGNED[part.name]?.(of(part.args[0]))
        ?? `<mrow><mi>${part.name}</mi><mo>&#x2061;</mo>${around(...part.args)}</mrow>`;
      default: {
        const first = grouped(part.a, rank(part), true), second = grouped(part.b, rank(part) + (part.op === "-"));
        return `<mrow>${first}<mo>${MO[part.op]}</mo>${second}</mrow>`;
      }
    }
  }
  return text.split(/( = | ≈ |; )/).map((piece, place) => place % 2 ? `<mo>${piece.trim()}</mo>`
    : of(parsed(piece.replaceAll(" x ", " * ").replaceAll("^", "**").match(TOKENS)))).join("");
}
const formula = text => `<math alttext="${escaped(text)}"><mstyle displaystyle="true">${mathml(text)}</mstyle></math>`;

/* An equation, or an approximation if the sides differ as printed; equal texts are written once. */
function line(tree, texts, right) {
  const names = {}, left = board(tree, texts);
  if (left === right) return right;
  const read = text => text.startsWith("-") ? fractions.neg(fractions.number(text.slice(1))) : fractions.number(text);
  let equal = false;
  try {
    for (const [name, text] of Object.entries(texts)) if (/^-?[\d./e+-]+$/.test(text)) names[name] = read(text);
    equal = fractions["=="](value(tree, fractions, names), read(right));
  } catch { /* the expression has no exact value */ }
  return `${left} ${equal ? "=" : "≈"} ${right}`;
}
