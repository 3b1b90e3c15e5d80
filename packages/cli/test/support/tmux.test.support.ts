import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished, vi } from 'vitest'
import { program } from './spawn.test.support.js'

const execute = promisify(execFile)

/** A real terminal with a shell, for tests that type. */
export interface TerminalWindow {
  /** Types text, as it is. */
  type(text: string): Promise<void>
  /** Presses keys by the names that tmux has for them: `Enter`, `C-c`, `Down`, `Tab`. */
  press(...keys: string[]): Promise<void>
  /** Types a command, and Enter. */
  enter(command: string): Promise<void>
  /** Clears the screen, and waits until nothing but the prompt is on it: what follows is what the next command prints. */
  clear(): Promise<void>
  /** What the screen shows; with `styled`, colours and all. */
  screen(styled?: boolean): Promise<string>
  /** Waits until the screen shows something, and returns the screen. */
  shows(what: string | RegExp): Promise<string>
  /** Whether the cursor is to be seen. */
  hasCursor(): Promise<boolean>
}

interface WindowOptions {
  readonly home: string
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Opens a terminal that is closed after the test. `connect-okta` is on the path of its shell, whose prompt is `$ `. */
export async function openWindow({ home, columns = 100, env = {} }: WindowOptions): Promise<TerminalWindow> {
  const bin = join(home, 'bin')
  await mkdir(bin, { recursive: true })
  await symlink(program, join(bin, 'connect-okta')).catch(() => {})
  const rc = join(home, 'bashrc')
  await writeFile(rc, "PS1='$ '\n")
  const server = `connect-okta-${randomUUID()}`
  const around = {
    HOME: home,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    TMPDIR: tmpdir(),
    // tmux puts its socket there.
    TMUX_TMPDIR: tmpdir(),
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    ...env,
  }
  const tmux = async (...args: string[]) => {
    return (await execute('tmux', ['-L', server, '-f', '/dev/null', ...args], { env: { ...around, TMUX: '' } })).stdout
  }
  onTestFinished(async () => void (await tmux('kill-server').catch(() => {})))
  const size = ['-x', String(columns), '-y', '50']
  await tmux('-u', 'new-session', '-d', '-s', 'main', ...size, '-c', home, `bash --noprofile --rcfile ${rc}`)

  const screen = (styled = false) => tmux('capture-pane', '-p', '-J', '-t', 'main', ...(styled ? ['-e'] : []))
  const press = async (...keys: string[]) => void (await tmux('send-keys', '-t', 'main', ...keys))
  const type = async (text: string) => void (await tmux('send-keys', '-t', 'main', '-l', text))
  const shows = (what: string | RegExp) =>
    vi.waitFor(
      async () => {
        const shown = await screen()
        if (typeof what === 'string' ? shown.includes(what) : what.test(shown)) return shown
        throw new Error(`the screen does not show ${what}, but:\n${shown}`)
      },
      { timeout: 20_000, interval: 50 },
    )
  const enter = async (command: string) => {
    await type(command)
    await press('Enter')
  }
  await shows('$ ')
  return {
    press,
    type,
    enter,
    async clear() {
      await enter('clear')
      await shows(/^\$\s*$/)
    },
    screen,
    shows,
    hasCursor: async () => (await tmux('display-message', '-p', '-t', 'main', '#{cursor_flag}')).trim() === '1',
  }
}
