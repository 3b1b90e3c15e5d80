import { hasPlaceholder, parseList } from '@connect-okta/core/profiles'
import { z } from 'zod'
import { durationPattern } from './duration.js'

/** The rule that an unresolved placeholder breaks. */
export const placeholderRule = 'contains an unresolved placeholder: set the actual value'

/** A text that is not empty, and in which every placeholder was replaced. */
export const text = z
  .string()
  .min(1)
  .refine(one => !hasPlaceholder(one), placeholderRule)

// The published schema describes only the second argument of `preprocess`. The first one converts other formats to it.

/** A list of at least one entry, or one text with its entries: separated as in every other list. */
export function listOf<T extends z.ZodType>(entry: T) {
  return z.preprocess(entriesIn, z.array(entry).min(1))
}

/** A reference to a secret. */
export const reference = z
  .union(
    [z.strictObject({ file: text }), z.strictObject({ keyring: text })],
    'must be a reference to a secret: { file: PATH } or { keyring: NAME }',
  )
  .describe('A reference to a secret: { file: PATH }, relative to the folder of this file, or { keyring: NAME }.')

type JsonSchema = z.core.JSONSchema.BaseSchema

// The shorter form of a setting, for the published schema.
const shorthands = new WeakMap<object, (full: JsonSchema) => JsonSchema>()

/** One entry, or a list of at least one. */
export function oneOrMore<T extends z.ZodType>(entry: T) {
  const list = z.array(entry).min(1)
  shorthands.set(list, ({ items }) => items as JsonSchema)
  return z.preprocess(given => (given === undefined ? given : [given].flat()), list)
}

/** A map of settings, or the text of one of them. */
export function withShorthand<T extends z.ZodObject>(settings: T, name: keyof T['shape'] & string) {
  shorthands.set(settings, ({ properties }) => properties?.[name] as JsonSchema)
  return z.preprocess(given => (typeof given === 'string' ? { [name]: given } : given), settings)
}

/** Adds the shorter form of a setting to the published schema. */
export function describeShorthand({ zodSchema, jsonSchema }: { zodSchema: object; jsonSchema: JsonSchema }): void {
  const shorthand = shorthands.get(zodSchema)
  if (shorthand === undefined) return
  const full = { ...jsonSchema }
  for (const name of Object.keys(full)) delete jsonSchema[name]
  jsonSchema.anyOf = [shorthand(full), full]
}

const durationRule = 'must be a duration such as 90s, 5m, 1h or 30d'
/** A duration, see {@link durationPattern}. */
export const duration = z.string(durationRule).regex(durationPattern, durationRule)

/** The entries of a text, or the given value. */
export function entriesIn(given: unknown): unknown {
  return typeof given === 'string' ? parseList(given) : given
}

/** One of several words, in upper or lower case. */
export function word<const T extends readonly [string, ...string[]]>(words: T) {
  const lowerCase = (given: unknown) => (typeof given === 'string' ? given.trim().toLowerCase() : given)
  return z.preprocess(lowerCase, z.enum(words, `must be one of ${words.join(', ')}`))
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

/** A boolean, also in quotes, or as `yes` and `no`, which are texts in YAML 1.2. */
export const flag = z.preprocess(
  given => (typeof given === 'string' ? (booleans[given.trim().toLowerCase()] ?? given) : given),
  z.boolean('must be true or false'),
)

/** A whole number above 0, also in quotes. */
export const count = z.preprocess(numberIn, z.int('must be a whole number').positive('must be greater than 0'))

/** The number that a text consists of, or the given value. */
export function numberIn(given: unknown): unknown {
  return typeof given === 'string' && /^\s*\d{1,15}\s*$/.test(given) ? Number(given) : given
}

/** The rule that a setting without a value breaks. */
export const emptyRule = 'is empty: set it, or remove it'

/** The rule that a value breaks, if its setting has no message of its own. Without the value, which may be a secret. */
export function brokenRule(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'too_small') return 'is empty'
  if (issue.code === 'invalid_key') return issue.issues[0]?.message
  if (issue.code !== 'invalid_type') return undefined
  if (issue.input === null) return emptyRule
  if (issue.input === undefined) return 'is missing'
  switch (issue.expected) {
    case 'string':
      return 'must be a string: use quotes'
    case 'array':
      return 'must be a list'
    case 'object':
    case 'record':
      return 'must be a map of settings'
    default:
      return undefined
  }
}
