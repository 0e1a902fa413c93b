/** A list of numbers at eight bytes each. */
export class NumberList {
  #numbers = new Float64Array(64);
  #length = 0;

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length] = number;
    this.#length += 1;
  }

  values(): Float64Array {
    return this.#numbers.subarray(0, this.#length);
  }
}
