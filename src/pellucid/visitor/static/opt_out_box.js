/*
 * Pellucid's opt-out as a checkbox in the page: it drives the page's tracker, or keeps the objection itself.
 * It contacts no server, and keeps nothing but an objection: taking it back is no consent.
 */
((settings) => {
  const { texts } = settings;
  let tracker, box, state, note;

  const kept = () => document.cookie.split("; ").some((pair) => pair.split("=")[0] === settings.cookie);

  const set = (value, seconds, path, domain, secure) => {
    document.cookie =
      `${settings.cookie}=${value};max-age=${seconds};path=${path};SameSite=Lax` +
      (domain ? `;domain=${domain}` : "") +
      (secure ? ";secure" : "");
  };

  const keep = () => {
    const now = Date.now();
    set(now, settings.seconds, settings.path, settings.domain, settings.secure);
    // What a browser refuses with these attributes, such as a domain that the page is not in, it keeps without them.
    if (!kept()) set(now, settings.seconds, "/", "", false);
  };

  // A browser removes only a cookie of the same domain and path, and does not tell which those are.
  const forget = () => {
    const labels = location.hostname.split(".");
    for (const domain of ["", settings.domain, ...labels.map((_, at) => labels.slice(at).join("."))]) {
      for (const path of ["/", settings.path]) set("", 0, path, domain, location.protocol === "https:");
    }
  };

  const objected = () => (tracker ? tracker.isUserOptedOut() : kept());

  const show = () => {
    box.checked = objected();
    state.textContent = box.checked ? texts.objected : texts.recorded;
    note.textContent = "";
  };

  const choose = () => {
    const wish = box.checked;
    if (tracker) wish ? tracker.optUserOut() : tracker.forgetUserOptOut();
    else if (settings.alone) wish ? keep() : forget();
    show();
    if (box.checked === wish) return;
    note.textContent = !tracker && !settings.alone ? texts.missing : wish ? texts.refused : texts.still;
  };

  const add = (parent, kind, text, attributes = {}) => {
    const made = Object.assign(document.createElement(kind), { textContent: text });
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return parent.appendChild(made);
  };

  const draw = () => {
    const place = document.getElementById(settings.place);
    if (!place || place.firstElementChild) return;
    place.lang = settings.language;
    Object.assign(place.style, settings.look);
    if (settings.intro) add(place, "p", texts.intro);
    const label = add(add(place, "p", ""), "label", "");
    const described = `${settings.place}-state`;
    box = add(label, "input", "", { type: "checkbox", "aria-describedby": described });
    add(label, "span", ` ${texts.label}`);
    state = add(place, "p", "", { id: described, role: "status" });
    note = add(place, "p", "", { role: "alert" });
    // By its maker's name a browser tells its engine: of WebKit it is Apple's, whoever builds with it.
    add(place, "p", navigator.vendor.startsWith("Apple") ? texts.webkit : texts.kept);
    show();
    box.addEventListener("change", choose);
    // Elsewhere on the page: in the frame of the server, or in the banner.
    for (const chosen of ["message", "ConsentChanged"]) {
      window.addEventListener(chosen, () => setTimeout(() => objected() !== box.checked && show()));
    }
    // A tracker that is there, or comes later, carries this out; of several the first is asked.
    (window._paq = window._paq || []).push([
      function () {
        tracker = tracker || this;
        show();
      },
    ]);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", draw);
  else draw();
})
