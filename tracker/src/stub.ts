/**
 * The inline snippet that looks before any script is fetched. After an objection nothing is asked of the server, nothing
 * read but the browser's signals and that one flag, and nothing written but its renewal.
 *
 * The page says before it `window.PellucidStub = { server: "https://stats.example/", site: 1 }`; `dnt` or `gpc` false
 * where the owner does not honour the signal, `consent` true where nothing may happen without one, and `script` for
 * another file of the tracker.
 */
import { forgetVisitor, hasConsented, read, write } from "./small/cookies";
import { talk } from "./small/frame";
import { objects } from "./small/wishes";
import { consent as given, objection } from "./storage.json";
import { isUntouched } from "./touch";

type Command = [name: unknown, ...values: unknown[]];

const { server, site, gpc = true, dnt = true, consent, script = "matomo.js" } = window.PellucidStub!;
const queue = (window._paq ??= []) as Command[];
let isGiven = false;
let isLoaded = false;

const isAllowed = () => !read(objection) && (isGiven || hasConsented() || !(consent || objects(gpc, dnt)));

const look = (): void => {
  const kept = read(objection);
  if (kept) write(objection, kept);
  if (isLoaded || !isAllowed()) return;
  isLoaded = true;
  document.head.append(Object.assign(document.createElement("script"), { src: server + script }));
};

/** Takes a command as the tracker will; a choice counts at once, since the tracker may never come. */
const push = (...commands: Command[]): void => {
  for (const command of commands) {
    queue[queue.length] = command;
    const [name] = command as [string];
    if (/^(optUserOut|forgetConsent)/.test(name)) {
      write(objection, Date.now());
      write(given, "");
      forgetVisitor();
      isGiven = false;
    }
    if (name === "forgetUserOptOut") write(objection, "");
    if (/^(set|remember)Consent/.test(name)) {
      // What a page says by itself, before the visitor has touched it, is nothing against an objection.
      if (!isUntouched()) write(objection, "");
      isGiven = true;
    }
  }
  look();
};

queue.push = push as never;
push(...(queue.splice(0) as Command[]), ["setTrackerUrl", `${server}matomo.php`], ["setSiteId", site]);
talk(server, consent, {
  isIn: isAllowed,
  choose: (optedIn) => push([optedIn ? "forgetUserOptOut" : "optUserOut"]),
});
