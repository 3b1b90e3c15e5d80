import { parse } from 'yaml'
import { configSchema } from './config-schema.js'
import type { EmulatorOptions } from './options.js'

/** An invalid configuration file. The message names every invalid field. */
export class ConfigError extends Error {}

/**
 * Parses a configuration file: {@link EmulatorOptions} without `tls`, as YAML or JSON.
 *
 * @throws {ConfigError}
 */
export function parseConfig(text: string): EmulatorOptions {
  let raw: unknown
  try {
    raw = parse(text)
  } catch (cause) {
    // The lines that follow quote the file, which may contain secrets.
    const [problem = ''] = String(cause instanceof Error ? cause.message : cause).split('\n')
    throw new ConfigError(problem.replace(/:$/, '.'), { cause })
  }
  const result = configSchema.safeParse(raw ?? {})
  if (result.success) return result.data
  const problems = result.error.issues.map(issue => `${fieldName(issue.path)}: ${issue.message}`)
  throw new ConfigError(problems.join('\n'), { cause: result.error })
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return name.replace(/^\./, '') || '(the file)'
}
