import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach } from 'vitest'
import type { Environment } from '../../src/environment.js'
import { newFolder } from './new-folder.test.support.js'

/** A home folder for tests that read settings. Each test starts with an empty one. */
export interface TestHome {
  readonly path: string
  /** The environment of a program with this home folder and these variables. */
  environment(variables?: Record<string, string>): Environment
  /** Writes a file and returns its absolute path. */
  write(path: string, content: string | Uint8Array): Promise<string>
}

/** Creates a {@link TestHome} for each test of a file. Use it only inside tests. */
export function useTestHome(): TestHome {
  let home: string
  beforeEach(async () => {
    home = await newFolder()
  })
  return {
    get path() {
      return home
    },
    environment: (variables = {}) => ({
      variables,
      home,
      configDirectory: join(home, 'config'),
      stateDirectory: join(home, 'state'),
    }),
    async write(path, content) {
      const absolutePath = join(home, path)
      await mkdir(dirname(absolutePath), { recursive: true })
      await writeFile(absolutePath, content)
      return absolutePath
    },
  }
}

/** The variables that name an org and an app. */
export const appVariables = { CONNECT_OKTA_TENANT: 'a.okta.com', CONNECT_OKTA_CLIENT_ID: '0oa1' }

/** A value with the format of an API token. */
export const apiToken = `00${'Qx7-'.repeat(10)}`

/** All text of an error that a terminal or a log could show, including its causes. */
export function allTextOf(error: unknown): string {
  return error instanceof Error
    ? [
        error.stack,
        error.message,
        JSON.stringify(error),
        JSON.stringify(Object.values(error)),
        allTextOf(error.cause),
      ].join()
    : JSON.stringify(error ?? '')
}
