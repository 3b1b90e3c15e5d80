import { distance } from 'fastest-levenshtein'

/** Returns the most similar name in a list of one, or an empty list if none is similar. */
export function nearest(given: string, names: readonly string[]): readonly string[] {
  const [best] = names.map(name => ({ name, far: distance(given, name) })).sort((a, b) => a.far - b.far)
  // Two different letters in a short word make it another word.
  const isNear = best !== undefined && given !== '' && best.far <= Math.max(1, Math.floor(given.length / 3))
  return isNear ? [best.name] : []
}
