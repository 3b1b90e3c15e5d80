import type { Document } from 'yaml'
import { type OktaConnectError, optionsInvalid } from '../errors.js'

const maxCharacters = 1024 * 1024
// A few hundred bytes of nested aliases can expand to gigabytes.
const maxAliases = 20

/**
 * Parses a configuration file in YAML 1.2, with limits to its size and to aliases.
 *
 * @param place the path of the file, or another source of the text, for error messages.
 * @throws {@link OktaConnectError} `options_invalid` with the line of the fault
 * @see https://yaml.org/spec/1.2.2/
 * @example
 * const content = await parseYaml(await readFile('settings.yaml', 'utf8'), 'settings.yaml')
 */
export async function parseYaml(text: string, place: string): Promise<unknown> {
  return yamlContent(await parseYamlDocument(text, place), place)
}

/**
 * Parses YAML into a document that can be edited: its comments and the order of its keys stay.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function parseYamlDocument(text: string, place: string): Promise<Document.Parsed> {
  if (text.length > maxCharacters) throw optionsInvalid(`${place}: The file is too large.`, 'The limit is 1 MiB.')
  const { parseDocument } = await import('yaml')
  // Warnings would print lines of the file to stderr, and a line may contain a secret.
  // The parser does not accept a carriage return alone, which YAML 1.2 §5.4 allows.
  const document = parseDocument(text.replace(/\r(?!\n)/g, '\n'), { logLevel: 'error', merge: true })
  const [error] = document.errors
  if (error !== undefined) throw notYaml(place, error)
  return document
}

/**
 * Converts a document to plain values.
 *
 * @throws {@link OktaConnectError} `options_invalid` for too many aliases
 */
export function yamlContent(document: Document.Parsed, place: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch (error) {
    throw notYaml(place, error)
  }
}

/** Hints for the error codes of the parser. Its messages contain lines of the file. */
const parserErrors: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  BAD_DQ_ESCAPE: [
    'a backslash in double quotes starts an escape sequence',
    'Write a Windows path in single quotes, without quotes, or with slashes.',
  ],
  TAB_AS_INDENT: ['the line is indented with a tab', 'Indent with spaces.'],
  DUPLICATE_KEY: ['a key occurs twice', 'Remove one of them.'],
  MISSING_CHAR: ['a quote or a bracket is missing', 'Add the missing quote or bracket.'],
}

function notYaml(place: string, error: unknown): OktaConnectError {
  const { linePos, code = '' } = error as { linePos?: readonly { line: number }[]; code?: string }
  const line = linePos?.[0] === undefined ? '' : `, line ${linePos[0].line}`
  const [problem, hint] = parserErrors[code] ?? ['it is not YAML', 'Fix the syntax of the file.']
  return optionsInvalid(`${place}${line}: ${problem}.`, hint)
}
