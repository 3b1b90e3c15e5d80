import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'

// Runs the program beside it. To compile that takes longer than most of what it is asked for, so what V8 has compiled is kept
// for the next time: Node 20 does not by itself, and later versions read what anybody has put there.

/* global module, PROGRAM, DIGEST */
// As node:module has it, which takes longer to load.
const Module = module.constructor

const path = join(import.meta.dirname, 'program.cjs')
const place = join(folderForCaches(), 'connect-okta')
const kept = join(place, `${PROGRAM}-${DIGEST}-${process.version}-${process.arch}`)

const cachedData = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : read()
const script = new Script(Module.wrap(readFileSync(path, 'utf8')), { filename: path, cachedData })
if ((cachedData === undefined || script.cachedDataRejected) && !process.env.NODE_DISABLE_COMPILE_CACHE) {
  // At the end, what was used has been compiled.
  process.once('exit', keep)
}
const program = new Module(path, module)
program.filename = path
program.paths = module.paths
require.cache[path] = program
const requireFor = id => program.require(id)
script.runInThisContext().call(program.exports, program.exports, requireFor, program, path, import.meta.dirname)
program.loaded = true

function folderForCaches() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
    case 'darwin':
      return join(homedir(), 'Library', 'Caches')
    default:
      return XDG_CACHE_HOME || join(homedir(), '.cache')
  }
}

// It is run as it is: what somebody else may have written is not for us.
function read() {
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
    const file = openSync(kept, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stats = fstatSync(file)
      const isOurs = process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o022) === 0)
      return stats.isFile() && isOurs ? readFileSync(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

// Whole on the disk before it has its name: V8 does not check it. Where it cannot be kept, starts stay as slow as this one.
function keep() {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 })
    const temporary = `${kept}.${process.pid}`
    writeFileSync(temporary, script.createCachedData(), { mode: 0o600, flag: 'wx', flush: true })
    renameSync(temporary, kept)
    const isOlder = name => name.startsWith(`${PROGRAM}-`) && !name.startsWith(`${PROGRAM}-${DIGEST}-`)
    for (const name of readdirSync(place).filter(isOlder)) unlinkSync(join(place, name))
  } catch {}
}
