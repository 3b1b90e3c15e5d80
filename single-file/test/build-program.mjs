import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const build = fileURLToPath(new URL('../build.mjs', import.meta.url))

/** Builds the program once for all tests. */
export default function buildProgram() {
  execFileSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] })
}
