// The ring. Browsers play nothing before a click, so nobody is available without one: "Go available" plays a short tone first.
export class Sound {
  constructor(ring, tone) {
    this.ringing = new Audio(ring);
    this.ringing.loop = true;
    this.tone = new Audio(tone);
    this.isUnlocked = false;
  }

  async unlock() {
    await this.tone.play();
    this.isUnlocked = true;
  }

  async ring() {
    try {
      this.ringing.currentTime = 0;
      await this.ringing.play();
      return true;
    } catch {
      return false;
    }
  }

  silence() {
    this.ringing.pause();
  }
}
