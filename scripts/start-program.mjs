import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'

// Runs the program beside it. To compile that takes longer than most of what it is asked for, so what V8 has compiled is kept
// for the next time: Node 20 does not by itself, and later versions read what anybody has put there.

/* global module, PROGRAM, DIGEST */
// As node:module has it, which takes longer to load.
const Module = module.constructor

const path = join(import.meta.dirname, 'program.cjs')
const folder = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : folderOfOurs()
// One for each command, since what one runs another may not.
const [command] = /^[a-z]+$/.exec(process.argv[2] ?? '') ?? ['any']
const kept = folder && join(folder, `${PROGRAM}-${DIGEST}-${process.version}-${process.arch}-${command}`)

const cachedData = kept && read()
const script = new Script(Module.wrap(readFileSync(path, 'utf8')), { filename: path, cachedData })
if (kept && (cachedData === undefined || script.cachedDataRejected)) {
  // At the end, what was used has been compiled. What fails may be no command at all.
  process.once('exit', code => code === 0 && keep())
}
const program = new Module(path, module)
program.filename = path
program.paths = module.paths
require.cache[path] = program
const requireFor = id => program.require(id)
script.runInThisContext().call(program.exports, program.exports, requireFor, program, path, import.meta.dirname)
program.loaded = true

// For what can be made again; where a user is a number alone, as in some containers, there is none.
function folderOfOurs() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  try {
    switch (process.platform) {
      case 'win32':
        return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'connect-okta')
      case 'darwin':
        return join(homedir(), 'Library', 'Caches', 'connect-okta')
      default:
        return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'connect-okta')
    }
  } catch {
    return undefined
  }
}

// It is run as it is: what somebody else may have written is not for us.
function read() {
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
    const file = openSync(kept, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stats = fstatSync(file)
      return stats.isFile() && isOurs(stats) ? readFileSync(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

function isOurs({ uid, mode }) {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

// Whole on the disk before it has its name: V8 does not check it. Where it cannot be kept, starts stay as slow as this one.
function keep() {
  try {
    // The home of who has none in truth is not made.
    for (const place of [dirname(folder), folder]) if (!existsSync(place)) mkdirSync(place, { mode: 0o700 })
    const stats = lstatSync(folder)
    if (!stats.isDirectory() || !isOurs(stats)) return
    const temporary = `${kept}.${process.pid}`
    writeFileSync(temporary, script.createCachedData(), { mode: 0o600, flag: 'wx', flush: true })
    renameSync(temporary, kept)
    const isOlder = name => name.startsWith(`${PROGRAM}-`) && !name.startsWith(`${PROGRAM}-${DIGEST}-`)
    for (const name of readdirSync(folder).filter(isOlder)) unlinkSync(join(folder, name))
  } catch {}
}
