/** Writes `-h`, `-?`, `-V`, `help`, `help COMMAND` and `version`, which other programs accept, in the form of this program. */
export function spelled(args: readonly string[]): readonly string[] {
  // No flag accepts them as its value.
  const words = args.map(word => (/^-[h?]$/.test(word) ? '--help' : word === '-V' ? '--version' : word))
  const [first, name] = words
  if (first === 'version') return ['--version', ...words.slice(1)]
  if (first === '/?') return ['--help']
  if (first !== 'help') return words
  return name === undefined || name === '--help' ? ['--help'] : [...words.slice(1), '--help']
}
