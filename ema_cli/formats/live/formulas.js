/* Formulas in Python's grammar (core/formula.py): a parser, and evaluation over doubles or fractions. */

const TOKENS = /(?<![\w.)^/])\d+\/\d+(?![\w.(])|\d+\.?\d*(?:e[+-]?\d+)?|\*\*|\/\/|:=|[<>=!]=|________|[\p{L}_][\p{L}\p{N}_]*|\S/gu;
const trees = new Map();

function parse(text) {
  if (!trees.has(text)) trees.set(text, parsed(text.match(TOKENS)));
  return trees.get(text);
}

function parsed(tokens) {
  let at = 0;
  const take = sign => tokens[at] === sign && ++at;
  const left = (next, ...signs) => {
    let tree = next();
    while (signs.includes(tokens[at])) tree = {op: tokens[at++], a: tree, b: next()};
    return tree;
  };
  function cases() {
    const body = either();
    if (!take("if")) return body;
    const condition = either();
    take("else");
    return {op: "if", test: condition, a: body, b: cases()};
  }
  const either = () => left(both, "or");
  const both = () => left(test, "and");
  const test = () => left(sum, "<", "<=", ">", ">=", "==", "!=");
  const sum = () => left(product, "+", "-");
  const product = () => left(unary, "*", "/", "//", "%");
  const unary = () => take("-") ? {op: "neg", a: unary()} : power();
  function power() {
    const base = atom();
    return take("**") ? {op: "**", a: base, b: unary()} : base;
  }
  function atom() {
    const token = tokens[at++];
    if (token === "(") {
      let tree;
      if (tokens[at + 1] === ":=") {
        const name = tokens[at];
        at += 2;
        tree = {op: "let", name, a: cases()};
      } else tree = cases();
      take(")");
      return tree;
    }
    if (/^\d+\//.test(token)) return {op: "fraction", text: token};
    if (/^[\d.]/.test(token)) return {op: "number", text: token};
    if (!take("(")) return {op: "name", name: token};
    const args = [];
    while (!take(")")) { args.push(cases()); take(","); }
    return {op: "call", name: token, args};
  }
  return cases();
}

/* The value of a tree. `system` has the numbers and operations, `names` the values and functions. */
function value(tree, system, names) {
  const of = part => value(part, system, names);
  switch (tree.op) {
    case "number": case "fraction": return system.number(tree.text);
    case "name": return names[tree.name];
    case "let": return names[tree.name] = of(tree.a);
    case "if": return of(tree.test) ? of(tree.a) : of(tree.b);
    case "neg": return system.neg(of(tree.a));
    case "and": return of(tree.a) && of(tree.b);
    case "or": return of(tree.a) || of(tree.b);
    case "call": return (names[tree.name] ?? system[tree.name])(...tree.args.map(of));
    default: return system[tree.op](of(tree.a), of(tree.b));
  }
}

/* The tree with each conditional replaced by the branch that holds. */
function chosen(tree, names) {
  if (tree.op === "if") return chosen(value(tree.test, doubles, names) ? tree.a : tree.b, names);
  const of = part => part && chosen(part, names);
  return {...tree, a: of(tree.a), b: of(tree.b), args: tree.args?.map(of)};
}
