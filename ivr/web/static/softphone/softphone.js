// A telephone for a page, over the simulated carrier's socket. No page knows more of the carrier than this file.
//
//   const phone = new Softphone({ token: "/api/v1/softphone/token", on: { incoming(call) {}, … } });
//   await phone.connect(); phone.register();            // rings as client:<identity>
//   await phone.openAudio();                            // in a click: sound, then the microphone
//   phone.accept(sid) · phone.reject(sid) · phone.hangUp() · phone.press("5") · phone.mute(true)
//
// on: state(name, text) offline|connecting|ready|elsewhere · registered(address) · incoming({call,from,to,params})
//     calling(call) · ringing(call) · connected(call) · ended({call,reason}) · muted(bool) · keys(digits) · said(ms)
//     level("microphone"|"earpiece", 0…1) · microphone("" | insecure | refused | missing) · ready(message) · error(code)
//
// A lost socket comes back by itself and finds its call again: the carrier waits five seconds. `hangsUpOnClose` says
// whether a closed page gives its call up at once; without it a reloaded page goes on where it was.
import { Audio } from "./audio.js";

const PROTOCOL = "softphone.v1", FIRST_MS = 500, MOST_MS = 5000, TAKEN_OVER = 4409;

export class Softphone {
  constructor({ token, on = {}, key = "softphone", hangsUpOnClose = false }) {
    this.tokenAddress = token;
    this.on = on;
    this.key = `${key}.session`;
    this.call = null;
    this.isMuted = false;
    this.address = "";
    this.wanted = null;
    this.socket = null;
    this.isClosed = false;
    this.delay = FIRST_MS;
    this.audio = new Audio({
      onFrame: (frame) => this.speak(frame),
      onLevel: (side, level) => this.tell("level", side, side === "microphone" && this.isMuted ? 0 : level),
    });
    if (hangsUpOnClose) addEventListener("pagehide", () => this.goodbye());
  }

  get isConnected() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  // Opens the socket and keeps it open. Resolves at the first success or failure.
  async connect() {
    this.isClosed = false;
    this.tell("state", "connecting");
    try {
      const answer = await fetch(this.tokenAddress, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`token: ${answer.status}`);
      const { token, socket } = await answer.json();
      await this.open(socket, token);
    } catch (error) {
      this.later(error.message);
    }
  }

  open(address, token) {
    const session = sessionStorage.getItem(this.key);
    const protocols = [PROTOCOL, `token.${token}`, ...(session ? [`session.${session}`] : [])];
    return new Promise((done, fail) => {
      const socket = new WebSocket(address, protocols);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => {
        this.socket = socket;
        this.bye = `${address.replace(/^ws/, "http")}/bye`;
        this.delay = FIRST_MS;
        done();
      };
      socket.onmessage = ({ data }) => (typeof data === "string" ? this.take(JSON.parse(data)) : this.audio.play(data));
      socket.onclose = ({ code }) => {
        if (this.socket !== socket) return fail(new Error("the carrier does not answer"));
        this.socket = null;
        if (code === TAKEN_OVER) return this.tell("state", "elsewhere");
        if (!this.isClosed) this.later("the line to the carrier is lost");
      };
    });
  }

  later(reason) {
    if (this.isClosed) return;
    this.tell("state", "offline", reason);
    const wait = this.delay * (0.7 + 0.6 * Math.random());
    this.delay = Math.min(MOST_MS, this.delay * 2);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  take(message) {
    switch (message.type) {
      case "ready":
        return this.begin(message);
      case "registered":
        this.address = message.address;
        return this.tell("registered", message.address);
      case "calling":
      case "ringing":
      case "connected":
        this.call = { ...(this.call?.call === message.call ? this.call : {}), ...message, state: message.type };
        if (message.type === "connected") this.call.since = performance.now();
        return this.tell(message.type, this.call);
      case "ended":
        if (this.call?.call === message.call) {
          this.call = null;
          this.isMuted = false;
          this.audio.clear();
        }
        return this.tell("ended", message);
      case "clear":
        return this.audio.clear();
      case "muted":
        this.isMuted = message.on;
        return this.tell("muted", message.on);
      case "keys":
        return this.tell("keys", message.digits);
      case "said":
        return this.tell("said", message.ms);
      case "error":
        return this.tell("error", message.code);
      case "incoming":
        return this.tell("incoming", message);
    }
  }

  // The carrier says how things stand: after a lost line this is the truth.
  begin(message) {
    sessionStorage.setItem(this.key, message.session);
    const before = this.call;
    this.call = message.call && { ...message.call, state: message.call.is_connected ? "connected" : "ringing" };
    if (this.call) {
      this.isMuted = message.call.is_muted;
      this.call.since = performance.now() - message.call.connected_ms;
    }
    this.address = message.address;
    this.tell("state", "ready");
    this.tell("ready", message);
    if (this.wanted !== null) {
      if (message.address === (this.wanted || `client:${message.identity}`)) this.tell("registered", message.address);
      else this.register(this.wanted);
    }
    if (this.call) this.tell(this.call.state, this.call);
    else if (before) this.tell("ended", { call: before.call, reason: "lost" });
    for (const offer of message.incoming) this.tell("incoming", offer);
  }

  // -- what a person does --------------------------------------------------------------------------------------------

  // Sound first, then the microphone; from a click. Resolves with "" or why there is no microphone.
  async openAudio(options = {}) {
    await this.audio.open();
    const problem = this.audio.hasMicrophone && !options.device ? "" : await this.audio.listen(options);
    this.tell("microphone", problem);
    return problem;
  }

  register(address = "") {
    this.wanted = address;
    return this.send("register", { address });
  }

  unregister() {
    this.wanted = null;
    return this.send("unregister");
  }

  dial(details) {
    return this.send("call", details);
  }

  accept(call) {
    return this.send("accept", { call });
  }

  reject(call) {
    return this.send("reject", { call });
  }

  hangUp() {
    return this.call ? this.send("hang_up", { call: this.call.call }) : false;
  }

  press(digits) {
    return this.send("press", { digits });
  }

  mute(on) {
    this.isMuted = on;
    return this.send("mute", { on });
  }

  type(text, language) {
    return this.send("say", { text, language });
  }

  setLine(quality) {
    return this.send("line", { quality });
  }

  // Gives everything up; the call ends.
  close() {
    this.isClosed = true;
    this.wanted = null;
    clearTimeout(this.timer);
    this.goodbye();
    this.socket?.close();
    this.audio.close();
  }

  // -- inside ----------------------------------------------------------------------------------------------------------

  goodbye() {
    const session = sessionStorage.getItem(this.key);
    sessionStorage.removeItem(this.key);
    if (session && this.bye) navigator.sendBeacon(this.bye, session);
  }

  // False when the line is down: nothing is kept for later, the page says so instead.
  send(type, details = {}) {
    if (!this.isConnected) return false;
    this.socket.send(JSON.stringify({ type, ...details }));
    return true;
  }

  speak(frame) {
    if (this.isConnected && this.call?.state === "connected" && !this.isMuted) this.socket.send(frame);
  }

  tell(event, ...details) {
    this.on[event]?.(...details);
  }
}
