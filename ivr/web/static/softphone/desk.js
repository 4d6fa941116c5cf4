// The desk's own telephone. A page includes this module and a place for it:
//
//   <section class="panel" id="softphone" data-token="…/softphone/token" data-choice="…/softphone/phone"></section>
//
// The agent chooses "this browser" or "my telephone". With the browser, calls ring here as client:<agent>; the event
// `desk:accept` (from anywhere in the page) answers the one that rings, or the next one within 30 s.
import { Softphone } from "./softphone.js";

const WANTED_MS = 30000;
const MICROPHONE = {
  "": "Microphone on", insecure: "No microphone: open this page over HTTPS or on this machine", missing: "No microphone was found",
  refused: "The microphone was refused: allow it at the symbol left of the address, then choose again",
};
const FACES = `
  <fieldset class="phone-choice"><legend>Calls ring</legend>
    <label class="check"><input type="radio" name="softphone-choice" value="telephone"> at my telephone</label>
    <label class="check"><input type="radio" name="softphone-choice" value="browser"> in this browser</label>
  </fieldset>
  <p class="phone-state" role="status"></p>
  <div class="phone-tools" hidden>
    <button type="button" data-phone="sound" hidden>Turn sound on</button>
    <button type="button" data-phone="answer" hidden>Answer</button>
    <button type="button" data-phone="hang-up" hidden>Hang up</button>
    <label>You<meter min="0" max="1" value="0" data-phone="you"></meter></label>
    <label>Caller<meter min="0" max="1" value="0" data-phone="line"></meter></label>
    <label>Microphone<select data-phone="microphone"><option value="">Standard</option></select></label>
  </div>`;

class DeskPhone {
  constructor(place) {
    this.place = place;
    place.insertAdjacentHTML("beforeend", FACES);
    this.part = (name) => place.querySelector(`[data-phone="${name}"]`);
    this.incoming = null;
    this.wantedUntil = 0;
    this.phone = new Softphone({ token: place.dataset.token, key: "desk", on: this.events() });
    for (const one of place.querySelectorAll("input")) one.addEventListener("change", () => this.choose(one.value));
    this.part("sound").addEventListener("click", () => this.open());
    this.part("answer").addEventListener("click", () => this.accept());
    this.part("hang-up").addEventListener("click", () => this.phone.hangUp());
    this.part("microphone").addEventListener("change", () => this.open(this.part("microphone").value || "default"));
    document.addEventListener("desk:accept", () => this.accept());
    this.begin();
  }

  events() {
    return {
      state: (name, reason) => this.show({ ready: "", connecting: "Connecting your telephone…", elsewhere: "Your telephone is in another tab." }[name] ?? `Your telephone is not connected: ${reason}. Trying again.`),
      registered: () => this.show("Ready: calls ring in this browser."),
      incoming: (call) => this.rings(call),
      connected: () => this.talks(),
      ended: ({ call }) => this.stops(call),
      error: (code) => this.show(code === "too_late" ? "That call is gone." : "That did not work."),
      microphone: (problem) => { this.problem = MICROPHONE[problem]; this.show(); },
      level: (side, level) => { this.part(side === "microphone" ? "you" : "line").value = Math.min(1, level * 4); },
    };
  }

  // What was chosen before a reload goes on; sound may need a click first.
  async begin() {
    const answer = await fetch(this.place.dataset.token, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (!told?.socket) return;
    this.place.hidden = false;
    this.place.querySelector(`[value="${told.phone}"]`).checked = true;
    if (told.phone === "browser") this.hold();
  }

  async choose(where) {
    const answer = await fetch(this.place.dataset.choice, {
      method: "PUT", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ phone: where }),
    }).catch(() => null);
    if (!answer?.ok) {
      this.place.querySelector(`[value="${where === "browser" ? "telephone" : "browser"}"]`).checked = true;
      return this.show("Your choice could not be stored. Nothing was changed.");
    }
    if (where === "browser") {
      this.open();
      this.hold();
    } else {
      this.release?.();
    }
  }

  // Of several tabs one is the telephone: the one that holds the lock. When it is closed, the next one takes over.
  hold() {
    if (this.release) return;
    const serve = () => new Promise((done) => {
      if (!this.place.querySelector("[value=browser]").checked) return done();
      this.release = () => { this.release = null; this.phone.close(); this.part("sound").hidden = true; this.place.querySelector(".phone-tools").hidden = true; this.show("Calls ring at your telephone."); done(); };
      this.place.querySelector(".phone-tools").hidden = false;
      this.part("sound").hidden = this.phone.audio.hasMicrophone;
      this.phone.register();
      this.phone.connect();
    });
    this.show("Your telephone is in another tab.");
    if ("locks" in navigator) navigator.locks.request("desk-phone", serve); else serve();
  }

  // From a click: sound, then the microphone.
  async open(device = "") {
    try {
      await this.phone.openAudio({ device });
      this.part("sound").hidden = true;
      const { microphones } = await this.phone.audio.devices();
      const named = microphones.filter((one) => one.id && one.id !== "default");
      const chosen = this.part("microphone").value;
      this.part("microphone").replaceChildren(new Option("Standard", ""), ...named.map((one) => new Option(one.label || "Microphone", one.id)));
      this.part("microphone").value = named.some((one) => one.id === chosen) ? chosen : "";
    } catch (error) {
      this.show(`Sound does not work here (${error.name}).`);
    }
  }

  rings(call) {
    if (this.phone.call) return;
    this.incoming = call;
    this.part("answer").hidden = false;
    this.show("Your telephone rings.");
    if (performance.now() < this.wantedUntil) this.accept();
  }

  accept() {
    if (this.phone.audio.output === null || !this.phone.audio.hasMicrophone) this.open();
    if (this.incoming && this.phone.accept(this.incoming.call)) this.wantedUntil = 0;
    else this.wantedUntil = performance.now() + WANTED_MS;
  }

  talks() {
    this.incoming = null;
    this.part("answer").hidden = true;
    this.part("hang-up").hidden = false;
    this.show("You are on the line.");
  }

  stops(call) {
    if (this.incoming?.call === call) this.incoming = null;
    this.part("answer").hidden = !this.incoming;
    this.part("hang-up").hidden = !this.phone.call;
    if (!this.phone.call) this.show("Ready: calls ring in this browser.");
  }

  show(words = this.words ?? "") {
    this.words = words;
    this.place.querySelector(".phone-state").textContent = [words, this.release && this.problem].filter(Boolean).join(" · ");
  }
}

const place = document.getElementById("softphone");
if (place) place.deskPhone = new DeskPhone(place);
