// Microphone -> frames of 20 ms, mu-law at 8 kHz, and how loud it is.
import { FRAME, RATE, encodeSample } from "./mulaw.js";
import { Resampler } from "./resample.js";

const LEVEL_FRAMES = 5;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.power = 0;
    this.frames = 0;
  }

  process([input]) {
    if (!input.length) return true;
    for (const sample of this.resampler.push(input[0])) {
      this.power += sample * sample;
      this.frame[this.filled++] = encodeSample(sample);
      if (this.filled === FRAME) this.send();
    }
    return true;
  }

  send() {
    this.port.postMessage({ frame: this.frame.buffer }, [this.frame.buffer]);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    if (++this.frames === LEVEL_FRAMES) {
      this.port.postMessage({ level: Math.sqrt(this.power / (FRAME * LEVEL_FRAMES)) });
      this.frames = this.power = 0;
    }
  }
}

registerProcessor("microphone", Microphone);
