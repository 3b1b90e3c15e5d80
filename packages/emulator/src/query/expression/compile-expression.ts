import { ExpressionError } from './expression-error.js'
import {
  type ComparisonOperator,
  type Condition,
  type Expression,
  type Literal,
  parseExpression,
} from './parse-expression.js'
import { checkExpression, type ExpressionRules } from './rules.js'

/** Whether a JSON object, as the API returns it, matches. */
export type Predicate = (resource: object) => boolean

/**
 * Turns the text of a `filter` or `search` parameter into a predicate.
 *
 * @throws {ApiError} Okta's answer to an expression that is malformed or that the list does not support
 * @example users.filter(compileExpression('profile.login eq "ada@example.com"', USERS_FILTER))
 */
export function compileExpression(text: string, rules: ExpressionRules): Predicate {
  try {
    const expression = parseExpression(text)
    checkExpression(expression, rules)
    return predicate(expression, rules)
  } catch (error) {
    throw error instanceof ExpressionError ? rules.toApiError(error, text) : error
  }
}

/** The values of a property. A path through an array has the values of all its elements. */
export function valuesAt(resource: unknown, path: readonly string[]): unknown[] {
  let values = [resource].flat()
  for (const name of path) {
    values = values.flatMap(value => {
      const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      return isObject ? [(value as Record<string, unknown>)[name]].flat() : []
    })
  }
  return values
}

function predicate(expression: Expression, rules: ExpressionRules): Predicate {
  switch (expression.kind) {
    case 'condition':
      return conditionPredicate(expression, rules)
    case 'not': {
      const term = predicate(expression.term, rules)
      return resource => !term(resource)
    }
    default: {
      const terms = expression.terms.map(term => predicate(term, rules))
      return expression.kind === 'and'
        ? resource => terms.every(term => term(resource))
        : resource => terms.some(term => term(resource))
    }
  }
}

function conditionPredicate({ attribute, operator, value: literal }: Condition, rules: ExpressionRules): Predicate {
  const property = rules.property(attribute)
  const path = (property?.path ?? attribute).split('.')
  if (operator === 'pr' || literal === undefined) return resource => valuesAt(resource, path).some(isPresent)

  const isDate = property?.type === 'date'
  const comparable = (value: unknown) => toComparable(value, { isDate, ignoresCase: rules.ignoresCase })
  const operand = comparable(literal) as Literal
  return resource => {
    const values = valuesAt(resource, path).map(comparable)
    // A missing value differs from any value.
    if (operator === 'ne') return values.length === 0 || values.some(value => value !== operand)
    return values.some(value => typeof value === typeof operand && compare(value as Literal, operator, operand))
  }
}

function toComparable(value: unknown, { isDate, ignoresCase }: { isDate: boolean; ignoresCase: boolean }): unknown {
  if (typeof value !== 'string') return value
  if (isDate) return Date.parse(value)
  return ignoresCase ? value.toLowerCase() : value
}

function compare(value: Literal, operator: Exclude<ComparisonOperator, 'ne'>, operand: Literal): boolean {
  switch (operator) {
    case 'eq':
      return value === operand
    case 'gt':
      return value > operand
    case 'ge':
      return value >= operand
    case 'lt':
      return value < operand
    case 'le':
      return value <= operand
    case 'co':
      return String(value).includes(String(operand))
    case 'sw':
      return String(value).startsWith(String(operand))
    case 'ew':
      return String(value).endsWith(String(operand))
  }
}

function isPresent(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.values(value).some(isPresent)
}
