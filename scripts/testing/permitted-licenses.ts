/** Licenses that allow distribution with a program under the MIT license. */
export const permittedLicenses: readonly string[] = [
  ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense'],
]

/** Returns the licenses that a file with third-party notices names. */
export function licensesIn(notices: string): readonly string[] {
  return [...notices.matchAll(/^-{80}\n\S+ \S+ \((.+)\)\n-{80}$/gm)].map(([, license = '']) => license)
}
