import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './pnpm.mjs'
import { setUp } from './set-up.mjs'

const docs = join(root, 'docs')
const vitepress = join(docs, 'node_modules/vitepress/bin/vitepress.js')
const usage = `npm run docs                 builds the site into docs/.vitepress/dist
npm run docs -- --serve      builds the site and serves it
npm run docs -- --generate   updates the pages that are generated from the code
npm run docs -- --pictures   updates the pictures of the terminal and of the browser
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
await setUp()
await mode()

async function site(command) {
  const run = spawn(process.execPath, [vitepress, command, docs], { stdio: 'inherit' })
  // Ctrl+C reaches the child process too. It ends the preview, and is not a failure.
  process.on('SIGINT', () => {})
  const code = await new Promise(resolve => run.once('exit', resolve))
  if (code) process.exit(code)
}
