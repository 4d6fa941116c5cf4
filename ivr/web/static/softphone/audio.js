// Microphone and earpiece of a page. Nothing sounds before `open` was called from a click.
const here = (name) => new URL(name, import.meta.url).href;

export class Audio {
  // onFrame(ArrayBuffer of 160 bytes), onLevel("microphone" | "earpiece", 0…1)
  constructor({ onFrame, onLevel }) {
    this.onFrame = onFrame;
    this.onLevel = onLevel;
    this.output = null;
    this.input = null;
    this.stream = null;
  }

  get hasMicrophone() {
    return Boolean(this.stream?.active);
  }

  // The way to the ears. Telephones need 8 kHz only; the browser brings it to the loudspeaker's rate.
  async open() {
    if (!this.output) {
      this.output = new AudioContext({ sampleRate: 8000 });
      await this.output.audioWorklet.addModule(here("earpiece.worklet.js"));
      this.ears = new AudioWorkletNode(this.output, "earpiece", { numberOfInputs: 0, outputChannelCount: [1] });
      this.ears.port.onmessage = ({ data }) => this.onLevel("earpiece", data.level);
      this.ears.connect(this.output.destination);
    }
    await this.output.resume();
  }

  play(frame) {
    this.ears?.port.postMessage({ frame }, [frame]);
  }

  clear() {
    this.ears?.port.postMessage({ clear: true });
  }

  // Asks for the microphone. Returns "" or why there is none: insecure, refused, missing.
  async listen({ device = "", echoCancellation = true } = {}) {
    if (!navigator.mediaDevices?.getUserMedia) return "insecure";
    try {
      const wanted = { echoCancellation, noiseSuppression: echoCancellation, autoGainControl: echoCancellation };
      const audio = device ? { ...wanted, deviceId: { exact: device } } : wanted;
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      this.silence();
      this.stream = stream;
      await this.tap(stream);
      return "";
    } catch (error) {
      return error.name === "NotAllowedError" || error.name === "SecurityError" ? "refused" : "missing";
    }
  }

  // Some browsers refuse a context whose rate is not the microphone's; there our own resampler does it.
  async tap(stream) {
    for (const options of [{ sampleRate: 8000 }, {}]) {
      const context = new AudioContext(options);
      try {
        const source = context.createMediaStreamSource(stream);
        await context.audioWorklet.addModule(here("microphone.worklet.js"));
        const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
        node.port.onmessage = ({ data }) =>
          data.frame ? this.onFrame(data.frame) : this.onLevel("microphone", data.level);
        source.connect(node);
        await context.resume();
        this.input = context;
        return;
      } catch (error) {
        await context.close();
        if (!options.sampleRate) throw error;
      }
    }
  }

  silence() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.input?.close();
    this.stream = this.input = null;
  }

  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    const some = (kind) => all.filter((one) => one.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
    return { microphones: some("audioinput"), speakers: some("audiooutput") };
  }

  // Where the browser can: another loudspeaker. Returns whether it could.
  async speakThrough(device) {
    if (!this.output?.setSinkId) return false;
    await this.output.setSinkId(device);
    return true;
  }

  // A ring of two tones, or a short test; silent until `open` was called.
  ring(seconds = 0.8) {
    const context = this.output;
    if (!context || context.state !== "running") return false;
    const gain = new GainNode(context, { gain: 0.08 });
    gain.connect(context.destination);
    for (const frequency of [425, 480]) {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(gain);
      tone.start();
      tone.stop(context.currentTime + seconds);
    }
    return true;
  }

  close() {
    this.silence();
    this.output?.close();
    this.output = null;
  }
}
