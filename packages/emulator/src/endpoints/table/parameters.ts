import { ApiError } from '../../http/errors.js'
import type { Exchange } from '../../http/exchange.js'
import { validationError } from '../../http/validation-error.js'

/**
 * A query parameter of an endpoint: implemented; documented by Okta without effect on the response (`accepted`); or
 * documented by Okta and not implemented (`refused`).
 */
export interface Parameter<T = unknown> {
  readonly name: string
  readonly support: 'implemented' | 'accepted' | 'refused'
  /** What the parameter does, for the reference. */
  readonly description: string
  /** A value that is rejected, for tests. Undefined when every text is valid, or when the handler checks the value. */
  readonly invalid?: string
  /** Parses the value. Throws Okta's error when it is invalid. */
  parse(value: string | undefined): T
}

const values = new WeakMap<Exchange, Map<Parameter, unknown>>()

/** Returns the value of a query parameter that the endpoint declares. */
export function queryValue<T>(exchange: Exchange, parameter: Parameter<T>): T {
  const parsed = values.get(exchange)
  if (parsed?.has(parameter) !== true) throw new Error(`This endpoint does not declare ${parameter.name}.`)
  return parsed.get(parameter) as T
}

/** A text. Every value is valid here; the handler can reject it. */
export function text(name: string, description: string): Parameter<string | undefined> {
  return { name, support: 'implemented', description, parse: value => value }
}

/**
 * A text that the handler checks.
 *
 * @param invalid a value that is rejected, for tests
 */
export function checked(name: string, invalid: string, description: string): Parameter<string | undefined> {
  return { ...text(name, description), invalid }
}

/** `true` or `false`. */
export function flag(name: string, initial: boolean, description: string): Parameter<boolean> {
  return {
    name,
    support: 'implemented',
    description: `${description} Default: \`${initial}\`.`,
    invalid: 'perhaps',
    parse(value) {
      if (value === undefined) return initial
      if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
      throw typeMismatch(name)
    },
  }
}

/** One of several texts. */
export function choice<T extends string>(
  name: string,
  choices: readonly T[],
  description: string,
): Parameter<T | undefined> {
  return {
    name,
    support: 'implemented',
    description: `${description} ${choices.map(one => `\`${one}\``).join(' or ')}.`,
    invalid: 'none-of-these',
    parse(value) {
      const found = choices.find(one => one === value)
      if (value !== undefined && found === undefined) {
        throw invalidParameter(name, `The value must be ${choices.join(' or ')}.`)
      }
      return found
    },
  }
}

/** A parameter that Okta documents, and that has no effect on the response of the emulator. */
export function accepted(name: string, description: string): Parameter<string | undefined> {
  return { name, support: 'accepted', description, parse: value => value }
}

/** A parameter that Okta documents, and that the emulator does not implement. */
export function refused(name: string): Parameter<undefined> {
  return {
    name,
    support: 'refused',
    description: '',
    invalid: 'any',
    parse(value) {
      if (value !== undefined) throw invalidParameter(name, 'The emulator does not support this parameter.')
      return undefined
    },
  }
}

/**
 * Checks the query of an API request. Each name must be declared and given once. Okta ignores unknown names; the emulator
 * rejects them, so that no parameter has a silent effect on a test.
 */
export function readQuery(exchange: Exchange, parameters: readonly Parameter[]): void {
  const query = new URLSearchParams(exchange.ctx.querystring)
  for (const name of new Set(query.keys())) {
    if (query.getAll(name).length > 1) throw invalidParameter(name, 'The parameter is given more than once.')
    if (!parameters.some(parameter => parameter.name === name)) {
      throw invalidParameter(name, 'The emulator does not know this parameter.')
    }
  }
  values.set(
    exchange,
    new Map(parameters.map(parameter => [parameter, parameter.parse(query.get(parameter.name) ?? undefined)])),
  )
}

/** The error for a query parameter. That Okta uses this code for all of them is inferred. */
export function invalidParameter(name: string, problem: string): ApiError {
  return validationError('RequestParams', `${name}: ${problem}`)
}

/** The error for a value of the wrong type. The code is in Okta's list of errors; that it is for this case is inferred. */
function typeMismatch(name: string): ApiError {
  return new ApiError('E0000037', `Type mismatch exception.  ${name}`)
}
