import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../src/pages.mjs'

const run = promisify(execFile)

/**
 * What the compiler says of programs that stand in a folder of their own, as somebody has them who has installed the packages.
 *
 * @param programs the text of each, by the name of its file
 */
export async function typeCheck(programs: Readonly<Record<string, string>>): Promise<string> {
  // Below docs/, so that an example may import what docs/package.json names.
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
