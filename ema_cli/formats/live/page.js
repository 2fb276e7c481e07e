/* The page: its controls, and everything that they change. */

const first = {decay: data.decay, initial: data.initial, warm: data.warmed, params: [...data.params]};
const asked = structuredClone(first), controls = find("controls"), table = page.querySelector("table");
const isNumber = text => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) && Number.isFinite(Number(text));
let selected = Math.max(data.actions.indexOf("update"), 0);

/* Positions of the slider: decays 0, 0.1, ... 0.9, 0.91, ... 0.99, 0.991, ... and 1; half-lives from 1/100 to 100 times the stated one. */
const halved = data.moved === "half_life";
const multiple = place => place === 30 ? first.decay : String(Number((first.decay * 10 ** ((place - 30) / 15)).toPrecision(2)));
const nearOne = place => {
  const nines = Math.floor(place / 9), rest = place % 9;
  return place === 54 ? "1" : nines ? `0.${"9".repeat(nines)}${rest || ""}` : rest ? `0.${rest}` : "0";
};
const DECAYS = Array.from({length: halved ? 61 : 55}, (_, place) => halved ? multiple(place) : nearOne(place));
const near = text => DECAYS.reduce((best, one, place) => Math.abs(one - text) < Math.abs(DECAYS[best] - text) ? place : best, 0);
function range() {
  const all = [0, Number(first.initial ?? 0), ...first.params.map(Number)], low = Math.min(...all), high = Math.max(...all);
  const step = 10 ** Math.floor(Math.log10((high - low || 1) / 20));
  return {low: Math.floor(low / step) * step, high: Math.ceil((high + (high === low)) / step) * step, step};
}

function show() {
  const {rows, known} = computed(asked), dtype = data.dtype.name;
  const initial = data.start === "initial" && !data.shown ? input.R(Number(asked.initial)) : null;
  const begun = data.start === "initial" ? input.R(Number(asked.initial)) : undefined, body = table.tBodies[0].rows;
  const start = begun ?? (data.start === "zero" ? 0 : input.R(Number(asked.params[0])));
  const left = begun === undefined || data.shown ? undefined : rows.left;
  fill(body, 3, ["", ...rows.map(row => written(row.decay, data.decay_dtype))]);
  fill(body, 4, [blank ? "" : written(start, dtype), ...rows.map(row => written(row.shadow, dtype))]);
  fill(body, 5, [left, ...rows.map(row => row.share)].map(share => written(share, "float64")));
  rows.forEach((row, place) => {
    body[place + 1].classList.toggle("chosen", place === selected);
    body[place + 1].cells[0].firstChild.setAttribute("aria-pressed", place === selected);
  });
  rule();
  work(worked(rows[selected], asked, known));
  if (picture) chart(rows, initial);
  const last = written(rows.at(-1).shadow, dtype);
  find("status").textContent = words.status.replace("{number}", rows.length).replace("{shadow}", last);
  for (const name of ["decay", "initial"]) {
    const field = find(name), slider = find(`${name}-slider`);
    if (document.activeElement !== field) field.value = asked[name] ?? "";
    slider.value = name === "decay" ? near(asked.decay) : asked.initial ?? 0;
    slider.setAttribute("aria-valuetext", asked[name] ?? "");
  }
  find("warm").checked = asked.warm;
  return rows;
}

/* The working of the chosen round: formulas, or a word for a round that is not an update. */
function work(lines) {
  const isFormula = text => / [=≈] /.test(text) && !text.startsWith(words.seed);
  const items = lines.map(text => `<li>${isFormula(text) ? formula(text) : escaped(text)}</li>`);
  const title = escaped(words.worked.replace("{number}", selected + 1)), choose = `<span>${escaped(words.choose)}</span>`;
  find("worked").innerHTML = `<p>${title} ${choose}</p><ul class="formulas">${items.join("")}</ul>`;
}

/* True if there is no shadow before the first round. */
const blank = !table.tBodies[0].rows[0].cells[4].textContent.trim();

/* The cells of a column, with their decimal points aligned. */
function fill(body, column, texts) {
  const tail = text => text.match(/[.e].*/)?.[0].length ?? 0, longest = Math.max(...texts.map(tail));
  texts.forEach((text, place) => { body[place].cells[column].textContent = text && text + " ".repeat(longest - tail(text)); });
}

/* Update DECAY, the initial value and the warm-up in the rule and the title. */
const constant = [...page.querySelectorAll(".rule > .formulas li")]
  .find(item => item.querySelectorAll("mn").length === 1 && item.textContent.endsWith(`=${data.told}`))?.querySelector("mn");
const schedule = page.querySelector(".rule > .formulas li"), stillSchedule = schedule?.innerHTML;
const heading = page.querySelector("h1"), stillTitle = heading.textContent;
function rule() {
  if (asked.warm !== first.warm) schedule.innerHTML = formula(asked.warm ? words.warm : words.constant);
  else if (schedule.innerHTML !== stillSchedule && !schedule.contains(constant)) schedule.innerHTML = stillSchedule;
  const moved = asked.decay !== data.decay, titled = `${words.decay} ${data.titled}`.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  if (constant) constant.textContent = moved ? asked.decay : data.told;
  /* A half-life, a span etc. is followed by its decay in parentheses. */
  const stated = new RegExp(`([^\\s,，:：][^,，:：]*[（(])?${titled}( ?[（(][^)）]*[)）]|[)）])?`);
  const title = moved ? stillTitle.replace(stated, `${words.decay} ${asked.decay}${data.unit}`) : stillTitle;
  const [still, now] = [data, asked].map(from => words.initial.replace("{x}", from.initial));
  heading.textContent = title.replace(still, now);
}

/* Read a typed value; an invalid one is marked and changes nothing. */
function take(field, apply, fits = () => true) {
  const text = field.value.trim(), good = isNumber(text) && fits(Number(text));
  field.setAttribute("aria-invalid", !good);
  if (!good) { find("status").textContent = words.invalid.replace("{text}", text); return; }
  apply(text.replace(/^\+/, ""));
  show();
}
const isDecay = x => halved ? x > 0 : x >= 0 && x <= 1;

function begin() {
  const body = table.tBodies[0];
  table.tHead.rows[0].insertAdjacentHTML("beforeend", `<th scope="col" class="n">${escaped(words.share)}</th>`);
  [...body.rows].forEach((row, place) => {
    row.insertAdjacentHTML("beforeend", `<td class="n" data-label="${escaped(words.share)}"></td>`);
    if (!place) return;
    row.cells[0].innerHTML = `<button type="button">${place}</button>`;
    const label = escaped(words.edit.replace("{number}", place));
    row.cells[2].innerHTML = `<input inputmode="decimal" autocomplete="off" size="8" aria-label="${label}">`;
    row.cells[2].firstChild.value = asked.params[place - 1];
  });
  body.addEventListener("click", event => { if (event.target.matches("button")) select(event.target); });
  body.addEventListener("focusin", event => { if (event.target.matches("input")) select(event.target); });
  body.addEventListener("input", event => take(event.target, text => { asked.params[rowOf(event.target)] = text; }));
  const decay = find("decay"), start = find("initial"), reach = range();
  find("decay-slider").max = DECAYS.length - 1;
  Object.assign(find("initial-slider"), {min: reach.low, max: reach.high, step: reach.step});
  find("decay-slider").addEventListener("input", event => {
    asked.decay = decay.value = DECAYS[event.target.value];
    show();
  });
  find("initial-slider").addEventListener("input", event => {
    asked.initial = start.value = String(Number(Number(event.target.value).toPrecision(12)));
    show();
  });
  decay.addEventListener("input", () => take(decay, text => { asked.decay = text; }, isDecay));
  start.addEventListener("input", () => take(start, text => { asked.initial = text; }));
  find("warm").addEventListener("change", event => { asked.warm = event.target.checked; show(); });
  find("reset").addEventListener("click", () => {
    Object.assign(asked, structuredClone(first));
    for (const field of page.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    [...body.rows].slice(1).forEach((row, place) => { row.cells[2].firstChild.value = asked.params[place]; });
    decay.value = asked.decay ?? "";
    start.value = asked.initial ?? "";
    show();
  });
  const movable = {
    decay: data.moved !== null,
    initial: data.start === "initial",
    warm: data.togglable && data.counters.some(step => step !== null),
  };
  for (const [name, moves] of Object.entries(movable))
    for (const field of page.querySelectorAll(`[data-ema^="${name}"]`)) field.disabled = !moves;
  for (const group of controls.children) group.hidden = [...group.querySelectorAll("input")].some(field => field.disabled);
  controls.addEventListener("submit", event => event.preventDefault());
  controls.hidden = find("worked").hidden = false;
  const printed = [...body.rows].slice(1).map(row => row.cells[4].textContent.trim());
  const rows = show();
  /* If the page computes other digits than the command printed, it says so. */
  find("differs").hidden = data.same && rows.every((row, place) => written(row.shadow, data.dtype.name) === printed[place]);
}
const rowOf = element => element.closest("tr").rowIndex - 2;
function select(element) { selected = rowOf(element); show(); }
begin();
