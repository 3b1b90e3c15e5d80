import { distance } from 'fastest-levenshtein'

/**
 * Returns the most similar name in a list of one, or an empty list if none is similar.
 *
 * @param share the share of letters that may differ. Default: two letters of a short word make it another word.
 */
export function nearest(given: string, names: readonly string[], share = 1 / 3): readonly string[] {
  const [best] = names.map(name => ({ name, far: distance(given, name) })).sort((a, b) => a.far - b.far)
  const isNear = best !== undefined && given !== '' && best.far <= Math.max(1, Math.floor(given.length * share))
  return isNear ? [best.name] : []
}
