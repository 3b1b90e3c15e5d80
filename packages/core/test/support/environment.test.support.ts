/**
 * Saves the environment of this process and returns a function that restores it. The function changes `process.env` in
 * place: native code such as the keyring's does not see an object that replaces it.
 */
export function saveEnvironment(): () => void {
  const saved = { ...process.env }
  return () => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, saved)
  }
}

/** Runs `use` with these variables added to the environment of this process. */
export async function withEnvironment<T>(variables: NodeJS.ProcessEnv, use: () => Promise<T>): Promise<T> {
  const restoreEnvironment = saveEnvironment()
  Object.assign(process.env, variables)
  try {
    return await use()
  } finally {
    restoreEnvironment()
  }
}
