import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates an empty temporary folder, which is removed after the last test (scripts/before-tests.mjs). */
export async function newFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'core-'))
}
