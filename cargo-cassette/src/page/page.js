"use strict";
// All that was recorded becomes text: nothing here makes HTML, links or attributes of it, but for titles.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const search = document.getElementById("search");
const AROUND = 3; // equal lines that stay open around different ones
const OPEN = 30; // how many hits a search opens
const shown = []; // every exchange: { exchange, details, words, fill }
let query = "";

function make(tag, classes, ...children) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...children);
  return element;
}

function text(value) {
  if (!query) return [value];
  const lower = value.toLowerCase();
  // Where lower case has another length, places would be wrong.
  if (lower.length !== value.length) return [value];
  const parts = [];
  let from = 0;
  for (let at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, from)) {
    parts.push(value.slice(from, at), make("mark", "", value.slice(at, at + query.length)));
    from = at + query.length;
  }
  parts.push(value.slice(from));
  return parts;
}

// The middle that differs between two lines.
function middle(value, other) {
  let head = 0;
  const most = Math.min(value.length, other.length);
  while (head < most && value[head] === other[head]) head++;
  let tail = 0;
  while (tail < most - head && value[value.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  if (head + tail === 0) return text(value);
  const parts = [...text(value.slice(0, head))];
  const inside = value.slice(head, value.length - tail);
  if (inside) parts.push(make("b", "", ...text(inside)));
  return [...parts, ...text(value.slice(value.length - tail))];
}

function side(line, other, name) {
  if (!line) return [make("td", "no none"), make("td", "none")];
  const content = other && name ? middle(line[1], other[1]) : text(line[1]);
  return [make("td", "no " + name, String(line[0])), make("td", name, ...content)];
}

function row(one) {
  const names = one.is_same ? ["", ""] : ["old", "new"];
  return make("tr", "", ...side(one.old, one.new, names[0]), ...side(one.new, one.old, names[1]));
}

function table(title, rows) {
  const body = make("tbody");
  for (let at = 0; at < rows.length; ) {
    let end = at;
    while (end < rows.length && rows[end].is_same) end++;
    const from = at === 0 ? 0 : at + AROUND;
    const to = end === rows.length ? end : end - AROUND;
    const holds = query && rows.slice(at, end).some((one) => one.old[1].toLowerCase().includes(query));
    if (to - from > 2 && !holds) {
      rows.slice(at, from).forEach((one) => body.append(row(one)));
      body.append(fold(rows.slice(from, to)));
      rows.slice(to, end).forEach((one) => body.append(row(one)));
    } else {
      rows.slice(at, end).forEach((one) => body.append(row(one)));
    }
    for (at = end; at < rows.length && !rows[at].is_same; at++) body.append(row(rows[at]));
  }
  const columns = make("colgroup");
  for (const name of ["no", "", "no", ""]) columns.append(make("col", name));
  const heading = make("h3", "", title);
  const sides = make("table", "sides", columns, body);
  sides.setAttribute("aria-label", title + ", old and new");
  return [heading, sides];
}

function fold(rows) {
  const button = make("button", "", rows.length + " equal lines");
  button.type = "button";
  const cell = make("td", "", button);
  cell.colSpan = 4;
  const folded = make("tr", "fold", cell);
  button.addEventListener("click", () => folded.replaceWith(...rows.map(row)));
  return folded;
}

function fields(list) {
  const items = list.map((field) => {
    const item = make("li", "", make("span", "place", ...text(field.place)), " ");
    if (field.old !== null) item.append(make("del", "", ...text(field.old)));
    if (field.old !== null && field.new !== null) item.append(" → ");
    if (field.new !== null) item.append(make("ins", "", ...text(field.new)));
    return item;
  });
  return make("ul", "fields", ...items);
}

function milliseconds(time) {
  return time < 1000 ? time + " ms" : (time / 1000).toFixed(1) + " s";
}

function head(exchange) {
  const number = exchange.new ?? exchange.old;
  const answers = make("span", "answer " + exchange.tone);
  const differs = exchange.old_answer !== null && exchange.new_answer !== null && exchange.old_answer !== exchange.new_answer;
  if (differs) answers.append(make("del", "", ...text(exchange.old_answer)), " ");
  answers.append(...text(exchange.new_answer ?? exchange.old_answer));
  const summary = make(
    "summary", "",
    make("span", "number", String(number)),
    make("span", "method", ...text(exchange.method)),
    make("span", "url", ...text(exchange.url)),
    answers,
  );
  if (exchange.waited !== null) summary.append(make("span", "time", milliseconds(exchange.waited)));
  const kind = exchange.is_moved && exchange.kind !== "moved" ? exchange.kind + ", moved" : exchange.kind;
  const moved = exchange.is_moved ? " (was " + exchange.old + ")" : "";
  summary.append(make("span", "badge " + exchange.kind, kind + moved));
  return summary;
}

function inside(exchange) {
  const content = make("div", "inside");
  if (exchange.fields.length) content.append(fields(exchange.fields));
  if (exchange.request.length) content.append(...table("Request", exchange.request));
  if (exchange.answer.length) content.append(...table("Answer", exchange.answer));
  if (!content.hasChildNodes()) content.append(make("p", "meta", "Nothing but its place is different."));
  return content;
}

// What a search looks through.
function words(exchange) {
  const list = [exchange.method, exchange.url, exchange.old_answer, exchange.new_answer];
  for (const field of exchange.fields) list.push(field.place, field.old, field.new);
  for (const one of [...exchange.request, ...exchange.answer]) list.push(one.old?.[1], one.is_same ? null : one.new?.[1]);
  return list.filter((word) => word).join("\n").toLowerCase();
}

function add(exchange, section) {
  const details = make("details", "exchange");
  const entry = { exchange, details, section };
  entry.words = words(exchange);
  entry.fill = () => {
    const parts = [head(exchange)];
    if (details.open) parts.push(inside(exchange));
    const hadFocus = details.contains(document.activeElement);
    details.replaceChildren(...parts);
    if (hadFocus) parts[0].focus();
  };
  details.addEventListener("toggle", entry.fill);
  entry.fill();
  shown.push(entry);
  return entry;
}

function timeline(exchanges, entries) {
  const timed = exchanges.some((exchange) => exchange.waited !== null);
  const bar = make("nav", timed ? "timeline" : "timeline even");
  bar.setAttribute("aria-label", "Requests in their order");
  let all = 0;
  exchanges.forEach((exchange, at) => {
    const button = make("button", exchange.tone + " " + exchange.kind);
    button.type = "button";
    const time = exchange.waited !== null ? ", " + milliseconds(exchange.waited) : "";
    const answer = exchange.new_answer ?? exchange.old_answer;
    button.title = (exchange.new ?? exchange.old) + "  " + exchange.method + " " + exchange.url + " → " + answer + time + " (" + exchange.kind + ")";
    button.setAttribute("aria-label", button.title);
    if (timed) button.style.flexGrow = String(Math.max(exchange.waited ?? 0, 1));
    if (exchange.new !== null) all += exchange.waited ?? 0;
    const entry = entries.get(at);
    if (entry) button.addEventListener("click", () => go(entry, true));
    else button.disabled = true;
    bar.append(button);
  });
  const scale = make("div", "scale", make("span", "", timed ? "recorded times" : "in order"), make("span", "", timed ? milliseconds(all) : exchanges.length + (exchanges.length === 1 ? " request" : " requests")));
  return [bar, scale];
}

function go(entry, open) {
  if (open) entry.details.open = true;
  entry.details.querySelector("summary").focus();
  entry.details.scrollIntoView({ block: "nearest" });
}

function cassette(one) {
  const title = make("div", "title", make("h2", "", one.name), make("span", "badge " + one.status, one.status));
  const about = make("header", "", title, make("div", "meta", one.summary + " · " + one.path));
  for (const problem of one.problems) about.append(make("p", "problem", problem));
  const section = make("section", "cassette", about);
  if (one.head.length) section.append(fields(one.head));
  const entries = new Map();
  const list = [];
  one.interactions.forEach((exchange, at) => {
    if (exchange.kind === "same") return;
    const entry = add(exchange, section);
    entries.set(at, entry);
    list.push(entry.details);
  });
  if (one.interactions.length) section.append(...timeline(one.interactions, entries));
  section.append(...list);
  const heads = one.head.flatMap((field) => [field.place, field.old, field.new]);
  section.dataset.words = [one.name, one.path, one.summary, ...one.problems, ...heads].filter((word) => word).join("\n").toLowerCase();
  return section;
}

function find() {
  query = search.value.trim().toLowerCase();
  let hits = 0;
  for (const section of document.querySelectorAll(".cassette")) {
    const mine = shown.filter((entry) => entry.section === section);
    const whole = !query || section.dataset.words.includes(query);
    let any = whole;
    for (const entry of mine) {
      const hit = Boolean(query) && entry.words.includes(query);
      entry.details.hidden = !whole && !hit;
      any = any || hit;
      if (hit && hits++ < OPEN) entry.details.open = true;
      entry.fill();
    }
    section.hidden = !any;
  }
  document.getElementById("found").textContent = query ? hits + " found" : "";
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function theme(toggle) {
  if (toggle) document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  document.getElementById("theme").textContent = isDark() ? "Light" : "Dark";
}

function expand() {
  const visible = shown.filter((entry) => !entry.details.hidden);
  const open = visible.some((entry) => !entry.details.open);
  for (const entry of visible) entry.details.open = open;
  document.getElementById("expand").textContent = open ? "Close all" : "Open all";
}

function step(by) {
  const visible = shown.filter((entry) => !entry.details.hidden && !entry.section.hidden);
  const at = visible.findIndex((entry) => entry.details.contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), visible.length - 1);
  if (visible[next]) go(visible[next], false);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search) {
    if (event.key === "Escape") { search.value = ""; find(); search.blur(); }
    return;
  }
  const keys = { "/": () => search.focus(), j: () => step(1), k: () => step(-1), e: expand, t: () => theme(true) };
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.getElementById("since").textContent = "changed since " + data.since;
document.getElementById("theme").addEventListener("click", () => theme(true));
document.getElementById("expand").addEventListener("click", expand);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(false));
search.addEventListener("input", find);
main.replaceChildren(...data.cassettes.map(cassette));
if (!data.cassettes.length) main.append(make("p", "note", "No cassette has changed."));
if (shown.length && shown.length <= 3) shown.forEach((entry) => { entry.details.open = true; });
theme(false);
// A link can carry a search: report.html#search=users
search.value = new URLSearchParams(location.hash.slice(1)).get("search") ?? "";
if (search.value) find();
