import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { Script } from 'node:vm'

// Runs the program beside it. To compile that takes longer than most of what it is asked for, so what V8 has compiled is kept
// for the next time: Node 20 does not by itself, and later versions read what anybody has put there.

/* global module, PROGRAM, DIGEST, COMMANDS */
// As node:module has it, which takes longer to load.
const Module = module.constructor
const monthMs = 30 * 24 * 60 * 60_000

const path = join(import.meta.dirname, 'program.cjs')
const folder = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : folderOfOurs()
// One for each command, since what one runs another may not.
const command = COMMANDS.includes(process.argv[2]) ? process.argv[2] : 'any'
const kept = folder && join(folder, `${PROGRAM}-${DIGEST}-${process.version}-${process.arch}-${command}`)

const cachedData = kept && read()
const script = new Script(Module.wrap(readFileSync(path, 'utf8')), { filename: path, cachedData })
// V8 takes what was compiled with the same flags alone: what is kept is for who has none, as nearly all.
const hasFlags = process.execArgv.length > 0 || Boolean(process.env.NODE_OPTIONS)
if (kept && !hasFlags && (cachedData === undefined || script.cachedDataRejected)) {
  // At the end, what was used has been compiled. What fails may have used little.
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
  const inHome = (...names) => join(homedir(), ...names)
  const caches = {
    win32: () => LOCALAPPDATA || inHome('AppData', 'Local'),
    darwin: () => inHome('Library', 'Caches'),
  }
  try {
    const found = (caches[process.platform] ?? (() => XDG_CACHE_HOME || inHome('.cache')))()
    // Where one works, somebody else may have put what they like.
    return isAbsolute(found) ? join(found, 'connect-okta') : undefined
  } catch {
    return undefined
  }
}

// It is run as it is: what somebody else may have written is not for us. And V8 does not look whether it is whole: it is
// there twice, since to compare takes the least.
function read() {
  try {
    if (!isFolderOfOurs()) return undefined
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
    const file = openSync(kept, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stats = fstatSync(file)
      // Under another name the file may have been made for something else.
      if (!stats.isFile() || !isOurs(stats) || stats.nlink > 1) return undefined
      const bytes = readFileSync(file)
      const data = bytes.subarray(0, bytes.byteLength / 2)
      return data.equals(bytes.subarray(data.byteLength)) ? data : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

function isFolderOfOurs() {
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  return stats?.isDirectory() && isOurs(stats) && !isReplaceable()
}

// In a folder that everybody can write to, without the sticky bit, anybody can put another one in place of ours.
function isReplaceable() {
  return process.getuid !== undefined && (statSync(dirname(folder)).mode & 0o1002) === 0o002
}

function isOurs({ uid, mode }) {
  return isOwn(uid) && (process.getuid === undefined || (mode & 0o022) === 0)
}

function isOwn(uid) {
  return process.getuid === undefined || uid === process.getuid()
}

// Whole on the disk before it has its name. Where it cannot be kept, starts stay as slow as this one.
function keep() {
  const temporary = `${kept}.${process.pid}-${Date.now()}`
  try {
    makeFolder(dirname(folder))
    makeFolder(folder)
    if (!isFolderOfOurs()) return
    const data = script.createCachedData()
    writeFileSync(temporary, Buffer.concat([data, data]), { mode: 0o600, flag: 'wx', flush: true })
    renameSync(temporary, kept)
    sweep()
  } catch {
    remove(temporary)
  }
}

// Neither the home of who has none in truth, nor one in somebody else's, as under sudo.
function makeFolder(place) {
  if (lstatSync(place, { throwIfNoEntry: false }) === undefined && isOwn(statSync(dirname(place)).uid)) {
    mkdirSync(place, { mode: 0o700 })
  }
}

// What older versions have left, or a start that was killed.
function sweep() {
  for (const name of readdirSync(folder).filter(one => one.startsWith(`${PROGRAM}-`))) {
    const left = join(folder, name)
    if (Date.now() - statSync(left).mtimeMs > monthMs) remove(left)
  }
}

function remove(file) {
  try {
    unlinkSync(file)
  } catch {}
}
