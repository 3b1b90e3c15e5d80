const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Parses a duration: `90s`, `5m`, `1h`, `250ms`. A number without a unit means seconds.
 *
 * @returns milliseconds
 * @throws Error for anything else; yargs shows its message.
 */
export function parseDurationMs(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  if (parts === null) throw new Error('Invalid duration. Use a form such as 90s, 5m or 1h.')
  return Number(parts[1]) * (unitsMs[parts[2] ?? 's'] ?? 1000)
}
