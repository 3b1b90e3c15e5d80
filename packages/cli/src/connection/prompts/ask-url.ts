import { OktaConnectError } from '@connect-okta/core'
import type { Io } from '../../io.js'
import type { Terminal } from '../../output/terminal.js'

const maxBytes = 64 * 1024

/**
 * Reads a URL from stdin, which need not be a terminal.
 *
 * @returns the line; empty at Ctrl+D and at the end of a pipe.
 * @throws {@link OktaConnectError} `options_invalid` for more than 64 KiB
 */
export async function askUrl(question: string, signal: AbortSignal, terminal: Terminal): Promise<string> {
  const { stdin, interruption } = terminal.io
  if (stdin.readableEnded) return ''
  const { createInterface } = await import('node:readline/promises')
  const limit = limitedInput(stdin)
  const input = createInterface({ input: stdin, output: terminal.screen })
  // In a terminal, readline handles Ctrl+C.
  input.on('SIGINT', () => interruption.interrupt())
  try {
    const end = new Promise<string>(resolve => input.once('close', () => resolve('')))
    return await Promise.race([input.question(question, { signal }), end, limit.isExceeded])
  } finally {
    limit[Symbol.dispose]()
    input.close()
  }
}

// An endless line would fill the memory.
function limitedInput(stdin: Io['stdin']): Disposable & { readonly isExceeded: Promise<never> } {
  let size = 0
  let count = (_chunk: Buffer): void => {}
  const isExceeded = new Promise<never>((_resolve, reject) => {
    count = chunk => {
      size += chunk.length
      if (size <= maxBytes) return
      const hint = 'Paste the URL of the last page in the browser, and press Enter.'
      reject(new OktaConnectError('options_invalid', 'The URL on stdin is too long.', { hint }))
    }
  })
  stdin.on('data', count)
  return { isExceeded, [Symbol.dispose]: () => void stdin.off('data', count) }
}
