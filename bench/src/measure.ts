import type { Contest, RatedSide, Row, RowResult, Side, Spread, Work } from './row.js'

// Who has no budget is there for the eye, and takes part in one round of three; in one at all where there are few.
const roundsPerGlance = 3
const fewPairs = 5

/**
 * Times both sides in turn, A B B A A B …, so that a machine that slows down slows down for both.
 *
 * @param pairs how many pairs to count, after one that is not.
 */
export async function measure(row: Row, pairs: number): Promise<RowResult> {
  const contest = await row.prepare()
  try {
    return await compare(row, contest, pairs)
  } finally {
    await contest.close()
  }
}

async function compare(row: Row, contest: Contest, pairs: number): Promise<RowResult> {
  const reference: Sample[] = []
  const ours = { what: row.ours, budget: row.budget, isOurs: true, run: contest.ours, pairs: [] as Pair[] }
  const others = (contest.others ?? []).map(other => ({ ...other, pairs: [] as Pair[] }))
  for (let round = row.isExact ? 0 : -1; round < pairs; round++) {
    const oursFirst = round % 2 === 0
    const first = await sampleOf(oursFirst ? contest.ours : contest.reference)
    const second = await sampleOf(oursFirst ? contest.reference : contest.ours)
    const [own, yardstick] = oursFirst ? [first, second] : [second, first]
    const isGlance = pairs > fewPairs ? round < 0 || round % roundsPerGlance === 0 : round === 0
    const rest = []
    for (const other of others) {
      if (other.budget !== undefined || isGlance) rest.push({ other, sample: await sampleOf(() => other.run()) })
    }
    // The first round warms up: module caches, connections, compiled code.
    if (round < 0) continue
    reference.push(yardstick)
    ours.pairs.push({ own, yardstick })
    for (const { other, sample } of rest) other.pairs.push({ own: sample, yardstick })
  }
  return {
    name: row.name,
    unit: row.unit ?? 'ms',
    better: row.better ?? 'less',
    against: row.against ?? 'yardstick',
    reference: sideOf(row.reference, reference),
    sides: [ours, ...others].map(rated),
  }
}

interface Sample {
  readonly amount: number
  readonly requests: number | undefined
  readonly p99Ms: number | undefined
}

/** A sample, and the one of the reference that was taken in the same round. */
interface Pair {
  readonly own: Sample
  readonly yardstick: Sample
}

async function sampleOf(job: () => Promise<Work>): Promise<Sample> {
  const start = performance.now()
  const work = await job()
  const ms = performance.now() - start
  return { amount: work?.amount ?? ms, requests: work?.requests, p99Ms: work?.p99Ms }
}

interface Rated {
  readonly what: string
  readonly budget?: number | undefined
  readonly isOurs?: boolean
  readonly pairs: readonly Pair[]
}

function rated(side: Rated): RatedSide {
  const ratio = spreadOf(side.pairs.map(({ own, yardstick }) => own.amount / yardstick.amount))
  const samples = side.pairs.map(({ own }) => own)
  return { ...sideOf(side.what, samples), ratio, budget: side.budget, isOurs: side.isOurs ?? side.budget !== undefined }
}

function sideOf(what: string, samples: readonly Sample[]): Side {
  const slowest = samples.flatMap(({ p99Ms }) => p99Ms ?? [])
  const counts = samples.flatMap(({ requests }) => requests ?? [])
  return {
    what,
    runs: samples.length,
    ...spreadOf(samples.map(({ amount }) => amount)),
    // The most that any run took: one too many is one too many.
    requests: counts.length === 0 ? undefined : Math.max(...counts),
    ...(slowest.length > 0 && { p99Ms: spreadOf(slowest).median }),
  }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { lower: quantile(sorted, 0.25), median: quantile(sorted, 0.5), upper: quantile(sorted, 0.75) }
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
