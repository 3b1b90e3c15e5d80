import type { Comparison, RatedSide, Row, RowResult, Side, Spread, Work } from './row.js'

// A side without a budget is for information. It runs in every third round, or only once if there are few rounds.
const roundsPerUnbudgetedRun = 3
const maxPairsForOneRun = 5

/**
 * Runs both sides in turn, A B B A A B …, so that changes in the speed of the machine affect both.
 *
 * @param pairs the number of pairs to count, after one pair that warms up.
 */
export async function measure(row: Row, pairs: number): Promise<RowResult> {
  const comparison = await row.prepare()
  try {
    return await compare(row, comparison, pairs)
  } finally {
    await comparison.close()
  }
}

async function compare(row: Row, comparison: Comparison, pairs: number): Promise<RowResult> {
  const reference: Sample[] = []
  const ours = { what: row.ours, budget: row.budget, isOurs: true, run: comparison.ours, pairs: [] as Pair[] }
  const others = (comparison.others ?? []).map(other => ({ ...other, pairs: [] as Pair[] }))
  for (let round = row.isExact ? 0 : -1; round < pairs; round++) {
    const oursFirst = round % 2 === 0
    const first = await sampleOf(oursFirst ? comparison.ours : comparison.reference)
    const second = await sampleOf(oursFirst ? comparison.reference : comparison.ours)
    const [own, baseline] = oursFirst ? [first, second] : [second, first]
    const includesUnbudgeted =
      pairs > maxPairsForOneRun ? round < 0 || round % roundsPerUnbudgetedRun === 0 : round === 0
    const rest = []
    for (const other of others) {
      if (other.budget !== undefined || includesUnbudgeted)
        rest.push({ other, sample: await sampleOf(() => other.run()) })
    }
    // The first round warms up: module caches, connections, compiled code.
    if (round < 0) continue
    reference.push(baseline)
    ours.pairs.push({ own, baseline })
    for (const { other, sample } of rest) other.pairs.push({ own: sample, baseline })
  }
  return {
    name: row.name,
    unit: row.unit ?? 'ms',
    better: row.better ?? 'less',
    against: row.against ?? 'baseline',
    reference: sideOf(row.reference, reference),
    sides: [ours, ...others].map(rated),
  }
}

interface Sample {
  readonly amount: number
  readonly requests: number | undefined
  readonly p99Ms: number | undefined
}

/** A sample, and the sample of the reference from the same round. */
interface Pair {
  readonly own: Sample
  readonly baseline: Sample
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
  const ratio = spreadOf(side.pairs.map(({ own, baseline }) => own.amount / baseline.amount))
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
    // The maximum of the runs: a single request too many is a failure.
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
