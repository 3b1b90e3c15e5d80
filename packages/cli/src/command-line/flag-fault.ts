/** An invalid flag or argument. The message names it and repeats no value, because a value may be a secret. */
export class FlagFault extends Error {}
