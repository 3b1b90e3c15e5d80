import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../../environment.js'

/** A home of nobody yet, for settings. */
export interface Home {
  readonly path: string
  /** What a program sees from there, with these variables. */
  at(variables: Record<string, string>): Environment & { readonly home: string }
  /** Writes a file, and gives its path. */
  write(path: string, text: string): Promise<string>
}

/** Makes a {@link Home}. */
export async function newHome(): Promise<Home> {
  const home = await mkdtemp(join(tmpdir(), 'profiles-'))
  return {
    path: home,
    at: variables => ({ variables, home, configDirectory: join(home, 'config'), stateDirectory: join(home, 'state') }),
    async write(path, text) {
      const full = join(home, path)
      await mkdir(join(full, '..'), { recursive: true })
      await writeFile(full, text)
      return full
    },
  }
}

/** Everything of an error that could reach a terminal or a log: a runtime prints causes too. */
export function everythingOf(error: unknown): string {
  return error instanceof Error
    ? [
        error.stack,
        error.message,
        JSON.stringify(error),
        JSON.stringify(Object.values(error)),
        everythingOf(error.cause),
      ].join()
    : JSON.stringify(error ?? '')
}
