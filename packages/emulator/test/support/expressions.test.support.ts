import { ApiError } from '../../src/http/errors/errors.js'
import { compileExpression } from '../../src/query/expression/compile-expression.js'
import type { ExpressionRules } from '../../src/query/expression/rules.js'

/** A user of the management API. */
export const ada = {
  id: '00uada',
  status: 'ACTIVE',
  created: '2024-03-01T10:00:00.000Z',
  activated: null,
  lastUpdated: '2024-03-01T10:00:00.000Z',
  type: { id: 'oty1' },
  profile: {
    firstName: 'Ada',
    lastName: 'Lovelace',
    login: 'ada@example.com',
    email: 'ada@example.com',
    mobilePhone: null,
    city: 'isáàc',
    badges: ['Blue', 'green'],
    level: 7,
    isRemote: true,
  },
}
/** Whether a resource matches an expression. */
export function matches(text: string, rules: ExpressionRules, resource: object = ada): boolean {
  return compileExpression(text, rules)(resource)
}

/** The error for an expression. */
export function apiError(text: string, rules: ExpressionRules): ApiError {
  try {
    compileExpression(text, rules)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error(`No error for ${text}`)
}
