import { OktaConnectError } from '@connect-okta/core'

/** The shells that {@link shellVariables} writes commands for. */
export const shells = ['sh', 'powershell', 'cmd'] as const

/** One of {@link shells}. `sh` is for bash and zsh too. */
export type Shell = (typeof shells)[number]

/**
 * The commands that set environment variables in a shell, one on each line.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a value that the shell cannot hold
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
export function shellVariables(variables: Readonly<Record<string, string>>, shell: Shell): string {
  return Object.entries(variables)
    .map(([name, value]) => shellVariable(name, value, shell))
    .join('\n')
}

function shellVariable(name: string, value: string, shell: Shell): string {
  switch (shell) {
    case 'sh':
      return `export ${name}='${value.replaceAll("'", "'\\''")}'`
    case 'powershell':
      // PowerShell reads typographic quotation marks as this one.
      return `$env:${name} = '${value.replaceAll(/['‘’‚‛]/g, '$&$&')}'`
    case 'cmd':
      // cmd.exe has no way to write them between quotation marks.
      if (/["%!\r\n]/.test(value)) {
        throw new OktaConnectError('options_invalid', `cmd.exe cannot set ${name} to this value.`, {
          hint: 'Use PowerShell: --shell powershell',
        })
      }
      return `set "${name}=${value}"`
  }
}
