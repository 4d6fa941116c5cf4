// The desk: exchanges what is new, carries actions out by POST, rings, and answers keys. It never moves what somebody uses.
import { morph } from "./morph.js";
import { paint, setServerTime } from "./clocks.js";
import { Sound } from "./sound.js";
import { Line } from "./line.js";
import { Notes } from "./notes.js";

const desk = document.getElementById("desk");
const base = desk.dataset.base, byId = (id) => document.getElementById(id);
const live = byId("live"), problem = byId("problem"), callOut = byId("call-out"), statusRegion = byId("status");
const sound = new Sound(desk.dataset.ring, desk.dataset.tone);
const titleAtRest = document.title;
let face = byId("now").dataset.face, offer = null, wanted = null, isRefused = false, stopRinging = () => {};

function tell(words, isBad = false) {
  problem.hidden = !isBad;
  if (isBad) problem.textContent = words;
  else if (words) statusRegion.innerHTML = "", statusRegion.append(Object.assign(document.createElement("p"), { className: "flash ok", textContent: words }));
  if (!isBad && words) setTimeout(() => { statusRegion.replaceChildren(); }, 6000);
}

// -- actions ------------------------------------------------------------------------------------
// Every press has a key of its own; while the line is down nothing is sent, and nothing is sent later.

function post(path, fields, options = {}) {
  const body = new URLSearchParams(fields);
  return fetch(`${base}/${path}`, { method: "POST", body, headers: { "X-CSRFToken": desk.dataset.csrf, Accept: "application/json" }, redirect: "manual", signal: options.keepalive ? undefined : AbortSignal.timeout(8000), ...options });
}

async function act(action, fields = {}) {
  if (!line.isLive) { tell("The line to the server is down, so nothing was done. Try again when it is back.", true); return false; }
  let answer;
  try {
    answer = await post(`do/${action}`, { ...fields, key: crypto.randomUUID() });
  } catch {
    tell("No answer came. Look at the state above before you try again.", true);
    line.look(true);
    return false;
  }
  if (answer.status === 401 || answer.type === "opaqueredirect") { line.signedOut(); return false; }
  const { sentence } = await answer.json().catch(() => ({ sentence: "That did not work. Try again." }));
  await line.look(true);
  tell(sentence, !answer.ok);
  return answer.ok;
}

async function submit(form, button) {
  const fields = Object.fromEntries(new FormData(form, button));
  let action = form.dataset.act;
  if (button?.dataset.way) action = button.dataset.way;
  if (form.hasAttribute("data-unlocks") && !(await unlocked())) return;
  if (action === "accept") return accept();
  if (action === "finish") { fields.note = byId("note").value; fields.then ??= "next"; }
  // A disabled button would lose its focus, and with it the keyboard's place.
  if (form.dataset.isBusy) return;
  form.dataset.isBusy = "yes";
  const went = await act(action, fields);
  delete form.dataset.isBusy;
  if (went && action === "finish") byId("note").blur();
  const dialog = form.closest("dialog");
  if (dialog && went) { if (form.hasAttribute("data-stays")) form.reset(); else dialog.close(); }
}

async function unlocked() {
  try {
    await sound.unlock();
    askToNotify();
    return true;
  } catch {
    tell("You would not hear a call: this browser plays no sound here. Allow sound for this page, then go available.", true);
    return false;
  }
}

// After a reload a browser may be silent until somebody touches the page: the page says so while calls may come.
function showSilence() {
  const isSilent = isRefused || (!sound.isUnlocked && !(navigator.userActivation?.hasBeenActive ?? false));
  byId("mute-page").hidden = !isSilent || !["available", "offered", "ringing"].includes(face);
  byId("mute-page").classList.toggle("bad", isRefused);
}
byId("sound-on").addEventListener("click", async () => {
  isRefused = !(await unlocked());
  showSilence();
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => setTimeout(showSilence), { once: true });

function askToNotify() {
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission().catch(() => {});
}

// The telephone must be answered before a button can take the call: a press before that is remembered for this offer.
async function accept() {
  if (!offer) return;
  wanted = offer.id;
  desk.dispatchEvent(new CustomEvent("desk:accept", { bubbles: true }));
  if (offer.canAccept) { wanted = null; await act("accept"); } else showWanted();
}

function showWanted() {
  const hint = byId("accept-hint");
  if (hint && wanted && offer?.id === wanted) hint.textContent = "Accepted. Pick up your telephone, and you are connected.";
}

// -- what is new --------------------------------------------------------------------------------

function isUsed(region) {
  const active = document.activeElement;
  return region.contains(active) && active.matches("select");
}

function take(found) {
  setServerTime(found.now);
  for (const [name, html] of Object.entries(found.regions)) {
    const region = byId(`r-${name}`);
    if (!region || isUsed(region)) continue;
    const said = byId("said"), isAtEnd = !said || said.scrollHeight - said.scrollTop - said.clientHeight < 24;
    const before = said?.dataset.count, hadFocus = region.contains(document.activeElement);
    morph(region, html);
    const after = byId("said");
    if (name === "transcript" && after && (!said || (isAtEnd && before !== after.dataset.count))) after.scrollTop = after.scrollHeight;
    if (hadFocus && !region.contains(document.activeElement)) keepFocus();
  }
  notes.take(found.note);
  const contact = found.note?.contact ?? "";
  byId("promise-form").elements.contact.value = contact;
  for (const one of document.querySelectorAll("[data-who]")) one.textContent = found.who ? ` with ${found.who}` : "";
  changeFace(found);
  showSilence();
  changeOffer(found);
  paint();
}

// A control that went away gives its focus to what came instead of it, never to the page.
function keepFocus() {
  const next = document.querySelector("#accept button, #open-end, #finish input[name=outcome], #go button, #away button");
  (next ?? byId("content")).focus({ preventScroll: true });
}

function changeFace(found) {
  if (found.face === face) return;
  const before = face;
  face = found.face;
  document.body.dataset.face = face;
  for (const dialog of document.querySelectorAll("dialog[open]")) if (["end", "pass", "keypad"].includes(dialog.id) && face !== "on_call") dialog.close();
  if (face === "missed") callOut.textContent = "You missed a call. You are paused.";
  if (before === "on_call" && face !== "on_call" && face !== "waiting") callOut.textContent = "The call is over.";
  if (face === "wrap_up") restoreOutcome();
}

function changeOffer(found) {
  if (found.offer === null) {
    if (offer) { quiet(); document.title = titleAtRest; note?.close(); note = null; setDot(false); }
    offer = null;
    wanted = null;
    return;
  }
  const isNew = offer?.id !== found.offer;
  if (isNew && offer) quiet();
  offer = { id: found.offer, canAccept: found.canAccept };
  document.title = `(☎) ${found.why} – ${found.who}`;
  if (isNew) announce(found);
  if (found.canAccept) {
    quiet();
    if (wanted === offer.id) { wanted = null; act("accept"); }
  } else showWanted();
}

// -- ringing ------------------------------------------------------------------------------------

let note = null;

function quiet() { sound.silence(); stopRinging(); }

function announce(found) {
  callOut.textContent = `Incoming call: ${found.who}, ${found.why}. F2 accepts.`;
  setDot(true);
  notify(found);
  ringHere(found.offer);
}

function notify(found) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  note = new Notification(found.who, { body: found.why, tag: "desk-call", requireInteraction: true });
  note.addEventListener("click", () => { focus(); note?.close(); });
}

// Of several tabs one rings: the one that holds the lock. When it is closed, the next one goes on.
async function ringHere(id) {
  const ring = async () => {
    if (offer?.id !== id || offer.canAccept) return;
    if (!(await sound.ring())) { isRefused = true; showSilence(); }
    if (offer?.id !== id || offer.canAccept) sound.silence();
    await new Promise((done) => { stopRinging = done; });
  };
  if ("locks" in navigator) await navigator.locks.request("desk-ring", ring); else await ring();
}

function setDot(isOn) {
  document.querySelector("link[data-dot]")?.remove();
  if (!isOn) return;
  const link = Object.assign(document.createElement("link"), { rel: "icon", href: desk.dataset.dot });
  link.dataset.dot = "";
  document.head.append(link);
}

// -- the live mark ------------------------------------------------------------------------------

function mark(state, silent) {
  const words = { live: "Live", worry: `Reconnecting… (${Math.round(silent / 1000)} s)`, old: `Reconnecting… (${Math.round(silent / 1000)} s)`, out: "Signed out" }[state];
  const kind = { live: "ok", worry: "ring", old: "bad", out: "bad" }[state];
  const shown = live.firstElementChild;
  if (shown.textContent !== words) shown.textContent = words;
  live.className = `live ${kind}`;
  document.body.classList.toggle("is-old", state === "old" || state === "out");
  if (state === "worry" && !mark.said) { mark.said = true; callOut.textContent = "The line to the server is down. Reconnecting."; }
  if (state === "live" && mark.said) { mark.said = false; callOut.textContent = "Live again."; problem.hidden = true; }
  if (state === "out") signedOut();
}

function signedOut() {
  quiet();
  tell("", true);
  const link = Object.assign(document.createElement("a"), { href: "/?next=/desk", textContent: "Sign in again" });
  problem.replaceChildren("You are signed out. A call that is going on goes on, on your telephone. ", link);
}

// -- drafts of the wrap-up ----------------------------------------------------------------------

const outcomePlace = () => `desk-outcome-${byId("note").dataset.contact}`;
document.addEventListener("change", (event) => {
  if (event.target.name === "outcome") localStorage.setItem(outcomePlace(), event.target.value);
});
function restoreOutcome() {
  const kept = localStorage.getItem(outcomePlace());
  const found = kept && document.querySelector(`input[name=outcome][value="${CSS.escape(kept)}"]`);
  if (found) found.checked = true;
}

// -- presses and keys ---------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  submit(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.opens) open(button.dataset.opens, button.dataset.way);
  if (button.hasAttribute("data-closes")) button.closest("dialog").close();
  if (button.dataset.digit) byId("digits").value += button.dataset.digit;
  if (button.dataset.do) act(button.dataset.do, { contact: button.dataset.contact ?? "" });
});

function open(id, way) {
  const dialog = byId(id);
  if (dialog.open) return;
  dialog.showModal();
  if (id === "pass") {
    for (const one of dialog.querySelectorAll("button[data-way]")) one.classList.toggle("primary", one.dataset.way === way);
    dialog.querySelector("input[type=radio], input").focus();
  }
}

const letters = byId("letters");
letters.checked = (localStorage.getItem("desk-letters") ?? document.body.dataset.letterKeys) !== "off";
letters.addEventListener("change", () => localStorage.setItem("desk-letters", letters.checked ? "on" : "off"));

const press = (id) => { const button = byId(id)?.querySelector("button") ?? byId(id); if (button && !button.disabled) button.click(); };
const functions = { F2: accept, F4: () => press("mute"), F8: () => press("open-transfer"), F9: () => press("open-end") };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (functions[event.key] && !event.ctrlKey) { event.preventDefault(); if (!event.repeat) functions[event.key](); return; }
  const form = byId("finish");
  if (event.ctrlKey && event.key === "Enter" && form) {
    event.preventDefault();
    if (form.reportValidity()) submit(form, form.querySelector("button[value=next]"));
    return;
  }
  const isTyping = event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]");
  if (event.ctrlKey || isTyping || !letters.checked || document.querySelector("dialog[open]")) return;
  if (event.key === "?") { event.preventDefault(); open("keys"); }
  if (event.key === "n" && !byId("notes").hidden) { event.preventDefault(); byId("note").focus(); }
  if (form && /^[1-9]$/.test(event.key)) {
    const chosen = form.querySelectorAll("input[name=outcome]")[Number(event.key) - 1];
    if (chosen) { event.preventDefault(); chosen.checked = true; chosen.focus(); chosen.dispatchEvent(new Event("change", { bubbles: true })); }
  }
});

// -- begin --------------------------------------------------------------------------------------

const notes = new Notes(byId("note"), byId("note-state"), post);
document.body.dataset.face = face;
showSilence();
if (face === "wrap_up") restoreOutcome();
const said = byId("said");
if (said) said.scrollTop = said.scrollHeight;
paint();
const line = new Line(base, desk.dataset.version, take, mark);
line.look(true);
addEventListener("beforeunload", (event) => { if (offer && face !== "on_call") event.preventDefault(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) line.look(); });
