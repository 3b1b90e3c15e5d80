import { FlagFault } from '../command-line/flag-fault.js'

const unitsMs: readonly (readonly [pattern: string, ms: number])[] = [
  ['d(?:ays?)?', 86_400_000],
  ['h(?:(?:ou)?rs?)?', 3_600_000],
  ['m(?:in(?:ute)?s?)?', 60_000],
  ['s(?:ec(?:ond)?s?)?', 1000],
  ['ms', 1],
]

// Each unit at most once, the largest first.
const pattern = new RegExp(
  `^${unitsMs.map(([unit]) => String.raw`(?:(\d+(?:\.\d+)?)\s*${unit}(?![a-z])\s*)?`).join('')}$`,
  'i',
)

/**
 * Parses a duration, also as programs in Go and systemd write it: `90s`, `5m`, `1h30m`, `2 hours`. A number without a unit
 * means seconds.
 *
 * @returns milliseconds
 * @throws {@link FlagFault} for anything else
 */
export function parseDurationMs(text: string): number {
  const plain = text.trim()
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) * 1000
  const [, ...counts] = (plain !== '' && pattern.exec(plain)) || []
  if (counts.length > 0) return unitsMs.reduce((sum, [, ms], index) => sum + Number(counts[index] ?? 0) * ms, 0)
  throw new FlagFault(
    'Invalid duration. Use a format such as 90s, 5m, 1h30m or 1d. A number without a unit is in seconds.',
  )
}
