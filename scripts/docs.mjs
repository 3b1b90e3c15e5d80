import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './pnpm.mjs'
import { setUp } from './set-up.mjs'

const docs = join(root, 'docs')
const vitepress = join(docs, 'node_modules/vitepress/bin/vitepress.js')
const usage = `npm run docs                 builds the site into docs/.vitepress/dist
npm run docs -- --serve      builds and shows it
npm run docs -- --generate   makes anew what is made from the code: reference pages, drawings
npm run docs -- --pictures   makes the pictures of the terminal and of the browser anew
`
const modes = {
  '': () => site('build'),
  '--serve': async () => {
    await site('build')
    await site('preview')
  },
  '--generate': async () => await (await import('../docs/src/generate.mjs')).generate(),
  '--pictures': async () => await (await import('../docs/src/pictures.mjs')).takePictures(),
}

const args = process.argv.slice(2)
const mode = modes[args.join(' ')]
if (mode === undefined) {
  process.stderr.write(usage)
  process.exit(2)
}
setUp()
await mode()

async function site(command) {
  const run = spawn(process.execPath, [vitepress, command, docs], { stdio: 'inherit' })
  // Ctrl+C reaches it too; it is the end of the page being shown, not a failure.
  process.on('SIGINT', () => {})
  const code = await new Promise(resolve => run.once('exit', resolve))
  if (code) process.exit(code)
}
