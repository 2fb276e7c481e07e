/* The chart, as charts/svg.py draws it, on the axis that the page has. */

const picture = page.querySelector("figure svg"), axis = picture && JSON.parse(picture.dataset.axis);

function ticks(low, high, count) {
  const rough = (high - low) / count, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find(times => unit * times >= rough * .8), found = [];
  for (let at = Math.ceil(low / step); at <= Math.floor(high / step + 1e-9); at++) found.push(Number((step * at).toPrecision(12)));
  return found;
}
function chart(rows, initial) {
  const W = 720, RIGHT = 16, TALL = 200, TOP = 46, last = rows.length;
  const SIGNS = ["M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M-3-3h6v6h-6z", "M0-4l4 7h-8z"], DASHES = ["none", "7 3", "2 3"];
  const curves = [
    {label: words.param, points: rows.map(row => [row.place + 1, row.p]), panel: 0},
    {label: words.shadow, points: [...initial === null ? [] : [[0, initial]], ...rows.map(row => [row.place + 1, row.shadow])], panel: 0},
    {label: words.share, points: rows.map(row => [row.place + 1, row.share]), panel: 1},
  ];
  for (const curve of curves) curve.points = curve.points.filter(([at, size]) => at in axis.places && Number.isFinite(size));
  const panels = [words.value, words.share].map((name, panel) => {
    const values = curves.filter(one => one.panel === panel).flatMap(one => one.points.map(point => point[1]));
    if (panel || !values.length) values.push(0);
    let low = Math.min(...values), high = Math.max(...values);
    const margin = (high - low) * .05 || Math.abs(low) * .5 || 1;
    if (!panel || low < 0) low -= margin;
    high += margin;
    return {name, low, high, labels: ticks(low, high, 6).map(tick => [tick, String(Number(tick.toPrecision(6)))])};
  });
  const LEFT = Math.max(68, 16 * Math.max(...panels.flatMap(panel => panel.labels.map(([, text]) => text.length))));
  const across = at => (LEFT + at * (W - LEFT - RIGHT)).toFixed(1), x = at => across(axis.places[at]);
  let out = "";
  panels.forEach(({name, low, high, labels}, panel) => {
    const top = TOP + panel * (TALL + TOP), y = at => (top + (1 - (at - low) / (high - low)) * TALL).toFixed(1);
    out += `<text x="${LEFT}" y="${top - 12}" fill="var(--soft)">${escaped(name)}</text>`;
    for (const [tick, text] of labels) out += `<path d="M${LEFT} ${y(tick)}H${W - RIGHT}" stroke="var(--line)" stroke-width=".6"/><text x="${LEFT - 8}" y="${+y(tick) + 4}" text-anchor="end">${text}</text>`;
    out += `<path d="M${LEFT} ${top + TALL}H${W - RIGHT}" stroke="var(--ink)"/>`;
    curves.forEach((curve, place) => {
      if (curve.panel !== panel) return;
      if (panel) {
        const wide = Math.max((W - LEFT - RIGHT) * axis.unit * .8, .5);
        out += `<path fill="var(--c2)" d="${curve.points.map(([at, size]) => `M${x(at) - wide / 2} ${y(0)}V${y(size)}h${wide}V${y(0)}z`).join("")}"/>`;
        return;
      }
      const behind = !place && last > 40;
      out += `<path d="M${curve.points.map(([at, size]) => `${x(at)} ${y(size)}`).join("L")}" fill="none" stroke="var(--${behind ? "soft" : "c" + place})" stroke-width="${behind ? 1 : 2}" stroke-dasharray="${DASHES[place]}" stroke-linejoin="round"/>`;
      if (last <= 40) for (const [at, size] of curve.points) out += `<path d="${SIGNS[place]}" transform="translate(${x(at)} ${y(size)})" fill="var(--c${place})"/>`;
    });
  });
  const base = 2 * (TALL + TOP);
  for (const [at, text] of axis.ticks) out += `<text x="${across(at)}" y="${base + 25}" text-anchor="middle">${escaped(text)}</text>`;
  out += `<text x="${(LEFT + W - RIGHT) / 2}" y="${base + 53}" text-anchor="middle">${escaped(axis.key)}</text>`;
  curves.slice(0, 2).forEach((curve, place) => {
    const at = LEFT + place * 215;
    out += `<path d="M${at} ${base + 78}h34" stroke="var(--c${place})" stroke-width="2" stroke-dasharray="${DASHES[place]}"/><path d="${SIGNS[place]}" transform="translate(${at + 17} ${base + 78})" fill="var(--c${place})"/><text x="${at + 42}" y="${base + 82}">${escaped(curve.label)}</text>`;
  });
  picture.setAttribute("viewBox", `0 0 ${W} ${base + 106}`);
  picture.innerHTML = out;
}
