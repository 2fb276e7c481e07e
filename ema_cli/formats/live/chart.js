/* The chart, drawn as in charts/svg.py, which passes the sizes, the pens and the axis. */

const picture = page.querySelector("figure svg"), drawing = picture && JSON.parse(picture.dataset.chart);

function ticks(low, high, count) {
  const rough = (high - low) / count, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find(times => unit * times >= rough * .8), found = [];
  for (let at = Math.ceil(low / step); at <= Math.floor(high / step + 1e-9); at++) found.push(Number((step * at).toPrecision(12)));
  return found;
}
function chart(rows, initial) {
  const {width, right, top, tall, pens, places} = drawing, names = [words.value, words.share];
  const points = [
    rows.map(row => [row.place + 1, row.p]),
    [...initial === null ? [] : [[0, initial]], ...rows.map(row => [row.place + 1, row.shadow])],
    rows.map(row => [row.place + 1, row.share]),
  ].map(some => some.filter(([at, size]) => at in places && Number.isFinite(size)));
  const panels = [[0, 1], [2]].map(curves => {
    const values = curves.flatMap(curve => points[curve].map(point => point[1])), bars = pens[curves[0]].bars;
    if (bars || !values.length) values.push(0);
    let low = Math.min(...values), high = Math.max(...values);
    const margin = (high - low) * .05 || Math.abs(low) * .5 || 1;
    if (!bars || low < 0) low -= margin;
    high += margin;
    return {curves, low, high, labels: ticks(low, high, 4).map(tick => [tick, String(Number(tick.toPrecision(6)))])};
  });
  const longest = Math.max(...panels.flatMap(panel => panel.labels.map(([, text]) => text.length)));
  const left = Math.max(drawing.least, drawing.letter * longest), wide = Math.max((width - left - right) * drawing.unit * .8, .5);
  const across = at => (left + at * (width - left - right)).toFixed(1), x = at => across(places[at]);
  let out = "";
  panels.forEach(({curves, low, high, labels}, panel) => {
    const above = top + panel * (tall + top), y = at => (above + (1 - (at - low) / (high - low)) * tall).toFixed(1);
    out += `<text x="${left}" y="${above - 12}" fill="var(--soft)">${escaped(names[panel])}</text>`;
    for (const [tick, text] of labels) {
      out += `<path d="M${left} ${y(tick)}H${width - right}" stroke="var(--line)" stroke-width=".6"/>`;
      out += `<text x="${left - 8}" y="${+y(tick) + 4}" text-anchor="end">${text}</text>`;
    }
    out += `<path d="M${left} ${above + tall}H${width - right}" stroke="var(--ink)"/>`;
    for (const curve of curves) {
      const {bars, colour, sign, stroke} = pens[curve];
      const places = points[curve].map(([at, size]) => [x(at), y(size)]);
      if (bars) {
        out += `<path fill="${colour}" d="${places.map(([x, end]) => `M${x - wide / 2} ${y(0)}V${end}h${wide}V${y(0)}z`).join("")}"/>`;
        continue;
      }
      out += `<path d="M${places.map(place => place.join(" ")).join("L")}" ${stroke}/>`;
      for (const place of drawing.signed ? places : [])
        out += `<path d="${sign}" transform="translate(${place.join(" ")})" fill="${colour}"/>`;
    }
  });
  const base = 2 * (tall + top), below = base + drawing.bottom;
  for (const [at, text] of drawing.ticks) out += `<text x="${across(at)}" y="${base + 25}" text-anchor="middle">${escaped(text)}</text>`;
  out += `<text x="${(left + width - right) / 2}" y="${base + 53}" text-anchor="middle">${escaped(drawing.key)}</text>`;
  out += `<g transform="translate(${left} ${below})">${drawing.legend}</g>`;
  picture.setAttribute("viewBox", `0 0 ${width} ${below + drawing.height}`);
  picture.innerHTML = out;
}
