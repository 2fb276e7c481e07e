/* The chart, as charts/svg.py draws it. */

function ticks(low, high, count) {
  const rough = (high - low) / count, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find(times => unit * times >= rough * .8), found = [];
  for (let at = Math.ceil(low / step); at <= Math.floor(high / step + 1e-9); at++) found.push(Number((step * at).toPrecision(12)));
  return found;
}
function chart(rows, initial) {
  const W = 720, LEFT = 68, RIGHT = 16, TALL = 200, last = rows.length;
  const SIGNS = ["M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M-3-3h6v6h-6z", "M0-4l4 7h-8z"], DASHES = ["none", "7 3", "2 3"];
  const some = rows.filter(row => Number.isFinite(row.shadow));
  const curves = [
    {label: words.param, points: rows.map(row => [row.place + 1, row.p]), panel: 0},
    {label: words.shadow, points: [...initial === null ? [] : [[0, initial]], ...some.map(row => [row.place + 1, row.shadow])], panel: 0},
    {label: words.share, points: rows.map(row => [row.place + 1, row.share]), panel: 1},
  ];
  const x = at => (LEFT + (at + .5) / (last + 1) * (W - LEFT - RIGHT)).toFixed(1);
  let out = "";
  [words.value, words.share].forEach((name, panel) => {
    const top = 34 + panel * (TALL + 34), values = curves.filter(one => one.panel === panel).flatMap(one => one.points.map(point => point[1])).filter(Number.isFinite);
    if (panel) values.push(0);
    let low = Math.min(...values), high = Math.max(...values);
    const margin = (high - low) * .05 || Math.abs(low) * .5 || 1;
    if (!panel || low < 0) low -= margin;
    high += margin;
    const y = at => (top + (1 - (at - low) / (high - low)) * TALL).toFixed(1);
    out += `<text x="${LEFT}" y="${top - 10}" fill="var(--soft)">${escaped(name)}</text>`;
    for (const tick of ticks(low, high, 6)) out += `<path d="M${LEFT} ${y(tick)}H${W - RIGHT}" stroke="var(--line)" stroke-width=".6"/><text x="${LEFT - 8}" y="${+y(tick) + 4}" text-anchor="end">${Number(tick.toPrecision(6))}</text>`;
    out += `<path d="M${LEFT} ${top + TALL}H${W - RIGHT}" stroke="var(--ink)"/>`;
    curves.forEach((curve, place) => {
      if (curve.panel !== panel) return;
      if (panel) {
        const wide = Math.max((W - LEFT - RIGHT) / (last + 1) * .8, .5);
        out += `<path fill="var(--c2)" d="${curve.points.map(([at, size]) => `M${x(at) - wide / 2} ${y(0)}V${y(size)}h${wide}V${y(0)}z`).join("")}"/>`;
        return;
      }
      const behind = !place && last > 40;
      out += `<path d="M${curve.points.map(([at, size]) => `${x(at)} ${y(size)}`).join("L")}" fill="none" stroke="var(--${behind ? "soft" : "c" + place})" stroke-width="${behind ? 1 : 2}" stroke-dasharray="${DASHES[place]}" stroke-linejoin="round"/>`;
      if (last <= 40) for (const [at, size] of curve.points) out += `<path d="${SIGNS[place]}" transform="translate(${x(at)} ${y(size)})" fill="var(--c${place})"/>`;
    });
  });
  const base = 2 * (TALL + 34);
  for (const tick of ticks(0, last, 8)) if (Number.isInteger(tick)) out += `<text x="${x(tick)}" y="${base + 22}" text-anchor="middle">${tick}</text>`;
  out += `<text x="${(LEFT + W - RIGHT) / 2}" y="${base + 44}" text-anchor="middle">${escaped(words.round)}</text>`;
  curves.slice(0, 2).forEach((curve, place) => {
    const at = LEFT + place * 215;
    out += `<path d="M${at} ${base + 66}h34" stroke="var(--c${place})" stroke-width="2" stroke-dasharray="${DASHES[place]}"/><path d="${SIGNS[place]}" transform="translate(${at + 17} ${base + 66})" fill="var(--c${place})"/><text x="${at + 42}" y="${base + 70}">${escaped(curve.label)}</text>`;
  });
  return [out, base + 88];
}
