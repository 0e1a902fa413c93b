/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const ROUND_CONSTANTS = Uint32Array.from(firstPrimes(64), (prime) => fraction32(Math.cbrt(prime)));
/** The same of the square roots of the first eight (FIPS 180-4, 5.3.3). */
const START = Uint32Array.from(firstPrimes(8), (prime) => fraction32(Math.sqrt(prime)));

const BLOCK_BYTES = 64;

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits (FIPS 180-4). Here and not from a package, because the domain has none. */
export function sha256(text: string): string {
  const message = padded(new TextEncoder().encode(text));
  const state = Uint32Array.from(START);
  const schedule = new Uint32Array(64);
  for (let at = 0; at < message.byteLength; at += BLOCK_BYTES) {
    fillSchedule(schedule, message, at);
    compress(state, schedule);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** A one bit, zeros, and the length in bits in the last eight bytes. */
function padded(bytes: Uint8Array): DataView {
  const length = Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES;
  const message = new Uint8Array(length);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n);
  return view;
}

function fillSchedule(schedule: Uint32Array, message: DataView, at: number): void {
  for (let index = 0; index < 16; index += 1) schedule[index] = message.getUint32(at + index * 4);
  for (let index = 16; index < 64; index += 1) {
    const [before15, before2] = [schedule[index - 15]!, schedule[index - 2]!];
    const sigma0 = rotated(before15, 7) ^ rotated(before15, 18) ^ (before15 >>> 3);
    const sigma1 = rotated(before2, 17) ^ rotated(before2, 19) ^ (before2 >>> 10);
    schedule[index] = schedule[index - 16]! + sigma0 + schedule[index - 7]! + sigma1;
  }
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let index = 0; index < 64; index += 1) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + ROUND_CONSTANTS[index]! + schedule[index]!) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + sum0 + majority) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = state[index]! + word;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function fraction32(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
