import { isIP } from 'node:net'
import { z } from 'zod'
import { entriesIn, numberIn } from './values.js'

const proxiesInvalid =
  'must list the address of each proxy, such as [10.0.0.5], or be the number of proxies; networks are not accepted, because ' +
  'every machine in a network could forge the address of a client'

const address = z.string().refine(one => isIP(one) !== 0, proxiesInvalid)
/** The addresses of proxies, or their number. */
export const proxies = z.preprocess(
  proxiesIn,
  z.union([z.int().min(1).max(10), z.array(address).min(1)], proxiesInvalid),
)

// One text is a number, or has several addresses. On the command line, each option is an entry.
function proxiesIn(given: unknown): unknown {
  const entries = [given].flat().flatMap(entriesIn)
  const [first, ...others] = entries.map(numberIn)
  return others.length === 0 && typeof first === 'number' ? first : entries
}
