// Mu-law (G.711): one byte a sample, as telephones carry it.
const BIAS = 0x84, CLIP = 32635;
export const SILENCE = 0xff, FRAME = 160, RATE = 8000;

const decoded = new Float32Array(256);
for (let code = 0; code < 256; code++) {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  decoded[code] = (bits & 0x80 ? -magnitude : magnitude) / 32768;
}

// Samples from -1 to 1.
export function decode(bytes) {
  const samples = new Float32Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) samples[at] = decoded[bytes[at]];
  return samples;
}

export function encodeSample(sample) {
  const whole = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
  const magnitude = Math.min(Math.abs(whole), CLIP) + BIAS;
  const exponent = Math.max(0, 24 - Math.clz32(magnitude));
  return ~((whole < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}
