// Keeps the dashboard live: asks every two seconds whether a visit has changed, and fetches the panels when one has.

const EVERY = 2000;
const board = document.getElementById("board");
let mark = board.dataset.mark;

async function look() {
  if (document.hidden || board.querySelector(".spans .menu[open]")) return;
  const answer = await fetch(board.dataset.live, { cache: "no-store" });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const now = await answer.json();
  document.getElementById("lately").textContent = now.visitors;
  if (now.mark !== mark) await refresh();
  mark = now.mark;
}

async function refresh() {
  const answer = await fetch(board.dataset.panels, { cache: "no-store" });
  if (!answer.ok) return;
  const chosen = [...board.querySelectorAll("input[type=radio]:checked")].map((input) => input.id);
  const focused = document.activeElement?.id;
  board.innerHTML = await answer.text();
  for (const id of chosen) document.getElementById(id).checked = true;
  if (focused) document.getElementById(focused)?.focus();
  board.classList.remove("untouched");
  document.querySelector("section.start")?.remove();
}

// The chart: the step nearest to the pointer, in words.

function point(plot, x) {
  const points = JSON.parse(plot.dataset.points);
  const across = (100 * (x - plot.getBoundingClientRect().left)) / plot.clientWidth;
  return points.reduce((best, one) => (Math.abs(one.x - across) < Math.abs(best.x - across) ? one : best));
}

function show(plot, chosen) {
  const tip = plot.querySelector(".tip");
  const cursor = plot.querySelector(".cursor") ?? plot.appendChild(document.createElement("div"));
  cursor.className = "cursor";
  cursor.style.left = `${chosen.x}%`;
  const count = document.createElement("b");
  count.textContent = chosen.now === null ? "–" : `${chosen.now} ${chosen.now === 1 ? "visitor" : "visitors"}`;
  tip.replaceChildren(chosen.name, count, chosen.before === null ? "" : `before: ${chosen.before}`);
  tip.hidden = false;
  tip.style.left = `clamp(0px, calc(${chosen.x}% - ${tip.offsetWidth / 2}px), calc(100% - ${tip.offsetWidth}px))`;
}

board.addEventListener("pointermove", (event) => {
  const plot = event.target.closest(".plot");
  if (plot) show(plot, point(plot, event.clientX));
});
board.addEventListener("pointerout", (event) => {
  const plot = event.target.closest(".plot");
  if (!plot || plot.contains(event.relatedTarget)) return;
  plot.querySelector(".tip").hidden = true;
  plot.querySelector(".cursor")?.remove();
});

// A menu closes when something else is clicked, and by Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll(".menu[open]")) menu.open = false;
});

// What fails now is asked again in two seconds.
setInterval(() => look().catch(() => {}), EVERY);
look().catch(() => {});
