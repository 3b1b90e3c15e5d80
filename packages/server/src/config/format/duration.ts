const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration: `90s`, `5m`, `1h` or `30d`. */
export const durationPattern = /^\d+(s|m|h|d)$/

/** Parses a duration that matches {@link durationPattern}. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * unitsMs[text.slice(-1) as keyof typeof unitsMs]
}
