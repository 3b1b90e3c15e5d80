const unitsMs = { s: 1000, m: 60_000, h: 3_600_000 }

/** How a duration is written: `90s`, `5m` or `1h`. */
export const durationForm = /^\d+(s|m|h)$/

/** Reads a duration that has the form. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * unitsMs[text.slice(-1) as keyof typeof unitsMs]
}
