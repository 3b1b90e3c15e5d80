import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../src/pages.mjs'

const run = promisify(execFile)

/**
 * Compiles programs in a separate folder that has the packages as dependencies, and returns the output of the compiler.
 *
 * @param programs the text of each program by file name
 */
export async function typeCheck(programs: Readonly<Record<string, string>>): Promise<string> {
  // Below docs/, so that an example can import the dependencies of docs/package.json.
  const folder = await mkdtemp(join(root, 'docs/node_modules/examples-'))
  try {
    await mkdir(join(folder, 'node_modules/@connect-okta'), { recursive: true })
    for (const name of await readdir(join(root, 'packages'))) {
      await symlink(join(root, 'packages', name), join(folder, 'node_modules/@connect-okta', name))
    }
    const compilerOptions = { noEmit: true, moduleDetection: 'force', types: ['node'], noUnusedLocals: false }
    const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    for (const [name, text] of Object.entries(programs)) await writeFile(join(folder, name), text)
    return await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: folder }).then(
      ({ stdout }) => stdout,
      error => `${error.stdout}${error.stderr}`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
