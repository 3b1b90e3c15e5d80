import { describe, expect, it } from 'vitest'
import { measure } from './measure.js'
import type { OtherSide, Row, Work } from './row.js'
import { verdictOn, verdictText } from './verdict.js'

interface Amounts {
  readonly ours: number[]
  readonly reference: number[]
}

/** A row whose jobs say what they are told to say, one after the other, and in which order they were asked. */
function rowOf({ ours, reference }: Amounts, more: Partial<Row> & { others?: readonly OtherSide[] } = {}) {
  const order: string[] = []
  let isClosed = false
  const say = (side: string, amounts: number[]) => async (): Promise<Work> => {
    order.push(side)
    return { amount: amounts.length > 1 ? amounts.shift() : amounts[0] }
  }
  const { others = [], ...given } = more
  const row: Row = {
    name: 'a job',
    ours: 'ours',
    reference: 'theirs',
    pairs: 4,
    async prepare() {
      const close = async () => {
        isClosed = true
      }
      return { ours: say('a', ours), reference: say('b', reference), others, close }
    },
    ...given,
  }
  return { row, order, isClosed: () => isClosed }
}

const verdictOf = async (row: Row, side = 0, tolerance?: number) => {
  const result = await measure(row, row.pairs)
  const rated = result.sides[side]
  if (rated === undefined) throw new Error('there is no such side')
  return verdictText(verdictOn(rated, result, tolerance))
}

describe('measure', () => {
  it('runs the sides in turn and does not count the round that warms up', async () => {
    const { row, order } = rowOf({ ours: [900, 10, 20, 30, 40], reference: [1, 10, 10, 10, 10] })
    const { sides, reference } = await measure(row, 4)
    expect(order.join('')).toBe('ba' + 'ab' + 'ba' + 'ab' + 'ba')
    expect(sides[0]).toMatchObject({ runs: 4, median: 25, ratio: { lower: 1.75, median: 2.5, upper: 3.25 } })
    expect(reference).toMatchObject({ what: 'theirs', median: 10 })
  })

  it('does not warm up when the row is exact', async () => {
    const { row, order } = rowOf({ ours: [1], reference: [1] }, { isExact: true })
    await measure(row, 1)
    expect(order).toEqual(['a', 'b'])
  })

  it('measures the time when a job returns no amount', async () => {
    const { row } = rowOf({ ours: [1], reference: [1] })
    const comparison = { ours: async () => undefined, reference: async () => undefined, close: async () => {} }
    const { sides, unit } = await measure({ ...row, prepare: async () => comparison }, 1)
    expect(unit).toBe('ms')
    expect(sides[0]?.median).toBeGreaterThanOrEqual(0)
  })

  it('closes the row when a side fails', async () => {
    const { row, isClosed } = rowOf({ ours: [1], reference: [1] })
    const failing: Row = {
      ...row,
      prepare: async () => ({ ...(await row.prepare()), ours: () => Promise.reject(new Error('broken')) }),
    }
    await expect(measure(failing, 1)).rejects.toThrow('broken')
    expect(isClosed()).toBe(true)
  })
})

describe('verdictOn', () => {
  it.each([
    { ours: 11, budget: 1.1, words: 'within' },
    { ours: 12, budget: 1.1, words: 'OVER' },
    { ours: 6, budget: 0.6, better: 'more' as const, words: 'within' },
    { ours: 5, budget: 0.6, better: 'more' as const, words: 'OVER' },
    { ours: Number.NaN, budget: 1, words: 'OVER' },
    { ours: Number.NaN, budget: 1, better: 'more' as const, words: 'OVER' },
    { ours: 12, words: '' },
  ])('of $ours to 10 with a budget of $budget is "$words"', async ({ ours, words, ...more }) => {
    expect(await verdictOf(rowOf({ ours: [ours], reference: [10] }, more).row)).toBe(words)
  })

  it('compares ours with the alternative', async () => {
    const against = (ours: number[], better: Row['better'] = 'less') =>
      verdictOf(rowOf({ ours: [10, ...ours], reference: [10] }, { against: 'peer', better }).row)
    expect(await against([12, 13, 12, 13])).toBe('behind')
    expect(await against([8, 9, 8, 9])).toBe('ahead')
    expect(await against([8, 12, 8, 12])).toBe('level')
    expect(await against([12, 13, 12, 13], 'more')).toBe('ahead')
  })

  it('reports only a large miss that the better runs show too when there is a tolerance', async () => {
    const tolerant = (...ours: number[]) =>
      verdictOf(rowOf({ ours: [10, ...ours], reference: [10] }, { budget: 1.1 }).row, 0, 2)
    expect(await tolerant(20, 20, 20, 20)).toBe('within')
    expect(await tolerant(20, 20, 90, 90)).toBe('within')
    expect(await tolerant(23, 23, 23, 23)).toBe('OVER')
  })

  it('applies to each other side that has a budget', async () => {
    const others = [
      { what: 'a peer', run: async () => ({ amount: 30 }) },
      { what: 'more of ours', budget: 1.5, run: async () => ({ amount: 16 }) },
    ]
    const { row } = rowOf({ ours: [10], reference: [10] }, { budget: 1.1, others })
    expect(await Promise.all([0, 1, 2].map(side => verdictOf(row, side)))).toEqual(['within', '', 'OVER'])
  })

  it('fails when ours sends more requests than the reference, even if it is faster', async () => {
    const { row } = rowOf({ ours: [1], reference: [1] })
    const comparison = (ours: number) => ({
      ours: async () => ({ amount: 1, requests: ours }),
      reference: async () => ({ amount: 10, requests: 20 }),
      close: async () => {},
    })
    const verdict = (ours: number) => verdictOf({ ...row, budget: 1.1, prepare: async () => comparison(ours) }, 0, 2)
    expect(await verdict(20)).toBe('within')
    expect(await verdict(21)).toBe('OVER')
  })
})
