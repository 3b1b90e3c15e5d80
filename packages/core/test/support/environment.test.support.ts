/**
 * Remembers the environment of this process. What it gives puts it back, in place: another object for `process.env`
 * would be one that native code, such as the keyring's, does not see.
 */
export function rememberEnvironment(): () => void {
  const before = { ...process.env }
  return () => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, before)
  }
}
