import { quoted } from '@connect-okta/core/keys'
import { connectionFlags } from '../connection/connection-flags.js'

const listFlags = new Set(['--scopes', '--scope'])
const selectingFlags = new Set([
  ...Object.keys(connectionFlags).map(name => `--${name}`),
  ...['--client', '--scope', '--store'],
])

/**
 * Returns the flags of a command line that select a connection or a store, for the command line of a hint.
 *
 * @returns each flag with a space before it; `''` if there are none, or one may have a secret.
 */
export function selectionFlags(args: readonly string[]): string {
  const words: string[] = []
  // The flag whose values follow.
  let flag = ''
  for (const word of args) {
    if (/^-./.test(word)) {
      const [name = '', ...value] = word.split('=')
      const isSelecting = selectingFlags.has(name)
      if (isSelecting && !isShown(name, value.join('='))) return ''
      if (isSelecting) words.push(word)
      flag = isSelecting && name === word ? name : ''
    } else if (flag !== '' && !(listFlags.has(flag) && /^(\/|https?:)/.test(word))) {
      if (!isShown(flag, word)) return ''
      words.push(word)
      if (!listFlags.has(flag)) flag = ''
    } else {
      flag = ''
    }
  }
  return asWords(words)
}

// A secret in place of a file was not a file, which is reported before.
function isShown(flag: string, value: string): boolean {
  return flag.endsWith('-file') || !quoted(value).startsWith('(')
}

/** Writes words for a command line of a shell, with a space before each. Returns `''` if one cannot be written. */
export function asWords(words: readonly string[]): string {
  if (words.some(word => /[\p{Cc}\p{Cf}"$`!\\]/u.test(word) && !/^[A-Za-z]:\\[\w.\\-]+$/.test(word))) return ''
  return words.map(word => (/^[\w@%+=:,./\\~-]+$/.test(word) ? ` ${word}` : ` "${word}"`)).join('')
}
