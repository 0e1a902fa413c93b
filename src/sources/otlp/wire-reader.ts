/** The bytes are no protobuf message of the kind that was expected. */
export class MalformedMessage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedMessage';
  }
}

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/**
 * Reads protobuf fields from bytes without building messages: the caller asks field by field and skips what it does not need, so that
 * the prompts in a trace cost nothing.
 *
 * A nested message is read in place: `enter` narrows the reader to it, and `leave` goes on behind it.
 * Format: https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  readonly #bytes: Buffer;
  #at: number;
  #end: number;
  /** Of the field that was read last. */
  field = 0;
  wireType = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.uint32();
    this.field = tag >>> 3;
    this.wireType = tag & 7;
    if (this.field === 0) throw new MalformedMessage(`a field numbered 0 at byte ${this.#at}`);
    return true;
  }

  /** Narrows the reader to the nested message; `leave` with the result goes on behind it. */
  enter(): number {
    const length = this.#length();
    const outerEnd = this.#end;
    this.#end = this.#at + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.#at = this.#end;
    this.#end = outerEnd;
  }

  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) this.#fail('a number is cut off');
      const byte = this.#bytes[this.#at++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.#fail('a number is longer than ten bytes');
  }

  /** A varint of 64 bits, signed as int64 is. Exact up to 2⁵³. */
  int64(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) this.#fail('a number is cut off');
      const byte = this.#bytes[this.#at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return (high | 0) * 4294967296 + (low >>> 0);
    }
    return this.#fail('a number is longer than ten bytes');
  }

  fixed64(): bigint {
    this.#take(8);
    return this.#bytes.readBigUInt64LE(this.#at - 8);
  }

  /** A list of numbers of eight bytes, packed or (as older writers do) one by one. */
  eachFixed64(take: () => void): void {
    if (this.wireType !== LENGTH_DELIMITED) take();
    else {
      const outerEnd = this.enter();
      while (this.#at < this.#end) take();
      this.leave(outerEnd);
    }
  }

  /** The same of varints. */
  eachVarint(take: () => void): void {
    this.eachFixed64(take);
  }

  /** Nanoseconds since 1970 as milliseconds with their fraction. */
  nanosAsMs(): number {
    this.#take(8);
    const low = this.#bytes.readUInt32LE(this.#at - 8);
    const high = this.#bytes.readUInt32LE(this.#at - 4);
    return (high * 4294967296 + low) / 1e6;
  }

  double(): number {
    this.#take(8);
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  string(): string {
    const length = this.#length();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  hex(): string {
    const length = this.#length();
    this.#at += length;
    return this.#bytes.toString('hex', this.#at - length, this.#at);
  }

  /** Passes over the value of the field that was read last. */
  skip(): void {
    if (this.wireType === LENGTH_DELIMITED) this.#skipBytes();
    else if (this.wireType === VARINT) this.#skipVarint();
    else if (this.wireType === FIXED64) this.#take(8);
    else if (this.wireType === FIXED32) this.#take(4);
    else this.#fail(`wire type ${this.wireType}, which OpenTelemetry does not use`);
  }

  /** Says that the field that was read last has another type than its number stands for. */
  expect(wireType: number): void {
    if (this.wireType !== wireType)
      this.#fail(`field ${this.field} has wire type ${this.wireType}, not ${wireType}`);
  }

  #skipBytes(): void {
    const length = this.#length();
    this.#at += length;
  }

  #skipVarint(): void {
    do if (this.#at >= this.#end) this.#fail('a number is cut off');
    while (this.#bytes[this.#at++]! >= 0x80);
  }

  #length(): number {
    const length = this.uint32();
    if (length > this.#end - this.#at)
      this.#fail(`${length} bytes are announced and ${this.#end - this.#at} are left`);
    return length;
  }

  #take(count: number): void {
    if (this.#end - this.#at < count) this.#fail('a fixed number is cut off');
    this.#at += count;
  }

  #fail(what: string): never {
    throw new MalformedMessage(`${what}, at byte ${this.#at}`);
  }
}
