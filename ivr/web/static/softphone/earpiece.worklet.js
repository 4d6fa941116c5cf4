// What comes from the line -> ears, through a small store that evens out how irregularly it arrives.
//   fewer than START frames: wait, silent · more than MOST: the oldest go, so that nobody talks to the past
import { FRAME, RATE, decode } from "./mulaw.js";

const START = 3 * FRAME, MOST = 12 * FRAME, KEEP = 4 * FRAME, LEVEL_SAMPLES = RATE / 10;

class Earpiece extends AudioWorkletProcessor {
  constructor() {
    super();
    this.store = [];
    this.stored = 0;
    this.used = 0;
    this.isPlaying = false;
    this.place = 0;
    this.now = 0;
    this.next = 0;
    this.power = 0;
    this.counted = 0;
    this.port.onmessage = ({ data }) => (data.frame ? this.take(new Uint8Array(data.frame)) : this.drop(0));
  }

  take(bytes) {
    this.store.push(decode(bytes));
    this.stored += bytes.length;
    if (this.stored > MOST) this.drop(KEEP);
    if (this.stored >= START) this.isPlaying = true;
  }

  drop(kept) {
    while (this.stored > kept) {
      this.stored -= this.store.shift().length - this.used;
      this.used = 0;
    }
  }

  // The next sample of the line; 0 when there is none.
  sample() {
    if (!this.isPlaying || !this.stored) {
      this.isPlaying = false;
      return 0;
    }
    const value = this.store[0][this.used++];
    this.stored--;
    if (this.used === this.store[0].length) {
      this.store.shift();
      this.used = 0;
    }
    return value;
  }

  process(_, [output]) {
    const step = RATE / sampleRate, channel = output[0];
    for (let at = 0; at < channel.length; at++) {
      this.place += step;
      while (this.place >= 1) {
        this.place--;
        this.now = this.next;
        this.next = this.sample();
        this.measure(this.next);
      }
      channel[at] = this.now + (this.next - this.now) * this.place;
    }
    for (const other of output.slice(1)) other.set(channel);
    return true;
  }

  measure(sample) {
    this.power += sample * sample;
    if (++this.counted === LEVEL_SAMPLES) {
      this.port.postMessage({ level: Math.sqrt(this.power / LEVEL_SAMPLES) });
      this.counted = this.power = 0;
    }
  }
}

registerProcessor("earpiece", Earpiece);
