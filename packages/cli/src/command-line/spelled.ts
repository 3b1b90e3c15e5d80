/** Writes `-h`, `help`, `help COMMAND` and `version`, which other programs have, as this program does. */
export function spelled(args: readonly string[]): readonly string[] {
  // No flag accepts -h as its value.
  const words = args.map(word => (word === '-h' ? '--help' : word))
  const [first, name] = words
  if (first === 'version' && words.length === 1) return ['--version']
  if (first !== 'help') return words
  return name === undefined || name === '--help' ? ['--help'] : [...words.slice(1), '--help']
}
