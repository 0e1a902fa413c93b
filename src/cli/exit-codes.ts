/** What the process ends with: one meaning each, for scripts. See docs/reference/exit-codes.md. */
export const EXIT = {
  fine: 0,
  bug: 1,
  usage: 2,
  guardrail: 3,
  data: 4,
  outside: 5,
  interrupted: 130,
} as const;
