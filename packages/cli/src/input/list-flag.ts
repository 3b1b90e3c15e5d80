import { parseList } from '@connect-okta/core/profiles'

/** A flag whose value is a list: it can be repeated, and one value can hold several entries. */
export const listFlag = {
  type: 'string',
  array: true,
  requiresArg: true,
  coerce: (values: readonly string[]) => values.flatMap(value => parseList(value)),
} as const
