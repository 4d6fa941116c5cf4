// What was said and understood in one call, asked for once a second while somebody wants to see it.
const EVERY_MS = 1000;
const REFUSED = "What was said is shown to supervisors only. Sign out, or sign in as one.";

export class Captions {
  // `nothing` is shown in place of an empty list.
  constructor(list, nothing, address) {
    this.list = list;
    this.nothing = nothing;
    this.address = address;
    this.sid = "";
    this.shown = 0;
    this.isShown = false;
    this.timer = 0;
  }

  follow(sid) {
    if (sid !== this.sid) {
      this.sid = sid;
      this.shown = 0;
      this.list.replaceChildren();
      this.face();
    }
    this.run();
  }

  // The call is over: one last look.
  rest() {
    clearTimeout(this.timer);
    if (this.isShown) setTimeout(() => this.look(), EVERY_MS);
  }

  show(isShown) {
    this.isShown = isShown;
    this.face();
    this.run();
  }

  face() {
    this.list.hidden = !this.isShown || !this.shown;
    this.nothing.hidden = !this.isShown || this.shown > 0;
  }

  async run() {
    clearTimeout(this.timer);
    if (!this.isShown || !this.sid) return;
    await this.look();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), EVERY_MS);
  }

  async look() {
    const url = `${this.address}?carrier_sid=${encodeURIComponent(this.sid)}`;
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 401 || answer?.status === 403) this.nothing.textContent = REFUSED;
    const call = answer?.ok ? (await answer.json()).calls[0] : null;
    if (!call || call.carrier_sid !== this.sid) return;
    const isAtEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 8;
    for (const turn of call.turns.slice(this.shown)) this.list.append(line(turn, call.language));
    this.shown = call.turns.length;
    this.face();
    if (isAtEnd) this.list.scrollTop = this.list.scrollHeight;
  }
}

function line(turn, language) {
  const item = document.createElement("li"), who = document.createElement("b");
  const isCaller = turn.side !== "us";
  const meaning = isCaller && (turn.command || turn.intent);
  who.textContent = isCaller ? `Heard${meaning ? ` – understood: ${meaning.replaceAll("_", " ")}` : ""}` : "Denwaban";
  item.className = isCaller ? "caller" : "us";
  const words = document.createElement("span");
  words.textContent = turn.text || (turn.how === "keys" ? "(keys)" : "(nothing understood)");
  if (language) words.lang = language;
  item.append(who, words);
  return item;
}
