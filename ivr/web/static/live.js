// Keeps a list fresh without reloading the page, and never moves what somebody is using.
// The part is asked for every two seconds; rows that changed are replaced one by one. While focus or pointer is inside the
// table, a changed order waits behind a button.
const EVERY_MS = 2000, WORRY_MS = 2500, OLD_MS = 10000;
const part = document.getElementById("live-part");
const mark = document.getElementById("live");
const changes = document.getElementById("changes");
let lastGood = Date.now();
let waiting = null;
let touched = true;
let isSignedOut = false;
for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, () => { touched = true; }, { passive: true });

function address() {
  const url = new URL(location.href);
  url.searchParams.set("part", part.dataset.part);
  return url;
}

function show(kind, words) {
  if (mark.textContent === words) return;
  mark.className = `live ${kind}`;
  mark.firstElementChild.textContent = words;
}

function isInUse() {
  const table = part.querySelector("#rows");
  return Boolean(table) && (table.matches(":hover") || table.contains(document.activeElement));
}

const keys = (root) => [...root.querySelectorAll("tbody tr[id]")].map((row) => row.id);

// Same rows in the same order: only their contents are exchanged. True when that was enough.
function refreshRows(fresh) {
  const before = keys(part), after = keys(fresh);
  if (before.join() !== after.join() || !before.length) return false;
  const tabs = part.querySelector("#tabs");
  if (tabs && !tabs.contains(document.activeElement)) tabs.replaceWith(fresh.querySelector("#tabs"));
  for (const id of before) {
    const row = document.getElementById(id), other = fresh.querySelector(`#${CSS.escape(id)}`);
    if (row.dataset.version === other.dataset.version) continue;
    const hadFocus = row.contains(document.activeElement);
    row.replaceWith(other);
    if (hadFocus) other.querySelector("a")?.focus({ preventScroll: true });
  }
  return true;
}

function take(fresh) {
  changes.hidden = true;
  waiting = null;
  part.replaceChildren(...fresh.childNodes);
}

function differing(fresh) {
  const before = new Set(keys(part)), after = new Set(keys(fresh));
  return [...after].filter((id) => !before.has(id)).length + [...before].filter((id) => !after.has(id)).length;
}

// Asking by itself keeps nobody signed in; somebody who touched the page since the last time does.
function headers() {
  const asked = touched ? { "X-Requested-With": "fetch" } : { "X-Denwaban-Poll": "1" };
  touched = false;
  return { Accept: "text/html", ...asked };
}

// Said over the page, which stays as it is; nothing is asked any more.
async function sayGoodbye(answer) {
  const told = await answer.json();
  const words = document.createElement("p"), link = document.createElement("a");
  const way = new URLSearchParams({ next: location.pathname + location.search });
  words.className = "flash bad";
  words.setAttribute("role", "alert");
  link.href = `/?${way}`;
  link.textContent = told.message;
  words.append(link);
  document.getElementById("status").prepend(words);
  part.classList.add("is-old");
  show("bad", "Signed out");
}

async function look() {
  try {
    const answer = await fetch(address(), { headers: headers(), signal: AbortSignal.timeout(5000) });
    if (answer.status === 401) {
      isSignedOut = true;
      return sayGoodbye(answer);
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = document.createElement("div");
    fresh.innerHTML = await answer.text();
    lastGood = Date.now();
    part.classList.remove("is-old");
    show("ok", "Live");
    if (refreshRows(fresh)) return;
    if (isInUse()) {
      waiting = fresh;
      changes.hidden = false;
      changes.firstElementChild.textContent = `${differing(fresh) || "Some"} changes – show`;
    } else {
      take(fresh);
    }
  } catch {
    const silent = Date.now() - lastGood;
    if (silent > WORRY_MS) show("ring", `Reconnecting… (${Math.round(silent / 1000)} s)`);
    if (silent > OLD_MS) part.classList.add("is-old");
  }
}

changes.firstElementChild.addEventListener("click", () => waiting && take(waiting));
(async function run() {
  while (!isSignedOut) {
    if (!document.hidden) await look();
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
})();
document.addEventListener("visibilitychange", () => document.hidden || isSignedOut || look());
