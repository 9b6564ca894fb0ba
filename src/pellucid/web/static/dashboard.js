// Keeps the dashboard live, moves through time without loading the page anew, and tells the chart's numbers.
// Every number and word comes from the server; without this script the same page is there, and stands still.

const EVERY = 2000; // milliseconds between two looks
const REST = 10; // times as long as the last renewal took, the next one waits: a busy server is left alone
const board = document.getElementById("board");
const { home } = board.dataset;
let { mark } = board.dataset;
let renewable = 0;

const ask = (path) => fetch(home + path + location.search, { cache: "no-store" });
const byId = (id) => document.getElementById(id);

// What goes on now

async function look() {
  if (document.hidden) return;
  const answer = await ask("/live");
  if (answer.status === 401) return location.reload();
  if (!answer.ok) throw new Error(answer.statusText);
  const now = await answer.json();
  byId("lately").textContent = now.number;
  byId("what").textContent = now.what;
  if (now.mark === mark || performance.now() < renewable) return;
  if ("untouched" in board.dataset) return location.reload();
  await renew();
  mark = now.mark;
}

async function renew() {
  const asked = location.search;
  const began = performance.now();
  const answer = await ask("/panels");
  if (!answer.ok) throw new Error(answer.statusText);
  const text = await answer.text();
  renewable = performance.now() + REST * (performance.now() - began);
  // Somebody has moved on in the meantime, and that answer is on its way.
  if (asked === location.search) swap(text);
}

// Puts new parts in the place of old ones. What has not changed is not touched, so that focus, pointer and an open
// menu stay where they are; what is chosen (tabs) lies between the parts.
function swap(text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const parts = [...fresh.content.querySelectorAll("[data-part]")];
  const focused = document.activeElement?.id;
  if (parts.every((part) => byId(part.id)) && parts.length === board.querySelectorAll("[data-part]").length) {
    for (const part of parts) if (byId(part.id).innerHTML !== part.innerHTML) replace(byId(part.id), part);
  } else {
    const chosen = [...board.querySelectorAll("input[type=radio]:checked")].map((input) => input.id);
    board.replaceChildren(fresh.content);
    for (const id of chosen) if (byId(id)) byId(id).checked = true;
  }
  if (focused && document.activeElement?.id !== focused) byId(focused)?.focus({ preventScroll: true });
}

function replace(old, part) {
  if (old.querySelector(".menu[open]")) return;
  const pointed = old.contains(plot()) && shown >= 0;
  old.replaceWith(part);
  if (pointed) show(shown);
}

function repeat() {
  const connected = (yes) => byId("live").classList.toggle("lost", !yes);
  return look().then(() => connected(true), () => connected(false));
}

setInterval(repeat, EVERY);
document.addEventListener("visibilitychange", repeat);

// Moving through time

// One step after the other: a link clicked before the last answer came means what it says after that.
let going = Promise.resolve();
const follow = (link) => {
  going = going.then(() => go((byId(link.id) ?? link).href));
};

async function go(address, remembered) {
  if (!remembered) history.pushState(null, "", address);
  board.setAttribute("aria-busy", "true");
  try {
    hide();
    await renew();
    byId("said").textContent = board.querySelector("h1").textContent;
    byId("by").value = byId("part-explore").dataset.by;
    for (const link of document.querySelectorAll(".sites a")) link.search = elsewhere(link.search);
  } catch {
    location.assign(address);
  } finally {
    board.removeAttribute("aria-busy");
  }
}

function elsewhere(search) {
  const asked = new URLSearchParams(location.search);
  asked.set("site", new URLSearchParams(search).get("site"));
  return `?${asked}`;
}

board.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  follow(link);
});
board.addEventListener("submit", (event) => {
  event.preventDefault();
  const menu = event.target.closest("details");
  if (menu) menu.open = false;
  go(`${home}?${new URLSearchParams(new FormData(event.target))}`);
});
board.addEventListener("change", (event) => {
  if (event.target.id !== "by") return;
  const asked = new URLSearchParams(location.search);
  asked.set("by", event.target.value);
  go(`${home}?${asked}`);
});
addEventListener("popstate", () => go(location.href, true));

// The chart: one step in words, under the pointer or by the arrow keys

let shown = -1;
const plot = () => byId("plot");
const points = () => JSON.parse(plot().dataset.points);
const nearest = (x) => {
  const { left, width } = plot().getBoundingClientRect();
  const across = (100 * (x - left)) / width;
  const off = points().map((point) => Math.abs(point.x - across));
  return off.indexOf(Math.min(...off));
};

function show(place) {
  const all = points();
  shown = Math.max(0, Math.min(place, all.length - 1));
  const { x, y, name, now, before } = all[shown];
  const [cursor, tip, dot] = [".cursor", ".tip", ".mark"].map((part) => plot().querySelector(part));
  const number = document.createElement("b");
  number.textContent = now;
  tip.replaceChildren(name, number, before);
  tip.hidden = cursor.hidden = false;
  cursor.style.left = `${x}%`;
  // Beside the line, on the side with more room.
  tip.style.left = x > 50 ? `calc(${x}% - ${tip.offsetWidth + 14}px)` : `calc(${x}% + 14px)`;
  dot.setAttribute("cx", `${x}%`);
  dot.setAttribute("cy", `${y ?? 0}%`);
  dot.setAttribute("r", y === null ? 0 : 4.5);
  return `${name}: ${now}. ${before}`;
}

function hide() {
  shown = -1;
  for (const part of plot()?.querySelectorAll(".cursor, .tip") ?? []) part.hidden = true;
  plot()?.querySelector(".mark").setAttribute("r", 0);
}

board.addEventListener("pointermove", (event) => {
  if (event.target.closest("#plot")) show(nearest(event.clientX));
});
board.addEventListener("pointerout", (event) => {
  if (event.target.closest("#plot") && !plot().contains(event.relatedTarget)) hide();
});
board.addEventListener("focusout", (event) => {
  if (event.target === plot()) hide();
});
board.addEventListener("keydown", (event) => {
  if (event.target !== plot()) return;
  const from = shown < 0 ? points().findLastIndex((point) => point.y !== null) : shown;
  const to = { ArrowLeft: from - (shown >= 0), ArrowRight: from + (shown >= 0), Home: 0, End: Infinity }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  byId("said").textContent = show(to);
});

// Menus close by a click elsewhere and by Escape; the tracking code can be copied.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  hide();
  for (const menu of document.querySelectorAll(".menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
for (const button of document.querySelectorAll(".copy")) {
  // Browsers let pages write to the clipboard by https alone.
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
  });
}

repeat();
