import type { ApiError } from '../../http/errors.js'
import { ExpressionError } from './expression-error.js'
import type { Condition, Expression, Operator } from './parse-expression.js'

/** A property that expressions of a list can name. The type `any` is for custom attributes: string, number or boolean. */
export interface Property {
  readonly type: 'string' | 'date' | 'boolean' | 'any'
  readonly operators: readonly Operator[]
  /** The path of the property in the JSON object. Default: its name. */
  readonly path?: string
}

/** What a list supports in its `filter` or `search` parameter. */
export interface ExpressionRules {
  /** The property with a name, which is case-sensitive. Undefined if the list does not support it. */
  readonly property: (name: string) => Property | undefined
  readonly allowsNot: boolean
  /** Whether string values are compared without regard to case. */
  readonly ignoresCase: boolean
  /** Okta's answer to an invalid expression. */
  readonly toApiError: (error: ExpressionError, text: string) => ApiError
}

const TEXT_OPERATORS: readonly Operator[] = ['co', 'sw', 'ew']
const ISO_DATE = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

/** Whether a text is a date and time in ISO 8601 format with a time zone. */
export function isIsoDate(text: string): boolean {
  const day = ISO_DATE.exec(text)?.[1]
  // V8 accepts 30 February, as 1 March.
  return day !== undefined && !Number.isNaN(Date.parse(text)) && new Date(day).toISOString().startsWith(day)
}

/**
 * Checks a parsed expression against the rules of a list.
 *
 * @throws {ExpressionError}
 */
export function checkExpression(expression: Expression, rules: ExpressionRules): void {
  switch (expression.kind) {
    case 'condition':
      checkCondition(expression, rules)
      break
    case 'not':
      if (!rules.allowsNot) throw new ExpressionError('syntax', 'not', expression.position)
      checkExpression(expression.term, rules)
      break
    default:
      for (const term of expression.terms) checkExpression(term, rules)
  }
}

function checkCondition(condition: Condition, rules: ExpressionRules): void {
  const { attribute, operator, value, position, operatorPosition } = condition
  const property = rules.property(attribute)
  if (property === undefined) throw new ExpressionError('property', attribute, position)
  if (!property.operators.includes(operator)) {
    throw new ExpressionError('combination', operator, operatorPosition, attribute)
  }
  if (value === undefined) return
  const expected = property.type === 'any' ? anyType(operator) : [property.type === 'date' ? 'string' : property.type]
  if (!expected.includes(typeof value)) throw new ExpressionError('value', String(value), operatorPosition, attribute)
  if (property.type === 'date' && !isIsoDate(String(value))) {
    throw new ExpressionError('date', String(value), operatorPosition, attribute)
  }
}

function anyType(operator: Operator): string[] {
  if (TEXT_OPERATORS.includes(operator)) return ['string']
  return operator === 'eq' || operator === 'ne' ? ['string', 'number', 'boolean'] : ['string', 'number']
}
