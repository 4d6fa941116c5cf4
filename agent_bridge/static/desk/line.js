// The live line: a socket that only tells that something is new, and the snapshot that is fetched then. Without a socket the
// snapshot is asked for each second. What has been silent for two seconds says so; after ten seconds figures turn grey.
const WORRY_MS = 2000, OLD_MS = 10000, POLL_MS = 1000, SLOWEST_MS = 5000, QUIET_MS = 12000, FULL_MS = 20000;

export class Line {
  constructor(base, version, onSnapshot, onState) {
    Object.assign(this, { base, version, onSnapshot, onState, wait: 500, lastGood: Date.now(), lastFull: Date.now(), isOver: false });
    this.socket = null;
    this.busy = null;
    setInterval(() => this.#tell(), 500);
    this.#connect();
    this.#run();
  }

  get isLive() { return !this.isOver && Date.now() - this.lastGood < WORRY_MS + POLL_MS; }

  // Fetches the snapshot; several wishes at once are one request, and one more after it.
  async look(isForced = false) {
    if (this.busy) { this.again = true; return this.busy; }
    this.busy = this.#fetch(isForced).finally(() => { this.busy = null; });
    const went = await this.busy;
    if (this.again) { this.again = false; return this.look(true); }
    return went;
  }

  async #fetch(isForced) {
    const seen = isForced || Date.now() - this.lastFull > FULL_MS ? "" : this.version;
    try {
      const answer = await fetch(`${this.base}/snapshot?v=${encodeURIComponent(seen)}`, { headers: { Accept: "application/json", "X-Denwaban-Poll": "1" }, signal: AbortSignal.timeout(5000), redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") { this.signedOut(); return false; }
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      this.lastGood = Date.now();
      this.wait = 500;
      this.version = found.v;
      if (!found.same) { this.lastFull = Date.now(); this.onSnapshot(found); }
      this.#tell();
      return true;
    } catch {
      return false;
    }
  }

  signedOut() {
    this.isOver = true;
    this.socket?.close();
    this.onState("out", 0);
  }

  #tell() {
    if (this.isOver) return;
    const silent = Date.now() - this.lastGood;
    const limit = this.socket?.isTalking ? QUIET_MS : WORRY_MS + POLL_MS / 2;
    this.onState(silent > OLD_MS && silent > limit ? "old" : silent > limit ? "worry" : "live", silent);
  }

  #connect() {
    if (this.isOver) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${this.base}/socket`);
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const told = JSON.parse(data);
      socket.isTalking = true;
      this.lastGood = Date.now();
      this.wait = 500;
      if (told.ping !== undefined) socket.send(JSON.stringify({ pong: told.ping }));
      if (told.v !== undefined && told.v !== this.version) this.look();
      this.#tell();
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (code === 4401) { this.signedOut(); return; }
      this.#later(() => this.#connect());
    });
  }

  #later(work) {
    const wait = this.wait * (0.7 + Math.random() * 0.6);
    this.wait = Math.min(SLOWEST_MS, this.wait * 2);
    setTimeout(work, wait);
  }

  async #run() {
    while (!this.isOver) {
      if (this.socket?.isTalking) {
        if (Date.now() - this.lastGood > QUIET_MS) this.socket.close();
        if (Date.now() - this.lastFull > FULL_MS) await this.look(true);
      } else {
        await this.look();
      }
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
}
