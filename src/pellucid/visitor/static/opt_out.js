/*
 * The opt-out frame: hands a choice to the page around it and to the server, and says which of them took it.
 * Without this script the form works by itself, but the page is not told.
 */
const PATIENCE_MS = 2000;
const GREETINGS = 20;

const form = document.querySelector("form");
const outcome = document.querySelector("#outcome");
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/* What is shown */

function choose(parts, state) {
  for (const part of parts) part.hidden = part.dataset.if !== state;
}

function showState(objected, asks = false) {
  document.querySelector(".choice").dataset.objected = objected ? "yes" : "no";
  choose(document.querySelectorAll("#state > *"), asks ? "asks" : objected ? "yes" : "no");
  choose(document.querySelectorAll(".choice > form, .choice > p:not(#state)"), asks ? "" : objected ? "yes" : "no");
}

function showLayer(name, took) {
  const shown = outcome.querySelector(`[data-layer="${name}"]`);
  shown.hidden = false;
  shown.dataset.state = took ? "yes" : "no";
  choose(shown.children, shown.dataset.state);
}

function showSums(...names) {
  outcome.hidden = false;
  for (const sum of outcome.querySelectorAll("[data-sum]")) sum.hidden = !names.includes(sum.dataset.sum);
  if (!names.some((name) => ["done", "none"].includes(name))) {
    for (const layer of outcome.querySelectorAll("[data-layer]")) layer.hidden = true;
  }
}

/* The page around: what is said between it and the frame is what Matomo's trackers understand. */

let origin = "";
let known;
let confirm = () => {};
const page = new Promise((done) => (known = done));

const say = (message, to) => window.parent.postMessage(JSON.stringify(message), to);

function hear(event) {
  if (event.origin === "null" || (origin && event.origin !== origin)) return;
  let said;
  try {
    said = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
  } catch {
    return;
  }
  if (typeof said?.maq_opted_in !== "boolean" && typeof said?.maq_confirm_opted_in !== "boolean") return;
  if (!origin) known((origin = event.origin));
  if (typeof said.maq_confirm_opted_in === "boolean") confirm(said.maq_confirm_opted_in);
  else if (!said.maq_opted_in) showState(true, said.maq_optout_by_default === true);
}

/** Greets the page until it answers, which a tracker does once it is there. It is told nothing: "true" is what all say. */
async function greet() {
  for (let said = 0; said < GREETINGS && !origin; said++) {
    say({ maq_initial_value: true }, "*");
    await wait(500);
  }
}

/** Returns whether the page has said that it keeps this choice. Only who has answered before is told of one. */
async function tellPage(optedIn) {
  await Promise.race([page, wait(PATIENCE_MS)]);
  if (!origin) return false;
  const answer = new Promise((done) => (confirm = done));
  say({ maq_opted_in: optedIn }, origin);
  return (await Promise.race([answer, wait(PATIENCE_MS)])) === optedIn;
}

/* The server */

class Refused extends Error {}

async function post(fields) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "application/json" },
  });
  if (answer.status === 403) throw new Refused((await answer.json()).why);
  if (!answer.ok) throw new Error(answer.statusText);
}

/** Returns which marks of an objection the browser shows to the server, seen from here. */
async function marks() {
  return (await fetch("/optout/state")).json();
}

/** Returns whether the frame may use what the server's own pages keep. Browsers ask for it on a click alone. */
async function askForAccess() {
  try {
    await document.requestStorageAccess();
    return true;
  } catch {
    return false;
  }
}

/* The choice */

async function object() {
  const access = askForAccess();
  const token = form.elements.token.value;
  const choice = "object";
  await post({ choice, token, layer: "here" });
  const told = tellPage(false);
  const { here } = await marks();
  const took = { page: await told, here, all: false };
  // While a browser asks its user about access, what is kept already is told.
  if ((await Promise.race([access, wait(PATIENCE_MS)])) === undefined) show(took);
  if (await access) {
    await post({ choice, token, layer: "all" });
    took.all = (await marks()).everywhere;
  }
  show(took);
}

function show(took) {
  for (const name of ["page", "here", "all"]) showLayer(name, took[name]);
  const any = took.page || took.here || took.all;
  showSums(
    any ? "done" : "none",
    ...(any ? [] : ["help"]),
    ...(took.all && !took.page && !took.here ? ["maybe"] : []),
    ...(took.all ? [] : ["rest"]),
  );
  showState(any);
}

async function takeBack(token) {
  await post({ choice: "take back", token });
  const told = await tellPage(true);
  outcome.hidden = true;
  const { here, everywhere } = await marks();
  showState(here || everywhere || (!!origin && !told));
}

async function attempt(what) {
  form.inert = true;
  try {
    await what();
  } catch (error) {
    if (error instanceof Refused) outcome.querySelector('[data-sum="failed"]').textContent = error.message;
    showSums(error instanceof Refused ? "failed" : "unreachable");
  } finally {
    form.inert = false;
  }
}

if (window.parent !== window) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(object);
  });
  window.addEventListener("message", (event) => {
    if (event.source === window.parent) hear(event);
    // The window of the server's own, in which a visitor has confirmed.
    else if (event.origin === location.origin) attempt(() => takeBack(String(event.data?.takenBack)));
  });
  greet();
}
