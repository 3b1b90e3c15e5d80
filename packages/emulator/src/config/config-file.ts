import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml'
import { configSchema } from './config-schema.js'
import { fieldName } from './field-name.js'
import type { EmulatorOptions } from './options.js'

/** An invalid configuration file. The message names every invalid field, and its line. */
export class ConfigError extends Error {}

/**
 * Parses a configuration file: {@link EmulatorOptions} without `tls`, as YAML or JSON.
 *
 * @throws {ConfigError}
 */
export function parseConfig(text: string): EmulatorOptions {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new ConfigError(`line ${line}, column ${col}: ${error.message.replace(/[.:]?$/, '.')}`, { cause: error })
  }
  const result = configSchema.safeParse(toValue(document))
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message, ...issue }) => {
    // An unknown field is in the message, not in the path.
    const [unknown] = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : []
    const offset = offsetOf(document, unknown === undefined ? path : [...path, unknown])
    const line = offset === undefined ? '' : `line ${lines.linePos(offset).line}: `
    return `${line}${fieldName(path)}: ${message}`
  })
  throw new ConfigError(problems.join('\n'), { cause: result.error })
}

function toValue(document: Document): unknown {
  try {
    return document.toJS() ?? {}
  } catch (cause) {
    // For example an alias without its anchor. The message does not quote the file, which may contain secrets.
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** Where a field is in the file. A field that is missing is where the object is that should have it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length)
    const parent = length === 1 ? document.contents : document.getIn(steps.slice(0, -1), true)
    const pair = isMap(parent)
      ? parent.items.find(item => isPair(item) && String(item.key) === steps.at(-1))
      : undefined
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0]
    const node = document.getIn(steps, true)
    if (isNode(node)) return node.range?.[0]
  }
  return undefined
}
