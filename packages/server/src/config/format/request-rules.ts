import { hasPlaceholder } from '@connect-okta/core/profiles'
import { z } from 'zod'
import { hasValidWildcards, plainRule } from '../../clients/request-rule.js'
import { placeholderRule } from './values.js'

const form = /^(\*|[A-Z]+(,[A-Z]+)*) \/\S*$/

// The first that matches applies. None repeats the rule, which may be a misplaced secret.
const mistakes: readonly (readonly [(rule: string) => boolean, string])[] = [
  [rule => /[/]\{\w+\}/.test(rule), 'has the name of a parameter: use * for one segment: "GET /api/v1/users/*"'],
  [hasPlaceholder, placeholderRule],
  [rule => /[,;\s][A-Za-z*]+\s+\//.test(rule.replace(/^[^/]*/, '')), 'has several rules: put one rule in each line'],
  [rule => /^\S+\s+https?:/i.test(rule), 'has a URL: the path begins with a slash: "GET /api/v1/users/**"'],
  [rule => !form.test(rule), 'must be a rule such as "GET /api/v1/users/**"'],
  [rule => /[?#]/.test(rule), 'has a query: a rule has no query, and permits every query of its path'],
  [rule => !hasValidWildcards(rule), '"**" is only allowed as the last segment: "GET /api/v1/users/**"'],
]

const rule = z
  .string()
  .superRefine((text, context) => {
    const message = mistakes.find(([applies]) => applies(text))?.[1]
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .meta({ minLength: 1, pattern: form.source })

/** A list of rules, or one text with a rule in each line. */
export const requestRules = z.preprocess(rulesIn, z.array(rule).min(1))

function rulesIn(given: unknown): unknown {
  const rules = typeof given === 'string' ? given.trim().split(/[\r\n]+/) : given
  return Array.isArray(rules) ? rules.map(one => (typeof one === 'string' ? plainRule(one) : one)) : rules
}
