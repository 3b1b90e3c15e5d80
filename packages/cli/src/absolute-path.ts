import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The path that a file has from anywhere. A leading `~` is the home folder, also where no shell has replaced it. */
export function absolutePath(file: string): string {
  return /^~[\\/]/.test(file) ? join(homedir(), file.slice(2)) : resolve(file)
}
