import type { Row, RowResult, Side, Work } from './row.js'

/**
 * Times both sides in turn, A B B A A B …, so that a machine that slows down slows down for both.
 *
 * @param pairs how many pairs to count, after one that is not.
 */
export async function measure(row: Row, pairs: number): Promise<RowResult> {
  const contest = await row.prepare()
  try {
    const ours: Timed[] = []
    const reference: Timed[] = []
    for (let pair = -1; pair < pairs; pair++) {
      const oursFirst = pair % 2 === 0
      const first = await timed(oursFirst ? contest.ours : contest.reference)
      const second = await timed(oursFirst ? contest.reference : contest.ours)
      // The first pair warms up: module caches, connections, compiled code.
      if (pair < 0) continue
      ours.push(oursFirst ? first : second)
      reference.push(oursFirst ? second : first)
    }
    const ratio = median(ours.map(({ ms }, index) => ms / (reference[index]?.ms ?? Number.NaN)))
    return {
      name: row.name,
      ours: sideOf(row.ours, ours),
      reference: sideOf(row.reference, reference),
      ratio,
      budget: row.budget,
      pairs,
      isWithinBudget: ratio <= row.budget,
    }
  } finally {
    await contest.close()
  }
}

interface Timed {
  readonly ms: number
  readonly work: Work
}

async function timed(job: () => Promise<Work>): Promise<Timed> {
  const start = performance.now()
  const work = await job()
  return { ms: work?.p50Ms ?? performance.now() - start, work }
}

function sideOf(what: string, jobs: readonly Timed[]): Side {
  const times = jobs.map(({ ms }) => ms)
  const medianOf = (values: readonly number[]) => (values.length === 0 ? undefined : median(values))
  return {
    what,
    medianMs: median(times),
    minMs: Math.min(...times),
    maxMs: Math.max(...times),
    requests: medianOf(jobs.flatMap(({ work }) => work?.requests ?? [])),
    p99Ms: medianOf(jobs.flatMap(({ work }) => work?.p99Ms ?? [])),
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  return (low + high) / 2
}
