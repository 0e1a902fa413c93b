/** The only way to ask what time it is. */
export interface Clock {
  nowMs(): number;
}
