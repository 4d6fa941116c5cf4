// The page /phone: somebody's telephone, at which the line is called and may call back.
import { Softphone } from "./softphone/softphone.js";
import { Captions } from "./softphone/captions.js";

const $ = (id) => document.getElementById(id);
const root = $("phone");
const REASONS = {
  completed: "The call is over.", busy: "Busy.", "no-answer": "Nobody answered.", failed: "The call could not be put through.",
  canceled: "The call was taken back.", missed: "You missed a call.", declined: "Declined.", lost: "The call was lost.",
  answered_elsewhere: "Answered at another page.",
};
const ERRORS = {
  unknown_number: "This number belongs to nobody.", busy: "You are on a call already.", no_voice: "The simulated carrier has no voice: use the keypad.",
  still_speaking: "Still speaking – wait a moment.", too_late: "That call is gone.", no_call: "There is no call.",
  line_cannot_be: "Such a line cannot be.", no_line: "The line's quality can be changed during a call.",
};
const MICROPHONE = {
  "": "The microphone is on.",
  insecure: "Browsers give a microphone only to pages of this machine (http://localhost) or over HTTPS. Open the page by one of them; typing and keypad work here too.",
  refused: "The microphone was refused: click the symbol left of the address to allow it. Typing and keypad work without.",
  missing: "No microphone was found. Typing and keypad work without.",
};
const ICONS = { offline: "ban", idle: "circle-check", ringing: "phone-outgoing", connected: "phone" };
const WITHHELD = "anonymous";
let ringing = null, ringTimer = 0, pressed = "", canSpeak = false;

const captions = new Captions($("turns"), $("no-turns"), root.dataset.turns);
const phone = new Softphone({
  token: root.dataset.token,
  key: "caller",
  hangsUpOnClose: true,
  on: {
    state: onState,
    ready: onReady,
    incoming: onIncoming,
    calling: () => show("ringing", "ring", "Calling…"),
    ringing: () => show("ringing", "ring", "Ringing"),
    connected: onConnected,
    ended: onEnded,
    muted: showMute,
    keys: (digits) => notice(`The line sent the keys ${digits}.`),
    said: () => notice(""),
    error: (code) => notice(ERRORS[code] ?? "That did not work.", true),
    microphone: (problem) => ($("mic-state").textContent = MICROPHONE[problem]),
    level: (side, level) => ($(side === "microphone" ? "level-you" : "level-line").value = Math.min(1, level * 4)),
  },
});

// -- what the page shows ------------------------------------------------------------------------------------------------

function show(state, kind, words) {
  root.dataset.state = state;
  $("badge").className = `badge ${kind}`;
  $("badge").querySelector("use").setAttribute("href", `#i-${ICONS[state]}`);
  $("badge-word").textContent = words;
  const isIdle = state === "idle", isOffline = state === "offline", isOn = state === "connected";
  $("call").disabled = !isIdle || !$("to").options.length;
  $("call").hidden = !isIdle && !isOffline;
  $("hangup").hidden = isIdle || isOffline;
  for (const id of ["to", "from"]) $(id).disabled = !isIdle;
  $("mute").disabled = !isOn;
  for (const id of ["words", "speak"]) $(id).disabled = !isOn || !canSpeak;
}

function notice(words, isBad = false) {
  $("notice").textContent = words;
  $("notice").classList.toggle("bad", isBad);
}

function live(kind, words) {
  const mark = $("live");
  mark.className = `live ${kind}`;
  if (mark.firstElementChild.textContent !== words) mark.firstElementChild.textContent = words;
}

function showMute(isOn) {
  $("mute").setAttribute("aria-pressed", String(isOn));
  $("mute").textContent = isOn ? "Unmute" : "Mute";
  if (phone.call?.state === "connected") show("connected", isOn ? "away" : "ok", isOn ? "Connected, muted" : "Connected");
}

function showTimer() {
  const seconds = phone.call?.since === undefined ? 0 : Math.floor((performance.now() - phone.call.since) / 1000);
  if (phone.call || root.dataset.state === "idle")
    $("timer").textContent = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

// -- what the carrier says ----------------------------------------------------------------------------------------------

function onState(name, reason) {
  if (name === "ready") return live("ok", "Line ready");
  if (name === "elsewhere") {
    live("bad", "In another tab");
    notice("This telephone is in use in another tab of this browser. Close that one and reload.", true);
  } else {
    live("ring", name === "connecting" ? "Connecting…" : "Reconnecting…");
    if (reason) notice(`The simulated carrier: ${reason}.`, true);
  }
  if (!phone.call) show("offline", "away", "Offline");
}

async function onReady({ numbers, telephones, can_speak: speaks, has_line: hasLine, address }) {
  canSpeak = speaks;
  $("line").hidden = !hasLine;
  notice(speaks ? "" : "The carrier has no voice: typed words cannot be said.");
  if (!$("to").options.length) {
    await Promise.all(numbers.map(describe)).then((all) => $("to").replaceChildren(...all));
    const own = telephones.map((number) => new Option(number, number));
    $("from").replaceChildren(...own, new Option("Number withheld", WITHHELD));
    chooseFromAddress();
    followNumber();
  }
  if (!address) register();
  if (!phone.call) show("idle", "away", "Ready");
}

async function describe(number) {
  const answer = await fetch(root.dataset.numbers + encodeURIComponent(number)).catch(() => null);
  const known = answer?.ok ? await answer.json() : {};
  const language = { en: "English", ja: "日本語" }[known.language] ?? known.language;
  const option = new Option(known.flow ? `${number} · ${known.flow} · ${language}` : number, number);
  option.dataset.language = known.language ?? "en";
  return option;
}

function onIncoming(call) {
  if (phone.call) return;
  ringing = call;
  $("incoming").querySelector(".who").textContent = `${call.from} is calling ${call.to}`;
  $("incoming").hidden = false;
  document.title = `(☎) ${call.from} – Phone · Denwaban`;
  clearInterval(ringTimer);
  phone.audio.ring();
  ringTimer = setInterval(() => phone.audio.ring(), 3000);
}

function stopRinging() {
  ringing = null;
  $("incoming").hidden = true;
  clearInterval(ringTimer);
  document.title = "Phone · Denwaban";
}

function onConnected(call) {
  stopRinging();
  showMute(phone.isMuted);
  notice("");
  captions.follow(call.call);
}

function onEnded({ call, reason }) {
  if (ringing?.call === call) stopRinging();
  if (phone.call) return;
  const wasOnButton = document.activeElement === $("hangup") || document.activeElement === document.body;
  show("idle", "away", "Ready");
  if (wasOnButton) $("call").focus();
  notice(REASONS[reason] ?? "The call is over.");
  showMute(false);
  $("level-you").value = $("level-line").value = 0;
  captions.rest();
}

// -- what a person does ---------------------------------------------------------------------------------------------------

function options() {
  return { device: $("microphone").value, echoCancellation: $("echo").checked };
}

async function openAudio() {
  try {
    await phone.openAudio(options());
    await listMicrophones();
  } catch (error) {
    notice(`Sound does not work here (${error.name}). The keypad does.`, true);
  }
}

async function listMicrophones() {
  const { microphones } = await phone.audio.devices();
  const chosen = $("microphone").value;
  const named = microphones.filter((one) => one.id && one.id !== "default");
  $("microphone").replaceChildren(new Option("Standard", ""), ...named.map((one) => new Option(one.label || "Microphone", one.id)));
  $("microphone").value = named.some((one) => one.id === chosen) ? chosen : "";
}

$("call").addEventListener("click", async () => {
  $("call").disabled = true;
  clearKeys();
  await openAudio();
  const line = quality();
  const details = { to: $("to").value, from: $("from").value, ...(line ? { line } : {}) };
  if (!phone.dial(details)) {
    notice("The line to the carrier is down; nothing was dialled.", true);
    $("call").disabled = false;
    return;
  }
  $("hangup").hidden = false;
  $("call").hidden = true;
  $("hangup").focus();
});

$("hangup").addEventListener("click", () => {
  if (!phone.hangUp()) notice("The line to the carrier is down.", true);
});

$("answer").addEventListener("click", async () => {
  const call = ringing;
  await openAudio();
  if (call) phone.accept(call.call);
});

$("decline").addEventListener("click", () => ringing && phone.reject(ringing.call));

$("mute").addEventListener("click", () => phone.mute(!phone.isMuted));

function press(key) {
  if (!phone.call || !phone.press(key)) return;
  pressed += key;
  $("pressed").textContent = pressed.slice(-24);
  const button = $("keypad").querySelector(`[data-key="${key}"]`);
  button.classList.add("is-down");
  setTimeout(() => button.classList.remove("is-down"), 150);
}

function clearKeys() {
  pressed = "";
  $("pressed").textContent = "–";
}

$("keypad").addEventListener("click", ({ target }) => {
  const key = target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea") || event.isComposing;
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return;
  if (phone.call) {
    event.preventDefault();
    press(event.key);
  }
});

$("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = $("words").value.trim();
  if (!words) return;
  if (phone.type(words, $("language").value)) {
    $("words").value = "";
    notice("Speaking…");
  } else {
    notice("The line to the carrier is down; nothing was said.", true);
  }
});

// Without a call nobody can be registered under a withheld number.
function register() {
  const number = $("from").value;
  if (number && number !== WITHHELD) phone.register(number);
  else phone.unregister();
}

function chooseFromAddress() {
  const kept = sessionStorage.getItem("caller.number");
  if (kept && [...$("from").options].some((one) => one.value === kept)) $("from").value = kept;
}

$("from").addEventListener("change", () => {
  sessionStorage.setItem("caller.number", $("from").value);
  register();
});

function followNumber() {
  const isJapanese = $("to").selectedOptions[0]?.dataset.language === "ja";
  $("language").value = isJapanese ? "ja-JP" : "en-US";
  $("words").placeholder = isJapanese ? "注文はどこですか。" : "Where is my order?";
  $("words").lang = isJapanese ? "ja" : "en";
}

$("to").addEventListener("change", followNumber);
$("language").addEventListener("change", () => ($("words").lang = $("language").value.slice(0, 2)));
$("captions").addEventListener("change", () => captions.show($("captions").checked));
$("microphone").addEventListener("change", () => phone.audio.hasMicrophone && phone.openAudio({ ...options(), device: $("microphone").value || "default" }));

// -- the line's quality ---------------------------------------------------------------------------------------------------

// Sliders go from clean (left) to bad (right); null for a clean line.
function quality() {
  const [noise, loss, echo, delay] = ["noise", "loss", "echo-db", "delay"].map((id) => Number($(id).value));
  if (!noise && !loss && !echo) return null;
  return {
    ...(noise ? { noise_db: 40 - noise } : {}),
    ...(echo ? { echo_db: echo - 46, echo_delay_ms: delay } : {}),
    loss: loss / 100,
  };
}

function showLine() {
  const [noise, loss, echo, delay] = ["noise", "loss", "echo-db", "delay"].map((id) => Number($(id).value));
  const words = { noise: noise ? `${40 - noise} dB` : "off", loss: `${loss} %`, "echo-db": echo ? `${echo - 46} dB` : "off", delay: `${delay} ms` };
  for (const [id, text] of Object.entries(words)) $("line").querySelector(`output[for="${id}"]`).textContent = text;
  const parts = [noise && `noise ${words.noise}`, loss && `loss ${words.loss}`, echo && `echo ${words["echo-db"]}`].filter(Boolean);
  $("line-words").textContent = parts.join(" · ") || "clean";
}

$("line").addEventListener("input", showLine);
$("line").addEventListener("change", () => phone.call && phone.setLine(quality() ?? {}));

setInterval(showTimer, 250);
show("offline", "away", "Offline");
phone.connect();
