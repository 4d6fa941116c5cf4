// From the rate of a microphone down to 8 kHz: a windowed low-pass at 3.5 kHz, then one value for each new sample.
const TAPS_PER_RATIO = 16;

export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const taps = this.step === 1 ? 1 : Math.ceil(this.step * TAPS_PER_RATIO) | 1;
    this.kernel = lowPass(taps, 3500 / from);
    this.kept = new Float32Array(taps - 1);
    this.at = 0;
  }

  // A block in, as many samples out as have become due.
  push(block) {
    if (this.step === 1) return block;
    const taps = this.kernel.length, all = new Float32Array(this.kept.length + block.length);
    all.set(this.kept);
    all.set(block, this.kept.length);
    const made = [];
    for (; Math.floor(this.at) + taps <= all.length; this.at += this.step) {
      const first = Math.floor(this.at);
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += all[first + tap] * this.kernel[tap];
      made.push(sum);
    }
    const used = Math.min(Math.floor(this.at), all.length);
    this.kept = all.slice(used);
    this.at -= used;
    return Float32Array.from(made);
  }
}

function lowPass(taps, cutoff) {
  if (taps === 1) return Float32Array.of(1);
  const kernel = new Float32Array(taps), middle = (taps - 1) / 2;
  let sum = 0;
  for (let tap = 0; tap < taps; tap++) {
    const x = tap - middle;
    const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
    kernel[tap] = sinc * (0.54 - 0.46 * Math.cos((2 * Math.PI * tap) / (taps - 1)));
    sum += kernel[tap];
  }
  return kernel.map((value) => value / sum);
}
