import { type Command, commonFlags, type Flag, type FlagTable } from '../command.js'
import { commandOf } from '../command-line/command-flags.js'
import { commandList, type ListedCommand } from '../command-list.js'
import { connectionFlags } from '../connection/connection-flags.js'
import { styled, type Text } from '../output/terminal.js'
import { wrapWords } from '../output/text/wrap-words.js'

const maxColumns = 100
const maxNameColumns = 30

/** A flag, an argument or a command, and what it does. */
type Entry = readonly [name: string, meaning: string]

const help: FlagTable = { help: { type: 'boolean', alias: 'h', describe: 'Show this help' } }
const version: FlagTable = { version: { type: 'boolean', alias: 'V', describe: 'Show the version' } }

/**
 * Renders the help for a command line: that of its command, or of the program if it has only flags.
 *
 * @param columns the width of the terminal. Lines have up to 100 characters.
 * @returns `undefined` for an unknown command.
 */
export async function renderHelp(args: readonly string[], columns: number): Promise<readonly Text[] | undefined> {
  const { listed, command } = await commandOf(args)
  if (listed !== undefined && command !== undefined) return renderCommandHelp(listed, command, columns)
  return args[0] === undefined || args[0].startsWith('-') ? renderProgramHelp(columns) : undefined
}

function renderProgramHelp(columns: number): readonly Text[] {
  const entries = (isCommon: boolean) =>
    commandList
      .filter(listed => (listed.isCommon ?? false) === isCommon)
      .map(({ usage, describe }): Entry => [usage.split(' ')[0] ?? usage, describe])
  const { store, ...common } = commonFlags
  return [
    'Get access tokens for Okta APIs.\n\nUsage: connect-okta COMMAND [OPTIONS]\n',
    ...sections(
      {
        'Common commands': entries(true),
        'Other commands': entries(false),
        'Global options': flagEntries({ ...common, store, ...help, ...version }),
      },
      columns,
    ),
    ...examples([
      ['$0 login', 'Sign in. Prompts for missing values'],
      ['$0 api /api/v1/users/me', 'Call the Okta API'],
    ]),
    '\n\nFor help with a command: connect-okta COMMAND --help',
    '\nDocumentation: https://connect-okta.github.io/connect-okta/cli',
  ]
}

function renderCommandHelp(
  { usage, shownUsage = usage, describe }: ListedCommand,
  { options = {}, positionals = {}, hasConnectionFlags, programUsage = '', ...command }: Omit<Command<never>, 'run'>,
  columns: number,
): readonly Text[] {
  const isOfConnection = (name: string) => hasConnectionFlags === true && name in connectionFlags
  const all = Object.entries({ ...(hasConnectionFlags && connectionFlags), ...options })
  const own: FlagTable = Object.fromEntries(all.filter(([name]) => !isOfConnection(name)))
  const connection: FlagTable = Object.fromEntries(all.filter(([name]) => isOfConnection(name)))
  return [
    `${describe}.\n\nUsage: ${['connect-okta', shownUsage, '[OPTIONS]', programUsage].join(' ').trimEnd()}\n`,
    ...sections(
      {
        Arguments: Object.entries(positionals).map(([one, { describe = '', choices }]): Entry => {
          return [one.toUpperCase(), withNote(describe, choices === undefined ? '' : `one of ${choices.join(', ')}`)]
        }),
        Options: flagEntries(own, false),
        'Connection options': flagEntries(connection, false),
        'Global options': flagEntries({ ...commonFlags, ...help }, false),
        'Advanced options': flagEntries({ ...own, ...connection, ...commonFlags }, true),
      },
      columns,
    ),
    ...examples(command.examples),
  ]
}

function sections(entries: Readonly<Record<string, readonly Entry[]>>, columns: number): readonly Text[] {
  const shown = Object.entries(entries).filter(([, list]) => list.length > 0)
  const names = shown.flatMap(([, list]) => list.map(([name]) => name.length))
  const nameColumns = Math.min(maxNameColumns, Math.max(...names)) + 4
  const width = Math.min(maxColumns, columns)
  return shown.flatMap(([title, list]) => [
    styled('bold', `\n${title}:`),
    `\n${list.map(entry => renderEntry(entry, nameColumns, width)).join('\n')}\n`,
  ])
}

function renderEntry([name, meaning]: Entry, nameColumns: number, width: number): string {
  const indent = ' '.repeat(nameColumns)
  const start = name.length + 4 > nameColumns ? `  ${name}\n${indent}` : `  ${name}`.padEnd(nameColumns)
  return wrapWords(`${start}${meaning}`, width, nameColumns)
}

function flagEntries(table: FlagTable, isAdvanced?: boolean): readonly Entry[] {
  return Object.entries(table)
    .filter(([, { hidden }]) => hidden !== true)
    .filter(([, flag]) => isAdvanced === undefined || (flag.isAdvanced ?? false) === isAdvanced)
    .map(([name, flag]) => [flagName(name, flag), withNote(flag.describe ?? '', noteOn(flag))])
}

// A switch that is on by default is written in its negated form.
function flagName(name: string, { type, alias, valueName, choices, default: initial }: Flag): string {
  const names = [typeof alias === 'string' ? alias : [], initial === true ? `no-${name}` : name].flat()
  const [short] = names.filter(one => one.length === 1)
  const long = names.filter(one => one.length > 1).reverse()
  const value = type === 'boolean' ? '' : ` ${valueName ?? choices?.join('|') ?? 'VALUE'}`
  return `${short === undefined ? '    ' : `-${short}, `}${long.map(one => `--${one}`).join(', ')}${value}`
}

function noteOn({ type, choices, valueName, default: initial }: Flag): string {
  const accepted = choices === undefined || valueName === undefined ? [] : [`one of ${choices.join(', ')}`]
  return [...accepted, ...(type === 'boolean' || initial === undefined ? [] : [`default: ${initial}`])].join('; ')
}

function withNote(text: string, note: string): string {
  return note === '' ? text : `${text} (${note})`
}

function examples(list: Command<never>['examples']): readonly Text[] {
  const lines = list.map(
    ([commandLine, meaning]) => `  # ${meaning}\n  ${commandLine.replaceAll('$0', 'connect-okta')}`,
  )
  return [styled('bold', '\nExamples:'), `\n${lines.join('\n')}`]
}
