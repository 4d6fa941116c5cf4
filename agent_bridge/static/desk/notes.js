// The note: saved on the server one second after the last key and when the field is left. What it says beside it is true.
// Until it is saved, a copy lies in this browser, so that a reload loses nothing.
const PAUSE_MS = 1000;
const place = (contact) => `desk-note-${contact}`;

export class Notes {
  constructor(field, label, post) {
    Object.assign(this, { field, label, post, timer: null, isDirty: false });
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("blur", () => this.save());
    addEventListener("pagehide", () => this.save());
    const kept = this.contact && localStorage.getItem(place(this.contact));
    if (kept !== null && kept !== "" && kept !== field.value) { field.value = kept; this.isDirty = true; this.save(); }
    else if (field.dataset.saved) this.#say(`Saved ${clock(field.dataset.saved)}`);
  }

  get contact() { return this.field.dataset.contact; }

  // What the server has: taken over only where nobody is typing.
  take(note) {
    const panel = this.field.closest("section");
    if (!note) {
      if (this.isDirty) this.save();
      else { panel.hidden = true; this.field.dataset.contact = ""; }
      return;
    }
    if (note.contact !== this.contact) {
      if (this.isDirty) this.save();
      this.isDirty = false;
      this.field.dataset.contact = note.contact;
      this.field.value = note.text;
      this.#say(note.saved ? `Saved ${clock(note.saved)}` : "");
    } else if (!this.isDirty && document.activeElement !== this.field && this.field.value !== note.text) {
      this.field.value = note.text;
      this.#say(note.saved ? `Saved ${clock(note.saved)}` : "");
    }
    panel.hidden = false;
  }

  #typed() {
    this.isDirty = true;
    localStorage.setItem(place(this.contact), this.field.value);
    this.#say("Saving…");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  async save() {
    clearTimeout(this.timer);
    if (!this.isDirty || !this.contact) return;
    const contact = this.contact, text = this.field.value;
    try {
      const answer = await this.post("note", { contact, note: text }, { keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      const { saved } = await answer.json();
      localStorage.removeItem(place(contact));
      if (contact !== this.contact || text !== this.field.value) return;
      this.isDirty = false;
      this.#say(`Saved ${clock(saved)}`);
    } catch {
      if (contact !== this.contact) return;
      this.#say("Not saved – offline");
      this.timer = setTimeout(() => this.save(), 3000);
    }
  }

  #say(words) { if (this.label.textContent !== words) this.label.textContent = words; }
}

function clock(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}
