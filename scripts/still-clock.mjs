// Preloaded (`node --import`) where pictures and texts of the demo have to stay what they are: the clock begins at the instant in
// TARE_STILL_CLOCK and goes on from there, so that the demo, which ends at the current hour, is always the same.
const start = Date.parse(process.env.TARE_STILL_CLOCK ?? '');
if (Number.isNaN(start)) throw new Error('TARE_STILL_CLOCK is no instant');

const RealDate = Date;
const began = RealDate.now();
const now = () => start + RealDate.now() - began;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }

  static now() {
    return now();
  }
};
